"""Places in TOML files: what stands at each is what tomllib reads there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archspec.config.places import places
from archspec.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TEXT = '''\
# a comment = with [brackets]
top = 1
dotted . "quo\\"ted" = 'x' # behind
date = 1979-05-27 07:32:00  # a space within
[ tool . archspec ]
select = ["a", # one
  'b',  # two, with ] and ,
]
text = """
[not.a.table]
key = "x" ""x"" """
literal = \'\'\'it\'s ''fine''\'\'\'
ends = """quoted""""
inline = { one.two = [1, [2, 3]], "three" = { four = -4.5 } }
empty = [ ]
nothing = {}
[[points]]
x = 1
[[points]]
x = 2
[points.deep]
y = true
[[points.more]]
z = 0xff
'''


def values(data: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value, and every table and list, with the way to it."""
    if way:
        yield way, data
    if isinstance(data, dict | list):
        pairs: Any = data.items() if isinstance(data, dict) else enumerate(data)
        for key, value in pairs:
            yield from values(value, (*way, key))


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), (ROOT / "pyproject.toml").read_text("utf-8"), ""])
def test_what_stands_there(text: str) -> None:
    found = places(Source("x.toml", text))
    read = dict(values(tomllib.loads(text)))
    tables_in_lists = {way for way in read if isinstance(way[-1], int) and isinstance(read[way], dict)}
    assert set(read) == set(found) | tables_in_lists
    for way, place in found.items():
        if isinstance(way[-1], str):
            assert list(tomllib.loads(f"{place.key.text} = 0")) == [way[-1]]
        if place.value != place.key or not isinstance(read[way], dict | list):
            assert tomllib.loads(f"x = {place.value.text}")["x"] == read[way]


def test_lines() -> None:
    found = places(Source("x.toml", TEXT))
    assert found["tool", "archspec"].key.line == 5
    assert found["tool", "archspec", "select", 1].value.line == 7
    assert found["tool", "archspec", "inline", "three", "four"].value.text == "-4.5"
    assert found["points", 1, "deep", "y"].value.text == "true"
