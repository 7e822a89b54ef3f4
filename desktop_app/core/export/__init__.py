"""A trace as files that others can read."""
