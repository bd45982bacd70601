"""Configuration: rules, severities and files; from archspec.toml, pyproject.toml and options.

A setting is one field in ``settings.py``, validated as specs are. Files are read only where there are any.
"""
