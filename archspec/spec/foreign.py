"""The words of PyTorch, Keras, Caffe and the papers for what archspec names otherwise: ours -> theirs.

Other names of an operator are in its class (:attr:`archspec.ops._traits.Traits.other_names`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from archspec.ops import OPERATORS, operator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.spec.foreign_operators import AbsentOperator

ARGUMENTS = {
    "filters": (
        "channels features_out nb_filter nfilters num_filters num_output num_outputs out_channels out_planes "
        "planes units n_filters n_out nout depth"
    ),
    "units": (
        "features filters n_units neurons num_features num_output num_outputs num_units out_channels "
        "out_features output_size n_out nout classes num_classes dim width"
    ),
    "kernel": "kernel_size filter_size pool_size window window_size kernel_shape ksize size f k",
    "stride": "strides subsample s",
    "padding": "pad pads p zero_padding border_mode padding_size",
    "dilation": "dilations dilation_rate dilate atrous_rate",
    "groups": "group cardinality num_groups",
    "bias": "use_bias bias_term biases",
    "in_channels": "in_planes input_channels channels_in",
    "in_features": "input_features input_dim",
    "multiplier": "depth_multiplier channel_multiplier",
    "eps": "epsilon",
    "slope": "negative_slope alpha leak leakiness",
    "rate": "dropout_ratio drop_rate drop_prob p probability dropout_rate",
    "size": "local_size n output_size",
    "k": "bias_k",
    "count_padding": "count_include_pad",
    "heads": "num_heads n_heads n_head nhead",
    "output_padding": "adj output_pad",
    "affine": "elementwise_affine",
    "factor": "scale_factor scale upscale_factor downscale_factor block_size blocksize",
}
"""Argument -> other names; one word may stand for several of ours."""

DIFFERENT = {
    "keep_prob": ("rate", "here `rate` is the share that is dropped: 1 - keep_prob"),
    "prob": ("rate", "here `rate` is the share that is dropped"),
    "depth_radius": ("size", "here `size` is the whole window: 2 * depth_radius + 1"),
    "ceil_mode": ("fit", "here `fit: pad` rounds up and `fit: crop` rounds down"),
    "round_mode": ("fit", "here `fit: pad` rounds up and `fit: crop` rounds down"),
    "scale": ("affine", "here `affine: false` leaves out scale and shift together"),
    "center": ("affine", "here `affine: false` leaves out scale and shift together"),
}
"""Arguments of other libraries -> ours of another meaning, and how to say it here."""

NEEDLESS = {
    "num_features num_channels normalized_shape in_channels in_features in_planes c_in n_in nin channels_in input_dim "
    "input_size input_shape batch_input_shape": "it follows from the input volume",
    "inplace": "archspec finds out what can be written over the input",
    "momentum track_running_stats renorm moving_mean_initializer moving_variance_initializer renorm_momentum "
    "kernel_initializer bias_initializer kernel_regularizer bias_regularizer weight_filler bias_filler initializer "
    "weight_init activity_regularizer kernel_constraint bias_constraint gamma_initializer beta_initializer lr_mult "
    "decay_mult regularizer learning_rate trainable seed noise_shape": "settings of training are not part of a spec",
    "data_format channels_first dim_ordering layout": "channels are always last",
    "dim axis": "the channels are the last axis, and the only one that this acts on",
    "device return_indices batch_first out_channels_last": "it changes no figure",
    "dtype": "the key `dtype` at the top of the file is for all layers",
}
"""Arguments of other libraries that are not needed here -> why."""

LOOSE = (
    "alphadropout atrousconv causalconv celu chunk circularpad cnntofeedforward constantpad conv2dsame dilatedconv "
    "dropout2d elementwise eltwise featurealphadropout featuredropout fractionallystridedconv fractionalmaxpool "
    "globalpool globalpooling interpolate layernorm2d leaky maxpoolwithargmax maxunpool merge mha mhsa msa "
    "multiheadselfattention narrow norm1 padding pool pooling reflectionpad replicationpad reshape resize route "
    "rrelu scaleshift selfattention shuffle softmax2d spacetobatch spatialdropout split subsampling subset "
    "timedelay unpooling upconv upsamplingbilinear2d upsamplingnearest2d view zeropad zeropadding"
)
"""Names of operators, as folded below, that can mean something else than the operator here that is nearest to them."""

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
        others = table.get(name, "")
        if {folded, bare} & {*others.split(), *others.replace("_", "").split()}:
            return name
    return None


def needless(word: str) -> str | None:
    """Why another library's argument is not needed here; None for any other word."""
    folded, bare = _fold(word)
    for words, reason in NEEDLESS.items():
        if folded in words.split() or bare in words.replace("_", "").split():
            return reason
    return None


def our_operator(word: str) -> str | None:
    """The operator that another library calls ``word``; None when no library does."""
    table = _operator_names()
    return next((table[form] for form in _forms(word) if form in table), None)


def is_same_operator(word: str) -> bool:
    """Whether the word of another library for an operator can be written as ours without asking."""
    return set(LOOSE.split()).isdisjoint(_forms(word))


def absent_operator(word: str) -> AbsentOperator | None:
    """Why there is no operator for another library's ``word``, and what to write; None when no library has it."""
    from archspec.spec.foreign_operators import ABSENT  # noqa: PLC0415 - few specs have a word that is no operator

    return next((ABSENT[form] for form in _forms(word) if form in ABSENT), None)


def foreign_words() -> list[str]:
    """All names of other libraries that are long enough to be recognised with a slip in them."""
    from archspec.spec.foreign_operators import ABSENT  # noqa: PLC0415 - few specs have a word that is no operator

    return [word for word in (*_operator_names(), *ABSENT) if len(word) >= _LONG]


@cache
def _operator_names() -> dict[str, str]:
    """Other names of operators, and ours without ``_`` -> ours. It imports all operators: for a word that is none."""
    ours_ = {name.replace("_", ""): name for name in OPERATORS}
    return {other: name for name in OPERATORS for other in operator(name).other_names.split()} | ours_


_LONG = 6
_FORM = re.compile(r"(?:lazy|quantized)?(.+?)(?:[123]d)?(?:layer|vertex|op|module|block|v2)?", re.DOTALL)


def _forms(word: str) -> tuple[str, ...]:
    """A word without the module before it; also without what a library adds: ``Lazy...``, ``...2d``, ``...Layer``."""
    folded = _fold(word[-_LONGEST:].rpartition(".")[2])[1]
    match = _FORM.fullmatch(folded)
    return (folded, match[1]) if match else (folded,)


_LONGEST = 100


def _fold(word: str) -> tuple[str, str]:
    """A word in lower case, and without what joins its parts."""
    folded = word.lower()
    return folded, folded.replace("_", "").replace("-", "").replace(" ", "")
