"""Kernels in order of preference. A new kernel is one file and one line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from archspec.engine.grades import Grade

if TYPE_CHECKING:
    from archspec.engine.fused_group import FusedGroup
    from archspec.engine.kernels._base import Kernel, Setting

KERNELS = {
    "view": "view:ViewKernel",
    "bottleneck": "bottleneck:BottleneckKernel",
    "gemm": "gemm:GemmKernel",
    "fc": "fc:FullyConnectedKernel",
    "depthwise": "depthwise:DepthwiseKernel",
    "winograd-f4": "winograd:WinogradF4Kernel",
    "winograd-f2": "winograd:WinogradF2Kernel",
    "im2col": "im2col:Im2colKernel",
    "transposed": "transposed:TransposedKernel",
    "local-conv": "local_conv:LocalConvKernel",
    "attention": "attention:AttentionKernel",
    "elementwise": "elementwise:ElementwiseKernel",
    "layer-norm": "layer_norm:LayerNormKernel",
    "group-norm": "group_norm:GroupNormKernel",
    "lrn": "lrn:LRNKernel",
    "pool": "pool:PoolKernel",
    "global-pool": "global_pool:GlobalPoolKernel",
    "adaptive-pool": "adaptive_pool:AdaptivePoolKernel",
    "upsample": "upsample:UpsampleKernel",
    "concat": "concat:ConcatenationKernel",
    "rearrange": "rearrange:RearrangeKernel",
    "reference": "reference:ReferenceKernel",
}
"""Name -> "module:Class" in this folder."""


@cache
def kernel_class(name: str) -> type[Kernel]:
    """The class of a kernel; KeyError when there is none of that name."""
    module, _, attribute = KERNELS[name].partition(":")
    found: type[Kernel] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found


def choose(group: FusedGroup, setting: Setting) -> tuple[Kernel, str]:
    """The first of the kernels that apply to a group that says why it is the one, and what it says."""
    for name in ("reference",) if setting.grade is Grade.REFERENCE else KERNELS:
        candidate = kernel_class(name)
        reason = candidate.reason(group, setting) if candidate.applies(group) else None
        if reason is not None:
            return candidate(group, setting), reason
    raise AssertionError("the reference applies to every layer")
