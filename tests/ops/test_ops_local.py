from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.ops._base import Claim
from archspec.ops.convolution import Conv
from archspec.ops.local import LocalConv
from archspec.volume import Volume

if TYPE_CHECKING:
    from archspec.ops._numpy import Array
    from tests.ops.conftest import Reference


def by_hand(layer: LocalConv, x: Array, weights: dict[str, Array], arguments: dict[str, Any]) -> Array:
    """One dot product at a time; positions outside the input are skipped."""
    outputs = weights["weight"].shape[: x.ndim - 2]
    y = np.zeros((len(x), *outputs, layer.filters), "float32")
    for place in product(*map(range, outputs)):
        for taps in product(*map(range, arguments["kernel"])):
            read = tuple(
                p * stride + t * dilation - near
                for p, t, stride, dilation, (near, _) in zip(
                    place, taps, arguments["stride"], arguments["dilation"], arguments["padding"], strict=True
                )
            )
            if all(0 <= r < size for r, size in zip(read, x.shape[1:-1], strict=True)):
                for sample in range(len(x)):
                    y[(sample, *place)] += x[(sample, *read)] @ weights["weight"][place + taps]
        if layer.bias:
            for sample in range(len(x)):
                y[(sample, *place)] += weights["bias"][place]
    return y


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data(), bias=st.booleans(), fit=st.sampled_from(["crop", "pad"]))
def test_local_conv_is_a_dot_product_with_filters_of_its_own_at_every_position(
    data: st.DataObject, ort: Reference, bias: bool, fit: str
) -> None:
    volume, arguments = ort.draw_sliding(data)
    layer = LocalConv.model_validate({**arguments, "filters": 2, "bias": bias, "fit": fit})
    rng = np.random.default_rng(0)
    weights = {w.name: rng.standard_normal(w.shape).astype("float32") for w in layer.weights([volume])}
    x = rng.standard_normal((2, *volume.shape)).astype("float32")
    y = layer.forward([x], weights)
    ort.agree(y, by_hand(layer, x, weights, arguments))
    output = layer.infer([volume])
    assert output is not None
    assert output.shape == y.shape[1:]
    assert layer.macs([volume], output) == weights["weight"].size
    assert layer.flops([volume], output) == 2 * weights["weight"].size + bias * output.size


def test_with_equal_filters_everywhere_it_is_a_convolution() -> None:
    volume = Volume((9, 8), 3)
    arguments = {"filters": 4, "kernel": 3, "stride": 2, "padding": 1, "padding_mode": "reflect", "fit": "crop"}
    shared, unshared = Conv.model_validate(arguments), LocalConv.model_validate(arguments)
    rng = np.random.default_rng(1)
    x = rng.standard_normal((2, *volume.shape))
    weights = {w.name: rng.standard_normal(w.shape) for w in shared.weights([volume])}
    spread = {w.name: np.broadcast_to(weights[w.name], w.shape) for w in unshared.weights([volume])}
    np.testing.assert_allclose(unshared.forward([x], spread), shared.forward([x], weights), rtol=1e-12, atol=1e-12)


def test_its_parameters_are_what_a_convolution_would_need_without_sharing() -> None:
    volume = Volume((10, 12), 3)
    shared, unshared = (kind(filters=5, kernel=3, padding=1) for kind in (Conv, LocalConv))
    output = unshared.infer([volume])
    assert output is not None
    own = sum(weight.size for weight in unshared.weights([volume]))
    assert own == unshared.unshared_params([volume], output) == shared.unshared_params([volume], output)


def test_it_refuses_a_window_that_does_not_go_in_and_checks_claims() -> None:
    layer = LocalConv(filters=1, kernel=5, in_channels=2)
    assert layer.infer([Volume((4, 9), 3)]) is None
    assert layer.claims([Volume((4, 9), 3)]) == (Claim("in_channels", 2, 3),)
