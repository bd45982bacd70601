"""docs/engine.md: its tables hold every kernel, grade and column, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.engine import limits, memory_estimate, profile, thread_pool
from archspec.engine.grades import TOLERANCE, Grade
from archspec.engine.kernels import KERNELS
from archspec.report.profile_columns import COLUMNS

if TYPE_CHECKING:
    from tests.docs.conftest import Read

PAGE = "docs/engine.md"


def test_every_kernel_has_a_row_in_the_order_of_choice(read: Read) -> None:
    rows = read(PAGE).table("kernel", "layers", "how")
    assert [name.strip("`") for name, _, _ in rows] == list(KERNELS)


def test_every_grade_and_the_tolerance(read: Read) -> None:
    rows = read(PAGE).table("grade", "how exact")
    assert [name.strip("`") for name, _ in rows] == list(Grade)
    assert f"within {TOLERANCE:.5f} of" in rows[-1][1]


def test_every_column_has_a_row(read: Read) -> None:
    text = read(PAGE).text
    rows = {line.split("|")[1].strip().strip("`") for line in text.splitlines() if line.startswith("| `")}
    assert {column.title for column in COLUMNS.values()} <= rows


def test_the_numbers_of_the_text(read: Read) -> None:
    text = " ".join(read(PAGE).text.split())
    assert f"more than {memory_estimate.CHUNK_BYTES >> 20} MiB" in text
    assert f"a copy of {limits._COPIED >> 20} MiB" in text
    assert f"spins for up to {thread_pool._SPIN * 1000:.1f} milliseconds" in text
    assert (profile._WARM_UPS, thread_pool._LARGEST, limits._FAR) == (2, 8, 4)
    assert "runs the network twice" in text
    assert "or more than eight" in text
    assert "more than four times as long" in text
    assert f"for about two seconds ({profile._FEWEST} to {profile._MOST} times)" in text
