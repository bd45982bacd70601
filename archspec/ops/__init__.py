"""Operators by name. Adding one is one class in one file and one line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.ops._base import Operator

OPERATORS = {
    "conv": "convolution:Conv",
    "depthwise_conv": "convolution:DepthwiseConv",
    "local_conv": "local:LocalConv",
    "max_pool": "pooling:MaxPool",
    "avg_pool": "pooling:AvgPool",
    "l2_pool": "pooling:L2Pool",
    "global_avg_pool": "global_pooling:GlobalAvgPool",
    "global_max_pool": "global_pooling:GlobalMaxPool",
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
    "lrn": "normalization:LRN",
    "flatten": "shape:Flatten",
    "pad": "border:Pad",
    "dropout": "regularization:Dropout",
}
"""Name in a spec -> "module:Class" in this folder."""


@cache
def operator(name: str) -> type[Operator]:
    """The class of an operator; KeyError when there is none of that name. Imported at its first use."""
    module, _, attribute = OPERATORS[name].partition(":")
    found: type[Operator] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found
