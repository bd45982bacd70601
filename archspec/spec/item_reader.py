"""The list items of a spec: converts nodes of the tree to items, and reports faults at their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.diagnostics import Edit, Fix
from archspec.ops import MERGES, OPERATORS, operator
from archspec.source import Span
from archspec.spec import foreign
from archspec.spec.figures_reader import read_figures
from archspec.spec.items import MODIFIERS, Branch, Call, Group, Item, Jump, Loop, Merge, Unread
from archspec.spec.layer_names import is_layer_name, no_layer_name
from archspec.spec.models import LayerFacts
from archspec.spec.validate import Named, likeliest_key, unknown
from archspec.spec.wording import form, kind_of, shorten
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic, Sink

_ARITHMETIC = ("arithmetic with a number is not in the language yet; `scale` has a learned one for each channel",)
_MOST_WORDS = 20
"""Words of an item that a message lists."""
_KEYS = (*MODIFIERS, "for", "layers")
"""Keys of items that are neither operators nor blocks."""


def read_items(node: Node, sink: Sink, what: str = "`layers`") -> tuple[Item, ...]:
    """The items of a list; ``what`` is its name in findings."""
    if not isinstance(node, Sequence):
        finding = form(node, f"{what} must be a list, one operator per item: `- relu`", f"this is {kind_of(node)}")
        sink(_with_dashes(finding, node) if isinstance(node, Mapping) else finding)
        return ()
    return tuple(_read_item(each, sink) for each in node.items)


def _with_dashes(finding: Diagnostic, node: Mapping) -> Diagnostic:
    """The finding about items without dashes, with the fix that writes them."""
    source, start, end = node.span
    margin = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    first = node.entries[0].key.span.text if node.entries else "relu"
    found = finding._replace(help=(f"begin each item with a dash: `- {first:.40}`",))
    if margin.strip(" ") or not node.entries or source.text[start] == "{":
        return found
    heads = {entry.key.span.start for entry in node.entries}
    edits = []
    line = start - len(margin)
    while 0 <= line < end:
        at = line + len(margin)
        if source.text[line:at] == margin and source.text[at : at + 1] not in ("", "\r", "\n"):
            edits.append(Edit(Span(source, at, at), "- " if at in heads else "  "))
        line = source.text.find("\n", line) + 1 or end
    return found._replace(fix=Fix(f"begin each item with a dash: `- {first:.40}`", tuple(edits)))


def _read_item(node: Node, sink: Sink) -> Item:
    match node:
        case Scalar(value=str(word)) if word in MERGES:
            finding = form(node, f"{word} needs its branches", f"write `{word}: [[], [...]]` or `{word}: NAME`")
            return _unread(node, finding, sink)
        case Scalar(value=str()):
            return Call(key=node, node=node)
        case Mapping():
            return _read_mapping(node, sink)
    message = "a layer is an operator: `- relu` or `- conv: {filters: 64, kernel: 3}`"
    return _unread(node, form(node, message, f"this is {kind_of(node)}"), sink)


def _unread(node: Node, finding: Diagnostic, sink: Sink) -> Item:
    """An item that cannot be read, and the report of it."""
    sink(finding)
    return Unread(key=Scalar(None, node.span), node=node, finding=finding)


def _read_mapping(node: Mapping, sink: Sink) -> Item:
    """The item of a mapping: next to its modifiers one key says what it is, or `for` and `layers` together.

    A misspelled modifier is reported as such, and what else the item says is read without it.
    """
    own = [entry for entry in node.entries if entry.name not in MODIFIERS]
    misspelled = [entry for entry in own if len(own) > 1 and _is_misspelled_modifier(entry)]
    unknown_keys = [_unknown_key(entry, node) for entry in misspelled]
    kinds = [entry for entry in own if entry not in misspelled]
    words = {entry.name for entry in kinds}
    is_one = len(kinds) == 1 and not (misspelled and words == {"for"})
    for finding in unknown_keys[: None if is_one else -1]:
        sink(finding)
    if is_one:
        return _one(node, kinds[0], sink)
    if unknown_keys:
        return _unread(node, unknown_keys[-1], sink)
    if not kinds and node.get("from") is not None:
        return _jump(node, sink)
    if words == {"for", "layers"}:
        return _loop(node, sink)
    return _unread(node, _not_one(node, kinds), sink)


def _is_misspelled_modifier(entry: Entry) -> bool:
    """Whether a key is probably meant to be one that any item may have."""
    word = entry.name
    if word in (*OPERATORS, *_KEYS):
        return False
    return likeliest_key(word, Named("", entry.key.span, foreign.KEYS), _KEYS) is not None


def _unknown_key(entry: Entry, item: Mapping) -> Diagnostic:
    present = [each.name for each in item.entries]
    return unknown(entry.key, Named("a list item", item.span, foreign.KEYS), list(_KEYS), present)


def _one(node: Mapping, entry: Entry, sink: Sink) -> Item:
    """The item of one word and its value."""
    word = entry.name
    if word == "for":
        finding = form(entry.key, "`for` needs `layers` to repeat", "this has rows, but no layers")
        return _unread(node, finding, sink)
    common = _common(node, entry.key, sink)
    if word == "layers":
        return Group(**common, items=read_items(entry.value, sink))
    if word in MERGES:
        return Merge(**common, branches=tuple(_branches(entry.value, str(word), sink)))
    return Call(**common, arguments=entry.value)


def _jump(node: Mapping, sink: Sink) -> Item:
    key = next(entry.key for entry in node.entries if entry.name == "from")
    return Jump(**_common(node, key, sink))


def _loop(node: Mapping, sink: Sink) -> Item:
    found = {entry.name: entry for entry in node.entries}
    items = read_items(found["layers"].value, sink)
    return Loop(**_common(node, found["for"].key, sink), rows=found["for"].value, items=items)


def _branches(node: Node, word: str, sink: Sink) -> Iterator[Branch]:
    """Branches by name, in a list, or the present volume and a named one."""
    match node:
        case Scalar(value=str()):
            yield Branch()
            yield Branch(source=node)
        case Mapping(entries=entries) if entries:
            for entry in entries:
                is_name = is_layer_name(entry.name)
                if not is_name:
                    sink(no_layer_name(shorten(entry.key), entry.key.span))
                yield _branch(entry.value, entry.name if is_name else None, sink)
        case Sequence(items=items) if items:
            for item in items:
                yield _branch(item, None, sink)
        case _:
            message = f"{word} takes branches: by name, in a list, or the name of a volume"
            finding = form(node, message, f"this is {kind_of(node)}")._replace(help=_help_for_merge(node, word))
            yield Branch(items=(_unread(node, finding, sink),))


def _help_for_merge(node: Node, word: str) -> tuple[str, ...]:
    if isinstance(node, Scalar) and type(node.value) in (int, float) and operator(word).merge != "concatenation":
        return _ARITHMETIC
    return (f"write `{word}: [[...], []]`",)


def _branch(node: Node, name: str | None, sink: Sink) -> Branch:
    match node:
        case Scalar(value=str()):
            return Branch(name=name, source=node)
        case Sequence():
            return Branch(name=name, items=read_items(node, sink, "a branch"))
    finding = form(node, "a branch must be a list of layers, or the name of a volume", f"this is {kind_of(node)}")
    if isinstance(node, Mapping) and any(entry.name in (*OPERATORS, *_KEYS) for entry in node.entries):
        sink(finding._replace(help=("a single layer is a list of one: put it into `[ ]`, or after `- `",)))
        return Branch(name=name, items=(_read_item(node, sink),))
    if isinstance(node, Scalar) and type(node.value) in (int, float):
        finding = finding._replace(help=_ARITHMETIC)
    return Branch(name=name, items=(_unread(node, finding, sink),))


def _common(node: Mapping, key: Scalar, sink: Sink) -> dict[str, Any]:
    """The modifiers of an item, read."""
    expect, ignore, name = node.get("expect"), node.get("ignore"), node.get("name")
    scalars = {"source": "from", "when": "when", "repeat": "repeat", "tie": "tie"}
    return {
        "key": key,
        "node": node,
        "name": read_name(name, sink) if name else None,
        "expect": read_figures(expect, LayerFacts, f"`expect` of {key.text}", sink) if expect else None,
        "ignore": read_ignore(ignore, sink) if ignore else (),
        **{field: _scalar(found, word, sink) for field, word in scalars.items() if (found := node.get(word))},
    }


def _scalar(node: Node, word: str, sink: Sink) -> Scalar | None:
    if isinstance(node, Scalar) and node.value is not None:
        return node
    sink(form(node, f"`{word}` takes a single value", f"this is {kind_of(node)}"))
    return None


def _not_one(item: Mapping, kinds: list[Entry]) -> Diagnostic:
    """The finding for an item of no operator or of several."""
    if not kinds:
        others = ", ".join(f"`{entry.name:.40}`" for entry in item.entries)
        return form(item, "this item has no operator", f"only {others}" if others else "it is empty")
    words = [f"{entry.name:.40}" for entry in kinds[:_MOST_WORDS]]
    listed = ", ".join(f"`{word}`" for word in words)
    finding = form(item, f"an item must have one operator, but this has {len(kinds)}: {listed}", "")
    if isinstance(kinds[0].value, Scalar) and kinds[0].value.value is None:
        rest = " and ".join(f"`{word}`" for word in words[1:])
        return finding._replace(help=(f"if {rest} belong to `{words[0]}`, indent them deeper than it",))
    return finding._replace(help=("begin each operator with its own `- `",))


def read_name(node: Node, sink: Sink) -> Scalar | None:
    """A name: one word, for paths such as ``stage1.conv2``; it may hold expressions, whose values are checked later."""
    match node:
        case Scalar(value=str(word)) if is_layer_name(word) or "$" in word:
            return node
    sink(no_layer_name(shorten(node), node.span))
    return None


def read_ignore(node: Node, sink: Sink) -> tuple[Scalar, ...]:
    """Names of the rules whose findings about a layer are not reported: one, or a list."""
    items = node.items if isinstance(node, Sequence) else (node,)
    names = tuple(item for item in items if isinstance(item, Scalar) and isinstance(item.value, str))
    if len(names) < len(items):
        sink(form(node, "`ignore` must be the name of a rule, or a list of names", f"this is {kind_of(node)}"))
    return names
