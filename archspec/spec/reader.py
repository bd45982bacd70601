"""From the tree to a :class:`Spec`: known keys, list items of ``layers``, and places for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from archspec.diagnostics import Diagnostic, Sink
from archspec.rules import RULES
from archspec.spec import foreign
from archspec.spec.models import Counts, Facts, Figures, Header, Layer, LayerFacts, Spec
from archspec.spec.validate import Named, argument_names, shorten, unknown, validate
from archspec.spec.volumes import AXES
from archspec.syntax import nearest
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from pydantic import BaseModel

F = TypeVar("F", bound=Counts)

_REQUIRED = {
    "name": "name: my_network",
    "input": "input: 224x224x3",
    "layers": "layers:\n  - conv: {filters: 64, kernel: 3}",
}
_FIGURES: dict[str, type[Figures]] = {"expect": Facts, "budget": Figures}
_MODIFIERS = ("name", "expect", "ignore")


def read_spec(tree: Node, sink: Sink) -> Spec | None:
    """The spec a file's tree describes; None when it is no mapping. Every fault is told to ``sink``."""
    if not isinstance(tree, Mapping):
        sink(_form(tree, "a spec is a mapping with `name`, `input` and `layers`", f"this is {_kind(tree)}"))
        return None
    header = _read_header(tree, sink)
    layers = tree.get("layers")
    items = _read_layers(layers, sink) if layers else ()
    fields = {name: getattr(header, name) for name in Header.model_fields}
    return Spec.model_construct(**fields, layers=items, tree=tree)


def _read_header(tree: Mapping, sink: Sink) -> Header:
    known = [*argument_names(Header), "layers"]
    named = Named("a spec", tree.span, foreign.KEYS)
    given = {str(entry.key.value) for entry in tree.entries}
    kept: list[Entry] = []
    for entry in tree.entries:
        if entry.key.value in known:
            kept.append(entry)
        else:
            sink(unknown(entry.key, named, known, given))
    for key, example in _REQUIRED.items():
        if key not in given:
            place = tree.entries[0].key.span if tree.entries else tree.span
            help_ = (f"add `{example}`",) if "\n" not in example else (f"add\n{example}",)
            sink(Diagnostic(rule="missing-key", message=f"a spec needs `{key}`", span=place, help=help_))
    parts: dict[str, BaseModel] = {}
    rest: list[Entry] = []
    for entry in kept:
        model = _FIGURES.get(str(entry.key.value))
        if model is not None:
            part: Figures | None = _read_figures(entry.value, model, f"`{entry.key.value}`", sink)
            parts |= {str(entry.key.value): part} if part else {}
        elif entry.key.value != "layers":
            rest.append(entry)
    header, _ = validate(Header, Mapping(tuple(rest), tree.span), named, sink, parts)
    return header or Header()


def _read_figures(node: Node, model: type[F], owner: str, sink: Sink, layer: str | None = None) -> F | None:
    """``expect`` or ``budget``; a bare volume is the output expected."""
    if issubclass(model, Facts | LayerFacts) and _is_volume(node):
        node = Mapping((Entry(Scalar("output", node.span), node),), node.span)
    if not isinstance(node, Mapping):
        sink(_form(node, f"{owner} is a mapping of figures such as {{params: 61M}}", f"this is {_kind(node)}"))
        return None
    return validate(model, node, Named(owner, node.span, layer=layer), sink)[0]


def _is_volume(node: Node) -> bool:
    """Whether a fact is a bare volume: text, or a mapping of axes."""
    if isinstance(node, Mapping):
        return bool(node.entries) and all(entry.key.value in AXES for entry in node.entries)
    return isinstance(node, Scalar)


def _read_layers(node: Node, sink: Sink) -> tuple[Layer, ...]:
    if not isinstance(node, Sequence):
        sink(_form(node, "`layers` is a list, an operator an item: `- relu`", f"this is {_kind(node)}"))
        return ()
    if not node.items:
        sink(_form(node, "`layers` is empty: there is nothing to check", "no layer here"))
    read = (_read_layer(item, sink) for item in node.items)
    return tuple(layer for layer in read if layer is not None)


def _read_layer(item: Node, sink: Sink) -> Layer | None:
    match item:
        case Scalar(value=str(word)):
            return Layer.model_construct(kind=word, key=item, item=item)
        case Mapping():
            return _read_item(item, sink)
    sink(
        _form(item, "a layer is an operator: `- relu` or `- conv: {filters: 64, kernel: 3}`", f"this is {_kind(item)}")
    )
    return None


def _read_item(item: Mapping, sink: Sink) -> Layer | None:
    operators = [entry for entry in item.entries if entry.key.value not in _MODIFIERS]
    if len(operators) != 1:
        sink(_not_one(item, operators))
        return None
    (entry,) = operators
    kind = str(entry.key.value)
    name, expect, ignore = (item.get(key) for key in _MODIFIERS)
    facts = _read_figures(expect, LayerFacts, f"`expect` of {kind}", sink) if expect else None
    name_node = _read_name(name, sink) if name else None
    return Layer.model_construct(
        kind=kind,
        key=entry.key,
        arguments=entry.value,
        name=str(name_node.value) if name_node else None,
        name_node=name_node,
        expect=facts,
        ignore=_read_ignore(ignore, sink) if ignore else (),
        item=item,
    )


def _not_one(item: Mapping, operators: list[Entry]) -> Diagnostic:
    """The finding for an item of no operator or of several."""
    if not operators:
        given = ", ".join(f"`{entry.key.value!s:.40}`" for entry in item.entries)
        return _form(item, "this item has no operator", f"only {given}" if given else "it is empty")
    words = [f"{entry.key.value!s:.40}" for entry in operators]
    listed = ", ".join(f"`{word}`" for word in words)
    finding = _form(item, f"one item is one operator, and this has {len(operators)}: {listed}", "")
    empty = [entry for entry in operators if isinstance(entry.value, Scalar) and entry.value.value is None]
    if len(empty) == 1 and empty[0] is operators[0]:
        rest = " and ".join(f"`{word}`" for word in words[1:])
        return finding._replace(help=(f"if {rest} belong to `{words[0]}`, indent them deeper than it",))
    return finding._replace(help=("begin each operator with a `- ` of its own",))


def _read_name(node: Node, sink: Sink) -> Scalar | None:
    """A layer's name: one word, for paths such as ``stage1.conv2``."""
    match node:
        case Scalar(value=str(word)) if word and not set(word) & set(". /\\:\t\n"):
            return node
    sink(Diagnostic(
        rule="invalid-value",
        message=f"a layer's name is one word without dots, spaces and slashes, not {shorten(node)}",
        span=node.span,
        help=("names become paths such as `stage1.conv2`; write `stem` or `conv1_1`",),
    ))  # fmt: skip
    return None


def _read_ignore(node: Node, sink: Sink) -> tuple[str, ...]:
    """Names of the rules that a layer is not to be told of: one, or a list."""
    items = node.items if isinstance(node, Sequence) else (node,)
    names = [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]
    if len(names) < len(items):
        sink(_form(node, "`ignore` is a rule's name or a list of them", f"this is {_kind(node)}"))
    for item in names:
        if item.value not in RULES:
            near = nearest(str(item.value), RULES)
            sink(Diagnostic(
                rule="unknown-rule",
                message=f"there is no rule `{item.value:.60}`" + (f"; did you mean `{near}`?" if near else ""),
                span=item.span,
                help=(f"write `{near}`" if near else f"rules of layers are {', '.join(RULES)}",),
            ))  # fmt: skip
    return tuple(str(item.value) for item in names)


def _kind(node: Node) -> str:
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=str()):
            return f"text, {shorten(node)}"
    return shorten(node)


def _form(node: Node, message: str, label: str) -> Diagnostic:
    return Diagnostic(rule="spec-form", message=message, span=node.span, label=label)
