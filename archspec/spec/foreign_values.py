"""Words that other libraries have for values: ``fp32``, ``torch.half``, ``floor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_VALUES = (
    "float16 fp16 f16 half 16",
    "bfloat16 bf16 bfloat brain",
    "float32 fp32 f32 single float 32",
    "float64 fp64 f64 double 64",
    "same half keep auto same_upper",
    "valid no_padding",
    "zeros zero constant",
    "reflect mirror reflection",
    "replicate edge border replication",
    "circular wrap periodic",
    "crop floor truncate down",
    "pad ceil ceil_mode up",
    "bilinear linear bicubic",
    "svm hinge multi_margin",
)
"""A value here, and the words of other libraries for it; a word may stand for several of ours."""
_UNSURE = " half float 16 32 64 bicubic linear border auto "
"""Words that are something else in some library, or come close to the value only."""


def known_value(word: object, choices: Collection[str]) -> tuple[str, bool] | None:
    """The choice that another library's word stands for, and whether it certainly does; None if it stands for none."""
    if isinstance(word, bool) or not isinstance(word, str | int):
        return None
    last = str(word).strip().lower().replace("-", "_").rpartition(".")[2]
    if last in choices:
        return last, True
    for ours, *theirs in map(str.split, _VALUES):
        if ours in choices and last in theirs:
            return ours, f" {last} " not in _UNSURE
    return None
