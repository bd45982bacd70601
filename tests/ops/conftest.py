"""What the operators are tested against: ONNX Runtime, one node at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array


def run(kind: str, x: Array, *constants: Array, **attributes: Any) -> Array:
    """One ONNX node on float32 ``x`` (N, ..., C), laid out as ONNX wants it; ``constants`` are its other inputs."""
    names = [f"constant{i}" for i in range(len(constants))]
    graph = helper.make_graph(
        [helper.make_node(kind, ["x", *names], ["y"], **attributes)],
        "one node",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.ascontiguousarray(a), name) for a, name in zip(constants, names, strict=True)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x": np.ascontiguousarray(np.moveaxis(x, -1, 1))})
    return np.moveaxis(y, 1, -1)


def agree(ours: Array, theirs: Array) -> None:
    """Equal in shape and dtype, and in value to 1e-5 of the largest number."""
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * max(1e-6, np.abs(theirs).max(initial=0)))


def draw_sliding(data: st.DataObject) -> tuple[Volume, dict[str, Any]]:
    """A volume of 1, 2 or 3 axes and a window that goes in, its padding below the kernel as ORT wants."""

    def integers(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    sizes: list[int] = []
    arguments: dict[str, list[Any]] = {"kernel": [], "stride": [], "dilation": [], "padding": []}
    for _ in range(rank := integers(1, 3)):
        kernel, dilation = integers(1, 4), integers(1, 2)
        near, far = integers(0, kernel - 1), integers(0, kernel - 1)
        least = max(1, (kernel - 1) * dilation + 1 - near - far)
        sizes.append(integers(least, least + (8, 6, 4)[rank - 1]))
        for name, value in (
            ("kernel", kernel),
            ("stride", integers(1, 4)),
            ("dilation", dilation),
            ("padding", [near, far]),
        ):
            arguments[name].append(value)
    return Volume(tuple(sizes), integers(1, 4)), arguments


def draw_same(data: st.DataObject) -> tuple[Volume, dict[str, Any]]:
    """The same for ``padding: same``, without dilation, which ORT does not know there.

    Where a window steps over more than it needs, ORT cuts the input; TensorFlow and we leave it whole.
    """
    volume, arguments = draw_sliding(data)
    del arguments["padding"], arguments["dilation"]
    for size, kernel, stride in zip(volume.spatial, arguments["kernel"], arguments["stride"], strict=True):
        assume((size - 1) // stride * stride + kernel >= size)
    return volume, arguments


class Reference:
    """What a test takes from here as one fixture: a module of tests cannot be imported."""

    draw_sliding = staticmethod(draw_sliding)
    draw_same = staticmethod(draw_same)
    run = staticmethod(run)
    agree = staticmethod(agree)


@pytest.fixture(scope="session")
def ort() -> Reference:
    return Reference()
