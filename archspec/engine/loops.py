"""NumPy's settings while networks run, and its compiled functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

BUFFER = 1024
"""Elements of NumPy's buffers. A repeated operand is copied into them first, unless it is as long itself."""


def settle() -> None:
    """Stop NumPy from warning in the middle of a step, and keep its buffers short.

    For this thread, or until the ``errstate`` around it ends.
    """
    np.seterr(all="ignore")
    np.setbufsize(BUFFER)


def _compiled_function(wrapper: Callable[..., Any], path: str) -> Callable[..., Any]:
    """The compiled function that a wrapper in Python calls, or the wrapper where NumPy keeps that elsewhere.

    Wrappers take two or three microseconds, in which no other thread can begin or end a call.
    """
    function: Any = np
    for name in path.split("."):
        function = getattr(function, name, None)
    return function if callable(function) else wrapper


clip = _compiled_function(np.clip, "_core.umath.clip")
"""``clip(x, low, high, out)``."""
einsum = _compiled_function(np.einsum, "_core.multiarray.c_einsum")
"""``einsum(subscripts, *operands, out=out)``, in one pass, without looking for a better order of several operands."""
