"""Known findings: what they are recognised by, and what becomes of the file that holds them."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archspec import __main__ as command
from archspec.baseline.file import BaselineError, read, write
from archspec.baseline.keys import FindingKey, FindingKeys
from archspec.baseline.options import BaselineOptions, baseline_options, with_baseline_file
from archspec.examination import examine

if TYPE_CHECKING:
    from collections.abc import Callable

Result = tuple[int, str, str]
CONV = "  - conv: {filters: 8, kernel: 3, stride: 2}\n"
HEAD = "name: a\ninput: 10x10x3\nlayers:\n"
FILE = "archspec-baseline.json"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "argv", ["archspec", "check", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        status = int(command.main())
        return status, *capsys.readouterr()

    return call


def known() -> dict[str, dict[str, dict[str, int]]]:
    files: dict[str, dict[str, dict[str, int]]] = json.loads(Path(FILE).read_text())["files"]
    return files


def test_only_what_is_new_is_told(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text(HEAD + CONV)
    assert check("net.yaml", "--write-baseline") == (
        0,
        f"{FILE} written: 1 finding in 1 file will not be reported again\n",
        "",
    )
    assert known() == {"net.yaml": {"fractional-output": {"conv1": 1}}}
    assert check("net.yaml", "--baseline", FILE) == (0, "1 file checked: no findings\n1 in the baseline\n", "")
    Path("net.yaml").write_text(f"# moved\n\n{HEAD}  # down\n{CONV}  - max_pool: {{kernel: 3, stride: 3}}\n")
    status, out, _ = check("net.yaml", "--baseline", FILE)
    assert status == 1
    assert out.count("error[") == 1
    assert "max_pool1 gets 4x4x8" in out
    assert "1 in the baseline\n" in out


def test_of_those_alike_the_first_are_known(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text(HEAD + "  - relu: {a: 1}\n")
    check("net.yaml", "--write-baseline")
    Path("net.yaml").write_text(HEAD + "  - relu: {a: 1, b: 1}\n")
    status, out, _ = check("net.yaml", "--baseline", FILE)
    assert status == 1
    assert "relu has no `b`" in out
    assert "relu has no `a`" not in out


def test_keys_lead_to_what_has_no_layer(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text("name: no\ninput: 3x3\nlayers: [conv: {x: 0o7}]\nparams: {3: 1}\nexpect: {params: x}\n")
    check("net.yaml", "--write-baseline")
    paths = {path for places in known()["net.yaml"].values() for path in places}
    assert {"name", "input", "expect.params", "params.3"} <= paths
    assert any(path.startswith("layers.conv") for path in paths)


def test_syntax_errors_are_known_by_their_file(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text("a: [\n")
    check("net.yaml", "--write-baseline")
    assert known() == {"net.yaml": {"yaml-syntax": {"": 1}}}
    assert check("net.yaml", "--baseline", FILE)[0] == 0


def test_infos_are_written_when_they_are_listed(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text(HEAD + CONV.replace("2}", "2, fit: crop}"))
    check("net.yaml", "--write-baseline")
    assert known() == {}
    check("net.yaml", "--write-baseline", "--show-info")
    assert known() == {"net.yaml": {"accepted-fit": {"conv1": 1}}}


def test_paths_are_relative_to_the_baseline(check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("nets/deep").mkdir(parents=True)
    Path("nets/deep/net.yaml").write_text(HEAD + CONV)
    check("nets", "--write-baseline", "nets/known.json")
    assert list(read(Path("nets/known.json"))) == [FindingKey("deep/net.yaml", "fractional-output", "conv1")]
    monkeypatch.chdir("nets/deep")
    assert check("net.yaml", "--baseline=../known.json")[0] == 0
    assert check(str(Path("net.yaml").resolve()), "--baseline=../known.json")[0] == 0


def test_a_used_file_counts_once(check: Callable[..., Result]) -> None:
    Path("common.yaml").write_text("blocks:\n  b:\n    layers:\n    " + CONV)
    for name in ("a.yaml", "b.yaml"):
        Path(name).write_text("name: a\ninput: 10x10x3\nuse: common.yaml\nlayers: [b]\n")
    check("a.yaml", "b.yaml", "--write-baseline")
    assert known() == {"common.yaml": {"fractional-output": {"b1.conv1": 1}}}
    Path("common.yaml").write_text("blocks:\n  b:\n    layers:\n      - relu\n")
    assert "1 of the baseline is gone; --prune-baseline removes them" in check("a.yaml", "--baseline", FILE)[1]


def test_what_is_gone_is_told_and_pruned(check: Callable[..., Result]) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        Path(name).write_text(HEAD + CONV)
    check(".", "--write-baseline")
    Path("a.yaml").write_text(HEAD + "  - relu\n")
    Path("c.yaml").unlink()
    assert check("a.yaml", "--baseline", FILE)[1].endswith(
        "2 of the baseline are gone; --prune-baseline removes them\n"
    )
    assert len(known()) == 3
    assert check("a.yaml", "--prune-baseline")[1].endswith("2 of the baseline are gone and forgotten\n")
    assert list(known()) == ["b.yaml"], "it was not looked at"
    before = Path(FILE).read_bytes()
    assert check(".", "--prune-baseline")[1] == "2 files checked: no findings\n1 in the baseline\n"
    assert Path(FILE).read_bytes() == before


def test_what_cannot_be_read_is_never_known(check: Callable[..., Result]) -> None:
    status, _, err = check("missing.yaml", "--write-baseline")
    assert status == 2
    assert "error[unreadable-file]" in err
    assert known() == {}
    assert check("missing.yaml", "--baseline", FILE)[0] == 2


def test_a_baseline_cannot_silence_a_file_that_cannot_be_read(check: Callable[..., Result]) -> None:
    entry = {"missing.yaml": {"unreadable-file": {"": 5}}}
    Path(FILE).write_text(json.dumps({"archspec-baseline": 1, "files": entry}))
    keys = FindingKeys(Path())
    (missing,) = (each for each in examine("missing.yaml").diagnostics if each.rule == "unreadable-file")
    assert keys.of(missing) == FindingKey("missing.yaml", "unreadable-file", "")  # so it is the one of the baseline
    status, out, _ = check("missing.yaml", "--baseline", FILE)
    assert status == 2
    assert "error[unreadable-file]" in out


def test_fixes_come_first(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text(HEAD + "  - ReLU\n" + CONV)
    check("net.yaml", "--write-baseline")
    status, out, _ = check("net.yaml", "--fix", "--baseline", FILE)
    assert (status, Path("net.yaml").read_text()) == (1, HEAD + "  - relu\n" + CONV)
    assert "1 fixed; " in out
    assert "1 of the baseline is gone" in out


def test_every_format_tells_the_same(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text(HEAD + CONV)
    check("net.yaml", "--write-baseline")
    assert json.loads(check("net.yaml", "--baseline", FILE, "--output", "json")[1])["diagnostics"] == []


def test_the_same_findings_make_the_same_bytes(check: Callable[..., Result]) -> None:
    for name in ("b.yaml", "a.yaml"):
        Path(name).write_text(HEAD + CONV + "  - xyzzy\n")
    check("b.yaml", "a.yaml", "--write-baseline")
    before = Path(FILE).read_bytes()
    check(".", "--write-baseline", "--baseline", FILE)
    assert Path(FILE).read_bytes() == before


# The file


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"\xff", "it is not JSON"),
        (b"[]", "it has no key 'archspec-baseline' at its top"),
        (b'{"version": 1}', "it has no key 'archspec-baseline' at its top"),
        (b'{"archspec-baseline": 2, "files": {}}', "of version 2, but this archspec reads 1"),
        (b'{"archspec-baseline": 1}', "'files' is not a mapping"),
        (b'{"archspec-baseline": 1, "files": {"a": 1}}', "'a' is not a mapping"),
        (b'{"archspec-baseline": 1, "files": {"a": {"r": []}}}', "'a: r' is not a mapping"),
        (b'{"archspec-baseline": 1, "files": {"a": {"r": {"p": 0}}}}', "'p' has the count 0"),
        (b'{"archspec-baseline": 1, "files": {"a": {"r": {"p": true}}}}', "'p' has the count true"),
    ],
)
def test_what_is_no_baseline_is_refused(check: Callable[..., Result], data: bytes, message: str) -> None:
    Path("net.yaml").write_text(HEAD + CONV)
    Path("x.json").write_bytes(data)
    for options in (("--baseline", "x.json"), ("--baseline", "x.json", "--prune-baseline")):
        status, out, err = check("net.yaml", *options)
        assert (status, out) == (2, "")
        assert message in err
        assert Path("x.json").read_bytes() == data


def test_nothing_else_is_overwritten(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text(HEAD + CONV)
    status, _, err = check("net.yaml", "--write-baseline=net.yaml")
    assert (status, err) == (
        2,
        "error: net.yaml exists and is not a baseline: choose another file, or delete it\n",
    )
    status, _, err = check("net.yaml", "--write-baseline=no/such/x.json")
    assert status == 2
    assert err.startswith("error: the baseline no/such/x.json cannot be written: ")
    assert os.listdir() == ["net.yaml"]  # noqa: PTH208 - names are what is compared


def test_missing_baseline(check: Callable[..., Result]) -> None:
    Path("net.yaml").write_text(HEAD)
    _, _, err = check("net.yaml", "--baseline", "x.json")
    assert err == "error: the baseline x.json does not exist: `--write-baseline x.json` creates it\n"


def test_reading_gives_what_was_written(tmp_path: Path) -> None:
    counts = {FindingKey("ä/b.yaml", "r", "layers.conv"): 2, FindingKey("ä/b.yaml", "q", ""): 1}
    write(tmp_path / "x.json", counts)
    assert read(tmp_path / "x.json") == counts
    with pytest.raises(BaselineError):
        read(tmp_path)


# Options


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((None, None, False), None),
        (("x.json", None, False), BaselineOptions("x.json")),
        ((None, None, True), BaselineOptions(FILE, prunes=True)),
        ((None, "", False), BaselineOptions(FILE, is_written=True)),
        (("x.json", "", False), BaselineOptions("x.json", is_written=True)),
        ((None, "y.json", False), BaselineOptions("y.json", is_written=True)),
    ],
)
def test_what_options_ask_for(options: tuple[str | None, str | None, bool], expected: BaselineOptions | None) -> None:
    path, written, prunes = options
    assert baseline_options(path, written, prunes=prunes) == expected


@pytest.mark.parametrize(
    "options", [("--write-baseline", "--prune-baseline"), ("--write-baseline", "x.json", "--baseline", "y.json")]
)
def test_options_that_contradict_each_other(check: Callable[..., Result], options: tuple[str, ...]) -> None:
    assert check("net.yaml", *options)[0] == 2


def test_a_file_to_write_is_told_from_a_path_to_check() -> None:
    assert with_baseline_file(["check", "--write-baseline", "specs"]) == ["check", "--write-baseline=", "specs"]
    assert with_baseline_file(["check", "--write-baseline", "a.json", "b"]) == ["check", "--write-baseline=a.json", "b"]
    assert with_baseline_file(["check", "a", "--write-baseline"]) == ["check", "a", "--write-baseline="]
    assert with_baseline_file(["check", "--", "--write-baseline"]) == ["check", "--", "--write-baseline"]


def test_read_error(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="cannot be read"):
        read(tmp_path)
