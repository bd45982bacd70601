"""Whether every layer of a network fits, for any sizes of its inputs: shape inference that judges each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.analysis.infer import ShapeInference
from archspec.analysis.misfit import misfits
from archspec.graph.operator_call import takes_axes
from archspec.ops._base import Operator
from archspec.ops._padding import is_allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archspec.analysis.infer import InferredLayer
    from archspec.analysis.misfit import Fitting
    from archspec.graph.model import Graph
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._window import Window
    from archspec.volume import Volume

    Judged = Callable[[tuple[Window, ...]], tuple[Window, ...]]

_SHAPE_METHODS = ("infer", "windows", "claims", "divisions", "limits", "shape_claims", "values_per_mean")
"""Methods that an operator which takes any volume and keeps its shape does not override."""


class SizeRun(NamedTuple):
    """The volumes at all places, and the first place that does not fit; None when all do."""

    volumes: list[Volume | None]
    misfit: int | None


class FittingInference(ShapeInference):
    """Shape inference of a whole graph that also says whether each layer fits.

    Only windows on ``axis`` are judged, unless it is None. Operators that keep any shape are left out, which leaves
    less than half of most networks.

    Raises:
        LookupError: the operator of a layer, which it names, is unknown.

    """

    def __init__(self, graph: Graph, fitting: Fitting, axis: int | None = None) -> None:
        for node in graph.nodes:
            if node.operator is None:
                raise LookupError(node.name)
        super().__init__(graph, graph.nodes, tuple(graph.inputs), skipped=_keeping_shape(graph))
        first = next(iter(graph.inputs.values()))
        self.rank = len(first.spatial) if first else 0
        self.fitting, self.axis = fitting, axis
        strictly: dict[OperatorCall, bool] = {}
        leniently: dict[OperatorCall, bool] = {}
        self._fits = {
            layer.node.name: leniently if self.is_lenient(layer) else strictly for layer in self.layers
        }  # equal layers share calls, and whether these fit

    def fitting_run(self, inputs: Sequence[Volume | None], *, to_the_end: bool = False) -> SizeRun:
        """Every volume for these inputs, up to the first place that does not fit unless ``to_the_end``."""
        volumes = list(inputs)
        misfit: int | None = None
        for layer, call in self.run(volumes):
            if misfit is None and not self.fits(layer, call, volumes):
                misfit = len(volumes) - 1
                if not to_the_end:
                    break
        return SizeRun(volumes, misfit)

    def fits(self, layer: InferredLayer, call: OperatorCall, volumes: Sequence[Volume | None]) -> bool:
        """Whether the call of a layer fits, and the weights that it shares are of its shapes."""
        known = self._fits[layer.node.name]
        fits = known.get(call)
        if fits is None:
            fitting = None if self.is_lenient(layer) else self.fitting
            fits = known[call] = next(faults(call, fitting, self.judged_windows), None) is None
        return fits and (layer.tied is None or self._weights_agree(layer, volumes))

    def is_lenient(self, layer: InferredLayer) -> bool:
        """Whether strides of a layer that do not fit are accepted by its ``ignore``."""
        return self.fitting == "accepted" and "fractional-output" in layer.node.ignored

    def judged_windows(self, windows: tuple[Window, ...]) -> tuple[Window, ...]:
        """The windows that are checked; all of them once axes are no longer those of the input."""
        return windows if self.axis is None or len(windows) != self.rank else (windows[self.axis],)

    def _weights_agree(self, layer: InferredLayer, volumes: Sequence[Volume | None]) -> bool:
        if layer.tied is None or layer.tied < self.given:
            return False
        other = self.layers[layer.tied - self.given]
        return self.weights(layer, volumes) == self.weights(other, volumes) != []

    def weights(self, layer: InferredLayer, volumes: Sequence[Volume | None]) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of the arrays that a layer keeps."""
        known = [volume for place in layer.sources if (volume := volumes[place]) is not None]
        if len(known) < len(layer.sources) or layer.operator is None:
            return []
        return [(weight.name, weight.shape) for weight in layer.operator.weights(known)]


def faults(call: OperatorCall, fitting: Fitting | None = "accepted", judged: Judged | None = None) -> Iterator[str]:
    """The faults of a call, by argument or fact; empty if the layer fits.

    ``fitting`` says which strides fit (None: all do), and ``judged`` picks the windows that count for that.
    """
    operator = call.operator
    if operator is None or not takes_axes(operator, call.input_volumes):
        yield "input"
        return
    volumes = call.known_inputs
    yield from (claim.argument for claim in operator.claims(volumes) if claim.stated != claim.actual)
    yield from (division.what for division in operator.divisions(volumes) if division.number % division.by)
    yield from (limit.argument for limit in operator.limits(volumes) if limit.number > limit.most)
    yield from (claim.argument for claim in operator.shape_claims(volumes) if claim.stated not in claim.allowed)
    if call.output is not None and operator.values_per_mean(volumes) == 1:
        yield "mean"
    windows = operator.windows(volumes) or ()  # not kept by the call: a search has very many
    if not all(is_allowed(operator, window) for window in windows):
        yield "padding"
    judged_windows = judged(windows) if judged else windows
    if fitting is not None and any(window.reach >= 0 and misfits(window, fitting) for window in judged_windows):
        yield "stride"
    if call.output is None:
        yield "output"


def _keeping_shape(graph: Graph) -> frozenset[str]:
    """Names of the layers whose output is as their input, whatever that is; but for those that share weights."""
    shared = {node.tied for node in graph.nodes}
    kinds = {type(node.operator) for node in graph.nodes if node.operator is not None}
    keeping = {kind for kind in kinds if _keeps_shape(kind)}
    return frozenset(
        node.name
        for node in graph.nodes
        if node.tied is None and node.name not in shared and type(node.operator) in keeping
    )


def _keeps_shape(kind: type[Operator]) -> bool:
    return kind.ranks == Operator.ranks and all(
        getattr(kind, name) is getattr(Operator, name) for name in _SHAPE_METHODS
    )
