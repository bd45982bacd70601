"""The words of PyTorch, Keras, Caffe and the papers for what archspec names otherwise: ours -> theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OPERATORS = {
    "conv": "conv1d conv2d conv3d convolution convolution1d convolution2d convolution3d convolutional",
    "depthwise_conv": "depthwiseconv2d depthwiseconv1d depthwise dwconv convolutiondepthwise",
    "local_conv": "locallyconnected1d locallyconnected2d locallyconnected",
    "conv_transpose": (
        "convtranspose1d convtranspose2d convtranspose3d conv1dtranspose conv2dtranspose conv3dtranspose "
        "deconvolution deconv transposedconv"
    ),
    "max_pool": ("maxpool1d maxpool2d maxpool3d maxpooling maxpooling1d maxpooling2d maxpooling3d pool pooling"),
    "avg_pool": (
        "avgpool1d avgpool2d avgpool3d averagepool averagepooling averagepooling1d averagepooling2d "
        "averagepooling3d meanpool"
    ),
    "l2_pool": "lppool1d lppool2d lppool",
    "global_avg_pool": ("globalaveragepooling1d globalaveragepooling2d globalaveragepooling3d globalaveragepool gap"),
    "global_max_pool": "globalmaxpooling1d globalmaxpooling2d globalmaxpooling3d globalmaxpool",
    "adaptive_avg_pool": "adaptiveavgpool1d adaptiveavgpool2d adaptiveavgpool3d",
    "adaptive_max_pool": "adaptivemaxpool2d",
    "fc": "dense innerproduct fullyconnected fullyconnectedlayer gemm",
    "relu": "relulayer",
    "leaky_relu": "leakyrelu lrelu",
    "prelu": "parametricrelu",
    "silu": "swish",
    "hard_swish": "hardswish hswish",
    "hard_sigmoid": "hardsigmoid hsigmoid",
    "log_softmax": "logsoftmax",
    "softmax": "softmax2d",
    "batch_norm": "batchnorm batchnorm1d batchnorm2d batchnorm3d batchnormalization bn",
    "layer_norm": "layernorm layernormalization",
    "group_norm": "groupnorm groupnormalization",
    "instance_norm": "instancenorm2d",
    "lrn": "localresponsenorm localresponsenormalization localresponse",
    "dropout": "dropout2d spatialdropout2d",
    "drop_path": "droppath stochasticdepth",
    "pad": "zeropad2d zeropadding2d zeropadding1d reflectionpad2d replicationpad2d",
    "upsample": "upsampling2d interpolate resize",
    "pixel_shuffle": "pixelshuffle",
    "pixel_unshuffle": "pixelunshuffle",
    "channel_shuffle": "channelshuffle",
    "attention": "multiheadattention",
    "add": "eltwise",
    "concat": "concatenate",
    "flatten": "flattenlayer reshape",
}
"""Operator -> other names, in lower case and without ``_`` and ``-``."""

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
    folded, bare = _folded(word)
    for name in valid:
        if bare == name.replace("_", "") and word != name:
            return name
        if {folded, bare} & set(table.get(name, "").split()):
            return name
    return None


def is_same(word: str, table: dict[str, str]) -> bool:
    """Whether the word of another library that :func:`ours` found can be written as ours without asking."""
    return table is not OPERATORS or _folded(word)[1] not in LOOSE.split()


def _folded(word: str) -> tuple[str, str]:
    """A word in lower case, and without what joins its parts."""
    folded = word.lower().removeprefix("nn.")
    return folded, folded.replace("_", "").replace("-", "")
