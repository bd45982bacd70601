"""``expect`` and ``budget``: from nodes of the tree to figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from archspec.spec.models import Counts, Facts, LayerFacts
from archspec.spec.validate import Named, validate
from archspec.spec.volumes import AXES
from archspec.spec.wording import form, kind_of
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, by_name

if TYPE_CHECKING:
    from archspec.diagnostics import Sink

F = TypeVar("F", bound=Counts)


def read_figures(node: Node, model: type[F], owner: str, sink: Sink) -> F | None:
    """Figures as a ``model``; a bare volume is the output expected. None, and reported, when they are not figures."""
    if issubclass(model, Facts | LayerFacts) and _is_volume(node):
        node = Mapping((Entry(Scalar("output", node.span), node),), node.span)
    if not isinstance(node, Mapping):
        sink(form(node, f"{owner} must be a mapping of figures, such as {{params: 61M}}", f"this is {kind_of(node)}"))
        return None
    return validate(model, node, by_name(node), Named(owner, node.span), sink)[0]


def _is_volume(node: Node) -> bool:
    """Whether a fact is a bare volume: text, or a mapping of axes."""
    if isinstance(node, Mapping):
        return bool(node.entries) and all(entry.name in AXES for entry in node.entries)
    return isinstance(node, Scalar) and node.value is not None
