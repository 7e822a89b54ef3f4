"""Torchvision without its sources, which only torch.jit reads (see hook-torch.py), and without its operators."""

hiddenimports = []
