"""Baselines: a file of counts of accepted findings, so that only new ones fail a check."""
