"""Models that come and go: adding, the form for own weights, choosing, exporting, removing."""
