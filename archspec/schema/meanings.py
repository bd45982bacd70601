"""What the keys of a spec mean: the texts that editors show, which are those of docs/language.md."""

from __future__ import annotations

FILE = {
    "file": "One network, or a family of networks that differ in a few values.",
    "expression": "`$name` is the value of a parameter, `$(...)` that of an expression.",
    "name": "What the network is called.",
    "source": "Where the architecture comes from.",
    "input": "What enters.",
    "layers": "What happens to it, in order. Each item reads the output of the one before.",
    "outputs": "The layers whose volumes are the results.",
    "params": "Values that a variant or `--set` can replace.",
    "blocks": "Pieces of network to be used by name.",
    "use": "Other files whose blocks can be used here.",
    "variants": "The networks of a family.",
    "fit": "What to do where a stride does not fit, for every layer that does not say it itself.",
    "dtype": "The type of every number. Memory figures go by it, and so does the network that runs.",
    "batch": "How many samples memory figures are for. It is never part of a shape.",
    "expect": "What must hold exactly.",
    "budget": "What must not be exceeded.",
    "loss": "The loss on the scores that the network gives. It changes no figure.",
}
"""Keys at the top of a file."""

VARIANT = "What this network of the family says of itself instead of the file."

MODIFIERS = {
    "name": "The item's name in tables, findings and weights. No dots, spaces, slashes or colons.",
    "from": "The item reads this volume, not that of the item before.",
    "when": "The item is left out where this is false.",
    "repeat": "How often the item comes, each round after the one before.",
    "tie": "The layer has no weights of its own but uses those of the named one.",
    "expect": "What must hold of this layer: `expect: 55x55x96` is short for `expect: {output: 55x55x96}`.",
    "ignore": "Findings of these rules about this layer are not told.",
}
"""Keys that any item may have beside its word."""

ITEM = {
    "layers": "Items together.",
    "for": "Items once for each row of values.",
    "params": "Names with defaults; `~` in place of a value: must be given.",
}
"""Words of items that are no operators, and keys of blocks."""

ARGUMENTS = {
    "filters": "How many filters, which is how many channels leave.",
    "multiplier": "Filters on each channel.",
    "kernel": "The size of the window.",
    "stride": "How far the window moves.",
    "conv_transpose.stride": "How far the window moves on the output.",
    "padding": "What is added around the volume.",
    "pad.padding": "The border that is added.",
    "conv_transpose.padding": "What is cut off the output. `same` gives `W * stride`.",
    "output_padding": "Positions more on the far side of the output; fewer than the stride or the dilation.",
    "padding_mode": "What stands in the padding.",
    "value": "What `padding_mode: zeros` writes in place of zero.",
    "dilation": (
        "The distance between neighbouring positions that one window reads. A kernel k becomes (k - 1) * "
        "dilation + 1 wide."
    ),
    "groups": "Channels and filters are split into so many groups, which do not see each other. It must divide both.",
    "group_norm.groups": "Into how many groups the channels are split. It must divide them.",
    "channel_shuffle.groups": "Into how many groups the channels are split. It must divide them.",
    "bias": "Whether a learned number is added for each filter or unit.",
    "attention.bias": "Whether the four projections have biases.",
    "qkv_bias": "Whether the projections to Q, K and V have biases, when `bias` does not leave out all.",
    "in_channels": "A claim: how many channels arrive. An error when it is wrong.",
    "in_features": "A claim: how many numbers one unit sees. An error when it is wrong.",
    "weights": "Filters that are fixed and not learned.",
    "fit": "What to do where the stride does not fit.",
    "count_padding": "Whether the zeros of `padding` count in the divisor.",
    "units": "How many units, which is how many channels leave.",
    "slope": "The slope below zero.",
    "alpha": "`-alpha` is what large negative numbers come near to.",
    "lrn.alpha": "Multiplies the sum of squares.",
    "approximate": "The exact function, or the paper's approximation.",
    "eps": "Added to the variance.",
    "affine": "Whether a learned scale and shift follow.",
    "size": "How many channels are summed over.",
    "adaptive_avg_pool.size": "How many parts each axis is cut into, which is how many positions leave.",
    "adaptive_max_pool.size": "How many parts each axis is cut into, which is how many positions leave.",
    "crop.size": "How many positions leave.",
    "upsample.size": "How many positions leave.",
    "beta": "The power.",
    "k": "Added before the power is taken.",
    "rate": "The probability that a number is dropped.",
    "drop_path.rate": "The probability that a sample's volume is dropped.",
    "like": "As many positions leave as this volume has.",
    "margin": "How many positions go on each side.",
    "factor": "How many times as many positions leave.",
    "pixel_shuffle.factor": "The side of a square of positions.",
    "pixel_unshuffle.factor": "The side of a square of positions.",
    "mode": "Whether a position is repeated, or lies between its neighbours.",
    "align_corners": (
        "Whether the first and the last position of input and output fall on each other. For `bilinear` alone."
    ),
    "start": "The first channel.",
    "stop": "The channel behind the last one; all that are left without it.",
    "heads": "Parts of the channels that attend by themselves. It must divide them.",
    "index": "The position, counted from 0.",
    "initial": "What the learned numbers start at.",
}
"""Arguments, or "operator.argument" where it means something else than elsewhere."""
