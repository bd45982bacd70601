"""Fixes applied to texts, and kept only if checking again shows that they work."""
