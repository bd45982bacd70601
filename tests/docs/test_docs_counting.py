"""docs/counting.md: its tables have every figure that `expect` and `budget` take, and its limits are the program's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.analysis import receptive_field
from archspec.spec.models import Facts
from tests.docs.conftest import codes

if TYPE_CHECKING:
    from tests.docs.conftest import Read

PAGE = "docs/counting.md"
IN_THE_TEXT = {"output", "receptive_field", "window_field"}
"""Facts that are not counts: a section of its own, or nothing to explain."""


def test_every_figure_has_a_row(read: Read) -> None:
    tables = read(PAGE).tables("figure", "what it is")
    listed = [name for rows in tables for cell, _ in rows for name in codes(cell)]
    assert sorted(listed) == sorted(set(Facts.model_fields) - IN_THE_TEXT)


def test_the_limits_of_receptive_fields(read: Read) -> None:
    outputs, network = receptive_field._LONGEST, receptive_field._MOST
    assert f"{outputs:,} outputs of a layer, or {network:,} of all layers together" in read(PAGE).text
