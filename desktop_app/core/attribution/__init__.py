"""Which pixels mattered for a class: the maps themselves, where they lie on the source image, how faithful they are."""
