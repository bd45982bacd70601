"""Kernels in the order in which they are asked. Adding one is one file here and one line."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from archspec.engine.grades import Grade

if TYPE_CHECKING:
    from archspec.engine.kernels._base import Kernel, Setting
    from archspec.engine.units import Unit

KERNELS = {
    "view": "view:View",
    "bottleneck": "bottleneck:Bottleneck",
    "gemm": "gemm:Gemm",
    "fc": "fc:FullyConnected",
    "depthwise": "depthwise:Depthwise",
    "winograd-f4": "winograd:WinogradF4",
    "winograd-f2": "winograd:WinogradF2",
    "im2col": "im2col:Im2col",
    "transposed": "transposed:Transposed",
    "local-conv": "local_conv:LocalConv",
    "attention": "attention:Attention",
    "elementwise": "elementwise:Elementwise",
    "layer-norm": "layer_norm:LayerNorm",
    "group-norm": "group_norm:GroupNorm",
    "lrn": "lrn:LRN",
    "pool": "pool:Pool",
    "global-pool": "global_pool:GlobalPool",
    "adaptive-pool": "adaptive_pool:AdaptivePool",
    "upsample": "upsample:Upsample",
    "concat": "concat:Concatenation",
    "rearrange": "rearrange:Rearrange",
    "reference": "reference:Reference",
}
"""Name -> "module:Class" in this folder."""


@cache
def kernel_class(name: str) -> type[Kernel]:
    """The class of a kernel; KeyError when there is none of that name."""
    module, _, attribute = KERNELS[name].partition(":")
    found: type[Kernel] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found


def choose(unit: Unit, setting: Setting) -> tuple[Kernel, str]:
    """The first kernel that takes a unit, and why."""
    for name in ("reference",) if setting.grade is Grade.REFERENCE else KERNELS:
        candidate = kernel_class(name)
        reason = candidate.reason(unit, setting) if isinstance(unit.operator, candidate.operators) else None
        if reason is not None:
            return candidate(unit, setting), reason
    raise AssertionError("the reference takes everything")
