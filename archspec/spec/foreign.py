"""The words of PyTorch, Keras, Caffe and the papers for what archspec names otherwise: ours -> theirs.

Other names of an operator are in its class (:attr:`archspec.ops._traits.Traits.other_names`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archspec.ops import OPERATORS, operator

if TYPE_CHECKING:
    from collections.abc import Iterable

ARGUMENTS = {
    "filters": (
        "channels features_out nb_filter nfilters num_filters num_output num_outputs out_channels out_planes "
        "planes units"
    ),
    "units": (
        "features filters n_units neurons num_features num_output num_outputs num_units out_channels "
        "out_features output_size"
    ),
    "kernel": "kernel_size filter_size pool_size window kernel_shape ksize f",
    "stride": "strides subsample s",
    "padding": "pad pads p zero_padding border_mode padding_size",
    "dilation": "dilations dilation_rate dilate atrous_rate",
    "groups": "group cardinality num_groups",
    "bias": "use_bias bias_term biases",
    "in_channels": "in_planes input_channels channels_in",
    "in_features": "input_features input_dim",
    "multiplier": "depth_multiplier channel_multiplier",
    "eps": "epsilon",
    "slope": "negative_slope",
    "rate": "dropout_ratio drop_rate drop_prob ",
    "size": "local_size n",
    "k": "bias_k",
    "count_padding": "count_include_pad",
    "heads": "num_heads",
    "factor": "scale_factor",
}
"""Argument -> other names; one word may stand for several of ours."""

DIFFERENT = {
    "keep_prob": "here `rate` is the share that is dropped: 1 - keep_prob",
    "prob": "here `rate` is the share that is dropped",
    "depth_radius": "here `size` is the whole window: 2 * depth_radius + 1",
    "ceil_mode": "here `fit: pad` rounds up and `fit: crop` rounds down",
    "round_mode": "here `fit: pad` rounds up and `fit: crop` rounds down",
    "scale": "here `affine: false` leaves out scale and shift together",
    "center": "here `affine: false` leaves out scale and shift together",
}
"""Arguments of other libraries that mean something else than ours, and how to say it here."""

LOOSE = (
    "pool pooling resize interpolate reshape eltwise dropout2d spatialdropout2d zeropad2d zeropadding2d zeropadding1d "
    "reflectionpad2d replicationpad2d softmax2d"
)
"""Names of operators, as folded above, that can mean something else than the operator here that is nearest to them."""

KEYS = {
    "input": "input_shape inputs input_size shape",
    "layers": "network model architecture backbone",
    "name": "title label id",
    "source": "reference paper",
    "batch": "batch_size",
    "dtype": "precision type",
    "expect": "expected expects assert",
    "budget": "limits budgets",
    "fit": "rounding",
}
"""Key of a file or list item -> other names."""


def ours(word: str, table: dict[str, str], valid: Iterable[str]) -> str | None:
    """The name among ``valid`` that another library calls ``word``; None when no library does."""
    folded, bare = _fold(word)
    for name in valid:
        if bare == name.replace("_", "") and word != name:
            return name
        if {folded, bare} & set(table.get(name, "").split()):
            return name
    return None


def our_operator(word: str) -> str | None:
    """The operator that another library calls ``word``; None when no library does."""
    return ours(word, _operator_names(), OPERATORS)


def is_same_operator(word: str) -> bool:
    """Whether the word of another library for an operator can be written as ours without asking."""
    return _fold(word)[1] not in LOOSE.split()


@cache
def _operator_names() -> dict[str, str]:
    """Operator -> other names. It imports all operators: for a word that is none of them."""
    return {name: operator(name).other_names for name in OPERATORS}


def _fold(word: str) -> tuple[str, str]:
    """A word in lower case, and without what joins its parts."""
    folded = word.lower().removeprefix("nn.")
    return folded, folded.replace("_", "").replace("-", "")
