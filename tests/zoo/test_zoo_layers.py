"""The zoo against torchvision, layer by layer: kinds, shapes, parameters, what reads what; and the numbers that leave.

torchvision's models are the published definitions; nothing of them stands here. How their calls become layers, and in
which form two networks are equal, is in conftest.py.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import archspec
from archspec.files.zoo import entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.engine.network import Network
    from archspec.graph.model import Node
    from archspec.ops._numpy import Array
    from archspec.spec.models import Spec

pytestmark = pytest.mark.torch

FAMILIES = {
    "alexnet": ["alexnet"],
    "convnext": ["convnext_tiny", "convnext_small", "convnext_base", "convnext_large"],
    "densenet": ["densenet121", "densenet161", "densenet169", "densenet201"],
    "efficientnet": [f"efficientnet_b{number}" for number in range(8)],
    "fpn": ["fpn"],
    "googlenet": ["googlenet"],
    "inception_v3": ["inception_v3"],
    "mobilenet_v2": ["mobilenet_v2"],
    "mobilenet_v3": ["mobilenet_v3_small", "mobilenet_v3_large"],
    "resnet": ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"],
    "resnext": ["resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"],
    "shufflenet_v2": [f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")],
    "squeezenet": ["squeezenet1_0", "squeezenet1_1"],
    "vgg": [f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")],
    "vit": ["vit_b_16", "vit_b_32", "vit_l_16", "vit_l_32"],
    "wide_resnet": ["wide_resnet50_2", "wide_resnet101_2"],
}


NAMES = [name for names in FAMILIES.values() for name in names]

RUN = {
    "convnext_tiny": "64x64x3",
    "densenet121": "64x64x3",
    "efficientnet_b0": "64x64x3",
    "googlenet": "64x64x3",
    "inception_v3": "107x107x3",
    "mobilenet_v2": "64x64x3",
    "mobilenet_v3_small": "64x64x3",
    "resnet18": "64x64x3",
    "resnext50_32x4d": "64x64x3",
    "shufflenet_v2_x0_5": "64x64x3",
    "squeezenet1_1": "64x64x3",
    "vgg11_bn": "224x224x3",
    "vit_b_32": "224x224x3",
}
"""Networks whose numbers are compared, and at which input."""
WHOLE = ("alexnet", "vgg16", "resnet50", "densenet121", "mobilenet_v2", "efficientnet_b0", "vit_b_16")
"""Networks whose numbers are compared at 224x224 and in float64 too."""
LONG = ("vgg11_bn", "vgg16", "vit_b_16", "vit_b_32")
"""Those that take several seconds."""


def test_every_compared_network_is_in_the_zoo() -> None:
    assert set(NAMES) <= set(entries())
    assert set(RUN) | set(WHOLE) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_layers_are_those_of_torchvision(name: str, torchvision: Any, ours: Any) -> None:
    graph = archspec.analyze(archspec.load(f"zoo:{name}")).graph
    (volume,) = graph.inputs.values()
    pairs = zip_longest(ours(graph), torchvision.layers(name, volume))
    for row, (our, their) in enumerate(pairs):
        assert our is not None, f"{row}: nothing where torchvision has {their.name}"
        assert their is not None, f"{row}: torchvision has nothing where the spec has {our.name}"
        assert agreed(name, our) == agreed(name, their), f"{row}: {our.name} is not {their.name}"


def agreed(name: str, layer: Any) -> object:
    """What must be equal of a layer; of EfficientNet without the rates of drop_path.

    There the paper (section 5.2) and the spec have one rate, while torchvision's grow from 0 to that with depth.
    """
    constant = layer.kind == "drop_path" and name in FAMILIES["efficientnet"]
    return (layer._replace(setting=None) if constant else layer).facts


def marked(names: Iterable[str]) -> list[Any]:
    """Names of networks, some of them slow."""
    return [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in names]


@pytest.mark.parametrize("name", marked(RUN))
def test_numbers_are_those_of_torchvision(name: str, torchvision: Any, ours: Any) -> None:
    network, x = with_input(archspec.load(f"zoo:{name}", input=RUN[name]))
    expected = filled(network, torchvision.run(name, x), ours)
    agree(network(x), expected, 1e-4)


@pytest.mark.parametrize("name", marked(WHOLE))
def test_logits_are_those_of_torchvision(name: str, torchvision: Any, ours: Any) -> None:
    spec = archspec.load(f"zoo:{name}")
    exact, x = with_input(spec)
    expected = filled(exact, torchvision.run(name, x), ours)
    fast = archspec.compile(spec, grade="fast")
    fast.load({**exact.parameters, **exact.buffers})
    agree(exact(x), expected, 1e-4)
    agree(fast(x), expected, 1e-4)


@pytest.mark.parametrize("name", marked(WHOLE))
def test_logits_in_float64_are_those_of_torchvision(name: str, torchvision: Any, ours: Any) -> None:
    network, x = with_input(archspec.load(f"zoo:{name}").model_copy(update={"dtype": "float64"}))
    expected = filled(network, torchvision.run(name, x), ours)
    agree(network(x), expected, 1e-9)


def with_input(spec: Spec) -> tuple[Network, Array]:
    """A network at the grade that is the default, and an image for it."""
    network = archspec.compile(spec)
    (volume,) = network.graph.inputs.values()
    assert volume is not None
    return network, np.random.default_rng(231).normal(size=(1, *volume.shape)).astype(network.dtype)


def filled(network: Network, ran: tuple[list[Any], Array], ours: Any) -> Array:
    """What torchvision's model gave, whose numbers the network now has."""
    their_layers, expected = ran
    arrays: dict[str, Array] = {}
    for our, their in zip(ours(network.graph), their_layers, strict=True):
        arrays |= converted(network.graph.by_name[our.name], their.arrays)
    network.load(arrays)
    return expected


def agree(y: Any, expected: Array, tolerance: float) -> None:
    """Equal to a part of the largest number, which is neither nothing nor beyond all bounds."""
    largest = np.abs(expected).max()
    assert 1e-3 < largest < 1e9
    assert y.dtype == expected.dtype
    np.testing.assert_allclose(y.reshape(expected.shape), expected, rtol=0, atol=tolerance * largest)


THEIR_ORDER = {"batch_norm": ("mean", "variance", "gamma", "beta")}
"""In which order PyTorch's function takes a layer's arrays, where it is not that of the operator's ``weights``."""


def converted(node: Node, tensors: tuple[Any, ...]) -> dict[str, Array]:
    """A layer's arrays for a network, from PyTorch's."""
    names = THEIR_ORDER.get(node.kind, [weight.name for weight in node.weights])
    shapes = {weight.name: weight.shape for weight in node.weights}
    return {
        f"{node.name}.{name}": np.ascontiguousarray(channels_last(tensor.detach().numpy(), node).reshape(shapes[name]))
        for name, tensor in zip(names, tensors, strict=True)
    }


def channels_last(array: Array, node: Node) -> Array:
    """(filters, channels, kernel ...) as (kernel ..., channels, filters); dense rows in the order of our volumes."""
    if node.kind in {"position_embedding", "class_token", "scale"}:
        return array
    if node.kind == "fc" and array.ndim == 2 and node.volume is not None:
        array = array.reshape(len(array), node.volume.channels, *node.volume.spatial)
    return np.moveaxis(array, (0, 1), (-1, -2)) if array.ndim > 1 else array
