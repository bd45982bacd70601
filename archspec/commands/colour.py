"""The option ``--color``, which may be anywhere in a command line, as ruff takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOICES: dict[str, bool | None] = {"auto": None, "always": True, "never": False}
"""Values of the option -> whether there are colours; None: as the terminal and the environment say."""
OPTION = "--color"
_chosen: list[bool | None] = []


def colour_choice() -> bool | None:
    """What the option of this command line says; None without one."""
    return _chosen[-1] if _chosen else None


def without_colour(arguments: Sequence[str]) -> list[str]:
    """A command line without the option, whose value is kept for :func:`colour_choice`.

    Raises:
        ValueError: it has another value; the text says which there are.

    """
    _chosen.clear()
    found: list[str] = []
    rest = list(arguments)
    while rest and rest[0] != "--":
        word, equals, value = rest.pop(0).partition("=")
        if word != OPTION:
            found.append(word + equals + value)
            continue
        value = value if equals else (rest.pop(0) if rest else "")
        if value not in CHOICES:
            raise ValueError(f"{OPTION} is {', '.join(CHOICES)}, not {value!r}")
        _chosen.append(CHOICES[value])
    return [*found, *rest]
