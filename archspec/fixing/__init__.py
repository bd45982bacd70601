"""Fixes applied to texts, and kept only when checking again shows that they hold."""
