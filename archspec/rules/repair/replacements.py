"""Other operators in place of a layer, before it, or after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.graph.changes import Change
from archspec.ops import operator
from archspec.rules.repair.arguments import value_text, with_arguments
from archspec.rules.repair.branch import convolution
from archspec.rules.repair.candidates import Candidate, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.graph.model import Graph, Node

_POOL = "global_avg_pool"


def of_all_positions(node: Node, text: str, arguments: Mapping[str, Any]) -> Iterator[Candidate]:
    """The operator that takes all positions together, in place of a layer that does not."""
    name = node.traits.global_form
    if name is not None:
        yield Candidate(text.format(name), {node.name: Change(operator=operator(name).model_validate(arguments))})


def pooled_before(node: Node) -> Candidate:
    """A mean over all positions before a layer."""
    return Candidate(f"a `{_POOL}` before it", {node.name: Change(inserted={0: operator(_POOL)()})})


def resized_before(node: Node, strides: tuple[int, ...]) -> Candidate:
    """An upsampling and a convolution, in place of a transposed convolution."""
    arguments = {name: getattr(node.operator, name) for name in ("filters", "kernel", "bias")}
    convolved = convolution(1, kernel=1, stride=1).model_copy(update={**arguments, "padding": "same"})
    upsampling = operator("upsample").model_validate({"factor": strides[0] if len(set(strides)) == 1 else strides})
    text = f"`upsample: {value_text(strides)}` and a convolution"
    return Candidate(text, {node.name: Change(operator=convolved, inserted={0: upsampling})})


def pooled_after(node: Node, graph: Graph) -> Candidate:
    """A convolution that keeps the size, and a pool after it that moves by its stride."""
    strides = tuple(window.stride for window in node.windows or ())
    if set(strides) == {1}:
        return with_arguments([node], {"padding": "same"})
    pool = operator("max_pool").model_validate({"kernel": strides, "stride": strides})
    readers = {
        reader.name: Change(inserted={number: pool for number, name in enumerate(reader.inputs) if name == node.name})
        for reader in graph.consumers[node.name]
    }
    kept = with_arguments(
        [node], {"stride": 1, "padding": "same"}, "`stride: 1` and `padding: same`, and a pool after it"
    )
    return together(kept, Candidate("", readers))._replace(text=kept.text)
