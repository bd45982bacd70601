"""Fixes are made until nothing changes, and each is kept only if checking again bears it out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archspec.diagnostics import Diagnostic, Edit, Fix, Severity
from archspec.examination import examine_family
from archspec.examination.examined import Examined
from archspec.fixing.repair import FixSelection, repair
from archspec.source import Source, Span
from archspec.syntax import read

if TYPE_CHECKING:
    from collections.abc import Callable

SAFE, UNSAFE = FixSelection(), FixSelection(unsafe=True)


def examine(path: str) -> Examined:
    networks = examine_family(path)
    return Examined(networks[0].diagnostics, networks)


@pytest.fixture
def fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A spec's text after fixing it in memory."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, wanted: FixSelection = SAFE) -> str:
        Path("net.yaml").write_bytes(text.encode())
        done = repair(["net.yaml"], examine, wanted)
        assert Path("net.yaml").read_bytes() == text.encode(), "nothing is written here"
        assert done.left == [] or all(found.fix is None or found.fix.safe is False for found in done.left)
        (data,) = done.data.values()
        return data.decode()

    return run


def spec(*layers: str, head: str = "name: a\ninput: 32x32x3\n") -> str:
    return f"{head}layers:\n" + "".join(f"  - {layer}\n" for layer in layers)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Conv2d: {out_channels: 8, kernel_size: 3}", "conv: {filters: 8, kernel: 3}"),
        ("{conv: {filters: 8, kernel: 3, bias: no}}  # no", "{conv: {filters: 8, kernel: 3, bias: false}}  # no"),
        ("conv: {filters: 1_000, kernel: 3}", "conv: {filters: 1000, kernel: 3}"),
        ("conv: {filters: 8, kernel: 3, padding: smae}", "conv: {filters: 8, kernel: 3, padding: same}"),
        ('"conv": {filters: 8, "kernl": 3}', '"conv": {filters: 8, kernel: 3}'),
        ("batchnorm", "batch_norm"),
        ("nn.ReLU", "relu"),
    ],
)
def test_safe_fixes(fixed: Callable[..., str], before: str, after: str) -> None:
    assert fixed(spec(before)) == spec(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pool: 2", "max_pool: 2"),
        ("elu6", "relu6"),
        ("conv: {filters: 012, kernel: 3}", "conv: {filters: 12, kernel: 3}"),
    ],
)
def test_what_may_be_meant_otherwise_is_unsafe(fixed: Callable[..., str], before: str, after: str) -> None:
    assert fixed(spec(before)) == spec(before)
    assert fixed(spec(before), UNSAFE) in (spec(after), spec("elu"))


def test_a_fix_that_brings_an_error_is_dropped_for_the_next(fixed: Callable[..., str]) -> None:
    """``name: false`` would be no name; in quotes it is one."""
    assert fixed("name: no\ninput: 8x8x3\nlayers: [relu]\n") == 'name: "no"\ninput: 8x8x3\nlayers: [relu]\n'


def test_what_comes_to_light_is_fixed_in_turn(fixed: Callable[..., str]) -> None:
    text = spec("Conv2D: {nfilters: 8, kernel_size: 3}", "fc: {unitz: 10, in_features: 7200}")
    assert fixed(text) == spec("conv: {filters: 8, kernel: 3}", "fc: {units: 10, in_features: 7200}")


def test_a_fix_whose_item_has_an_error_afterwards_is_not_made(fixed: Callable[..., str]) -> None:
    text = spec("fc: {unitz: 10, in_features: 12}")
    assert fixed(text) == text


def test_blocks_and_variants_are_fixed_once(fixed: Callable[..., str]) -> None:
    head = "name: a\ninput: 8x8x3\nparams: {n: 1}\nvariants: {small: {}, big: {params: {n: 2}}}\nblocks:\n  two:\n"
    text = f"{head}    layers: [reLU, relu]\nlayers:\n  - {{two: , repeat: $n}}\n"
    assert fixed(text) == text.replace("reLU", "relu")


def test_a_used_file_is_fixed_for_all_that_use_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("common.yaml").write_text("blocks:\n  act: {layers: [ReLU]}\n")
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text(spec("act", head="name: a\ninput: 8x8x3\nuse: common.yaml\n"))
    done = repair(["a.yaml", "b.yaml"], examine, SAFE)
    assert [(each.name, each.after) for each in done.changed.values()] == [
        ("common.yaml", b"blocks:\n  act: {layers: [relu]}\n")
    ]
    assert (done.fixed, done.left) == (1, [])


# What a fix claims, with findings made up for it


class Words:
    """A rule that wants words replaced, where ``also`` tells more of a text."""

    def __init__(self, wanted: dict[str, str], also: Callable[[str], list[str]] = lambda _: []) -> None:
        self.wanted, self.also = wanted, also
        self.looks = 0

    def __call__(self, path: str) -> Examined:
        self.looks += 1
        source = read(path, lambda _: None)
        assert source is not None
        spans = [(word, start) for word in self.wanted for start in places(source.text, word)]
        found = [self.told(source, start, word, self.wanted[word]) for word, start in sorted(spans, key=lambda s: s[1])]
        worse = [Diagnostic("expectation", more, span=Span(source, 0, 0)) for more in self.also(source.text)]
        return Examined([*found, *worse])

    def told(self, source: Source, start: int, word: str, text: str) -> Diagnostic:
        span = Span(source, start, start + len(word))
        fix = Fix(text, (Edit(span, text),), safe=True)
        return Diagnostic("budget", word, Severity.WARNING, span=span, fix=fix)


def places(text: str, word: str) -> list[int]:
    return [start for start in range(len(text)) if text.startswith(word, start)]


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return tmp_path / "net.yaml"


def made(net: Path, text: str, rule: Words) -> str:
    net.write_text(text)
    (data,) = repair([str(net)], rule, SAFE).data.values()
    return data.decode()


def test_a_finding_that_stays_keeps_its_text(net: Path) -> None:
    assert made(net, "ab c", Words({"ab": "abab", "c": "d"})) == "ab d"


def test_a_fix_that_brings_an_error_is_dropped_alone(net: Path) -> None:
    rule = Words({"a": "x", "b": "y", "c": "z"}, lambda text: ["worse"] if "y" in text else [])
    assert made(net, "a b c", rule) == "x b z"


def test_an_error_that_was_there_does_not_count(net: Path) -> None:
    assert made(net, "a b", Words({"a": "x"}, lambda _: ["old"])) == "x b"


def test_overlapping_fixes_take_turns(net: Path) -> None:
    assert made(net, "abc", Words({"ab": "1", "bc": "2"})) == "1c"
    assert made(net, "abbc", Words({"abb": "bb", "bbc": "2"})) == "2"


def test_fixes_that_undo_each_other_come_to_an_end(net: Path) -> None:
    rule = Words({"a": "b", "b": "a"})
    assert made(net, "a", rule) in ("a", "b")
    assert rule.looks < 300


def test_a_thousand_fixes_are_checked_together(net: Path) -> None:
    rule = Words({"a": "x"})
    assert made(net, "a\n" * 1000, rule) == "x\n" * 1000
    assert rule.looks == 2


def test_what_did_not_hold_is_not_promised_again(net: Path) -> None:
    net.write_text("a")
    (left,) = repair([str(net)], Words({"a": "aa"}), SAFE).left
    assert left.fix is None


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("infos", [False, True])
@pytest.mark.parametrize("unsafe", [False, True])
def test_selected_fixes(severity: Severity, *, infos: bool, unsafe: bool) -> None:
    """An unsafe fix may have a safe one to fall back on; notes are fixed on request only."""
    fallback = Fix("second", (), safe=True)
    found = Diagnostic(rule="r", message="m", severity=severity, fix=Fix("first", (), safe=False, otherwise=fallback))
    titles = [fix.title for fix in FixSelection(unsafe, infos).fixes(found)]
    if severity is Severity.INFO and not infos:
        assert titles == []
    else:
        assert titles == (["first", "second"] if unsafe else ["second"])
