"""Layers that are written as arguments of the layer before: ``fc: {units: 10, activation: softmax}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Edit, Fix
from archspec.ops import MERGES, OPERATORS
from archspec.source import Span
from archspec.spec import foreign
from archspec.spec.respelling import deletion, end_of_line, means_nothing
from archspec.syntax.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.syntax.nodes import Entry, Node

_ACTIVATION = ("activation", "act", "activationfn", "activationfunction", "nonlinearity", "actlayer", "actfunc")
_NORM = ("norm", "normalizer", "normlayer", "normalization", "normalizerfn")
_NO_ACTIVATION = ("linear", "identity")


def layer_of(entry: Entry) -> str | None:
    """The layer that an argument stands for, as an item: ``softmax``, ``dropout: 0.5``; None for any other argument."""
    key = entry.name.lower().replace("_", "").replace("-", "")
    value = entry.value
    if key in (*_ACTIVATION, *_NORM):
        return _operator(value.value) if isinstance(value, Scalar) and isinstance(value.value, str) else None
    word = _operator(entry.name)
    if word is None or not isinstance(value, Scalar) or value.value is False:
        return None
    is_plain = value.value is True or value.value is None
    return word if is_plain else f"{word}: {value.span.text}"


def is_no_layer(entry: Entry) -> bool:
    """Whether an argument says that there is no activation, or no norm."""
    key = entry.name.lower().replace("_", "").replace("-", "")
    text = str(entry.value.value).lower() if isinstance(entry.value, Scalar) else ""
    return key in (*_ACTIVATION, *_NORM) and (means_nothing(entry.value) or text in _NO_ACTIVATION)


def after(item: Node | None, arguments: Mapping, valid: Iterable[str]) -> Fix | None:
    """The fix that writes all layers among the arguments as items of their own, norms first."""
    names = set(valid)
    layers = [
        (entry, text)
        for entry in arguments.entries
        if entry.name not in names and not is_no_layer(entry) and (text := layer_of(entry)) is not None
    ]
    if not isinstance(item, Mapping) or item.get("repeat") is not None or not layers:
        return None
    removal = deletion(arguments, [entry for entry, _ in layers])
    texts = sorted((text for _, text in layers), key=lambda text: "norm" not in text)
    insertion = _insertion(item, texts)
    title = " and ".join(f"`- {text}`" for text in texts)
    return Fix(f"write {title} after it", (removal, insertion)) if removal and insertion else None


def _operator(word: str) -> str | None:
    name = word if word in OPERATORS else foreign.our_operator(word)
    return None if name in MERGES else name


def _insertion(item: Mapping, texts: list[str]) -> Edit | None:
    """The edit that adds items after one: on lines of their own, or after a comma; None when its place is not clear."""
    source, start, end = item.span
    line = source.text.rfind("\n", 0, start) + 1
    margin = source.text[line:start]
    if margin.strip(" ") == "-":
        at, line_end = end_of_line(source.text, end), "\r\n" if "\r\n" in source.text else "\n"
        return Edit(Span(source, at, at), "".join(f"{line_end}{margin}{text}" for text in texts))
    if "#" in margin or source.text[end : end + 1] not in (",", "]"):
        return None
    items = ", ".join(f"{{{text}}}" if ":" in text else text for text in texts)
    return Edit(Span(source, end, end), f", {items}")
