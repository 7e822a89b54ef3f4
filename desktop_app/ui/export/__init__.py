"""What is on screen, or behind it, as a file."""
