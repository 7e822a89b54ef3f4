"""ConvLens: an offline desktop app that opens up an image classifier while it works."""

__version__ = "0.1.0"
