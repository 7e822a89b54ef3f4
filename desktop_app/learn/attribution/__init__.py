"""Which pixels mattered for a class, worked out with torch."""
