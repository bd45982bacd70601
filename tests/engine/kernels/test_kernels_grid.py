"""Every kernel against its operators' own forward in float64: shapes at which kernels go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from archspec.engine.grades import Grade
from archspec.engine.kernels import KERNELS
from archspec.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engine.kernels.conftest import Trial

    Make = Callable[..., Trial]

CASES = """
gemm          7x5x3     conv: {filters: 11, kernel: 1}
gemm          1x1x1     conv: {filters: 1, kernel: 1, bias: false}
gemm          13x17     conv: {filters: 64, kernel: 1}
gemm          3x5x2x8   conv: {filters: 5, kernel: 1}
gemm          37x31x64  conv: {filters: 129, kernel: 1}
gemm          11x7      linear: {units: 13}
gemm          7         linear: {units: 13, bias: false}
fc            5x3x7     fc: {units: 11}
fc            1         fc: {units: 1, bias: false}
fc            300       fc: {units: 257}
depthwise     9x7x5     depthwise_conv: {kernel: 3, padding: 1}
depthwise     9x8x4     depthwise_conv: {kernel: 5, stride: 2, padding: same}
depthwise     11x13x3   depthwise_conv: {kernel: [2, 3], stride: [3, 4], padding: [[0, 1], [2, 0]]}
depthwise     11x12x3   depthwise_conv: {kernel: 3, dilation: [2, 3], padding: 3}
depthwise     1x1x1     depthwise_conv: {kernel: 1}
depthwise     3x3x2     depthwise_conv: {kernel: 7, padding: 3}
depthwise     9x8x4     depthwise_conv: {kernel: 3, stride: 2, fit: pad}
depthwise     9x8x4     depthwise_conv: {kernel: 2, stride: 3, fit: crop, padding: 1}
depthwise     23x6      depthwise_conv: {kernel: 4, stride: 2, padding: [[1, 2]]}
depthwise     9x7x6     conv: {filters: 6, groups: 6, kernel: 3, bias: false}
winograd-f2   12x12x16  conv: {filters: 16, kernel: 3, padding: 1}
winograd-f2   13x11x17  conv: {filters: 19, kernel: 3, padding: [[0, 2], [1, 0]]}
winograd-f2   30x29x16  conv: {filters: 32, kernel: 3, bias: false}
winograd-f4   12x12x16  conv: {filters: 16, kernel: 3, padding: 1}
winograd-f4   29x31x17  conv: {filters: 19, kernel: 3, padding: [[0, 2], [1, 0]]}
winograd-f4   56x56x64  conv: {filters: 64, kernel: 3, padding: 1}
im2col        9x7x3     conv: {filters: 5, kernel: 3, stride: 2, padding: 1}
im2col        9x8x3     conv: {filters: 5, kernel: 3, stride: 2, fit: pad}
im2col        9x8x3     conv: {filters: 5, kernel: 3, stride: 2, fit: crop}
im2col        17x11x3   conv: {filters: 4, kernel: [1, 2], stride: [5, 3]}
im2col        1x1x2     conv: {filters: 1, kernel: 3, padding: 1}
im2col        3x2x2     conv: {filters: 3, kernel: 7, padding: 5}
im2col        13x11x4   conv: {filters: 6, kernel: 3, dilation: [3, 2], padding: [[3, 0], [0, 2]]}
im2col        13x11x12  conv: {filters: 18, groups: 3, kernel: 3, padding: 1}
im2col        7x7x64    conv: {filters: 128, groups: 2, kernel: 3}
im2col        9x9x2     conv: {filters: 3, kernel: 1, stride: 2}
im2col        9x9x2     conv: {filters: 3, kernel: 1, padding: 1}
im2col        61x5      conv: {filters: 7, kernel: 9, stride: 4, padding: same}
im2col        5x7x6x3   conv: {filters: 4, kernel: [3, 2, 3], padding: 1, stride: [1, 2, 1]}
im2col        6x5x7x4   depthwise_conv: {kernel: 3, padding: 1}
im2col        9x7x5     depthwise_conv: {kernel: 3, padding: 1, multiplier: 3}
im2col        6x6x512   conv: {filters: 24, kernel: 3, stride: 2, padding: 1}
im2col        8x7x3     conv: {filters: 4, kernel: 3, stride: 2, padding: 1, padding_mode: reflect, fit: pad}
im2col        9x3       conv: {filters: 4, kernel: 3, stride: 2, padding: [[3, 1]], padding_mode: reflect, fit: pad}
im2col        4x5x6x2   conv: {filters: 4, kernel: 3, stride: 2, padding: 1, padding_mode: reflect, fit: pad}
im2col        8x7x3     conv: {filters: 4, kernel: 3, stride: 2, padding: 1, padding_mode: replicate, fit: pad}
im2col        9x3       conv: {filters: 4, kernel: 3, stride: 2, padding: [[3, 1]], padding_mode: replicate, fit: pad}
im2col        4x5x6x2   conv: {filters: 4, kernel: 3, stride: 2, padding: 1, padding_mode: replicate, fit: pad}
im2col        8x7x3     conv: {filters: 4, kernel: 3, stride: 2, padding: 1, padding_mode: circular, fit: pad}
im2col        9x3       conv: {filters: 4, kernel: 3, stride: 2, padding: [[3, 1]], padding_mode: circular, fit: pad}
im2col        4x5x6x2   conv: {filters: 4, kernel: 3, stride: 2, padding: 1, padding_mode: circular, fit: pad}
im2col        7x8x3     depthwise_conv: {kernel: 5, padding: 2, padding_mode: reflect}
im2col        7x8x3     depthwise_conv: {kernel: 5, padding: 2, padding_mode: replicate}
im2col        7x8x3     depthwise_conv: {kernel: 5, padding: 2, padding_mode: circular}
transposed    4x4x8     conv_transpose: {filters: 6, kernel: 4, stride: 2, padding: 1}
transposed    5x3x8     conv_transpose: {filters: 6, kernel: 2, stride: 2}
transposed    5x3x3     conv_transpose: {filters: 2, kernel: [2, 1], stride: [3, 5], output_padding: [2, 4]}
transposed    5x7x6     conv_transpose: {filters: 9, kernel: 3, stride: 2, groups: 3, padding: [[2, 0], [0, 1]]}
transposed    5x7x2     conv_transpose: {filters: 3, kernel: 3, stride: 2, dilation: [2, 3], output_padding: 1}
transposed    1x1x1     conv_transpose: {filters: 1, kernel: 1, bias: false}
transposed    1x1x5     conv_transpose: {filters: 64, kernel: 4}
transposed    5x4x2     conv_transpose: {filters: 3, kernel: 3, stride: 3, padding: same}
transposed    3x3x2     conv_transpose: {filters: 3, kernel: 5, padding: 3}
transposed    11x4      conv_transpose: {filters: 5, kernel: 4, stride: 3, padding: 2}
transposed    3x2x4x2   conv_transpose: {filters: 4, kernel: [3, 2, 3], stride: [2, 2, 1], padding: 1}
transposed    29x31x24  conv_transpose: {filters: 40, kernel: 4, stride: 2, padding: 1}
local-conv    7x5x3     local_conv: {filters: 4, kernel: 3, padding: [[1, 0], [0, 1]]}
local-conv    8x5x2     local_conv: {filters: 3, kernel: [2, 1], stride: 3, fit: pad}
local-conv    9x2       local_conv: {filters: 3, kernel: 3, dilation: 2, bias: false}
local-conv    3x4x3x2   local_conv: {filters: 3, kernel: 2}
local-conv    6x5x2     local_conv: {filters: 3, kernel: 3, padding: [[2, 0], [1, 2]], padding_mode: reflect}
local-conv    6x5x2     local_conv: {filters: 3, kernel: 3, padding: [[2, 0], [1, 2]], padding_mode: replicate}
local-conv    6x5x2     local_conv: {filters: 3, kernel: 3, padding: [[2, 0], [1, 2]], padding_mode: circular}
attention     17x12     attention: {heads: 3}
attention     5x7x8     attention: {heads: 8, qkv_bias: false}
attention     1x6       attention: {heads: 1, bias: false}
attention     401x32    attention: {heads: 2}
elementwise   7x5x3     batch_norm
elementwise   7x5x3     batch_norm: {affine: false}
elementwise   5         scale: {initial: 0.5}
elementwise   70x50x31  prelu
elementwise   2x3x9001  prelu
elementwise   7x5x3     relu
elementwise   7x5x3     relu6
elementwise   83x89x5   gelu
elementwise   7x5x13    softmax
elementwise   1         softmax
elementwise   7x5x13    log_softmax
elementwise   61x53x21  log_softmax
elementwise   7x5x3     position_embedding
elementwise   97x89x7   position_embedding
layer-norm    7x5x13    layer_norm
layer-norm    13        layer_norm: {affine: false}
layer-norm    5x1       layer_norm
layer-norm    197x384   layer_norm: {eps: 1.0e-6}
group-norm    7x5x12    group_norm: {groups: 3}
group-norm    12        group_norm: {groups: 1, affine: false}
group-norm    97x89x14  group_norm: {groups: 7}
group-norm    7x5x3     instance_norm
group-norm    1x1x3     instance_norm: {affine: true}
group-norm    3x5x7x2   instance_norm: {affine: true}
lrn           7x5x13    lrn: {alpha: 0.5}
lrn           5x3       lrn: {size: 8, alpha: 0.5, beta: 0.5, k: 1}
lrn           1         lrn: {size: 1}
pool          9x7x5     max_pool: {kernel: 3, stride: 2, padding: 1}
pool          9x8x5     max_pool: {kernel: 3, stride: 2, fit: pad}
pool          9x8x5     max_pool: {kernel: 2, stride: 5, fit: crop}
pool          10x8x5    max_pool: {kernel: [2, 3], dilation: [3, 2], stride: 1}
pool          9x7x5     avg_pool: {kernel: 3, stride: 2, padding: 1, count_padding: false}
pool          9x8x5     avg_pool: {kernel: 3, stride: 2, padding: [[1, 0], [0, 1]], fit: pad}
pool          11x5      avg_pool: {kernel: 4, stride: 3, padding: 2}
pool          4x5x6x2   avg_pool: {kernel: 2, stride: 1}
pool          9x7x5     l2_pool: {kernel: 3, padding: 1}
pool          1x1x1     max_pool: {kernel: 1}
pool          61x67x64  max_pool: {kernel: 3, stride: 2, padding: same}
global-pool   7x5x3     global_avg_pool
global-pool   113x101x3 global_avg_pool
global-pool   5x4x3x2   global_max_pool
adaptive-pool 7x5x3     adaptive_avg_pool: {size: [3, 2]}
adaptive-pool 2x3x3     adaptive_avg_pool: {size: [5, 7]}
adaptive-pool 11x3      adaptive_max_pool: {size: 4}
adaptive-pool 5x6x7x2   adaptive_max_pool: {size: [2, 3, 1]}
upsample      3x5x4     upsample: {factor: 2}
upsample      3x5x4     upsample: {size: [7, 4]}
upsample      3x5x4     upsample: {factor: [2, 3], mode: bilinear}
upsample      3x5x4     upsample: {size: [7, 4], mode: bilinear, align_corners: true}
upsample      7x3       upsample: {size: 11, mode: bilinear}
upsample      2x3x4x2   upsample: {factor: 2, mode: bilinear}
upsample      1x1x1     upsample: {size: 5, mode: bilinear, align_corners: true}
upsample      29x31x21  upsample: {factor: 4, mode: bilinear}
rearrange     7x5x3     pad: {padding: [[1, 2], [0, 3]], value: 1.5}
rearrange     7x5x3     pad: {padding: [[1, 2], [0, 4]], padding_mode: reflect}
rearrange     7x5x3     pad: {padding: [[1, 2], [0, 4]], padding_mode: replicate}
rearrange     7x5x3     pad: {padding: [[1, 2], [0, 4]], padding_mode: circular}
rearrange     3x1x2     pad: {padding: 2, padding_mode: replicate}
rearrange     7x5x3     crop: {margin: [[1, 2], [0, 3]]}
rearrange     7x5x3     crop: {size: [4, 4]}
rearrange     7x5x7     slice: {start: 2, stop: 5}
rearrange     7x5x12    channel_shuffle: {groups: 2}
rearrange     7x5x12    channel_shuffle: {groups: 6}
rearrange     3x5x12    pixel_shuffle: {factor: 2}
rearrange     3x6       pixel_shuffle: {factor: 3}
rearrange     2x3x2x16  pixel_shuffle: {factor: 2}
rearrange     4x6x3     pixel_unshuffle: {factor: 2}
rearrange     91x101x12 slice: {start: 5}
rearrange     11x3      class_token
rearrange     11x3      select: {index: 4}
rearrange     5x3x2     flatten
rearrange     5x3x2     tokens
rearrange     5x3x2     dropout
rearrange     5x3x2     drop_path: {rate: 0.1}
"""
"""The kernel that is to be chosen, what arrives, the operator and its arguments."""
ELSEWHERE = {"view", "reference", "concat"}
"""Those with several inputs, or with nothing to compute, or the oracle itself."""


def grade_of(kernel: str) -> Grade:
    return Grade.FAST if kernel == "winograd-f4" else Grade.EXACT


def read(line: str) -> tuple[str, Volume, str, dict[str, Any]]:
    """``im2col 9x7x3 conv: {filters: 5, kernel: 3}``."""
    kernel, sizes, text = line.split(maxsplit=2)
    *spatial, channels = map(int, sizes.split("x"))
    call = yaml.safe_load(text)
    ((kind, arguments),) = call.items() if isinstance(call, dict) else ((call, {}),)
    return kernel, Volume(tuple(spatial), channels), kind, arguments


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_numbers_are_those_of_the_forward(trial: Make, case: str) -> None:
    kernel, volume, kind, arguments = read(case)
    alone = trial(volume, (kind, arguments))
    for batch, dtype, threads in ((1, "float32", 1), (3, "float32", 2), (2, "float64", 3)):
        network = alone.agrees(batch, dtype, grade_of(kernel), threads)
        assert [step.kernel.name for step in network.plan.steps] == [kernel]
    assert alone.network()(alone.drawn(0)).shape[0] == 0  # type: ignore[union-attr] # one output


@pytest.mark.parametrize("case", CASES.strip().splitlines())
def test_norm_sum_and_activation_are_done_in_the_same_pass(trial: Make, case: str) -> None:
    """A layer, its batch norm, the sum with another branch and an activation."""
    kernel, volume, kind, arguments = read(case)
    first, other = f"{kind}1", f"{kind}2"
    finished = trial(
        volume,
        (kind, arguments, ("input",)),
        (kind, arguments, ("input",)),
        ("batch_norm", {}, (other,)),
        ("add", {}, ("batch_norm3", first)),
        ("silu", {}),
    )
    for batch, threads in ((2, 1), (1, 3)):
        network = finished.agrees(batch, "float32", grade_of(kernel), threads)
        assert [len(step.unit.nodes) for step in network.plan.steps] == [1, 4]
        assert {step.kernel.name for step in network.plan.steps} == {kernel}


def test_every_kernel_is_tried() -> None:
    assert {read(line)[0] for line in CASES.strip().splitlines()} == set(KERNELS) - ELSEWHERE
