"""How findings, excerpts and numbers are written as text: below everything that prints."""
