"""Thresholds of rules by name, and their valid values."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from archspec.config.names import unknown_name
from archspec.model import Refusal
from archspec.rules import rule
from archspec.rules._names import RULE_NAMES
from archspec.spec.quantities import parse_bytes, parse_count

if TYPE_CHECKING:
    from archspec.rules._settings import Threshold


def thresholds_of_rules() -> dict[str, Threshold]:
    """Every threshold, in the order of the rules. Rules with the same threshold share its name."""
    return {name: found for each in map(rule, RULE_NAMES) for name, found in each.thresholds.items()}


def check_threshold(word: str) -> str:
    """A name of a threshold; Refusal for any other."""
    known = thresholds_of_rules()
    if word in known:
        return word
    raise unknown_name("threshold", word, known, f"thresholds are {', '.join(known)}")


def as_number(value: Any) -> float:
    """A number from 0 on, a count such as ``50M``, or bytes such as ``64MiB``; Refusal for any other."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and math.isfinite(value):
        return value
    if isinstance(value, str):
        for parse in (parse_count, parse_bytes):
            with suppress(ValueError):
                return parse(value)
    raise Refusal("a threshold must be at least 0", 'write a number such as 8, 0.5, "50M" or "64MiB"')
