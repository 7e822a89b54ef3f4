"""Filters of convolutions: as pictures, in an order, and what the answer would be without each."""
