"""What a person gives, as pixels, and its way to the input."""
