"""Fixes are offered and counted only after they were tried: each of them, applied alone, keeps its promise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from archspec.commands.checking.check_files import check_files
from archspec.commands.checking.options import CheckOptions, FixOptions
from archspec.commands.checking.outputs import Output
from archspec.diagnostics import Diagnostic, Edit, Fix, Severity
from archspec.examination.examined import Examined
from archspec.fixing.repair import FixSelection, repair
from archspec.source import Source, Span
from archspec.syntax import read
from tests.fixing.promises import broken_promises
from tests.fixing.test_fixing_generated import specs

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "name: a\ninput: {}\nlayers:\n"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """What check prints of a text."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, fixes: FixOptions | None = None) -> str:
        Path("net.yaml").write_bytes(text.encode())
        check_files(["net.yaml"], CheckOptions((Output("full"),), fixes=fixes))
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("size", "layer"),
    [
        ("{length: 196, channels: 8}", "untokens: 14x14"),
        ("31x31x3", "max_pol: [3, 2, 1, 1, 1, 1]"),
        ("31x31x3", "fc: {unitz: 10, in_features: 12}"),
    ],
)
def test_what_leaves_an_error_in_its_item_is_not_counted(check: Callable[..., str], size: str, layer: str) -> None:
    text = HEAD.format(size) + f"  - {layer}\n"
    assert "(--fix)" not in check(text)
    assert "fixable with --fix\n" not in check(text)
    check(text, FixOptions())
    assert Path("net.yaml").read_text("utf-8") == text


def test_a_fix_is_completed_by_those_that_come_to_light_in_its_item(check: Callable[..., str]) -> None:
    text = HEAD.format("32x32x3") + "  - cnov: {filtres: 8, kernel: 3}\n  - rleu\n"
    printed = check(text)
    assert "= fix: write `conv` and write `filters` (--fix)" in printed
    assert "2 fixable with --fix\n" in printed
    check(text, FixOptions())
    assert Path("net.yaml").read_text("utf-8") == text.replace("cnov", "conv").replace("filtres", "filters").replace(
        "rleu", "relu"
    )


def test_errors_of_other_items_that_come_to_light_do_not_count(check: Callable[..., str]) -> None:
    text = HEAD.format("32x32x3") + "  - max_pol: 2\n  - conv: {filters: 8, kernel: 99}\n"
    assert "1 fixable with --fix\n" in check(text)


class Rule:
    """A rule with fixes of its own: the edits of a text, as start, end and new text."""

    def __init__(self, fixes: Callable[[str], list[tuple[int, int, str]]]) -> None:
        self.fixes = fixes

    def __call__(self, path: str) -> Examined:
        source = read(path, lambda _: None)
        assert source is not None
        return Examined([self.finding(source, *each) for each in self.fixes(source.text)])

    def finding(self, source: Source, start: int, end: int, text: str) -> Diagnostic:
        span = Span(source, start, end)
        return Diagnostic(
            f"of-{span.text}", "m", Severity.WARNING, span=span, fix=Fix(text, (Edit(span, text),), safe=True)
        )


def made(path: Path, rule: Rule) -> tuple[str, list[str]]:
    done = repair([str(path)], rule, FixSelection())
    (data,) = done.data.values()
    return data.decode(), [each.rule for each in done.left]


def test_more_than_a_hundred_rounds_are_finished(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("a" * 150)
    one_at_a_time = Rule(lambda text: [(at, at + 1, "b")] if (at := text.find("a")) >= 0 else [])
    assert made(path, one_at_a_time) == ("b" * 150, [])


def test_fixes_without_an_end_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("a")
    text, left = made(path, Rule(lambda text: [(len(text) - 1, len(text), "ca")]))
    assert len(text) > 100
    assert left[0] == "unfinished-fix"


def test_fixes_that_undo_each_other_are_not_made(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    other = {"a": "b", "b": "a"}
    for text in "ab":
        path.write_text(text)
        assert made(path, Rule(lambda text: [(0, 1, other[text])])) == (text, [f"of-{text}"])
    circle = {"a": "b", "b": "c", "c": "a"}
    path.write_text("a")
    assert made(path, Rule(lambda text: [(0, 1, circle[text])]))[0] == "c"


def test_what_is_offered_is_as_many_as_is_counted(
    check: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = HEAD.format("32x32x3") + "  - untokens: 14x14\n  - ReLU\n  - Conv2d: {out_channels: 8, kernel_size: 3}\n"
    assert "2 fixable with --fix\n" in check(text)
    check_files(["net.yaml"], CheckOptions((Output("json"),)))
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert sum(each["fix"] is not None for each in found) == 2


@settings(max_examples=12)
@given(specs())
def test_every_offered_fix_keeps_its_promise(data: bytes) -> None:
    assert broken_promises(data) == []


@pytest.mark.slow
@settings(max_examples=60)
@given(specs())
def test_every_offered_fix_keeps_its_promise_at_length(data: bytes) -> None:
    assert broken_promises(data) == []
