"""From a spec to its Graph: operators validated one at a time while shapes propagate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Label, Sink
from archspec.graph.model import Graph, Node
from archspec.ops import OPERATORS, operator
from archspec.spec import foreign
from archspec.spec.validate import Named, shorten, validate
from archspec.syntax import nearest
from archspec.syntax.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from archspec.ops._base import Operator
    from archspec.source import Span
    from archspec.spec.models import Layer, Spec
    from archspec.volume import Volume


def build(spec: Spec, sink: Sink) -> Graph:
    """The graph of a spec, past every fault: a node that fails has an unknown volume, and so has what follows it."""
    builder = _Builder(spec, sink)
    for layer in spec.layers:
        builder.append(layer)
    last = builder.nodes[-1].name if builder.nodes else next(iter(builder.inputs))
    return Graph(spec, builder.inputs, tuple(builder.nodes), (last,))


@dataclass
class _Builder:
    spec: Spec
    sink: Sink
    nodes: list[Node] = field(default_factory=list)
    names: dict[str, Span | None] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    inputs: dict[str, Volume | None] = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = dict(self.spec.input) if self.spec.input else {"input": None}
        self.names = dict.fromkeys(self.inputs)
        for layer in self.spec.layers:
            if layer.name is not None:
                self._claim(layer.name, layer)

    def append(self, layer: Layer) -> None:
        """Add the node of a layer behind the last one."""
        name = self._name(layer)
        source = self.nodes[-1].name if self.nodes else next(iter(self.inputs))
        arrives = self.nodes[-1].output if self.nodes else next(iter(self.inputs.values()))
        made = self._operator(layer, name)
        output = made.receive((arrives,)) if made and arrives and len(arrives.spatial) in made.ranks else None
        self.nodes.append(Node(name, made, (source,), (arrives,), output, layer))

    def _claim(self, name: str, layer: Layer) -> None:
        place = layer.name_node.span if layer.name_node else layer.key.span
        if name in self.names:
            first = self.names[name]
            labels = (Label(first, "first given here"),) if first else ()
            message = f"two layers are called `{name}`" if first else f"`{name}` is already the name of an input"
            self.sink(Diagnostic(
                rule="duplicate-name", message=message, span=place, labels=labels,
                help=("give each layer a name of its own",),
            ))  # fmt: skip
        self.names.setdefault(name, place)

    def _name(self, layer: Layer) -> str:
        """The layer's own name; of two layers of one name, which is told, the second gets a numbered one."""
        own = layer.name
        if own is None or own in self.inputs or any(node.name == own for node in self.nodes):
            return self._numbered(layer.kind)
        return own

    def _numbered(self, kind: str) -> str:
        """``conv1``, ``conv2``: the next name of its kind that no layer bears."""
        while True:
            self.counts[kind] += 1
            name = f"{kind}{self.counts[kind]}"
            if name not in self.names:
                self.names[name] = None
                return name

    def _operator(self, layer: Layer, name: str) -> Operator | None:
        if layer.kind not in OPERATORS:
            self.sink(_unknown_operator(layer, name))
            return None
        made = read_operator(operator(layer.kind), layer, name, self.sink)
        if (
            made is not None
            and self.spec.fit
            and "fit" in type(made).model_fields
            and "fit" not in made.model_fields_set
        ):
            return made.model_copy(update={"fit": self.spec.fit})
        return made


def read_operator(kind: type[Operator], layer: Layer, name: str, sink: Sink) -> Operator | None:
    """The operator of a layer with its arguments validated; None, and findings, when they are faulty."""
    arguments = layer.arguments
    match arguments:
        case None | Scalar(value=None):
            arguments = Mapping((), layer.key.span)
        case Scalar() | Sequence() if kind.main:
            arguments = Mapping((Entry(Scalar(kind.main, arguments.span), arguments),), arguments.span)
        case Scalar() | Sequence():
            sink(_not_a_mapping(kind, layer, arguments, name))
            return None
    named = Named(layer.kind, layer.key.span, foreign.ARGUMENTS, name)
    made, faulty = validate(kind, arguments, named, sink)
    return None if faulty else made


def _not_a_mapping(kind: type[Operator], layer: Layer, arguments: Scalar | Sequence, name: str) -> Diagnostic:
    """The finding for ``conv: 64``."""
    own = {
        key: key not in kind.__annotations__ for key in kind.model_fields
    }  # its own arguments first: filters, kernel
    fields = sorted(kind.model_fields.items(), key=lambda item: own[item[0]])
    names = [info.alias or key for key, info in fields]
    required = [info.alias or key for key, info in fields if info.is_required()]
    example = ", ".join(f"{key}: ..." for key in required)
    needs = " and ".join(f"`{key}`" for key in required)
    message = (
        f"{layer.kind} takes {needs}, not {shorten(arguments)} alone"
        if required
        else (f"{layer.kind} takes no single value, got {shorten(arguments)}")
    )
    help_ = (
        f"write `{layer.kind}: {{{example}}}`"
        if required
        else (f"write `{layer.kind}: {{{names[0]}: ...}}`" if names else f"write `{layer.kind}`")
    )
    return Diagnostic(rule="invalid-value", message=message, span=arguments.span, layer=name, help=(help_,))


def _unknown_operator(layer: Layer, name: str) -> Diagnostic:
    meant = foreign.ours(layer.kind, foreign.OPERATORS, OPERATORS)
    near = meant or nearest(layer.kind, OPERATORS)
    word = f"{layer.kind:.60}"
    return Diagnostic(
        rule="unknown-operator",
        message=f"there is no operator `{word}`" + (f"; did you mean `{near}`?" if near else ""),
        span=layer.key.span,
        layer=name,
        notes=(f"`{word}` of other libraries is `{meant}` here",) if meant else (),
        help=(f"write `{near}`",) if near else (f"operators are {', '.join(OPERATORS)}",),
    )
