"""Models as they lie in a folder: read, checked, listed."""
