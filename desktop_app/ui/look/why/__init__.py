"""Why this answer: which pixels of the source image mattered for a class."""
