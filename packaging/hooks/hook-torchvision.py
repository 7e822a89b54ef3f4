"""Torchvision without its sources (see hook-torch.py); its compiled operators are found by name at run time."""

hiddenimports = ["torchvision._C"]
