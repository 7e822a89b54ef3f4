"""Torchvision without its operators, and without its sources but for one that torch.jit reads (see hook-torch.py)."""

module_collection_mode = {"torchvision": "pyz", "torchvision.models.densenet": "pyz+py"}
