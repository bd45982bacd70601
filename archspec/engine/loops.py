"""How NumPy's loops go while networks run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

BUFFER = 1024
"""Numbers of NumPy's buffers. An operand that is repeated is copied into them first, unless it is as long itself."""


def settle() -> None:
    """Let NumPy not warn in the middle of a step, and keep its buffers short.

    For this thread, or until the ``errstate`` around it ends.
    """
    np.seterr(all="ignore")
    np.setbufsize(BUFFER)


def _behind(wrapper: Callable[..., Any], place: str) -> Callable[..., Any]:
    """The compiled function behind one that is written in Python, or this where NumPy keeps the other elsewhere.

    The wrappers take two or three microseconds in which no other thread can begin or end a call.
    """
    found: Any = np
    for name in place.split("."):
        found = getattr(found, name, None)
    return found if callable(found) else wrapper


clip = _behind(np.clip, "_core.umath.clip")
"""``clip(x, low, high, out)``."""
einsum = _behind(np.einsum, "_core.multiarray.c_einsum")
"""``einsum(subscripts, *operands, out=out)``, in one pass: it does not look for a better order of several."""
