"""The arithmetic of one number, and where it came from."""
