"""Parameters: names with defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.spec.wording import form, kind_of
from archspec.syntax.nodes import Mapping, Node, Scalar

if TYPE_CHECKING:
    from archspec.diagnostics import Sink
    from archspec.spec.models import Params

RESERVED = frozenset({"in", "true", "false", "null", "and", "or", "not", "if", "else", "i"})
"""Words of expressions, which no parameter may have as its name; ``i`` counts the rounds of loops."""

NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def read_params(node: Node | None, owner: str, sink: Sink) -> Params:
    """Names and values of a ``params`` mapping."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return ()
    if not isinstance(node, Mapping):
        sink(
            form(
                node,
                f"{owner} must be a mapping of names to values: {{classes: 1000}}",
                f"this is {kind_of(node)}",
            )
        )
        return ()
    return tuple((entry.key, entry.value) for entry in node.entries if _is_name(entry.key, sink))


def _is_name(key: Scalar, sink: Sink) -> bool:
    name = key.text
    if NAME.fullmatch(name) and name not in RESERVED:
        return True
    why = (
        "means something in expressions" if name in RESERVED else "is not a name: letters, digits and _, a letter first"
    )
    message = f"a parameter can't be named `{name:.60}`"
    sink(Diagnostic(rule="invalid-value", message=message, span=key.span, label=why, help=("choose another name",)))
    return False
