"""Counts and bytes as specs write them: ``61M``, ``1.2G``, ``80MB``, ``64MiB``."""

from __future__ import annotations

import re

from archspec.spec.wording import yaml_text

_COUNT = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BYTES = {
    "": 1, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
_FORM = re.compile(r"(\d{1,30}(?:\.\d{1,20})?)\s*([a-zA-Z]{0,3})", re.ASCII)
_DIGITS = 100
"""More than a number of that form has, times its unit."""


def _parse(value: object, units: dict[str, int], example: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, float) and value >= 0 and value.is_integer():
        return int(value)
    match = _FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or match[2] not in units:
        raise ValueError(f"write a number such as {example}; got {yaml_text(value)}")
    from decimal import Decimal, localcontext  # noqa: PLC0415 - most figures are whole numbers already

    with localcontext(prec=_DIGITS):
        number = Decimal(match[1]) * units[match[2]]
        if number % 1:
            raise ValueError(f"{value} is {number.normalize():f}, not a whole number")
        return int(number)


def parse_count(value: object) -> int:
    """A count such as 34944, ``61M`` or ``1.2G`` (10^3, 10^6, 10^9); ValueError for anything else."""
    return _parse(value, _COUNT, "34944, 61M or 1.2G")


def parse_bytes(value: object) -> int:
    """A number of bytes such as 600000, ``80MB`` (10^6) or ``64MiB`` (2^20); ValueError for anything else."""
    return _parse(value, _BYTES, "600000, 80MB or 64MiB")
