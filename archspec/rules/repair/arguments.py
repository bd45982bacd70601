"""Other arguments of a layer as candidates, and their values as a file has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.graph.changes import Change
from archspec.rules._wording import join
from archspec.rules.repair.candidates import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archspec.graph.model import Node


def with_arguments(nodes: Iterable[Node], arguments: Mapping[str, Any], text: str = "") -> Candidate:
    """Layers with other arguments; the text is what to write, unless there is another one."""
    return Candidate(text or arguments_text(arguments), {node.name: Change(arguments) for node in nodes})


def arguments_text(arguments: Mapping[str, Any]) -> str:
    """```kernel: 2` with `stride: 2` and `padding: same``."""
    first, *others = [f"`{name}: {value_text(value)}`" for name, value in arguments.items()]
    return f"{first} with {join(others)}" if others else first


def value_text(value: object) -> str:
    """The value of an argument as YAML has it; one that is the same everywhere is written once."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, tuple):
        return str(value)
    if any(isinstance(each, tuple) for each in value):
        same = {side for sides in value for side in sides}
        return str(same.pop()) if len(same) == 1 else "[" + ",".join(f"[{near},{far}]" for near, far in value) + "]"
    return str(value[0]) if len(set(value)) == 1 else f"[{', '.join(map(str, value))}]"
