"""Grades: how far a network's results may be from those of the operators' own forward."""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    """``reference`` runs the operators' own forward, for reading and as the oracle of all else.

    ``exact`` has errors at the level of a direct convolution in the same dtype. ``fast`` also takes kernels whose error
    is larger, each within ``TOLERANCE`` of its largest output.
    """

    REFERENCE = "reference"
    EXACT = "exact"
    FAST = "fast"

    @classmethod
    def _missing_(cls, value: object) -> None:
        raise ValueError(f"there is no grade {value!r}; choose from {', '.join(cls)}")


TOLERANCE = 1e-5
"""The largest error of a fast float32 kernel, relative to the largest value of its output; below 4e-6 as a rule."""
