"""A network as an ONNX model with the same weights: what ONNX Runtime and onnx's own evaluator run in the benchmarks.

Only the operators of the benchmarked networks are here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archspec.engine.network import Network
    from archspec.graph.model import Node
    from archspec.ops._numpy import Array

OPERATION_SET = 20
SIMPLE = {"relu": "Relu", "add": "Add", "global_avg_pool": "GlobalAveragePool", "dropout": "Identity"}


def onnx_model(network: Network, batch: int) -> bytes:
    """The network for batches of a size, channels first, as the bytes of a file."""
    helper, numpy_helper, onnx = (import_module(f"onnx{name}") for name in (".helper", ".numpy_helper", ""))
    arrays = {**network.parameters, **network.buffers}
    nodes: list[Any] = []
    kept: dict[str, Any] = {}
    for node in network.graph.nodes:
        own = {weight.name: arrays[f"{node.name}.{weight.name}"] for weight in node.weights}
        for kind, inputs, output, attributes in _operations(node):
            nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        kept |= {f"{node.name}.{name}": channels_first(array, node) for name, array in own.items()}
        if node.kind == "relu6":
            kept |= {"zero": np.float32(0), "six": np.float32(6)}
    ((name, volume),) = network.graph.inputs.items()
    entering = (batch, volume.channels, *volume.spatial) if volume else ()
    graph = helper.make_graph(
        nodes,
        "benchmark",
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, entering)],
        [helper.make_tensor_value_info(network.graph.outputs[0], onnx.TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in kept.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPERATION_SET)], ir_version=10)
    found: bytes = model.SerializeToString()
    return found


def _operations(node: Node) -> Iterator[tuple[str, list[str], str, dict[str, Any]]]:
    """What a layer is in ONNX: operator, inputs, output, attributes."""
    own = {weight.name: f"{node.name}.{weight.name}" for weight in node.weights}
    if node.kind in {"conv", "depthwise_conv"}:
        groups = node.volume.channels if node.kind == "depthwise_conv" and node.volume else 1
        yield "Conv", [*node.inputs, *own.values()], node.name, {**_window(node), "group": groups}
    elif node.kind == "max_pool":
        window = _window(node)
        shape = {"kernel_shape": [each.kernel for each in node.windows or ()]}
        yield "MaxPool", list(node.inputs), node.name, window | shape
    elif node.kind == "batch_norm":
        order = [own[name] for name in ("gamma", "beta", "mean", "variance")]
        yield "BatchNormalization", [*node.inputs, *order], node.name, {"epsilon": getattr(node.operator, "eps", 0)}
    elif node.kind == "relu6":
        yield "Clip", [*node.inputs, "zero", "six"], node.name, {}
    elif node.kind == "fc":
        yield "Flatten", list(node.inputs), f"{node.name}.rows", {}
        yield "Gemm", [f"{node.name}.rows", own["weight"], own["bias"]], node.name, {"transB": 1}
    else:
        yield SIMPLE[node.kind], list(node.inputs), node.name, {}


def _window(node: Node) -> dict[str, Any]:
    windows = node.windows or ()
    pads = [*(window.near for window in windows), *(window.far for window in windows)]
    return {"strides": [window.stride for window in windows], "pads": pads}


def channels_first(array: Array, node: Node) -> Array:
    """A layer's array as PyTorch and ONNX lay it out: filters, channels, kernel; dense columns in their order."""
    if node.kind == "fc" and array.ndim == 2 and node.volume:
        rows = array.reshape(*node.volume.shape, -1)
        return np.ascontiguousarray(np.moveaxis(rows, (-1, -2), (0, 1)).reshape(array.shape[1], -1))
    return np.ascontiguousarray(np.moveaxis(array, (-1, -2), (0, 1))) if array.ndim > 1 else array


def layers(network: Network) -> Iterator[Mapping[str, Array]]:
    """The arrays of each layer that has any, in order, channels first."""
    arrays = {**network.parameters, **network.buffers}
    for node in network.graph.nodes:
        if node.weights:
            yield {w.name: channels_first(arrays[f"{node.name}.{w.name}"], node) for w in node.weights}
