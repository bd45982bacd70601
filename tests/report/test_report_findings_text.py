from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.diagnostics import Diagnostic, Label, Severity
from archspec.report.formats import render_findings
from archspec.source import Source, Span
from archspec.text.findings_text import plain_text
from archspec.text.printable import cells, printable
from archspec.text.views import FindingsView

SPEC = Source(
    "specs/broken.yaml",
    "name: broken\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n  - relu\n  - fc: 10\n",
)


def span(text: str, source: Source = SPEC) -> Span:
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def expect(diagnostic: Diagnostic, text: str) -> None:
    assert plain_text([diagnostic]) == dedent(text).strip("\n")


def test_the_example_of_the_readme() -> None:
    expect(
        Diagnostic(
            rule="fractional-output",
            message="3x3 window with stride 2 does not fit 10x10: (10 - 3 + 2*0)/2 + 1 = 4.5",
            span=span("conv"),
            label="conv1 gets 10x10x3",
            notes=("floor gives 4x4 and 1 row and 1 column of the input are never read",),
            help=("kernel 2 or 4 fits (5x5, 4x4); or accept the loss with `fit: crop`",),
        ),
        """
        error[fractional-output]: 3x3 window with stride 2 does not fit 10x10: (10 - 3 + 2*0)/2 + 1 = 4.5
          --> specs/broken.yaml:4:5
           |
         4 |   - conv: {filters: 8, kernel: 3, stride: 2}
           |     ^^^^ conv1 gets 10x10x3
           |
           = note: floor gives 4x4 and 1 row and 1 column of the input are never read
           = help: kernel 2 or 4 fits (5x5, 4x4); or accept the loss with `fit: crop`
        """,
    )


def test_further_labels_stand_in_order_of_lines() -> None:
    labels = (Label(span("2}"), "this stride"), Label(span("10x10x3"), "the input"), Label(span("10\n"), "and this"))
    expect(
        Diagnostic(rule="merge-mismatch", message="they differ", span=span("conv"), labels=labels),
        """
        error[merge-mismatch]: they differ
          --> specs/broken.yaml:4:5
           |
         2 | input: 10x10x3
           |        ------- the input
         3 | layers:
         4 |   - conv: {filters: 8, kernel: 3, stride: 2}
           |     ^^^^
           |                                           -- this stride
         5 |   - relu
         6 |   - fc: 10
           |         -- and this
        """,
    )


def test_far_lines_are_parted_by_dots_and_numbers_stand_at_the_right() -> None:
    source = Source("long.yaml", "".join(f"line{number}\n" for number in range(1, 121)))
    labels = (Label(span("line120", source), "far"),)
    expect(
        Diagnostic(rule="r", message="m", severity=Severity.WARNING, span=span("line9\n", source), labels=labels),
        """
        warning[r]: m
            --> long.yaml:9:1
             |
           9 | line9
             | ^^^^^
        ...
         120 | line120
             | ------- far
        """,
    )


def test_a_label_in_another_file_has_its_own_place() -> None:
    other = Source("common.yaml", "blocks:\n  stem: x\n")
    expect(
        Diagnostic(rule="r", message="m", span=span("relu"), labels=(Label(span("stem", other), "from here"),)),
        """
        error[r]: m
          --> specs/broken.yaml:5:5
           |
         5 |   - relu
           |     ^^^^
          ::: common.yaml:2:3
           |
         2 |   stem: x
           |   ---- from here
        """,
    )


def test_a_span_of_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    expect(
        Diagnostic(rule="r", message="m", span=span("{filters: 8, kernel: 3, stride: 2}\n  - relu"), label="all"),
        """
        error[r]: m
          --> specs/broken.yaml:4:11
           |
         4 |   - conv: {filters: 8, kernel: 3, stride: 2}
           |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ all
        """,
    )


def test_an_empty_span_and_the_end_of_the_file_get_one_caret() -> None:
    end = len(SPEC.text)
    expect(
        Diagnostic(rule="r", message="m", span=Span(SPEC, end, end), label="something is missing"),
        """
        error[r]: m
          --> specs/broken.yaml:7:1
           |
         7 |
           | ^ something is missing
        """,
    )


def test_a_finding_without_a_span() -> None:
    expect(
        Diagnostic(rule="unreadable", message="no such file", path="specs/none.yaml", help=("check the name",)),
        """
        error[unreadable]: no such file
          --> specs/none.yaml
           |
           = help: check the name
        """,
    )


def test_help_of_several_lines_is_indented() -> None:
    expect(
        Diagnostic(rule="r", message="m", help=("add\nlayers:\n  - relu", "or not")),
        """
        error[r]: m
           |
           = help: add
                   layers:
                     - relu
           = help: or not
        """,
    )


def test_nothing_of_a_file_reaches_the_terminal_as_a_command() -> None:
    source = Source("\x1b]0;title\x07.yaml", "name: \x1b[2Jgone\r\n")
    label = Label(span("name", source), "\x1b[31m")
    expect(
        Diagnostic(rule="r", message="got \x1b[1m\nerror[x]: forged", span=span("gone", source), labels=(label,)),
        r"""
        error[r]: got \x1b[1m\nerror[x]: forged
          --> \x1b]0;title\x07.yaml:1:11
           |
         1 | name: \x1b[2Jgone
           | ---- \x1b[31m
           |              ^^^^
        """,
    )


def test_carets_stand_under_wide_combining_and_tabbed_text() -> None:
    source = Source("wide.yaml", "\t漢字: e\u0301, mark\n")
    expect(
        Diagnostic(rule="r", message="m", span=span("mark", source), labels=(Label(span("字", source), "wide"),)),
        """
        error[r]: m
          --> wide.yaml:1:10
           |
         1 |     漢字: e\u0301, mark
           |       -- wide
           |              ^^^^
        """,
    )


def test_a_long_line_is_shown_around_each_mark() -> None:
    source = Source("long.yaml", "a" * 5000 + "MARK" + "b" * 5000 + "END")
    text = plain_text(
        [Diagnostic(rule="r", message="m", span=span("MARK", source), labels=(Label(span("END", source), "e"),))]
    )
    lines = text.splitlines()
    assert max(map(len, lines)) < 180
    assert lines[3] == " 1 | ..." + "a" * 50 + "MARK" + "b" * 106 + "..."
    assert lines[4] == "   | " + " " * 53 + "^^^^"
    assert lines[5].endswith("b" * 50 + "END")
    assert lines[6] == "   | " + " " * 53 + "--- e"


def test_a_long_span_is_cut_with_its_line() -> None:
    source = Source("long.yaml", "[" * 10_000)
    lines = plain_text([Diagnostic(rule="r", message="m", span=Span(source, 0, 10_000))]).splitlines()
    assert lines[3:] == [" 1 | " + "[" * 160 + "...", "   | " + "^" * 160]


@given(st.text(max_size=200), st.data())
def test_carets_always_stand_under_their_span(line: str, data: st.DataObject) -> None:
    line = line.replace("\n", "").replace("\t", "").rstrip()
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    lines = plain_text([Diagnostic(rule="r", message="m", span=Span(Source("x", line), start, end))]).splitlines()
    assert all(text.isprintable() for text in lines)
    if len(line) <= 160:
        assert cells(lines[4]) - len(lines[4].lstrip(" |")) == 5 + cells(printable(line[:start]))
        assert len(lines[4].lstrip(" |")) == max(1, cells(printable(line[start:end])))


def finding(severity: Severity, offset: int = 0) -> Diagnostic:
    return Diagnostic(rule=f"r{offset}", message="m", severity=severity, span=Span(SPEC, offset, offset + 1))


ERROR, WARNING, INFO = (finding(severity, offset) for offset, severity in enumerate(Severity))


@pytest.mark.parametrize(
    ("found", "show_info", "words"),
    [
        ([ERROR, ERROR, WARNING, INFO], False, "2 errors, 1 warning in 3 files (1 info; --show-info lists it)"),
        ([WARNING, INFO, INFO], False, "1 warning in 3 files (2 infos; --show-info lists them)"),
        ([ERROR, INFO], True, "1 error, 1 info in 3 files"),
        ([INFO], False, "3 files checked: no errors or warnings (1 info; --show-info lists it)"),
        ([INFO], True, "1 info in 3 files"),
        ([], False, "3 files checked: no findings"),
    ],
)
def test_the_summary(found: list[Diagnostic], show_info: bool, words: str) -> None:
    text = render_findings(found, "full", FindingsView(files=3, show_info=show_info))
    assert text.splitlines()[-1] == words


def test_infos_are_listed_only_when_asked_for() -> None:
    assert "info[" not in render_findings([INFO, ERROR], "full", FindingsView(files=1))
    assert "info[" in render_findings([INFO, ERROR], "full", FindingsView(files=1, show_info=True))


def test_findings_stand_in_order_with_a_blank_line_between() -> None:
    text = render_findings([WARNING, ERROR], "full", FindingsView(files=1))
    heads = [line for line in text.splitlines() if line.startswith(("error", "warning"))]
    assert heads == ["error[r0]: m", "warning[r1]: m"]
    assert "\n\nwarning[r1]" in text
    assert text.endswith("\n\n1 error, 1 warning in 1 file\n")


def test_a_terminal_is_told_how_to_learn_more() -> None:
    hinted = render_findings([WARNING, ERROR], "full", FindingsView(files=1, hints=True))
    assert hinted.endswith("\n1 error, 1 warning in 1 file\narchspec rule r0 explains the first\n")
    assert "archspec rule" not in render_findings([], "full", FindingsView(files=1, hints=True))
    assert "archspec rule" not in render_findings([INFO], "full", FindingsView(files=1, hints=True))


def test_colour_changes_nothing_but_colour() -> None:
    plain = render_findings([ERROR, WARNING], "full", FindingsView(files=1))
    colour = render_findings([ERROR, WARNING], "full", FindingsView(files=1, colour=True))
    assert "\x1b[1;31merror[r0]\x1b[0m" in colour
    assert "\x1b[1;33m^\x1b[0m" in colour
    assert "".join(part.partition("m")[2] for part in ("\x1b[m" + colour).split("\x1b[")) == plain
