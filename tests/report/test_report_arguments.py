from __future__ import annotations

from typing import Any

import pytest

from archspec.ops import OPERATORS, operator
from archspec.report.arguments import in_short, resolved_arguments


@pytest.mark.parametrize(
    ("name", "arguments", "axes", "text"),
    [
        ("conv", {"filters": 96, "kernel": 11, "stride": 4}, 2, "96 11x11 /4"),
        ("conv", {"filters": 8, "kernel": 3, "padding": "same"}, 2, "8 3x3 same"),
        ("conv", {"filters": 8, "kernel": 3, "padding": "valid"}, 1, "8 3 valid"),
        ("conv", {"filters": 8, "kernel": (3, 5), "stride": (2, 1), "padding": (1, 2)}, 2, "8 3x5 /2x1 pad 1x2"),
        ("conv", {"filters": 8, "kernel": 3, "padding": ((0, 1), (0, 1))}, 2, "8 3x3 pad [[0,1],[0,1]]"),
        (
            "conv",
            {"filters": 8, "kernel": 3, "dilation": 2, "groups": 4, "bias": False},
            3,
            "8 3x3x3 dil 2 g 4 no bias",
        ),
        ("conv", {"filters": 8, "kernel": 1, "padding_mode": "reflect", "fit": "crop"}, 2, "8 1x1 fit crop reflect"),
        ("conv", {"filters": 8, "kernel": 3, "in_channels": 3, "stride": 1, "padding": 0}, 2, "8 3x3"),
        ("conv", {"filters": 1, "kernel": 1, "weights": ((1.0,),), "bias": False}, 2, "1 1x1 no bias fixed"),
        ("max_pool", {"kernel": 3, "stride": 2, "padding": 1}, 2, "3x3 /2 pad 1"),
        ("max_pool", {"kernel": 2}, 2, "2x2 /2"),
        ("avg_pool", {"kernel": 3, "stride": 1}, 2, "3x3"),
        ("depthwise_conv", {"kernel": 3, "multiplier": 2}, 2, "3x3 multiplier 2"),
        ("fc", {"units": 10, "in_features": 3072}, 2, "10"),
        ("dropout", {}, 2, "rate 0.5"),
        ("dropout", {"rate": 0.25}, 2, "rate 0.25"),
        ("lrn", {}, 2, ""),
        ("lrn", {"alpha": 2e-5}, 2, "alpha 2e-5"),
        ("batch_norm", {"affine": False}, 2, "no affine"),
        ("relu", {}, 2, ""),
    ],
)
def test_a_papers_words(name: str, arguments: dict[str, Any], axes: int, text: str) -> None:
    assert in_short(operator(name)(**arguments), axes) == text


def test_resolved_arguments_are_complete_and_plain() -> None:
    pool = operator("max_pool").model_validate({"kernel": (3, 2)})
    assert resolved_arguments(pool) == {"kernel": [3, 2], "stride": [3, 2], "padding": 0, "dilation": 1}


ONE_OF_SEVERAL: dict[str, dict[str, Any]] = {
    "crop": {"margin": 1},
    "upsample": {"factor": 2},
    "drop_path": {"rate": 0.5},
}
"""What operators want that 2 or nothing does not satisfy."""


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_has_words(name: str) -> None:
    kind = operator(name)
    needed = {field.alias or key: 2 for key, field in kind.model_fields.items() if field.is_required()}
    needed |= ONE_OF_SEVERAL.get(name, {})
    assert "\n" not in in_short(kind(**needed), 2)
