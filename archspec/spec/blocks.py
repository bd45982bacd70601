"""Blocks: named parts of a network, from the file itself and from files it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from archspec.diagnostics import Diagnostic, Label
from archspec.ops import OPERATORS
from archspec.spec.item_reader import read_items
from archspec.spec.items import MODIFIERS, Block
from archspec.spec.params import NAME, read_params
from archspec.spec.used_files import UsedFiles
from archspec.spec.validate import Named, unknown
from archspec.spec.wording import form, kind_of
from archspec.syntax.nodes import Entry, Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from archspec.diagnostics import Sink

_KEYS = ["params", "layers"]
_FILE_KEYS = ["name", "source", "use", "blocks"]
"""What a file that is used may hold."""


def read_blocks(tree: Mapping, sink: Sink) -> dict[str, Block]:
    """Blocks by name: those of used files first, then the file's own."""
    found: dict[str, Block] = {}
    _collect(tree, found, UsedFiles(tree, sink), sink)
    return found


def _collect(tree: Mapping, found: dict[str, Block], files: UsedFiles, sink: Sink) -> None:
    for file in _use_entries(tree.get("use"), sink):
        with files.opening(file) as used:
            if used is not None and _is_used_file(used, sink):
                _collect(used, found, files, sink)
    for entry in _entries(tree.get("blocks"), sink):
        block = _read_block(entry, sink)
        first = found.get(entry.name)
        if first is not None:
            sink(_twice(entry.key, first))
        elif block is not None:
            found[entry.name] = block


def _entries(node: Node | None, sink: Sink) -> tuple[Entry, ...]:
    if node is None:
        return ()
    if isinstance(node, Mapping):
        return node.entries
    sink(form(node, "`blocks` must be a mapping of names to blocks", f"this is {kind_of(node)}"))
    return ()


def _read_block(entry: Entry, sink: Sink) -> Block | None:
    name, node = entry.key, entry.value
    if (why := _no_name(str(name.value))) is not None:
        sink(Diagnostic(
            rule="shadowed-name", message=f"a block can't be named `{name.value!s:.60}`: {why}", span=name.span,
            help=("give the block another name",),
        ))  # fmt: skip
        return None
    if isinstance(node, Sequence):
        return Block(name, (), read_items(node, sink, f"block {name.value}"), Mapping((), node.span))
    if not isinstance(node, Mapping) or node.get("layers") is None:
        sink(form(node, f"block {name.value} needs `layers`", "write `{params: {...}, layers: [...]}`"))
        return None
    for each in node.entries:
        if each.name not in _KEYS:
            sink(unknown(each.key, Named(f"block {name.value}", name.span), _KEYS))
    layers = node.get("layers")
    params = read_params(node.get("params"), f"`params` of block {name.value}", sink)
    items = read_items(layers, sink, f"`layers` of block {name.value}") if layers else ()
    return Block(name, params, items, node)


def _no_name(name: str) -> str | None:
    """Why a block cannot have a name; None if it can."""
    if name in OPERATORS:
        return "that is an operator"
    if name in (*MODIFIERS, "layers", "for"):
        return "the word has another meaning in a list item"
    return None if NAME.fullmatch(name) else "a name is letters, digits and _, a letter first"


def _twice(name: Scalar, first: Block) -> Diagnostic:
    return Diagnostic(
        rule="duplicate-name",
        message=f"two blocks are named `{name.value}`",
        span=name.span,
        labels=(Label(first.name.span, "first used here"),),
        help=("give each block a different name",),
    )


def _use_entries(node: Node | None, sink: Sink) -> list[Scalar]:
    if node is None:
        return []
    items = node.items if isinstance(node, Sequence) else (node,)
    files = [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str)]
    if len(files) < len(items):
        sink(form(node, "`use` must be a list of files in this folder or below", f"this is {kind_of(node)}"))
    return files


def _is_used_file(tree: Node, sink: Sink) -> TypeGuard[Mapping]:
    """Whether what stands in a used file may be used, as far as it may."""
    if not isinstance(tree, Mapping):
        sink(form(tree, "a used file must be a mapping with `blocks`", f"this is {kind_of(tree)}"))
        return False
    for entry in tree.entries:
        if entry.name not in _FILE_KEYS:
            sink(unknown(entry.key, Named("a used file", tree.span), _FILE_KEYS))
    return True
