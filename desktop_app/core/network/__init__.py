"""How a deep network's stages hang together: in blocks, and by connections between columns."""
