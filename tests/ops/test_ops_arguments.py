from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from archspec.ops import operator

SLIDE = {"filters": 1, "kernel": 3}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("conv", {"kernel": 3}, "filters"),
    ("conv", {"filters": 3}, "kernel"),
    ("conv", {**SLIDE, "filters": 0}, "filters"),
    ("conv", {**SLIDE, "filters": 1.0}, "filters"),
    ("conv", {**SLIDE, "filters": "1"}, "filters"),
    ("conv", {**SLIDE, "filters": True}, "filters"),
    ("conv", {**SLIDE, "kernel": 0}, "kernel"),
    ("conv", {**SLIDE, "kernel": []}, "kernel"),
    ("conv", {**SLIDE, "kernel": [3, 3, 3, 3]}, "kernel"),
    ("conv", {**SLIDE, "kernel": [3, 0]}, "kernel"),
    ("conv", {**SLIDE, "stride": 0}, "stride"),
    ("conv", {**SLIDE, "stride": -1}, "stride"),
    ("conv", {**SLIDE, "dilation": 0}, "dilation"),
    ("conv", {**SLIDE, "padding": -1}, "padding"),
    ("conv", {**SLIDE, "padding": "full"}, "padding"),
    ("conv", {**SLIDE, "padding": [[1, 1, 1]]}, "padding"),
    ("conv", {**SLIDE, "padding": [1, [1, 1]]}, "padding"),
    ("conv", {**SLIDE, "padding": 0.5}, "padding"),
    ("conv", {**SLIDE, "padding_mode": "mirror"}, "padding_mode"),
    ("conv", {**SLIDE, "groups": 0}, "groups"),
    ("conv", {**SLIDE, "bias": 1}, "bias"),
    ("conv", {**SLIDE, "fit": "floor"}, "fit"),
    ("conv", {**SLIDE, "in_channels": 0}, "in_channels"),
    ("conv", {**SLIDE, "weights": 1}, "weights"),
    ("conv", {**SLIDE, "fixed": [[1]]}, "fixed"),
    ("conv", {**SLIDE, "out_channels": 3}, "out_channels"),
    ("depthwise_conv", {"kernel": 3, "multiplier": 0}, "multiplier"),
    ("depthwise_conv", {"kernel": 3, "filters": 3}, "filters"),
    ("depthwise_conv", {"kernel": 3, "groups": 3}, "groups"),
    ("local_conv", {**SLIDE, "groups": 2}, "groups"),
    ("max_pool", {}, "kernel"),
    ("max_pool", {"kernel": 2, "count_padding": True}, "count_padding"),
    ("max_pool", {"kernel": 2, "padding_mode": "reflect"}, "padding_mode"),
    ("avg_pool", {"kernel": 2, "count_padding": 1}, "count_padding"),
    ("global_avg_pool", {"kernel": 2}, "kernel"),
    ("fc", {}, "units"),
    ("fc", {"units": 0}, "units"),
    ("fc", {"units": 10, "in_features": 0}, "in_features"),
    ("linear", {"units": -1}, "units"),
    ("dropout", {"rate": 1}, "rate"),
    ("dropout", {"rate": -0.1}, "rate"),
    ("dropout", {"rate": float("nan")}, "rate"),
    ("dropout", {"rate": "0.5"}, "rate"),
    ("dropout", {"rate": False}, "rate"),
    ("batch_norm", {"eps": 0}, "eps"),
    ("batch_norm", {"eps": float("inf")}, "eps"),
    ("batch_norm", {"affine": 1}, "affine"),
    ("lrn", {"size": 0}, "size"),
    ("lrn", {"alpha": 0}, "alpha"),
    ("lrn", {"beta": -1}, "beta"),
    ("lrn", {"k": 0}, "k"),
    ("leaky_relu", {"slope": -0.1}, "slope"),
    ("elu", {"alpha": 0}, "alpha"),
    ("gelu", {"approximate": "erf"}, "approximate"),
    ("relu", {"slope": 0.1}, "slope"),
    ("flatten", {"start": 1}, "start"),
    ("pad", {}, "padding"),
    ("pad", {"padding": "same"}, "padding"),
    ("pad", {"padding": -1}, "padding"),
    ("pad", {"padding": 1, "padding_mode": "reflect", "value": 2}, "value"),
    ("pad", {"padding": 1, "value": float("inf")}, "value"),
]


@pytest.mark.parametrize(("name", "arguments", "place"), BAD)
def test_bad_arguments_are_rejected_at_their_place(name: str, arguments: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        operator(name).model_validate(arguments)
    assert {details["loc"][0] for details in caught.value.errors()} == {place}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("lrn", {"size": 5, "alpha": 1, "beta": 1, "k": 2}),
        ("batch_norm", {"eps": 1}),
        ("dropout", {"rate": 0}),
        ("elu", {"alpha": 1}),
        ("leaky_relu", {"slope": 0}),
        ("pad", {"padding": 1, "value": 1}),
        ("pad", {"padding": 1, "padding_mode": "reflect", "value": 0}),
        ("conv", {**SLIDE, "padding": [[0, 1], [2, 3]], "stride": [1, 2], "dilation": [1, 2]}),
        ("conv", {**SLIDE, "weights": [[1, 0.5], [2, 3]]}),
    ],
)
def test_good_arguments_are_taken(name: str, arguments: dict[str, Any]) -> None:
    operator(name).model_validate(arguments)


def test_lists_are_taken_as_tuples() -> None:
    conv = operator("conv")
    lists = conv.model_validate({"filters": 1, "kernel": [3, 3], "padding": [[0, 1], [1, 0]], "weights": [[1]]})
    tuples = conv.model_validate({"filters": 1, "kernel": (3, 3), "padding": ((0, 1), (1, 0)), "weights": ((1,),)})
    assert lists == tuples
    assert hash(lists) == hash(tuples)


def test_main_arguments() -> None:
    mains = {"fc": "units", "linear": "units", "dropout": "rate", "pad": "padding", "leaky_relu": "slope"}
    pools = dict.fromkeys(("max_pool", "avg_pool", "l2_pool"), "kernel")
    for name, main in {**mains, **pools, "elu": "alpha", "gelu": "approximate"}.items():
        assert operator(name).main == main
    assert operator("conv").main is operator("batch_norm").main is None


def test_every_argument_of_several_forms_is_described() -> None:
    # The description is what a finding shows when none of the forms fits.
    fields = operator("conv").model_fields
    assert all(fields[name].description for name in ("kernel", "stride", "padding", "dilation"))
    assert operator("pad").model_fields["padding"].description
