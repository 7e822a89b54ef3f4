"""The words of the domain: standard library, numpy and Pillow. No torch, no Qt."""
