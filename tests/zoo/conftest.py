"""What the zoo is compared with: torchvision's models, traced into a list of layers as archspec's graphs are."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from math import prod, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from archspec.graph.model import Graph, Node
    from archspec.ops._numpy import Array
    from archspec.volume import Volume

Tensor = Any  # PyTorch is not there for everybody who checks types

REQUIRED = "ARCHSPEC_REQUIRE_TORCH"
MISSING = "torchvision is not installed (CI has it: pip install --no-deps torchvision==0.28.0, beside torch==2.13.0)"

WITHOUT_AUXILIARY = {"aux_logits": False, "init_weights": False}
OUTCOMES = {"fpn": ("p2", "p3", "p4", "p5")}
"""Which of a model's results are the spec's `outputs`; torchvision's pyramid has one more, a pool on top."""


class Layer(NamedTuple):
    """One layer of either side: what is compared of it, and where it stands.

    ``shape`` is that of its output, channels last, ``inputs`` are positions in the list it stands in (-1 is the
    network's input), ``setting`` is a norm's eps or the rate of dropout. ``arrays`` are the parameters and buffers
    that PyTorch gave to a function.
    """

    kind: str
    shape: tuple[int, ...]
    params: int
    buffers: int
    inputs: tuple[int, ...]
    setting: float | None
    name: str
    arrays: tuple[Tensor, ...] = ()

    @property
    def facts(self) -> tuple[str, tuple[int, ...], int, int, float | None, tuple[int, ...]]:
        """What must be equal."""
        return self.kind, self.shape, self.params, self.buffers, self.setting, self.inputs


INPUT = -1

# Both sides: a form in which equal networks are equal lists

COMMUTATIVE = {"add", "multiply"}


def canonical(layers: list[Layer], results: Iterable[int]) -> list[Layer]:
    """The same network in the one order that does not depend on the order in which branches run.

    Layers that change no number are left out, a concatenation of concatenations is one. Then the order is that of a
    walk from the results back to the input: inputs before the layer that reads them, in the order in which it reads
    them; the inputs of a sum or a product, whose order means nothing, from the deepest to the shallowest.
    """
    layers, moved = _without_views(layers)
    layers = _joined(layers)
    identities = _identities(layers)
    order: dict[int, int] = {INPUT: INPUT}
    ranked: list[Layer] = []
    waiting = [moved[result] for result in results][::-1]
    while waiting:
        here = waiting[-1]
        inputs = _ranked(layers[here], identities)
        missing = [source for source in inputs if source not in order]
        if missing:
            waiting.extend(reversed(missing))
            continue
        waiting.pop()
        if here not in order:
            order[here] = len(ranked)
            ranked.append(layers[here]._replace(inputs=tuple(order[source] for source in inputs)))
    return ranked


def _without_views(layers: list[Layer]) -> tuple[list[Layer], dict[int, int]]:
    """The layers without those of kind ``view``, their readers reading what they read; and where each is now."""
    moved = {INPUT: INPUT}
    kept: list[Layer] = []
    for index, layer in enumerate(layers):
        inputs = tuple(moved[source] for source in layer.inputs)
        if layer.kind == "view" or (layer.kind == "concat" and len(inputs) == 1):
            moved[index] = inputs[0]
        else:
            moved[index] = len(kept)
            kept.append(layer._replace(inputs=inputs))
    return kept, moved


def _joined(layers: list[Layer]) -> list[Layer]:
    """Concatenations that read no concatenation."""
    joined: list[Layer] = []
    for layer in layers:
        inputs: list[int] = []
        for source in layer.inputs:
            nested = layer.kind == "concat" and source != INPUT and joined[source].kind == "concat"
            inputs.extend(joined[source].inputs if nested else (source,))
        joined.append(layer._replace(inputs=tuple(inputs)))
    return joined


def _identities(layers: list[Layer]) -> dict[int, tuple[int, int]]:
    """For each layer the length of the longest way to the input and a hash of all that it is computed from."""
    found = {INPUT: (0, 0)}
    for index, layer in enumerate(layers):
        inputs = [found[source] for source in _ranked(layer, found)]
        found[index] = 1 + max(depth for depth, _ in inputs), hash((*layer.facts[:-1], *inputs))
    return found


def _ranked(layer: Layer, identities: dict[int, tuple[int, int]]) -> tuple[int, ...]:
    if layer.kind not in COMMUTATIVE:
        return layer.inputs
    return tuple(sorted(layer.inputs, key=lambda source: identities[source], reverse=True))


def _common(kind: str, shape: Iterable[int], arriving: Iterable[int]) -> tuple[str, tuple[int, ...]]:
    """Kind and output shape (channels last) in the form that both sides share.

    Of a single position only the channels are kept: one side has ``1x1x1000``, the other 1000. A convolution at a
    single position is a dense layer (squeeze-and-excite is written either way). Adaptive pooling to the sizes that
    arrive changes nothing. Dropout may stand on either side of flattening: its numbers are in a row.
    """
    shape, arriving = _plain(shape), _plain(arriving)
    if kind == "conv" and len(shape) == len(arriving) == 1:
        return "dense", shape
    if kind == "adaptive_avg_pool" and shape == arriving:
        return "view", shape
    return kind, (prod(shape),) if kind == "dropout" else shape


def _plain(shape: Iterable[int]) -> tuple[int, ...]:
    *positions, channels = shape
    return (channels,) if set(positions) <= {1} else (*positions, channels)


# archspec's side

OUR_KINDS = {
    "depthwise_conv": "conv",
    "fc": "dense",
    "linear": "dense",
    "flatten": "view",  # `fc` sees a whole volume
    "tokens": "view",
    "global_avg_pool": "adaptive_avg_pool",  # to 1x1, as the shape tells
}
"""Where the two sides have different words; every other kind bears archspec's name."""

SETTINGS = {"batch_norm": "eps", "layer_norm": "eps", "dropout": "rate", "drop_path": "rate"}
"""An argument of ours that is compared, though neither shape nor parameters depend on it."""


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 9)


def layers_of(graph: Graph) -> list[Layer]:
    """A graph's nodes as layers."""
    positions = dict.fromkeys(graph.inputs, INPUT) | {node.name: i for i, node in enumerate(graph.nodes)}
    layers = [_layer(node, positions) for node in graph.nodes]
    return canonical(layers, [positions[name] for name in graph.outputs])


def _layer(node: Node, positions: dict[str, int]) -> Layer:
    assert node.output is not None
    assert node.volume is not None
    kind, shape = _common(OUR_KINDS.get(node.kind, node.kind), node.output.shape, node.volume.shape)
    sizes = {role: sum(w.size for w in node.weights if (w.role == "buffer") is role) for role in (False, True)}
    return Layer(
        kind,
        shape,
        sizes[False],
        sizes[True],
        tuple(positions[name] for name in node.inputs),
        _rounded(getattr(node.operator, SETTINGS.get(node.kind, ""), None)),
        node.name,
    )


# PyTorch's side

VIEWS = {"flatten", "reshape", "view", "contiguous"}
THEIR_KINDS = dict.fromkeys(VIEWS, "view") | {
    "conv2d": "conv",
    "linear": "dense",
    "batch_norm": "batch_norm",
    "layer_norm": "layer_norm",
    "relu": "relu",
    "hardtanh": "relu6",  # with the bounds 0 and 6, which is tested
    "silu": "silu",
    "gelu": "gelu",
    "sigmoid": "sigmoid",
    "hardsigmoid": "hard_sigmoid",
    "hardswish": "hard_swish",
    "max_pool2d": "max_pool",
    "avg_pool2d": "avg_pool",
    "adaptive_avg_pool2d": "adaptive_avg_pool",
    "mean": "adaptive_avg_pool",  # over all positions
    "interpolate": "upsample",
    "dropout": "dropout",
    "multi_head_attention_forward": "attention",
    "add": "add",
    "add_": "add",
    "mul": "multiply",
    "cat": "concat",
    "chunk": "slice",
    "__getitem__": "select",
}
"""PyTorch's functions; one that is missing here fails the trace unless it gives no tensor."""
WITH_PARAMETERS = {"add": "position_embedding", "multiply": "scale", "concat": "class_token"}
"""What merging is called when one of its inputs is a parameter."""


class Value(NamedTuple):
    """What is known of a tensor: the layer that made it and which axes are the batch and the channels."""

    layer: int
    batch: int = 0
    channels: int = 1


class Trace:
    """Every function that PyTorch is asked for while a model runs on ``x``, as layers.

    ``outcomes`` are the model's results, one or some by name. A tensor is known by its ``id``, so all are held. What
    changes a tensor in place makes another value of it.
    """

    def __init__(self, model: Any, x: Tensor) -> None:
        self._layers: list[Layer] = []
        self._values = {id(x): Value(INPUT)}
        self._arrays = {id(array): array for array in (*model.parameters(), *model.buffers())}
        self._learned = {id(array) for array in model.parameters()}
        self._held: list[Tensor] = [x]
        self._entering = (*x.shape[2:], x.shape[1])
        self._modules = [""]
        torch = import_module("torch")
        self._tensor = torch.Tensor
        called = {"__torch_function__": lambda _, *call: self._called(*call)}
        recording = type("Recording", (torch.overrides.TorchFunctionMode,), called)
        with torch.no_grad(), self._watched(model), recording():
            result = model(x)
        self.outcomes: dict[str, Tensor] = result if isinstance(result, dict) else {"": result}

    def layers(self, *names: str) -> list[Layer]:
        """The layers that lead to the outcomes of these names; to all when none is named."""
        results = [self.outcomes[name] for name in names or self.outcomes]
        return canonical(self._layers, [self._values[id(y)].layer for y in results])

    @contextmanager
    def _watched(self, model: Any) -> Iterator[None]:
        """Follow which module runs."""
        hooks = []
        for name, module in model.named_modules():
            hooks.append(module.register_forward_pre_hook(partial(self._enter, name)))
            hooks.append(module.register_forward_hook(self._leave))
        yield
        for hook in hooks:
            hook.remove()

    def _enter(self, name: str, *_: Any) -> None:
        self._modules.append(name)

    def _leave(self, module: Any, _: Any, y: Tensor) -> None:
        if type(module).__name__ == "StochasticDepth":  # it calls no function when the model is not training
            value = self._values[id(y)]
            self._add("drop_path", y, value, [value.layer], setting=module.p)
        self._modules.pop()

    def _called(self, function: Any, _: Any, arguments: tuple[Any, ...] = (), options: Any = None) -> Any:
        options = options or {}
        result = function(*arguments, **options)
        given, made = self._tensors_in([arguments, options]), self._tensors_in(result)
        read = [self._values[id(tensor)] for tensor in given if id(tensor) in self._values]
        arrays = [self._arrays[id(tensor)] for tensor in given if id(tensor) in self._arrays]
        if read and made and function.__name__ in {"permute", "transpose"}:
            self._turn(read[0], made[0], *arguments)
        elif read:
            assert function.__name__ != "hardtanh" or (options["min_val"], options["max_val"]) == (0, 6)
            for y in made:
                self._note(function.__name__, read, arrays, options.get("eps", options.get("p")), y)
        elif arrays:  # a view of a parameter, such as a class token for each sample
            self._arrays |= {id(y): arrays[0] for y in made}
        self._held.extend(made)
        return result

    def _note(self, word: str, read: list[Value], arrays: list[Tensor], setting: float | None, y: Tensor) -> None:
        kind = THEIR_KINDS[word]
        if arrays:
            kind = WITH_PARAMETERS.get(kind, kind)
        value = read[0]._replace(channels=1) if y.ndim == 2 else read[0]
        inputs = [each.layer for each in read]
        if kind == "attention":  # queries, keys and values are of one sequence
            inputs = list(dict.fromkeys(inputs))
        self._add(kind, y, value, inputs, arrays, setting)

    def _turn(self, value: Value, y: Tensor, x: Tensor, *order: Any) -> None:
        """Axes in another order; of five, groups before their channels, it is a channel shuffle."""
        if x.ndim == 5:
            assert order == (1, 2)
            self._add("channel_shuffle", x.flatten(1, 2), value, [value.layer])
            self._values[id(y)] = self._last(value)
            return
        axes = list(range(x.ndim))
        if len(order) == 2:
            axes[order[0]], axes[order[1]] = order[1], order[0]
        else:
            axes = list(order[0] if isinstance(order[0], list | tuple) else order)
        self._values[id(y)] = Value(value.layer, axes.index(value.batch), axes.index(value.channels))

    def _add(  # noqa: PLR0913, PLR0917 - the parts of a layer
        self,
        kind: str,
        y: Tensor,
        value: Value,
        inputs: list[int],
        arrays: Sequence[Tensor] = (),
        setting: float | None = None,
    ) -> None:
        axes = [axis for axis in range(y.ndim) if axis not in {value.batch, value.channels}]
        arriving = self._layers[inputs[0]].shape if inputs[0] != INPUT else self._entering
        name = f"{self._modules[-1]} ({kind})"
        kind, shape = _common(kind, (y.shape[axis] for axis in (*axes, value.channels)), arriving)
        learned = sum(array.numel() for array in arrays if id(array) in self._learned)
        kept = sum(array.numel() for array in arrays) - learned
        layer = Layer(kind, shape, learned, kept, tuple(inputs), _rounded(setting), name, tuple(arrays))
        self._layers.append(layer)
        self._values[id(y)] = self._last(value)

    def _last(self, value: Value) -> Value:
        return value._replace(layer=len(self._layers) - 1)

    def _tensors_in(self, value: Any) -> list[Tensor]:
        """All tensors in nested arguments, in order."""
        if isinstance(value, self._tensor):
            return [value]
        if isinstance(value, dict):
            value = value.values()
        elif not isinstance(value, list | tuple):
            return []
        return [tensor for each in value for tensor in self._tensors_in(each)]


# What tests ask for


class Torchvision:
    """The models of torchvision by name, evaluated as layers; auxiliary heads are off, as in the zoo's figures."""

    def __init__(self) -> None:
        self._torch = import_module("torch")
        self._torch.set_num_threads(1)  # tests run side by side
        try:
            import_module("torchvision")
        except RuntimeError:  # beside a CPU build its compiled operators don't load; no model here calls them
            self._names = self._torch.library.Library("torchvision", "FRAGMENT")
            for name in ("nms", "qnms"):
                self._names.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        self._get = import_module("torchvision.models").get_model

    def model(self, name: str) -> Any:
        """A model without trained weights."""
        if name == "fpn":
            resnet = self._get("resnet50", weights=None)
            stages = {f"layer{number}": f"p{number + 1}" for number in range(1, 5)}
            pyramid = import_module("torchvision.models.detection.backbone_utils").BackboneWithFPN
            return pyramid(resnet, stages, [256, 512, 1024, 2048], 256).eval()
        options = WITHOUT_AUXILIARY if name in {"googlenet", "inception_v3"} else {}
        return self._get(name, weights=None, **options).eval()

    def layers(self, name: str, volume: Volume) -> list[Layer]:
        """The model's layers for an input volume. Nothing is computed: PyTorch's "meta" tensors have only shapes."""
        with self._torch.device("meta"):
            x = self._torch.empty(1, volume.channels, *volume.spatial)
            model = self.model(name)
        return Trace(model, x).layers(*OUTCOMES.get(name, ()))

    def run(self, name: str, x: Array) -> tuple[list[Layer], Array]:
        """The model's layers and what it gives for ``x`` (N, ..., C) in its dtype, every number of it drawn at random.

        All numbers are drawn anew: some models start with zeros, or with ones, where a mistake could hide.
        """
        self._torch.manual_seed(231)
        model = self.model(name)
        for word, array in (*model.named_parameters(), *model.named_buffers()):
            if word.endswith(("running_var", "weight")) and array.ndim == 1:
                array.data.uniform_(0.5, 1.5)
            elif array.is_floating_point():
                array.data.normal_(0, sqrt(2 / prod(array.shape[1:])) if array.ndim > 1 else 0.1)
        entering = self._torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, 1)))
        trace = Trace(model.to(entering.dtype), entering)
        (y,) = trace.outcomes.values()
        return trace.layers(), y.numpy()


@pytest.fixture(scope="session")
def torchvision() -> Torchvision:
    if find_spec("torchvision") is None:
        if os.environ.get(REQUIRED):
            pytest.fail(f"{REQUIRED} is set, but {MISSING}")
        pytest.skip(MISSING)
    return Torchvision()


@pytest.fixture(scope="session")
def ours() -> Callable[[Graph], list[Layer]]:
    return layers_of
