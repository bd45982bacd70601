"""What was meant by an expression that has no value, or by a parameter without its ``$``, as a fix."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Edit, Fix
from archspec.syntax.expressions import ExpressionError, template
from archspec.syntax.quoting import quoted_yaml
from archspec.work_budget import FINDING, work_budget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archspec.syntax.nodes import Scalar

_LONGEST = 80
_MOST_ELEMENTS = 3
"""An argument with a value for each axis has no more."""
_BRACED = re.compile(r"\$?\{\{?\s*([^{}]+?)\s*\}?\}")
"""Other templates: ``${width}``, ``{{ width }}``."""


def of_each_element(node: Scalar, text: str, values: Mapping[str, Any], volume: Mapping[str, int]) -> Fix | None:
    """The fix for arithmetic with a list, ``$(k // 2)``: a list with the result of each element."""
    if len(text) > _LONGEST or not re.fullmatch(r"\$\(.*\)", text.strip(), re.DOTALL):
        return None
    lists = {name: value for name, value in values.items() if isinstance(value, tuple) and _calls(name).search(text)}
    lengths = {len(value) for value in lists.values()}
    if len(lengths) != 1 or not 1 <= max(lengths) <= _MOST_ELEMENTS:
        return None
    texts = [text.strip()] * max(lengths)
    for name in lists:
        texts = [_calls(name).sub(f"{name}[{place}]", each) for place, each in enumerate(texts)]
    results = [_value_of(each, values, volume) for each in texts]
    if not all(isinstance(result, int | float) for result in results):
        return None
    written = f"[{', '.join(map(quoted_yaml, texts))}]"
    return Fix(f"write `{written}`", (Edit(node.span, written),))


def _calls(name: str) -> re.Pattern[str]:
    """A parameter where it is not indexed, called, or a part of another word."""
    return re.compile(rf"(?<![\w.$]){re.escape(name)}(?![\w\[(.])", re.ASCII)


def as_expression(node: Scalar, values: Mapping[str, Any], is_valid: Callable[[Any], bool]) -> Fix | None:
    """The fix for a parameter without its ``$``, or for arithmetic without ``$( )``, if its value fits."""
    text = str(node.value).strip()
    if len(text) > _LONGEST or not values:
        return None
    bare = _BRACED.sub(r"\1", text).replace("$(", "(").replace("$", "")
    written = f"${bare}" if bare in values else f"$({bare})"
    try:
        found = template(written)
    except ExpressionError:
        return None
    if found is None or found.reads_volume or not found.names or not found.names <= {*values}:
        return None
    result = _value_of(written, values, {})
    if result is None or not is_valid(result):
        return None
    quoted = quoted_yaml(written) if re.search(r"[,\[\]{}#:]", written) else written
    return Fix(f"write `{quoted}`", (Edit(node.span, quoted),))


def _value_of(text: str, values: Mapping[str, Any], volume: Mapping[str, int]) -> Any:
    """The value of an expression; None if it has none."""
    work_budget().spend(FINDING, "expressions that have no value")
    try:
        found = template(text)
        return found.evaluate(values, volume) if found else None
    except ExpressionError:
        return None
