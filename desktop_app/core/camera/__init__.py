"""Where live pictures come from."""
