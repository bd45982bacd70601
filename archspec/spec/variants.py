"""Parameters of a spec and the variants that set them: one file, a family of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.spec.figures_reader import read_figures
from archspec.spec.models import Facts, Figures, Variant, VariantHeader
from archspec.spec.params import read_params
from archspec.spec.validate import Named, validate
from archspec.spec.wording import form, kind_of
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, by_name

if TYPE_CHECKING:
    from archspec.diagnostics import Sink

_FIELDS = ("input", "source", "expect", "budget", "batch", "dtype")
"""What a variant may set besides parameters."""


def read_variants(node: Node | None, sink: Sink) -> dict[str, Variant]:
    """The variants of a file, in its order."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        sink(form(node, "`variants` must be a mapping of names to variants", f"this is {kind_of(node)}"))
        return {}
    return {entry.name: _read_variant(entry, sink) for entry in node.entries}


def _read_variant(entry: Entry, sink: Sink) -> Variant:
    node = entry.value
    if isinstance(node, Scalar) and node.value is None:
        node = Mapping((), entry.key.span)
    if not isinstance(node, Mapping):
        sink(form(node, "a variant must be a mapping of parameters to values", f"this is {kind_of(node)}"))
        node = Mapping((), entry.key.span)
    header_node = Mapping(tuple(each for each in node.entries if each.name in _FIELDS), node.span)
    params_node = Mapping(tuple(each for each in node.entries if each.name not in _FIELDS), node.span)
    owner = f"variant {entry.name}"
    parts: dict[str, Figures] = {}
    rest = []
    for each in header_node.entries:
        model = {"expect": Facts, "budget": Figures}.get(each.name)
        if model is None:
            rest.append(each)
        elif part := read_figures(each.value, model, f"`{each.name}` of {owner}", sink):
            parts[each.name] = part
    kept = Mapping(tuple(rest), node.span)
    header, _ = validate(VariantHeader, kept, {**by_name(kept), **parts}, Named(owner, entry.key.span), sink)
    return Variant(entry.key, read_params(params_node, owner, sink), header or VariantHeader())
