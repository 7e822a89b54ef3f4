"""What a filter answers to most strongly."""
