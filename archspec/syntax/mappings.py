"""From alternating keys and values to the entries of a mapping, each key once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Label, Sink
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence
from archspec.syntax.quoting import in_backticks

if TYPE_CHECKING:
    from collections.abc import Iterable


def entries(items: list[Node | None], sink: Sink) -> tuple[Entry, ...]:
    """The entries of a mapping. None stands for what was left out after a finding: its entry is left out, too."""
    keys, values = items[::2], items[1::2]
    # Nearly every mapping has names for keys, each once; the rest goes one by one.
    names = {key.value for key in keys if type(key) is Scalar and type(key.value) is str}
    if len(names) == len(keys) and "<<" not in names and None not in values:
        return tuple(map(Entry, keys, values))  # type: ignore[arg-type]  # the line above has seen to it
    return tuple(_Pairing(sink).pair(keys, values))


class _Pairing:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._first: dict[str, Scalar] = {}
        """By what they are as names: `1` and `true` are equal in Python alone, and `1` and `"1"` are one name."""

    def pair(self, keys: list[Node | None], values: list[Node | None]) -> list[Entry]:
        kept: list[Entry] = []
        merged: list[Node] = []
        for key, value in zip(keys, values, strict=True):
            if not isinstance(key, Scalar) or key.value is None:
                if key is not None:
                    self._sink(_complex_key(key))
            elif key.plain and key.value == "<<":
                self._sink(_merge_key(key))
                merged += [value] if value else []
            elif self._is_new(key) and value is not None:
                kept.append(Entry(key, value))
        return kept + self._merge_entries(merged)

    def _is_new(self, key: Scalar) -> bool:
        """Whether the key is here for the first time."""
        first = self._first.setdefault(key.text, key)
        if first is not key:
            self._sink(_duplicate(key, first))
        return first is key

    def _merge_entries(self, merged: Iterable[Node]) -> list[Entry]:
        """What merge keys bring, so that the one finding on the merge key is not followed by others."""
        found: list[Entry] = []
        for node in merged:
            for source in node.items if isinstance(node, Sequence) else (node,):
                brought = source.entries if isinstance(source, Mapping) else ()
                found.extend(each for each in brought if self._first.setdefault(each.name, each.key) is each.key)
        return found


def _duplicate(key: Scalar, first: Scalar) -> Diagnostic:
    return Diagnostic(
        rule="duplicate-key",
        message=f"the key {in_backticks(str(key.value))} is already in this mapping",
        span=key.span,
        label="this value is ignored",
        labels=(Label(first.span, "the first one"),),
        help=("keep one of them, or rename the other",),
    )


def _complex_key(key: Node) -> Diagnostic:
    kind = {Scalar: "null", Sequence: "a list", Mapping: "a mapping"}[type(key)]
    return Diagnostic(
        rule="complex-key",
        message=f"a key must be a name, but this is {kind}",
        span=key.span,
        label="this key and its value are ignored",
        help=("write a name before the colon, such as `name: value`",),
    )


def _merge_key(key: Scalar) -> Diagnostic:
    return Diagnostic(
        rule="merge-key",
        message="merge keys (`<<`) are not supported: YAML 1.2 does not have them",
        span=key.span,
        label="read as YAML 1.1 would",
        help=("write the keys out, or move the shared part into a block under `blocks:`",),
    )
