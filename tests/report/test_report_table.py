from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.report.columns import COLUMNS, DEFAULT
from archspec.report.formats import render_report
from archspec.report.report_csv import COLUMNS as CSV_COLUMNS
from archspec.report.rows import SUMMED, rows
from archspec.report.table import build
from archspec.text.views import ReportView

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.analysis.report import Report
    from archspec.report.cells import Cell


def column(report: Report, name: str, depth: int | None = None) -> list[Cell]:
    return [row[0] for row in build(report, (name,), depth).rows]


def texts(report: Report, name: str, depth: int | None = None) -> list[str]:
    return [cell.full for cell in column(report, name, depth)]


def test_the_input_is_the_first_row(network: Report) -> None:
    assert texts(network, "name")[0] == "input"
    assert column(network, "memory")[0].raw == 224 * 192 * 3 * 2 * 4


def test_rounded_sizes_show_the_fraction_on_their_axis(network: Report) -> None:
    assert texts(network, "output")[1] == "112 (112.5) x 96 (96.5) x 64"
    assert column(network, "output")[6].full == "28 (28.5) x 48 x 128"
    assert column(network, "output")[6].short == "~28x48x128"
    assert column(network, "output")[6].raw == "28x48x128"


def test_a_size_rounded_up_shows_the_fraction_too(analyzed: Callable[[str], Report]) -> None:
    report = analyzed("name: x\ninput: 10x10x3\nfit: pad\nlayers:\n  - max_pool: {kernel: 3, stride: 2}\n")
    assert texts(report, "output")[1] == "5 (4.5) x 5 (4.5) x 3"


def test_receptive_fields_name_axes_only_where_they_differ(network: Report) -> None:
    assert texts(network, "receptive_field")[1:7] == ["7/2", "7/2", "7/2", "11/4", "19x43/4", "19x43/8x4"]
    assert column(network, "receptive_field")[1].raw == "7x7 stride 2x2"


def test_activations_in_place_take_no_memory(network: Report) -> None:
    cell = column(network, "memory")[3]
    assert (cell.full, cell.raw) == ("in place", 0)


def test_shares_are_of_all_parameters(network: Report) -> None:
    shares = [cell.raw for cell in column(network, "share")]
    assert sum(share for share in shares if isinstance(share, int | float)) == pytest.approx(1)
    assert texts(network, "share")[8] == ">99.9% ████████"


def test_a_failed_layer_and_what_follows_it(broken: Report) -> None:
    assert texts(broken, "output") == ["32x32x3", "30x30x8", "failed", "unknown", "failed"]
    assert [cell.style for cell in column(broken, "name")] == ["name", "name", "failed", "name", "failed"]
    assert texts(broken, "params") == ["0", "224", "?", "?", "?"]
    assert [cell.full for cell in build(broken).totals].count("?") == 3


def test_unknown_totals_say_why(broken: Report) -> None:
    assert "totals  unknown: `max_pool1`, `fc1` failed\n" in render_report(broken)


def test_an_unusable_input_is_the_reason(analyzed: Callable[[str], Report]) -> None:
    text = render_report(analyzed("name: x\ninput: 28x28\nlayers:\n  - relu\n"))
    assert "input unknown, float32" in text
    assert "totals  unknown: input `input` failed\n" in text


def test_no_layers(analyzed: Callable[[str], Report]) -> None:
    assert "totals  unknown: there are no layers\n" in render_report(analyzed("name: x\ninput: 2x2x2\nlayers: []\n"))


@pytest.mark.parametrize(
    ("depth", "names"),
    [
        (1, ["input", "stem", "a", "b", "fc1", "a", "b"]),
        (2, ["input", "stem", "a.one", "a.two", "b.main", "b.lrn1", "fc1", "a.x", "b"]),
        (3, ["input", "stem", "a.one.conv1", "a.one.relu1", "a.two.conv1", "a.two.conv2", "b.main.conv1"]),
    ],
)
def test_depth_folds_neighbours_of_the_same_beginning(depth: int, names: list[str], staged: Report) -> None:
    assert texts(staged, "name", depth)[: len(names)] == names


def test_a_folded_row_sums_up_and_shows_the_last_output(staged: Report) -> None:
    folded = list(rows(staged, 1))[2]
    last = list(rows(staged))[5]
    assert folded.operator == "4 layers"
    assert folded.arguments == "1 batch_norm, 1 relu, 1 max_pool, 1 depthwise_conv"
    assert (folded.output, folded.receptive_field) == (last.output, last.receptive_field)
    for figure in SUMMED:
        assert folded.figures[figure] == sum(row.figures[figure] or 0 for row in list(rows(staged))[2:6])


def test_depth_and_columns_never_change_totals(staged: Report) -> None:
    for depth in (None, 1, 2, 9):
        assert build(staged, ("macs", "params"), depth).totals[0].raw == staged.totals.macs
        words = render_report(staged, "rich", ReportView(depth=depth, columns=("name",))).split("\n\n")
        assert words[2] == render_report(staged).split("\n\n")[2]


def test_a_folded_row_with_a_failed_layer_is_unknown(broken: Report) -> None:
    assert [row.figures["params"] for row in rows(broken)][-1] is None


def test_a_depth_below_one_is_refused(staged: Report) -> None:
    with pytest.raises(ValueError, match="a depth is at least 1, got 0"):
        render_report(staged, "rich", ReportView(depth=0))


def test_columns_by_name(network: Report) -> None:
    assert list(build(network, ("macs", "name")).columns) == ["macs", "name"]
    assert set(DEFAULT) | set(CSV_COLUMNS) <= set(COLUMNS)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("parms", r"there is no column `parms`; did you mean `params`\? Columns are name, operator,"),
        ("qqqq", r"there is no column `qqqq`\. Columns are name, operator,"),
    ],
)
def test_unknown_columns_name_the_nearest_and_all(name: str, message: str, network: Report) -> None:
    with pytest.raises(ValueError, match=message):
        render_report(network, "rich", ReportView(columns=("name", name)))


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_shows_known_and_unknown_layers(
    name: str, network: Report, broken: Report, staged: Report
) -> None:
    for cell in (*column(network, name), *column(broken, name), *column(staged, name, 1)):
        assert cell.full.isprintable()
    assert all(cell.raw is not None or cell.full for cell in column(network, name)[1:])
