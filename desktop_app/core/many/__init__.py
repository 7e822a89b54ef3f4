"""Many photos at once: what a contact sheet says about them, without a window."""
