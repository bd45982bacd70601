"""Suppressed findings: ``# archspec: ignore[rule] reason`` at a line or above a layer."""
