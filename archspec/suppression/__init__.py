"""Findings that a spec does not want to hear: ``# archspec: ignore[rule] reason`` at a line or above a layer."""
