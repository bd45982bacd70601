"""What holds for every operator."""

from __future__ import annotations

import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from archspec import ops
from archspec.ops import OPERATORS, operator
from archspec.ops._base import Operator
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array

ROOT = Path(ops.__file__).parents[2]
NEEDED: dict[str, dict[str, Any]] = {
    "conv": {"filters": 4, "kernel": 3, "padding": "same"},
    "depthwise_conv": {"kernel": 3, "padding": 1, "padding_mode": "reflect"},
    "local_conv": {"filters": 4, "kernel": 3, "padding": 1},
    "conv_transpose": {"filters": 4, "kernel": 3, "stride": 2, "padding": 1, "output_padding": 1, "groups": 2},
    "max_pool": {"kernel": 3, "stride": 2, "fit": "pad"},
    "avg_pool": {"kernel": 3, "stride": 2, "fit": "pad"},
    "l2_pool": {"kernel": 2},
    "adaptive_avg_pool": {"size": 3},
    "adaptive_max_pool": {"size": 5},
    "fc": {"units": 3},
    "linear": {"units": 3},
    "layer_norm": {"eps": 1e-3},
    "group_norm": {"groups": 4},
    "instance_norm": {"affine": True},
    "pad": {"padding": 2, "padding_mode": "circular"},
    "crop": {"size": 3},
    "upsample": {"factor": 2, "mode": "bilinear"},
    "slice": {"start": 1, "stop": 7},
    "channel_shuffle": {"groups": 4},
    "pixel_shuffle": {"factor": 2},
    "pixel_unshuffle": {"factor": 2},
    "attention": {"heads": 2},
    "select": {"index": 5},
    "drop_path": {"rate": 0.1},
}
"""Arguments that an operator can't do without, or that make it work harder."""
MULTIPLYING = {"conv", "depthwise_conv", "local_conv", "conv_transpose", "fc", "linear", "attention"}

VOLUMES = [Volume((6,), 8), Volume((6, 4), 8), Volume((4, 6, 4), 8)]
"""Whatever an operator divides by, divides these."""

every_operator = pytest.mark.parametrize("name", OPERATORS)
every_operator_on_its_volumes = pytest.mark.parametrize(
    ("name", "volume"),
    [
        pytest.param(name, volume, id=f"{name}-{volume}")
        for name in OPERATORS
        for volume in VOLUMES
        if len(volume.spatial) in operator(name).ranks
    ],
)


def made(name: str) -> Operator:
    return operator(name).model_validate(NEEDED.get(name, {}))


def largest(name: str) -> Volume:
    """Of the volumes that an operator takes, the one with the most axes below three."""
    return max(
        (v for v in VOLUMES[:2] if len(v.spatial) in operator(name).ranks), key=lambda volume: len(volume.spatial)
    )


def weights(layer: Operator, volume: Volume, dtype: str) -> dict[str, Array]:
    rng = np.random.default_rng(0)
    return {w.name: rng.uniform(0.1, 1, w.shape).astype(dtype) for w in layer.weights([volume])}


def test_the_table_names_every_operator_in_the_folder() -> None:
    # Bases live in modules, or have names, that begin with an underscore.
    modules = [name for _, name, _ in pkgutil.iter_modules(ops.__path__) if not name.startswith("_")]
    found = {
        f"{module}:{name}"
        for module in modules
        for name, value in inspect.getmembers(import_module(f"{ops.__name__}.{module}"), inspect.isclass)
        if issubclass(value, Operator) and value.__module__ == f"{ops.__name__}.{module}" and not name.startswith("_")
    }
    assert found == set(OPERATORS.values())
    assert len(OPERATORS) == len(set(OPERATORS.values()))
    assert all(issubclass(operator(name), Operator) for name in OPERATORS)


def test_an_unknown_operator_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        operator("kernel")


def test_no_operator_imports_numpy() -> None:
    code = (
        "import sys; from archspec.ops import OPERATORS, operator;"
        "[operator(name) for name in OPERATORS]; sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@every_operator_on_its_volumes
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_arrays_keep_their_dtype_and_have_the_stated_shape(name: str, volume: Volume, dtype: str) -> None:
    layer = made(name)
    x = np.random.default_rng(1).standard_normal((2, *volume.shape)).astype(dtype)
    before = x.copy()
    y = layer.forward([x], weights(layer, volume, dtype))
    output = layer.infer([volume])
    assert output is not None
    assert y.shape == (2, *output.shape)
    assert y.dtype == dtype
    assert (x == before).all()


@every_operator_on_its_volumes
def test_an_empty_batch_goes_through(name: str, volume: Volume) -> None:
    layer = made(name)
    y = layer.forward([np.zeros((0, *volume.shape), "float32")], weights(layer, volume, "float32"))
    output = layer.infer([volume])
    assert output is not None
    assert y.shape == (0, *output.shape)
    assert y.dtype == np.float32


@every_operator_on_its_volumes
def test_any_memory_layout_goes_through(name: str, volume: Volume) -> None:
    layer = made(name)
    arrays = weights(layer, volume, "float64")
    channels_first = np.random.default_rng(1).standard_normal((4, volume.channels, *volume.spatial))
    strided = np.moveaxis(channels_first[::2], 1, -1)[:, ::-1]
    np.testing.assert_allclose(layer.forward([strided], arrays), layer.forward([strided.copy("C")], arrays), rtol=1e-12)


@every_operator
def test_samples_do_not_mix(name: str) -> None:
    layer, volume = made(name), largest(name)
    arrays = weights(layer, volume, "float64")
    x = np.random.default_rng(1).standard_normal((3, *volume.shape))
    each = [layer.forward([x[i : i + 1]], arrays) for i in range(3)]
    np.testing.assert_allclose(layer.forward([x], arrays), np.concatenate(each), rtol=1e-12, atol=1e-12)


@every_operator_on_its_volumes
def test_windows_tell_the_size_of_the_output(name: str, volume: Volume) -> None:
    layer = made(name)
    windows, output = layer.windows([volume]), layer.infer([volume])
    assert output is not None
    if windows is None:  # nothing slides
        assert layer.dependence([volume])[0] is not None
    else:
        assert tuple(window.output for window in windows) == output.spatial


@every_operator
def test_operators_never_change_and_can_be_keys(name: str) -> None:
    layer = made(name)
    assert {layer: 1}[made(name)] == 1
    assert layer.main is None or layer.main in type(layer).model_fields
    assert set(layer.axis_arguments) | layer.size_arguments <= set(type(layer).model_fields)


@every_operator_on_its_volumes
def test_figures_are_whole_numbers(name: str, volume: Volume) -> None:
    layer = made(name)
    output = layer.infer([volume])
    assert output is not None
    figures = layer.macs([volume], output), layer.flops([volume], output), layer.unshared_params([volume], output)
    assert all(type(figure) is int and figure >= 0 for figure in figures)
    assert (layer.macs([volume], output) > 0) == (name in MULTIPLYING)
    assert layer.flops((volume,), output) == layer.flops([volume], output)
    assert layer.infer((volume,)) == output


def test_the_list_of_costs_holds_every_operator_at_its_cost() -> None:
    text = (ROOT / "docs" / "counting.md").read_text("utf-8")
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \|", text, re.MULTILINE)
    costs = {name: cost for names, cost in rows for name in re.findall(r"\w+", names)}
    assert not set(OPERATORS) - set(costs)
    for name in OPERATORS:
        volume = largest(name)
        output = made(name).infer([volume])
        assert output is not None
        if costs[name].isdigit():
            assert made(name).flops([volume], output) == int(costs[name]) * output.size, name


@pytest.mark.parametrize(
    ("name", "arguments", "fans"),
    [
        ("conv", {"filters": 6, "kernel": 3, "groups": 2}, (36, 27)),
        ("conv", {"filters": 6, "kernel": [1, 3]}, (24, 18)),
        ("depthwise_conv", {"kernel": 3, "multiplier": 2}, (9, 18)),
        ("local_conv", {"filters": 6, "kernel": 3}, (72, 54)),
        ("conv_transpose", {"filters": 6, "kernel": [4, 3], "stride": 2, "groups": 2}, (16, 36)),
        ("fc", {"units": 10}, (160, 10)),
        ("linear", {"units": 10}, (8, 10)),
    ],
)
def test_fans_are_the_inputs_of_an_output_and_the_outputs_of_an_input(
    name: str, arguments: dict[str, Any], fans: tuple[int, int]
) -> None:
    weight, bias = operator(name).model_validate(arguments).weights([Volume((4, 5), 8)])
    assert (weight.role, weight.initial, weight.fan_in, weight.fan_out) == ("weight", "fan", *fans)
    assert (bias.role, bias.initial, bias.trainable) == ("bias", "zeros", True)


def test_operators_know_their_names() -> None:
    assert {name: operator(name).name for name in OPERATORS} == dict(zip(OPERATORS, OPERATORS, strict=True))


@pytest.mark.parametrize("name", OPERATORS)
def test_each_axis_of_a_weight_has_a_role(name: str) -> None:
    layer = made(name)
    for volume in (Volume((7,), 12), Volume((6, 8), 12), Volume((5, 6, 7), 12)):
        if len(volume.spatial) not in layer.ranks:
            continue
        kernel = [f"kernel_{axis}" for axis in volume.axes]
        for weight in layer.weights([volume]):
            assert len(weight.axes) == len(set(weight.axes)) == len(weight.shape)
            if weight.role == "weight" and layer.is_linear_map:
                sliding = layer.is_convolution or layer.is_transposed
                assert weight.axes[-2:] == ("in", "out")
                assert [axis for axis in weight.axes if axis.startswith("kernel")] == (kernel if sliding else [])
