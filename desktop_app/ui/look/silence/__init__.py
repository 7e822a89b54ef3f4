"""Filters switched off or scaled, and what that changes."""
