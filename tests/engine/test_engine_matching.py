"""Weights of other libraries: what each array is here, in which order its axes are, and what brings them into ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import archspec
from archspec.commands.command_line import run
from archspec.engine.matching import MOST_FOREIGN

if TYPE_CHECKING:
    from pathlib import Path

_SPEC = """\
name: net
input: 8x8x3
layers:
  - conv: {filters: 5, kernel: 3, padding: 1, bias: false}
  - {batch_norm: , name: bn}
  - relu
  - {depthwise_conv: {kernel: 3, padding: 1}, name: dw}
  - {conv_transpose: {filters: 4, kernel: 2, stride: 2}, name: up}
  - flatten
  - {fc: 6, name: head}
  - {fc: 6, name: square}
"""
_LAYERS = {"conv1": "features.0", "bn": "features.1", "dw": "features.4", "up": "features.5"}
_LAYERS |= {"head": "classifier.1", "square": "classifier.2"}


def _torch(rng: np.random.Generator) -> dict[str, Any]:
    """The state dict of the network in PyTorch: the shapes are those of its documentation."""
    shapes = {
        "conv1.weight": (5, 3, 3, 3), "bn.weight": (5,), "bn.bias": (5,), "bn.running_mean": (5,),
        "bn.running_var": (5,), "dw.weight": (5, 1, 3, 3), "dw.bias": (5,), "up.weight": (5, 4, 2, 2), "up.bias": (4,),
        "head.weight": (6, 16 * 16 * 4), "head.bias": (6,), "square.weight": (6, 6), "square.bias": (6,),
    }  # fmt: skip
    state = {name: rng.random(shape, np.float32) for name, shape in shapes.items()}
    return state | {"bn.num_batches_tracked": np.zeros((), np.int64)}


def _faults(source: Any) -> list[str]:
    with pytest.raises(archspec.WeightsError) as caught:
        archspec.compile(archspec.load(_SPEC)).load(source)
    return str(caught.value).splitlines()[1:]


def _converted(state: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    """The arrays as the message says to convert and name them."""
    arrays = dict(state)
    for fault in faults:
        names = re.findall(r"`([\w.]+)`", fault)
        if "leave it out" in fault:
            del arrays[names[0]]
        elif " is `" in fault:
            arrays[names[1]] = arrays.pop(names[0])
        if call := re.search(r"`array\.(.*)` has ours", fault):
            name = names[1] if " is `" in fault else names[0]
            arrays[name] = eval(f"array.{call[1]}", {"array": arrays[name]})  # noqa: S307 - our own message
        for name, more in re.findall(r"`([\w.]+)` by `array\.([^`]*)`", fault):
            arrays[name] = eval(f"array.{more}", {"array": arrays[name]})  # noqa: S307 - as above
    return arrays


@pytest.mark.parametrize("is_renamed", [False, True])
def test_the_message_is_enough_to_load_the_weights_of_pytorch(is_renamed: bool) -> None:
    state = _torch(np.random.default_rng(3))
    if is_renamed:
        state = {re.sub(r"^\w+", lambda match: _LAYERS[match[0]], name): array for name, array in state.items()}
    faults = _faults(state)
    network = archspec.compile(archspec.load(_SPEC))
    network.load(_converted(state, faults))


def test_a_dense_layer_after_a_map_computes_what_pytorch_does() -> None:
    text = "name: x\ninput: 3x4x2\nlayers:\n  - relu\n  - flatten\n  - {fc: 5, name: head}\n"
    rng = np.random.default_rng(0)
    state = {"head.weight": rng.random((5, 24), np.float32), "head.bias": rng.random(5, np.float32)}
    network = archspec.compile(archspec.load(text))
    with pytest.raises(archspec.WeightsError) as caught:
        network.load(state)
    assert "in as channels x height x width" in str(caught.value)
    network.load(_converted(state, [str(caught.value)]))
    x = rng.random((1, 3, 4, 2), np.float32)
    right = state["head.weight"] @ x[0].transpose(2, 0, 1).ravel() + state["head.bias"]
    output = network(x)
    assert isinstance(output, np.ndarray)
    np.testing.assert_allclose(output.ravel(), right, rtol=1e-5)


def test_all_faults_are_listed_and_those_without_a_remedy_first() -> None:
    state = _torch(np.random.default_rng(0))
    state["up.bias"] = np.zeros(9, np.float32)
    state["head.bias"] = np.zeros(6, np.float64)
    del state["square.bias"]
    faults = [fault.strip() for fault in _faults(state)]
    assert [fault.split(":")[0] for fault in faults] == [
        "`up.bias` is (9,) float32, expected (4,) float32",
        "`head.bias` is (6,) float64, expected (6,) float32",
        "`square.bias` is missing",
        "`bn.num_batches_tracked` is not an array of the network; leave it out",
        "`conv1.weight` is (5, 3, 3, 3), expected (3, 3, 3, 5)",
        "`dw.weight` is (5, 1, 3, 3), expected (3, 3, 1, 5)",
        "`up.weight` is (5, 4, 2, 2), expected (2, 2, 5, 4)",
        "`head.weight` is (6, 1024), expected (1024, 6)",
        "`bn.weight` is `bn.gamma` here",
        "`bn.bias` is `bn.beta` here",
        "`bn.running_mean` is `bn.mean` here",
        "`bn.running_var` is `bn.variance` here",
        "convert too what has the same shape in both orders",
    ]


def test_names_of_keras() -> None:
    text = "name: x\ninput: 4x4x2\nlayers:\n  - conv: {filters: 3, kernel: 1}\n  - batch_norm\n"
    state = {"conv1.kernel": (1, 1, 2, 3), "conv1.bias": (3,)}
    state |= {f"batch_norm1.{name}": (3,) for name in ("gamma", "beta", "moving_mean", "moving_variance")}
    with pytest.raises(archspec.WeightsError) as caught:
        archspec.compile(archspec.load(text)).load({name: np.zeros(shape, np.float32) for name, shape in state.items()})
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == [
        "`conv1.kernel` is `conv1.weight` here",
        "`batch_norm1.moving_mean` is `batch_norm1.mean` here",
        "`batch_norm1.moving_variance` is `batch_norm1.variance` here",
    ]


def test_a_file_says_the_same_as_a_mapping_and_the_command_prints_a_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = _torch(np.random.default_rng(0))
    np.savez(tmp_path / "w.npz", **state)
    (tmp_path / "n.yaml").write_text(_SPEC, "utf-8")
    faults = _faults(state)
    assert _faults(tmp_path / "w.npz") == faults
    assert run(["run", str(tmp_path / "n.yaml"), "--weights", str(tmp_path / "w.npz")]) == 2
    assert capsys.readouterr().err.splitlines()[-len(faults) :] == faults


def test_many_foreign_arrays_hide_nothing() -> None:
    state: dict[str, Any] = {f"x{number}": np.zeros(1, np.float32) for number in range(MOST_FOREIGN + 7)}
    faults = _faults(state | {"up.bias": np.zeros(9, np.float32)})
    assert faults[0].strip().startswith("`up.bias` is (9,)")
    assert sum(fault.endswith(" is missing") for fault in faults) == 12
    assert faults[-1].strip() == "7 more arrays are not of the network"
