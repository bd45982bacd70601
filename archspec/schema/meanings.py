"""Descriptions of the keys of a spec, for editors; the same as in docs/language.md."""

from __future__ import annotations

FILE = {
    "file": "One network, or a family of networks that differ in a few values.",
    "expression": "`$name` is the value of a parameter, `$(...)` that of an expression.",
    "name": "The name of the network.",
    "source": "Where the architecture comes from.",
    "input": "The input volume.",
    "layers": "The network, in order. Each item reads the output of the one before.",
    "outputs": "The layers whose volumes are the results.",
    "params": "Values that a variant or `--set` can replace.",
    "blocks": "Parts of the network that can be used by name.",
    "use": "Other files whose blocks can be used here.",
    "variants": "The networks of a family.",
    "fit": "What to do where a stride does not fit, for every layer without its own `fit`.",
    "dtype": "The type of every value, for memory figures and for the network that runs.",
    "batch": "How many samples memory figures are for. It is never part of a shape.",
    "expect": "What must hold exactly.",
    "budget": "What must not be exceeded.",
    "loss": "The loss on the scores of the network. It does not change any figure.",
}
"""Keys at the top of a file."""

VARIANT = "What this network of the family says of itself instead of the file."

MODIFIERS = {
    "name": "The item's name in tables, findings and weights. No dots, spaces, slashes or colons.",
    "from": "The item reads this volume, not that of the item before.",
    "when": "The item is left out where this is false.",
    "repeat": "How often the item is repeated, each round after the one before.",
    "tie": "The layer has no weights of its own and uses those of the named one.",
    "expect": "What must hold for this layer: `expect: 55x55x96` is short for `expect: {output: 55x55x96}`.",
    "ignore": "Findings of these rules about this layer are not reported.",
}
"""Keys that any item may have beside its word."""

ITEM = {
    "layers": "Items together.",
    "for": "Items once for each row of values.",
    "params": "Names with defaults; `~` in place of a value: must be given.",
}
"""Words of items that are no operators, and keys of blocks."""

ARGUMENTS = {
    "filters": "The number of filters, which is the number of output channels.",
    "multiplier": "Filters on each channel.",
    "kernel": "The size of the window.",
    "stride": "How far the window moves.",
    "conv_transpose.stride": "How far the window moves on the output.",
    "padding": "What is added around the volume.",
    "pad.padding": "The border that is added.",
    "conv_transpose.padding": "What is cut off the output. `same` gives `W * stride`.",
    "output_padding": "Additional positions on the far side of the output; fewer than the stride or the dilation.",
    "padding_mode": "What the padding contains.",
    "value": "What `padding_mode: zeros` writes instead of zero.",
    "dilation": (
        "The distance between neighbouring positions that one window reads. A kernel k becomes (k - 1) * "
        "dilation + 1 wide."
    ),
    "groups": "Channels and filters are split into so many groups, which do not see each other. It must divide both.",
    "group_norm.groups": "Into how many groups the channels are split. It must divide them.",
    "channel_shuffle.groups": "Into how many groups the channels are split. It must divide them.",
    "bias": "Whether a learned value is added for each filter or unit.",
    "attention.bias": "Whether the four projections have biases.",
    "qkv_bias": "Whether the projections to Q, K and V have biases, when `bias` does not leave out all.",
    "in_channels": "A claim: the number of input channels. An error when it is wrong.",
    "in_features": "A claim: the number of input features of one unit. An error when it is wrong.",
    "weights": "Filters that are fixed and not learned.",
    "fit": "What to do where the stride does not fit.",
    "count_padding": "Whether the zeros of `padding` count in the divisor.",
    "units": "The number of units, which is the number of output channels.",
    "slope": "The slope below zero.",
    "alpha": "Large negative values approach `-alpha`.",
    "lrn.alpha": "Multiplies the sum of squares.",
    "approximate": "The exact function, or the paper's approximation.",
    "eps": "Added to the variance.",
    "affine": "Whether a learned scale and shift follow.",
    "size": "How many channels are summed over.",
    "adaptive_avg_pool.size": "The number of parts into which each axis is cut, which is the output size.",
    "adaptive_max_pool.size": "The number of parts into which each axis is cut, which is the output size.",
    "crop.size": "The output size.",
    "upsample.size": "The output size.",
    "beta": "The power.",
    "k": "Added before the power is taken.",
    "rate": "The probability that an element is dropped.",
    "drop_path.rate": "The probability that a sample's volume is dropped.",
    "like": "The output size is that of this volume.",
    "margin": "How many positions are removed on each side.",
    "factor": "How many times as large the output is.",
    "pixel_shuffle.factor": "The side of a square of positions.",
    "pixel_unshuffle.factor": "The side of a square of positions.",
    "mode": "Whether a position is repeated, or lies between its neighbours.",
    "align_corners": ("Whether the first and the last position of input and output coincide. Only for `bilinear`."),
    "start": "The first channel.",
    "stop": "The channel after the last one. Default: all the rest.",
    "heads": "Parts of the channels that attend by themselves. It must divide them.",
    "index": "The position, counted from 0.",
    "initial": "The initial value of the learned scale.",
}
"""Arguments, or "operator.argument" where it means something else than elsewhere."""
