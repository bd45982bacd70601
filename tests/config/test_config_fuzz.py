"""Configuration files of every kind: places are right in drawn TOML, and no text brings the reader down."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from archspec.config.places import places
from archspec.config.reading import read_layer
from archspec.config.settings import KEYS
from archspec.source import Source

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x7f") | st.sampled_from("\"'\\[]{}#=.,\n "),
    max_size=6,
)
GAPS = st.sampled_from(["", " ", "\t", "\n", "\r\n", " # ]}\"'\n"])


def quoted(word: str) -> st.SearchStrategy[str]:
    """A text in each of the forms that can hold it."""
    basic = json.dumps(word)
    forms = [basic, f'""{basic[:-1]}"""'] if not word.startswith("\n") else [basic]
    if word.isprintable() and "'" not in word:
        forms += [f"'{word}'", f"'''{word}'''"]
    return st.sampled_from(forms)


TEXTS = WORDS.flatmap(quoted)
KEY = st.from_regex(r"[A-Za-z0-9_-]{1,4}", fullmatch=True) | WORDS.map(json.dumps)
PLAIN = st.sampled_from(["1", "-0.5", "1e3", "true", "inf", "0xff", "1979-05-27 07:32:00", "07:32:00", "1_000"]) | TEXTS


def listed(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(st.tuples(GAPS, values, GAPS).map("".join), max_size=3)
    return st.tuples(items, st.sampled_from(["", ","]), GAPS).map(
        lambda drawn: f"[{','.join(drawn[0])}{drawn[1] if drawn[0] else ''}{drawn[2]}]"
    )


def inline(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.dictionaries(KEY, values, max_size=3)
    return pairs.map(lambda drawn: "{" + " , ".join(f"{key} = {value}" for key, value in drawn.items()) + " }")


VALUES = st.recursive(PLAIN, lambda values: listed(values) | inline(values), max_leaves=8)
PAIRS = st.dictionaries(st.tuples(KEY, st.sampled_from(["", " . a", ".'b'"])).map("".join), VALUES, max_size=4).map(
    lambda drawn: "".join(f"{key} = {value}  # behind\n" for key, value in drawn.items())
)
HEADERS = st.tuples(st.sampled_from(["[{}]", "[ {} . x]", "[[{}]]", "[[{}.y]]"]), KEY).map(
    lambda two: two[0].format(two[1])
)
DOCUMENTS = st.tuples(PAIRS, st.lists(st.tuples(HEADERS, PAIRS), max_size=4)).map(
    lambda drawn: drawn[0] + "".join(f"{header}\n{pairs}" for header, pairs in drawn[1])
)


def at(data: Any, way: tuple[str | int, ...]) -> Any:
    for part in way:
        data = data[part]
    return data


@given(DOCUMENTS)
def test_places_in_drawn_toml(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a key twice
    found = places(Source("x.toml", text))
    for way, place in found.items():
        value = at(read, way)
        if place.value != place.key or not isinstance(value, dict | list):
            assert repr(tomllib.loads(f"x = {place.value.text}")["x"]) == repr(value)
    for key, value in read.items():
        assert (key,) in found
        if isinstance(value, dict):
            assert all((key, inner) in found for inner in value)


SETTINGS = st.dictionaries(st.sampled_from([*KEYS, "tool", "x"]), VALUES, max_size=4).map(
    lambda drawn: "".join(f"{key} = {value}\n" for key, value in drawn.items())
)


@given(SETTINGS | DOCUMENTS | st.text())
def test_whatever_stands_there_is_told_with_its_place(text: str) -> None:
    told: list[Diagnostic] = []
    with TemporaryDirectory() as folder:
        path = Path(folder, "archspec.toml")
        path.write_bytes(text.encode(errors="surrogateescape"))
        layer = read_layer(str(path), told.append)
    assert (layer is None) == bool(told)
    for each in told:
        assert each.rule == "invalid-configuration"
        assert each.unusable
        assert each.span is not None or "deep" in each.message
