"""Where a number comes from: what every stage computes, one output at a time, in plain numpy."""
