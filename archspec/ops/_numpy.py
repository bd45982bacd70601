"""NumPy, imported at the first use: ``archspec check`` reads every operator and computes with none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
    Arrays = Sequence[Array]
    Weights = Mapping[str, Array]
    Generator = np.random.Generator
else:

    class _Numpy:
        def __getattr__(self, name: str) -> Any:
            import numpy as np  # noqa: PLC0415 - to import late is what this is for

            return getattr(np, name)

    np = _Numpy()

__all__ = ["Array", "Arrays", "Generator", "Weights", "np"]
