"""Findings that are known and accepted: a file of counts, so that only what is new fails a check."""
