"""Two inputs, or two models, side by side."""
