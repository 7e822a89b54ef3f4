"""The signal's way through a stored trace: what is shown when, and in which words. No Qt, no forward pass."""
