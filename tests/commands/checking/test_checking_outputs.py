"""Where findings go: what options ask for, files that appear whole, and what cannot be written."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from archspec.commands.checking.outputs import Output, parse_outputs, refusals, write_outputs
from archspec.diagnostics import Diagnostic
from archspec.text.views import FindingsView

FOUND = [Diagnostic(rule="r", message="m\udcff", path="a.yaml")]
VIEW = FindingsView(files=1)
BAD = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"


def check(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`archspec check` of a faulty spec, in a folder and a process of its own."""
    (folder / "bad.yaml").write_text(BAD)
    return subprocess.run(
        [sys.executable, "-m", "archspec", "check", *arguments, "bad.yaml"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("json", Output("json")),
        ("json=-", Output("json")),
        ("json=a.json", Output("json", "a.json")),
        ("full=a=b c.txt", Output("full", "a=b c.txt")),
    ],
)
def test_parse(text: str, output: Output) -> None:
    assert parse_outputs([text]) == (output,)


def test_the_home_folder_may_be_written_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("USERPROFILE", "/home/somebody")
    assert parse_outputs(["json=~/a.json"]) == (Output("json", "/home/somebody/a.json"),)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["xml"], "there is no format 'xml'; formats are full, concise, json"),
        (["=a.json"], "there is no format ''; formats are full, "),
        (["json="], "'json=' has no file name: write json=PATH, or json alone for standard output"),
        (
            ["full", "json=-"],
            "full and json would both go to standard output; only one can: give one a file, such as jso",
        ),
        (["json", "json"], "json would both go to standard output"),
        (["full=a", "json=x/../a"], "full and json would both go to x/../a: give each a different file"),
    ],
)
def test_what_cannot_be_asked_for(texts: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_outputs(texts)


def test_one_printed_and_others_in_files(tmp_path: Path) -> None:
    done = check(tmp_path, "--output", "json=a b.json", "--output", "concise", "--output", "full=sub/../full.txt")
    refused = "error: cannot write sub/../full.txt: there is no directory sub/..; create it: `mkdir -p sub/..`\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", refused)
    assert names(tmp_path) == ["bad.yaml"], "nothing is written when one of them cannot be"
    (tmp_path / "sub").mkdir()
    done = check(tmp_path, "--output", "json=a b.json", "--output", "concise", "--output", "full=sub/../full.txt")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(
        "bad.yaml:4:5: error[fractional-output] "
        "3x3 window with stride 2 does not fit 10x10: (10 - 3 + 2*0)/2 + 1 = 4.5\n1 error in 1 file\n"
    )
    assert json.loads((tmp_path / "a b.json").read_text())["summary"]["errors"] == 1
    assert (tmp_path / "full.txt").read_text() == check(tmp_path).stdout
    assert names(tmp_path) == ["a b.json", "bad.yaml", "full.txt", "sub"], "no temporary file is left"


def test_nothing_is_printed_when_all_goes_to_files(tmp_path: Path) -> None:
    done = check(tmp_path, "--output", "json=found.json")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


@pytest.mark.parametrize(("value", "annotated"), [("true", True), ("false", False), ("", False)])
def test_a_github_workflow_gets_annotations_unless_it_asks(tmp_path: Path, value: str, annotated: bool) -> None:
    done = check(tmp_path, GITHUB_ACTIONS=value)
    assert done.returncode == 1
    assert done.stdout.startswith("::error title=archspec (fractional-output),file=bad.yaml,line=4," * annotated)
    assert done.stdout.startswith("error[" * (not annotated))
    assert check(tmp_path, "--output", "full", GITHUB_ACTIONS=value).stdout.startswith("error[")


def test_a_wrong_format_is_told_before_anything_is_checked(tmp_path: Path) -> None:
    done = check(tmp_path, "--output", "full", "--output", "json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Invalid value for --output: full and json would both go to standard output" in done.stderr


def test_refusals(tmp_path: Path) -> None:
    outputs = [Output("full"), Output("json", str(tmp_path)), Output("json", str(tmp_path / "a"))]
    assert refusals(outputs) == [f"cannot write {tmp_path}: it is a directory; choose a file in it"]


def test_findings_are_not_written_over_specs(tmp_path: Path) -> None:
    for name in ("a.yaml", "archspec.toml", "odd.txt", "found.json"):
        (tmp_path / name).touch()
    outputs = [Output("json", str(tmp_path / name)) for name in ("a.yaml", "archspec.toml", "odd.txt", "found.json")]
    assert refusals(outputs, [str(tmp_path / "odd.txt")]) == [
        f"cannot write {tmp_path}/{name}: it is a spec or a configuration; choose another file"
        for name in ("a.yaml", "archspec.toml", "odd.txt")
    ]
    assert refusals([Output("json", str(tmp_path / "new.yaml"))], []) == []


def test_what_cannot_be_written_is_told_and_the_rest_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = [Output("full"), Output("json", str(tmp_path / "no" / "a")), Output("json", str(tmp_path / "b"))]
    assert write_outputs(FOUND, outputs, VIEW) == [f"cannot write {tmp_path}/no/a: No such file or directory"]
    assert capsys.readouterr().out.startswith("error[r]: m")
    assert (tmp_path / "b").exists()


def test_files_have_no_colour_and_take_any_text(tmp_path: Path) -> None:
    write_outputs(FOUND, [Output("concise", str(tmp_path / "a"))], VIEW._replace(colour=True))
    assert (tmp_path / "a").read_bytes() == b"a.yaml: error[r] m\\udcff\n1 error in 1 file\n"


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_links_and_devices_stay_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("found.txt")
    (tmp_path / "null").symlink_to(os.devnull)
    for name in ("link", "null"):
        assert write_outputs(FOUND, [Output("concise", str(tmp_path / name))], VIEW) == []
        assert (tmp_path / name).is_symlink()
    assert (tmp_path / "found.txt").read_text().startswith("a.yaml: ")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    done = check(tmp_path, "--output", "concise=/dev/stdout")
    assert (done.returncode, done.stderr) == (1, "")
    assert "\n1 error in 1 file\n" in done.stdout
