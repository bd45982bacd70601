"""The spec file as typed models."""
