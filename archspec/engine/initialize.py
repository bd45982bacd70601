"""Initialization of weights: the same values on every machine, for a seed and a name.

Weights before a rectifier follow He et al. 2015 (arXiv:1502.01852, equation 10: variance 2 / fan_in), all others
Glorot and Bengio 2010 (equation 16: limit sqrt(6 / (fan_in + fan_out))). Both draw uniformly from [-limit, limit),
whose variance is limit ** 2 / 3; so He's limit is sqrt(6 / fan_in).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from archspec.engine.parameters import full_name

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node
    from archspec.ops._base import Weight
    from archspec.ops._numpy import Array

_FILLS = {"zeros": 0.0, "ones": 1.0}
_CHUNK = 2**16
"""Elements drawn at a time: few enough to stay in the cache, and no second array is needed."""


def initialize(graph: Graph, seed: int, dtype: str) -> dict[str, Array]:
    """All arrays of a faultless graph by name, as they start.

    Raises:
        ValueError: the seed is negative.

    """
    if seed < 0:
        raise ValueError(f"a seed is a whole number from 0, got {seed}")
    rectified = before_rectifiers(graph)
    return {
        full_name(node, weight): initial(weight, full_name(node, weight), seed, dtype, node.name in rectified)
        for node in graph.nodes
        for weight in node.weights
    }


def initial(weight: Weight, name: str, seed: int, dtype: str, rectified: bool) -> Array:
    """One array as it starts: fixed by the spec, filled with a number, or drawn."""
    if weight.values is not None:
        return weight.fixed_array(dtype)
    if weight.initial == "fan":
        return _draw(weight.shape, name, seed, dtype, limit(weight, rectified))
    fill = _FILLS[weight.initial] if isinstance(weight.initial, str) else weight.initial
    return np.full(weight.shape, fill, dtype)


def drawing_bytes(graph: Graph) -> int:
    """Bytes that drawing needs besides the arrays: three numbers in float32 for each element of a chunk."""
    drawn = [weight.size for node in graph.nodes for weight in node.weights if weight.initial == "fan"]
    return 3 * 4 * min(_CHUNK, max(drawn, default=0))


def limit(weight: Weight, rectified: bool) -> float:
    """Bound of the uniform distribution: He's before a rectifier, Glorot's otherwise."""
    return math.sqrt(6 / (weight.fan_in if rectified else weight.fan_in + weight.fan_out))


def before_rectifiers(graph: Graph) -> set[str]:
    """Names of the nodes whose output reaches a rectifier, on any path, before another non-linearity or weighted layer.

    Norms, pools, dropout and sums in between do not count: a convolution, batch norm, ReLU is one group.
    """
    found: set[str] = set()
    for node in reversed(graph.nodes):
        if any(
            _is_rectifier(reader) or (reader.name in found and not _ends(reader)) for reader in _readers(graph, node)
        ):
            found.add(node.name)
    return found


def _readers(graph: Graph, node: Node) -> tuple[Node, ...]:
    return graph.consumers[node.name]


def _is_rectifier(node: Node) -> bool:
    return node.operator is not None and node.operator.activation == "relu-like"


def _ends(node: Node) -> bool:
    """Whether the search forward ends at a node: at any non-linearity, and at other weights that are drawn."""
    is_activation = node.operator is not None and node.operator.activation is not None
    return is_activation or any(weight.initial == "fan" for weight in node.weights)


def _draw(shape: tuple[int, ...], name: str, seed: int, dtype: str, bound: float) -> Array:
    """Uniform values from [-bound, bound), which depend on the seed, the name and nothing else.

    A draw ``u`` is a multiple of 2 ** -24, so ``2 u - 1`` is exact in float32 and the product with the bound is
    rounded once: every machine that computes by IEEE 754 gets the same bits. All dtypes get these values, rounded.
    """
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())])))
    flat = np.empty(math.prod(shape), dtype)
    for start in range(0, flat.size, _CHUNK):
        chunk = flat[start : start + _CHUNK]
        chunk[:] = (2 * generator.random(chunk.size, np.float32) - 1) * np.float32(bound)
    return flat.reshape(shape)
