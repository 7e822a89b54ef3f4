"""A card or any torch network, as stages: what each gives, what it computes, and how it is scaled."""
