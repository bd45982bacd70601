"""NumPy, imported at the first use: ``archspec check`` reads every operator and computes with none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
else:

    class _Numpy:
        def __getattr__(self, name: str) -> Any:
            import numpy as np  # noqa: PLC0415 - to import late is what this is for

            return getattr(np, name)

    np = _Numpy()

__all__ = ["Array", "np"]
