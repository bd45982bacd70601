"""Output of reports and findings as text, for people and for programs."""
