"""The network panel: one column a stage, built from the stages of whatever net is shown."""
