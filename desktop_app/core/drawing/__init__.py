"""A drawing as vectors: how it grows, is undone, cut, kept in a file and turned into pixels."""
