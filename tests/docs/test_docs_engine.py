"""docs/engine.md: its tables hold every kernel, grade and column, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.engine.grades import TOLERANCE, Grade
from archspec.engine.kernels import KERNELS
from archspec.report.profile_columns import COLUMNS

if TYPE_CHECKING:
    from tests.docs.conftest import Read

PAGE = "docs/engine.md"


def test_every_kernel_is_told_of_in_the_order_of_choice(read: Read) -> None:
    rows = read(PAGE).table("kernel", "layers", "how")
    assert [name.strip("`") for name, _, _ in rows] == list(KERNELS)


def test_every_grade_and_the_tolerance(read: Read) -> None:
    rows = read(PAGE).table("grade", "how exact")
    assert [name.strip("`") for name, _ in rows] == list(Grade)
    assert f"within {TOLERANCE:.5f} of" in rows[-1][1]


def test_every_column_is_told_of(read: Read) -> None:
    text = read(PAGE).text
    told = {line.split("|")[1].strip().strip("`") for line in text.splitlines() if line.startswith("| `")}
    assert {column.title for column in COLUMNS.values()} <= told
