"""How sizes that fit are written, and the contract of their JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import archspec
from archspec.analysis.congruences import Congruence, joined_classes
from archspec.report.formats import render_sizes
from archspec.report.schema import schema
from archspec.report.sizes_text import all_sizes, runs
from archspec.text.views import SizesView

POOL = "name: a\ninput: 9x9x3\nlayers:\n  - max_pool: 2\n"


@pytest.mark.parametrize(
    ("values", "text"),
    [([], ""), ([7], "7"), ([1, 2], "1 2"), ([1, 2, 3], "1..3"), ([1, 3, 4, 5, 6, 9], "1 3..6 9")],
)
def test_numbers_in_a_row_are_told_by_their_ends(values: list[int], text: str) -> None:
    assert runs(values) == text


def test_neighbouring_classes_are_joined() -> None:
    classes = [Congruence(first, 32) for first in (5, 63, 64, 65)]
    assert joined_classes(classes) == ["5 + 32k", "63..65 + 32k"]


def test_all_sizes_are_classes_and_others() -> None:
    (found,) = archspec.sizes(POOL)
    assert all_sizes(found) == "2 + 2k  (k = 0, 1, 2 ...)"
    assert all_sizes(found._replace(others=(5, 9))) == "5, 9, 2 + 2k  (k = 0, 1, 2 ...)"
    assert all_sizes(found._replace(classes=(), others=(5,))) == "5"
    assert all_sizes(found._replace(classes=())) == "no size fits"
    assert all_sizes(found._replace(classes=None)) == "not known: only those of the range were tried"
    many = tuple(Congruence(first, 99) for first in range(1, 60, 3))
    assert all_sizes(found._replace(classes=many)).endswith("34 + 99k and 8 more  (k = 0, 1, 2 ...)")


def render(name: str, text: str = POOL, width: int | None = None, **options: Any) -> str:
    found = archspec.sizes(text, **options)
    spec = archspec.load(text)
    view = SizesView("a", "a.yaml", dict(spec.input or {}), ("because",) * len(found), width)
    return render_sizes(found, name, view)


def test_a_long_list_is_broken_or_shortened() -> None:
    lines = render("text", width=40, span=(2, 60)).splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[4:6] == ["  2..60    2 4 6 8 10 12 14 16 18 20 22", "           24 26 28 30 32 34 36 38 40 42"]
    assert "56 58 60 ... 398 400 (200 sizes)" in " ".join(render("text", span=(1, 400)).split())


def test_json_keeps_the_contract() -> None:
    validator = Draft202012Validator(schema("sizes"))
    Draft202012Validator.check_schema(schema("sizes"))
    wide = POOL.replace("9x9", "9x12").replace("max_pool: 2", "max_pool: [2, 3]")
    read = POOL.replace("max_pool: 2", "max_pool: {kernel: $(in.height)}")
    for text in (POOL, wide, read):
        validator.validate(json.loads(render("json", text, span=(1, 20))))
    assert json.loads(render("json", read, span=(1, 5)))["axes"][0]["classes"] is None
    data = json.loads(render("json", span=(1, 5)))
    assert data["axes"][0]["classes"] == [{"first": 2, "step": 2}]
    assert data["axes"][0]["nearest"] == [{"below": 8, "above": 10}] * 2
    assert (data["axes"][0]["sizes"], data["axes"][0]["layer"]) == ([2, 4], "max_pool1")
