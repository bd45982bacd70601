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
from archspec.zoo import entries

if TYPE_CHECKING:
    from archspec.graph.model import Node
    from archspec.ops._numpy import Array

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
    "alexnet": "224x224x3",  # no adaptive pooling in its spec: the dense layers want this size
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
LONG = ("vgg11_bn", "vit_b_32")
"""Those that take several seconds in the reference kernels."""


def test_every_compared_network_is_in_the_zoo() -> None:
    assert set(NAMES) <= set(entries())
    assert set(RUN) <= set(NAMES)


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


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in RUN])
def test_numbers_are_those_of_torchvision(name: str, torchvision: Any, ours: Any) -> None:
    network = archspec.compile(archspec.load(f"zoo:{name}", input=RUN[name]))
    (volume,) = network.graph.inputs.values()
    assert volume is not None
    x = np.random.default_rng(231).normal(size=(1, *volume.shape)).astype(np.float32)
    their_layers, expected = torchvision.run(name, x)
    arrays: dict[str, Array] = {}
    for our, their in zip(ours(network.graph), their_layers, strict=True):
        arrays |= converted(network.graph.by_name[our.name], their.arrays)
    network.load(arrays)
    y = network(x)
    assert isinstance(y, np.ndarray)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(y.reshape(expected.shape), expected, rtol=0, atol=1e-4 * np.abs(expected).max())


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
