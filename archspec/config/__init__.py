"""Configuration: which rules are told of, how gravely, in which files; from archspec.toml, pyproject.toml and options.

A setting is one line in the table of ``keys.py``. Files are looked for and read only where there are any.
"""
