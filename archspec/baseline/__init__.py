"""Findings that are known and put up with: a file of counts, so that only what is new fails a check."""
