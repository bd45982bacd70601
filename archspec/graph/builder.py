"""Graphs that a program builds: operators called with wires, without a file."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Never

from archspec.graph import builder_faults
from archspec.graph.arguments import OperatorReader
from archspec.graph.call_arguments import operator_class, split, with_main, word_of
from archspec.graph.model import Graph, NetworkHeader, Node, Section
from archspec.graph.operator_call import OperatorCalls
from archspec.graph.program_header import read_program_header
from archspec.graph.program_values import as_mapping, as_node, plain_value
from archspec.graph.scope import Scope
from archspec.graph.wire import GraphError, Wire
from archspec.ops import OPERATORS
from archspec.spec import foreign
from archspec.spec.figures_reader import read_figures
from archspec.spec.item_reader import read_ignore, read_name
from archspec.spec.models import LayerFacts
from archspec.spec.validate import Named
from archspec.spec.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np

    from archspec.diagnostics import Diagnostic
    from archspec.ops._base import Operator
    from archspec.ops._window import Fit
    from archspec.spec.models import DType, Loss


class GraphBuilder:
    """Builds a :class:`Graph` layer by layer: each operator is a method that takes wires and returns one.

    The arguments are those of a spec's head, and those of the operators are a spec's too:

    >>> g = GraphBuilder("net", input="32x32x3")
    >>> x = g.conv(g.input, filters=16, kernel=3, padding="same")
    >>> x = g.relu(x)
    >>> graph = g.build()
    """

    def __init__(  # noqa: PLR0913 - the keys of a spec's head, by name
        self,
        name: str,
        *,
        input: Any,  # noqa: A002 - the spec's own word
        fit: Fit | None = None,
        dtype: DType | np.dtype[Any] = "float32",
        batch: int | None = None,
        loss: Loss | None = None,
        source: str | None = None,
        expect: Any = None,
        budget: Any = None,
        **unknown: Never,
    ) -> None:
        self._faults: list[Diagnostic] = []
        values = {"name": name, "input": input, "fit": fit, "dtype": dtype, "batch": batch, "loss": loss}
        values |= {"source": source, "expect": expect, "budget": budget, **unknown}
        header = read_program_header(values, self._faults.append)
        self._raise_faults()
        self._header = NetworkHeader(
            header.name or "",
            header.source,
            header.dtype,
            header.batch,
            batch is not None,
            header.loss,
            header.expect,
            header.budget,
        )
        self.inputs = {key: Wire(self, key, volume) for key, volume in (header.input or {}).items()}
        self._reader = OperatorReader(header.fit, self._faults.append)
        self._calls = OperatorCalls()
        self._nodes: list[Node] = []
        self._outputs: dict[str, None] = {}
        self._ties: dict[str, str] = {}
        self._likes: dict[str, str] = {}
        self._sections: list[Section] = []
        self._scopes = {"": Scope(taken=dict.fromkeys(self.inputs))}
        self._scope = self._scopes[""]

    def __repr__(self) -> str:
        return f"GraphBuilder({self._header.name!r}, {len(self._nodes)} layers)"

    def __getattr__(self, word: str) -> Callable[..., Wire]:
        """The method of an operator."""
        if word.startswith("_"):
            raise AttributeError(word)
        try:
            kind = operator_class(word)
        except GraphError as error:
            raise AttributeError(str(error), name=word, obj=self) from None
        method = partial(self.layer, word)
        method.__doc__ = kind.__doc__
        return method

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *OPERATORS]

    @property
    def input(self) -> Wire:
        """The only input.

        Raises:
            GraphError: the graph has several, which are in ``inputs``.

        """
        if len(self.inputs) > 1:
            raise GraphError([builder_faults.several_inputs(list(self.inputs))])
        return next(iter(self.inputs.values()))

    @contextmanager
    def block(self, word: str = "block", *, name: str | None = None) -> Iterator[None]:
        """Put layers below a path: ``bottleneck1``, ``bottleneck2`` by the word, or exactly ``name``."""
        outer = self._scope
        own = outer.next_name(self._valid_name(word)) if name is None else self._valid_name(name)
        outer.taken.setdefault(own, None)
        path = outer.path(own)
        self._scope = self._scopes.setdefault(path, Scope(path))
        try:
            yield
        finally:
            self._scope = outer

    def layer(
        self,
        kind: str | Operator,
        /,
        *inputs: Any,
        name: str | None = None,
        tie: Wire | None = None,
        ignore: str | Sequence[str] = (),
        expect: Any = None,
        **arguments: Any,
    ) -> Wire:
        """Add a layer: an operator by name or ready-made, the wires it reads, and its main argument after them.

        ``tie`` shares the weights of the layer of a wire, ``ignore`` names rules that do not apply, ``expect`` states
        facts that are checked.

        Raises:
            GraphError: an argument is not the operator's, a wire is another graph's, or the name is in use.

        """
        word = kind if isinstance(kind, str) else word_of(kind)
        wires, rest = split(word, inputs)
        for wire in (*wires, *(() if tie is None else (tie,))):
            self._check(word, wire)
        likes = {key: value for key, value in arguments.items() if isinstance(value, Wire)}
        data = with_main(word, arguments, rest)
        operator = self._read(word, data, likes) if isinstance(kind, str) else kind
        facts = self._facts(word, expect)
        rules = read_ignore(as_node(plain_value(ignore)), self._faults.append)
        self._raise_faults()
        path = self._path(word, name)
        call = self._calls.of(operator, tuple(wire.volume for wire in wires))
        if tie is not None:
            self._ties[path] = self._ties.get(tie.name, tie.name)
        self._likes.update((path, wire.name) for wire in likes.values())
        sources = tuple(wire.name for wire in wires)
        self._nodes.append(
            Node(path, word, sources, call, self._ties.get(path), frozenset(str(rule.value) for rule in rules))
        )
        if facts is not None:
            self._sections.append(Section(facts, len(self._nodes) - 1, len(self._nodes), call.output, path, word))
        return Wire(self, path, call.output)

    def output(self, *wires: Wire) -> None:
        """Declare wires as results of the network; by default, the last layer's output is the result."""
        for wire in wires:
            self._check("output", wire)
            self._outputs[wire.name] = None

    def build(self) -> Graph:
        """The graph of all layers so far.

        Raises:
            GraphError: there are none.

        """
        if not self._nodes:
            raise GraphError([builder_faults.no_layer()])
        return Graph(
            self._header,
            {name: wire.volume for name, wire in self.inputs.items()},
            tuple(self._nodes),
            tuple(self._outputs) or (self._nodes[-1].name,),
            dict(self._likes),
            tuple(self._sections),
        )

    def _raise_faults(self) -> None:
        if self._faults:
            faults, self._faults[:] = [*self._faults], []
            raise GraphError(faults)

    def _check(self, word: str, wire: Wire) -> None:
        """Raise an error for anything that is not a wire of this graph."""
        if not isinstance(wire, Wire):
            raise GraphError([builder_faults.no_wire(word, (wire,))])
        if wire.builder is not self:
            raise GraphError([builder_faults.foreign_wire(wire, self)])

    def _read(self, word: str, arguments: dict[str, Any], likes: dict[str, Wire]) -> Operator | None:
        """An operator by name; None where it takes the size of an unknown volume."""
        sizes = operator_class(word).size_arguments
        for key, wire in likes.items():
            self._check(word, wire)
            if key in sizes and wire.volume is None:
                return None
        spatial = {key: wire.volume.spatial for key, wire in likes.items() if key in sizes and wire.volume}
        data = plain_value(arguments | spatial)
        node = as_mapping(data)
        operator = self._reader.operator(node, data, Named(word, node.span, foreign.ARGUMENTS))
        return None if isinstance(operator, Unknown) else operator

    def _facts(self, word: str, expect: Any) -> LayerFacts | None:
        if expect is None:
            return None
        return read_figures(as_node(plain_value(expect)), LayerFacts, f"`expect` of {word}", self._faults.append)

    def _path(self, word: str, name: str | None) -> str:
        """The path of a new layer: numbered, or of a name that no other layer here has."""
        scope = self._scope
        if name is None:
            return scope.path(scope.next_name(word))
        path = scope.path(self._valid_name(name))
        if name in scope.taken:
            raise GraphError([builder_faults.name_in_use(path, of_input=path in self.inputs)])
        scope.taken[name] = None
        return path

    def _valid_name(self, name: str) -> str:
        read_name(as_node(name), self._faults.append)
        self._raise_faults()
        return name
