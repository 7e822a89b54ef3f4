"""Many photos at once, in a window of their own."""
