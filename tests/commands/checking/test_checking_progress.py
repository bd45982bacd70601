"""How far a long run is, told on a terminal."""

from __future__ import annotations

import io
from itertools import count

import pytest

from archspec.commands.checking.progress import progress

ERASE = "\r\x1b[K"


class Terminal(io.StringIO):
    def lines(self) -> list[str]:
        return self.getvalue().split(ERASE)[1:]


def files(number: int) -> list[str]:
    return [f"{index}.yaml" for index in range(1, number + 1)]


def test_a_short_run_tells_nothing() -> None:
    terminal = Terminal()
    with progress(terminal, lambda: 0.9) as watched:
        assert list(watched(files(1000))) == files(1000)
    assert terminal.getvalue() == ""


def test_a_long_run_shows_a_line_after_a_second_and_erases_it() -> None:
    terminal = Terminal()
    ticks = count()
    with progress(terminal, lambda: next(ticks) / 32) as watched:
        assert list(watched(files(34))) == files(34)
    told = terminal.lines()
    assert told[:3] == ["looking for specs, 32 so far", "1 of 34 checked, now 2.yaml", "5 of 34 checked, now 6.yaml"]
    assert told[-1] == ""


def test_interrupted() -> None:
    terminal = Terminal()
    ticks = count()

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), progress(terminal, lambda: float(next(ticks))) as watched:
        list(map(stop, watched(files(6))))
    assert terminal.lines()[-1] == ""


def test_a_line_is_no_longer_than_the_terminal_and_moves_no_cursor() -> None:
    terminal = Terminal()
    ticks = count()
    with progress(terminal, lambda: float(next(ticks))) as watched:
        list(watched(["\x1b[31m\n" + "深" * 100]))
    told = terminal.lines()[-2]
    assert told.startswith(r"0 of 1 checked, now \x1b[31m\n深")
    assert 77 <= sum(1 + (each == "深") for each in told) <= 79
