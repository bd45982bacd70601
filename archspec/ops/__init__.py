"""Operators by name. Adding one is one class in one file and one line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.ops._base import Operator

MERGES = {
    "add": "merging:Add",
    "concat": "merging:Concat",
    "multiply": "merging:Multiply",
}
"""Operators that join branches, as :data:`OPERATORS` has them."""

OPERATORS = {
    **MERGES,
    "conv": "convolution:Conv",
    "depthwise_conv": "convolution:DepthwiseConv",
    "conv_transpose": "transposed:ConvTranspose",
    "local_conv": "local:LocalConv",
    "max_pool": "pooling:MaxPool",
    "avg_pool": "pooling:AvgPool",
    "l2_pool": "pooling:L2Pool",
    "global_avg_pool": "global_pooling:GlobalAvgPool",
    "global_max_pool": "global_pooling:GlobalMaxPool",
    "adaptive_avg_pool": "adaptive:AdaptiveAvgPool",
    "adaptive_max_pool": "adaptive:AdaptiveMaxPool",
    "fc": "dense:FC",
    "linear": "dense:Linear",
    "relu": "rectifiers:ReLU",
    "relu6": "rectifiers:ReLU6",
    "leaky_relu": "rectifiers:LeakyReLU",
    "prelu": "rectifiers:PReLU",
    "elu": "rectifiers:ELU",
    "selu": "rectifiers:SELU",
    "gelu": "smooth:GELU",
    "silu": "smooth:SiLU",
    "mish": "smooth:Mish",
    "softplus": "smooth:Softplus",
    "hard_swish": "smooth:HardSwish",
    "sigmoid": "sigmoids:Sigmoid",
    "tanh": "sigmoids:Tanh",
    "hard_sigmoid": "sigmoids:HardSigmoid",
    "softmax": "softmax:Softmax",
    "log_softmax": "softmax:LogSoftmax",
    "batch_norm": "normalization:BatchNorm",
    "layer_norm": "sample_norms:LayerNorm",
    "group_norm": "sample_norms:GroupNorm",
    "instance_norm": "sample_norms:InstanceNorm",
    "lrn": "normalization:LRN",
    "flatten": "shape:Flatten",
    "pad": "border:Pad",
    "crop": "border:Crop",
    "upsample": "resampling:Upsample",
    "slice": "channels:Slice",
    "channel_shuffle": "channels:ChannelShuffle",
    "pixel_shuffle": "pixels:PixelShuffle",
    "pixel_unshuffle": "pixels:PixelUnshuffle",
    "tokens": "sequence:Tokens",
    "class_token": "sequence:ClassToken",
    "position_embedding": "sequence:PositionEmbedding",
    "attention": "attention:Attention",
    "select": "sequence:Select",
    "scale": "scaling:Scale",
    "dropout": "regularization:Dropout",
    "drop_path": "regularization:DropPath",
}
"""Name in a spec -> "module:Class" in this folder."""


@cache
def operator(name: str) -> type[Operator]:
    """The class of an operator; KeyError when there is none of that name. Imported at its first use."""
    module, _, attribute = OPERATORS[name].partition(":")
    found: type[Operator] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found
