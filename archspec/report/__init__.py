"""Reports and findings as text, for people and for programs."""
