"""Numbers as tables write them: exact with separators, short with a prefix, bytes with their unit's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

BLOCKS = "█▉▊▋▌▍▎▏"
"""What bars are drawn of: eight eighths of a character, seven, and so on."""
_PREFIXES = "kMGTP"
_EXACT_BELOW = 10_000
_UNIT = re.compile(r"\d ?([kMGTPE]B|[KMGTPE]iB|[kMGTP])(?![\w])")
_FLOATS_ARE_WHOLE = 2**53


def exact(number: int) -> str:
    """``138,357,544``."""
    return f"{number:,}"


def short(number: int) -> str:
    """``138M``: three digits and k, M, G, T or P (powers of 1000); exact below 10,000."""
    return exact(number) if number < _EXACT_BELOW else "".join(_scale(number))


def short_bytes(number: int) -> str:
    """``12.8 MB``, in powers of 1000."""
    if number < 1000:
        return f"{number} B"
    digits, prefix = _scale(number)
    return f"{digits} {prefix}B"


def _scale(number: int) -> tuple[str, str]:
    """Three digits, and the prefix that makes the number of them."""
    power = next((power for power in range(1, len(_PREFIXES)) if 2 * number < 1999 * 1000**power), len(_PREFIXES))
    value = number / 1000**power
    return f"{value:,.{max(0, 3 - len(str(int(value))))}f}", _PREFIXES[power - 1]


def both_units(number: int) -> str:
    """``77.1 MB (73.5 MiB)``: the same bytes in powers of 1000 and of 1024, with the unit of their size."""
    if number < 1000:
        return f"{number} bytes"
    if number < 1_000_000:
        return f"{number / 1000:.1f} kB ({number / 1024:.1f} KiB)"
    if number < 1_000_000_000:
        return f"{number / 1000**2:.1f} MB ({number / 1024**2:.1f} MiB)"
    return f"{number / 1000**3:,.1f} GB ({number / 1024**3:,.1f} GiB)"


def units_in(texts: Iterable[str]) -> str:
    """What the units mean that occur in texts: ``kB, MB are 10^3, 10^6 bytes; KiB is 2^10 bytes; k is 10^3``."""
    found = set(_UNIT.findall(" ".join(texts)))
    kinds = (
        (" bytes", [(f"{prefix}B", f"10^{3 * power}") for power, prefix in enumerate("kMGTPE", 1)]),
        (" bytes", [(f"{prefix}iB", f"2^{10 * power}") for power, prefix in enumerate("KMGTPE", 1)]),
        ("", [(prefix, f"10^{3 * power}") for power, prefix in enumerate(_PREFIXES, 1)]),
    )
    parts = []
    for what, units in kinds:
        present = [(unit, value) for unit, value in units if unit in found]
        if present:
            verb = "is" if len(present) == 1 else "are"
            names, values = zip(*present, strict=True)
            parts.append(f"{', '.join(names)} {verb} {', '.join(values)}{what}")
    return "; ".join(parts)


def percent(part: int, whole: int) -> str:
    """``74.3%``; what is there but rounds to nothing is ``<0.1%``, and what is not quite all ``>99.9%``."""
    text = f"{100 * part / whole:.1f}%"
    if part and text == "0.0%":
        return "<0.1%"
    return ">99.9%" if part < whole and text == "100.0%" else text


def decimal(value: Fraction) -> str:
    """At most two decimals: ``112.5``, ``74.67``."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def plain(value: int | Fraction) -> int | float:
    """As JSON has it: a float when it is not whole, unless it is so large that a float would be whole anyway."""
    return value if isinstance(value, int) else float(value) if value < _FLOATS_ARE_WHOLE else round(value)


def rational(value: int | Fraction) -> str:
    """Whole, or with at most four digits: ``16``, ``0.0625``."""
    number = plain(value)
    return str(number) if isinstance(number, int) else f"{number:.4g}"


def bar(part: int, whole: int, width: int) -> str:
    """``part`` of ``whole`` as a bar of at most ``width`` characters; the smallest part still shows."""
    full, eighths = divmod(max(1, round(8 * width * part / whole)), 8)
    return BLOCKS[0] * full + (BLOCKS[8 - eighths] if eighths else "")
