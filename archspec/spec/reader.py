"""From the tree of a file to a :class:`Spec`: header, parameters, blocks, variants and layers, with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.spec import foreign
from archspec.spec.figures_reader import read_figures
from archspec.spec.item_reader import read_items
from archspec.spec.models import Facts, Figures, Header, Spec
from archspec.spec.params import read_params
from archspec.spec.respelling import with_tuples
from archspec.spec.validate import Named, argument_names, likeliest_key, unknown, validate
from archspec.spec.wording import form, kind_of
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence, by_name

if TYPE_CHECKING:
    from archspec.diagnostics import Sink
    from archspec.model import Model
    from archspec.spec.items import Block, Item
    from archspec.spec.models import Variant

_REQUIRED = {
    "name": "name: my_network",
    "input": "input: 224x224x3",
    "layers": "layers:\n  - conv: {filters: 64, kernel: 3}",
}
_FIGURES: dict[str, type[Figures]] = {"expect": Facts, "budget": Figures}
_PARTS = ("params", "use", "blocks", "layers", "outputs", "variants")
"""Keys that have a reader of their own; the others are the header."""


def read_spec(tree: Node, sink: Sink) -> Spec | None:
    """The spec a file's tree describes; None when it is not a mapping. Every fault is reported to ``sink``."""
    if not isinstance(tree, Mapping):
        sink(form(tree, "a spec must be a mapping with `name`, `input` and `layers`", f"this is {kind_of(tree)}"))
        return None
    _check_keys(tree, sink)
    header, faulty = _read_header(tree, sink)
    layers = tree.get("layers")
    fields = {name: getattr(header, name) for name in Header.model_fields}
    return Spec.model_construct(
        **fields,
        defaults=read_params(tree.get("params"), "`params`", sink),
        blocks=_read_blocks(tree, sink),
        layers=_read_layers(layers, sink) if layers else (),
        outputs=_read_outputs(tree.get("outputs"), sink),
        variants=_read_variants(tree.get("variants"), sink),
        tree=tree,
        faulty=faulty,
    )


def _read_blocks(tree: Mapping, sink: Sink) -> dict[str, Block]:
    if tree.get("blocks") is None and tree.get("use") is None:
        return {}
    from archspec.spec.blocks import read_blocks  # noqa: PLC0415 - many specs are a plain list of layers

    return read_blocks(tree, sink)


def _read_variants(node: Node | None, sink: Sink) -> dict[str, Variant]:
    if node is None:
        return {}
    from archspec.spec.variants import read_variants  # noqa: PLC0415 - see above

    return read_variants(node, sink)


def _check_keys(tree: Mapping, sink: Sink) -> None:
    """Report unknown keys and keys that are missing."""
    valid_keys = [*argument_names(Header), *_PARTS]
    keys = {entry.name for entry in tree.entries}
    named = Named("a spec", tree.span, foreign.KEYS)
    intended: set[str | None] = set()
    for entry in tree.entries:
        if entry.name not in valid_keys:
            intended.add(likeliest_key(entry.name, named, valid_keys))
            sink(unknown(entry.key, named, valid_keys, keys))
    for key, example in _REQUIRED.items():
        if key not in keys | intended and not (key == "input" and _every_variant_has(tree, "input")):
            place = tree.entries[0].key.span if tree.entries else tree.span
            help_ = (f"add `{example}`",) if "\n" not in example else (f"add\n{example}",)
            sink(Diagnostic(rule="missing-key", message=f"a spec needs `{key}`", span=place, help=help_))


def _every_variant_has(tree: Mapping, key: str) -> bool:
    variants = tree.get("variants")
    return isinstance(variants, Mapping) and all(
        isinstance(entry.value, Mapping) and entry.value.get(key) is not None for entry in variants.entries
    )


def _read_header(tree: Mapping, sink: Sink) -> tuple[Header, frozenset[str]]:
    valid_keys = argument_names(Header)
    parts: dict[str, Model] = {}
    rest: list[Entry] = []
    for entry in tree.entries:
        key = entry.name
        if key in _FIGURES:
            part: Figures | None = read_figures(entry.value, _FIGURES[key], f"`{key}`", sink)
            parts |= {key: part} if part else {}
        elif key in valid_keys:
            rest.append(_with_whole_shapes(entry))
    node = Mapping(tuple(rest), tree.span)
    header, faulty = validate(Header, node, {**by_name(node), **parts}, Named("a spec", tree.span, foreign.KEYS), sink)
    header = header or Header()
    if faulty & {
        "dtype",
        "batch",
        "fit",
    }:  # facts and ceilings would be checked against a default that was not intended
        header = header.model_copy(update={"expect": None, "budget": None})
    return header, faulty


def _with_whole_shapes(entry: Entry) -> Entry:
    """An entry of which the values ``(3, 32, 32)`` of several inputs are whole, as YAML's braces do not leave them."""
    return Entry(entry.key, with_tuples(entry.value)) if isinstance(entry.value, Mapping) else entry


def _read_layers(node: Node, sink: Sink) -> tuple[Item, ...]:
    if isinstance(node, Sequence) and not node.items:
        sink(form(node, "`layers` is empty: there is nothing to check", "no layer here"))
    return read_items(node, sink)


def _read_outputs(node: Node | None, sink: Sink) -> tuple[Scalar, ...]:
    """Names of the volumes that are the network's results."""
    if node is None:
        return ()
    items = node.items if isinstance(node, Sequence) else (node,)
    names = tuple(item for item in items if isinstance(item, Scalar) and isinstance(item.value, str))
    if len(names) < len(items) or not names:
        sink(
            form(
                node,
                "`outputs` must be a list of names of layers: `[logits, aux1]`",
                f"this is {kind_of(node)}",
            )
        )
    return names
