"""The JSON Schema of specs, for editors: draft-07, which yaml-language-server understands, made from the models.

It accepts whatever ``archspec check`` could accept, so that each of its errors is one of ours too. What needs more than
the form of a file (shapes, names, expressions) it leaves to ``archspec check``.
"""

from archspec.schema.document import json_schema

__all__ = ["json_schema"]
