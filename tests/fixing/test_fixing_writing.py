"""Fixed files on the disk: what is kept, what is refused, and that nothing is ever lost."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archspec import __main__ as command
from archspec.fixing import writing
from archspec.fixing.repair import Changed

if TYPE_CHECKING:
    from collections.abc import Callable

BAD = b"name: a\ninput: 8x8x3\nlayers:\n  - ReLU  # first\n"
GOOD = BAD.replace(b"ReLU", b"relu")
posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and signals of POSIX")


def names(folder: str | Path = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, bytes, str]]:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["archspec", "check", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
        err = io.StringIO()
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        status = int(command.main())
        out.flush()
        return status, out.buffer.getvalue(), err.getvalue()

    return call


@pytest.mark.parametrize(
    "data",
    [
        BAD,
        BAD.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + BAD,
        BAD.rstrip(b"\n"),
        BAD + "# Ärger mit \U0001f600 und \u0301\r\n\n\n".encode(),
        BAD.replace(b"  - ", b"  -    "),
    ],
    ids=["plain", "crlf", "bom", "no-newline", "unicode", "layout"],
)
def test_every_other_byte_is_kept(run: Callable[..., tuple[int, bytes, str]], data: bytes) -> None:
    Path("net.yaml").write_bytes(data)
    assert run("--fix", "net.yaml") == (0, b"1 fixed; 1 file checked: no findings\n", "")
    assert Path("net.yaml").read_bytes() == data.replace(b"ReLU", b"relu")
    assert run("--fix", "net.yaml") == (0, b"1 file checked: no findings\n", "")


def test_standard_input_is_a_filter(run: Callable[..., tuple[int, bytes, str]]) -> None:
    crlf = b"\xef\xbb\xbf" + BAD.replace(b"\n", b"\r\n")
    status, out, err = run("--fix", "-", stdin=crlf)
    assert (status, out) == (0, crlf.replace(b"ReLU", b"relu"))
    assert err == "1 fixed; 1 file checked: no findings\n"
    for hopeless in (b"layers: [\n", b"\xff\xfea\x00", b""):
        status, out, err = run("--fix", "-", stdin=hopeless)
        assert (status, out) == (1, hopeless)
        assert "error[" in err


def test_diff_changes_nothing(run: Callable[..., tuple[int, bytes, str]]) -> None:
    data = BAD.replace(b"\n", b"\r\n").rstrip()
    Path("net.yaml").write_bytes(data)
    status, out, err = run("--diff", "net.yaml")
    assert (status, err) == (1, "")
    assert out == (
        b"--- net.yaml\n+++ net.yaml\n@@ -1,4 +1,4 @@\n name: a\r\n input: 8x8x3\r\n layers:\r\n"
        b"-  - ReLU  # first\n\\ No newline at end of file\n+  - relu  # first\n\\ No newline at end of file\n"
    )
    assert Path("net.yaml").read_bytes() == data
    assert run("--diff", "-", stdin=GOOD) == (0, b"", "")
    status, out, err = run("--diff", "missing.yaml", "net.yaml")
    assert status == 2
    assert b"+++ net.yaml" in out
    assert "error[unreadable-file]" in err


def test_patch_takes_the_diff(run: Callable[..., tuple[int, bytes, str]]) -> None:
    data = b"\xef\xbb\xbfname: no\r\ninput: 8x8x3\r\nlayers: [ReLU]"
    Path("net.yaml").write_bytes(data)
    _, out, _ = run("--diff", "net.yaml")
    try:
        subprocess.run(["patch", "--binary", "-p0"], input=out, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no `patch` here")
    assert Path("net.yaml").read_bytes() == b'\xef\xbb\xbfname: "no"\r\ninput: 8x8x3\r\nlayers: [relu]'


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o4664])
def test_mode_is_kept(run: Callable[..., tuple[int, bytes, str]], mode: int) -> None:
    Path("net.yaml").write_bytes(BAD)
    Path("net.yaml").chmod(mode)
    assert run("--fix", "net.yaml")[0] == 0
    assert stat.S_IMODE(Path("net.yaml").stat().st_mode) == mode


@posix
def test_links_are_followed(run: Callable[..., tuple[int, bytes, str]]) -> None:
    Path("deep").mkdir()
    Path("deep/net.yaml").write_bytes(BAD)
    Path("link.yaml").symlink_to("deep/net.yaml")
    Path("again.yaml").symlink_to("link.yaml")
    assert run("--fix", "again.yaml", "link.yaml") == (0, b"1 fixed; 1 file checked: no findings\n", "")
    assert Path("again.yaml").is_symlink()
    assert Path("link.yaml").is_symlink()
    assert Path("deep/net.yaml").read_bytes() == GOOD
    assert names("deep") == ["net.yaml"]


@posix
@pytest.mark.parametrize("mode", [0o444, 0o555])
def test_read_only_file(run: Callable[..., tuple[int, bytes, str]], mode: int) -> None:
    Path("net.yaml").write_bytes(BAD)
    Path("net.yaml").chmod(mode)
    Path("other.yaml").write_bytes(BAD)
    status, out, _ = run("--fix", "net.yaml", "other.yaml")
    assert status == 2
    assert b"error[unwritable-file]: the file is read-only, and was not fixed\n --> net.yaml\n" in out.replace(
        b"   ", b"  "
    ).replace(b"  -->", b" -->")
    assert b"chmod u+w net.yaml" in out
    assert b"unknown-operator" in out, "what is left is told as it is"
    assert Path("net.yaml").read_bytes() == BAD
    assert Path("other.yaml").read_bytes() == GOOD


def test_file_that_changed_meanwhile(
    run: Callable[..., tuple[int, bytes, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("net.yaml").write_bytes(BAD)
    real = writing._write

    def late(path: Path, changed: Changed) -> None:
        path.write_bytes(BAD + b"# mine\n")
        real(path, changed)

    monkeypatch.setattr(writing, "_write", late)
    status, out, _ = run("--fix", "net.yaml")
    assert status == 2
    assert b"the file changed while it was being fixed" in out
    assert Path("net.yaml").read_bytes() == BAD + b"# mine\n"
    assert names() == ["net.yaml"]


def test_file_that_is_gone_meanwhile(tmp_path: Path) -> None:
    found = writing.write(str(tmp_path / "net.yaml"), Changed("net.yaml", BAD, GOOD))
    assert found is not None
    assert found.message == "the fixed file cannot be written: No such file or directory"
    assert names(tmp_path) == []


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
@pytest.mark.parametrize("step", ["fsync", "fchmod"])
def test_a_failure_leaves_the_file_and_nothing_beside_it(
    run: Callable[..., tuple[int, bytes, str]], monkeypatch: pytest.MonkeyPatch, fault: BaseException, step: str
) -> None:
    def fail(*_: object) -> None:
        raise fault

    Path("net.yaml").write_bytes(BAD)
    monkeypatch.setattr(os, step, fail)
    status, out, _ = run("--fix", "net.yaml")
    assert status == (2 if isinstance(fault, OSError) else 130)
    is_refused = isinstance(fault, OSError)
    assert (b": the fixed file cannot be written: No space left on device\n" in out) == is_refused
    assert (b"the file was not changed; make sure that the file and its folder are writable\n" in out) == is_refused
    assert Path("net.yaml").read_bytes() == BAD
    assert names() == ["net.yaml"]


def test_zoo_is_never_changed(run: Callable[..., tuple[int, bytes, str]]) -> None:
    assert run("--diff", "--unsafe-fixes", "zoo:vgg16")[:2] == (0, b"")
    assert run("--fix", "--unsafe-fixes", "zoo:vgg16")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--unsafe-fixes", "net.yaml"),
        ("--fix", "-", "net.yaml"),
        ("--fix", "net.yaml", "--input", "9x9x3"),
        ("--diff", "net.yaml", "--variant", "a"),
        ("--diff", "net.yaml", "--output", "sarif=out.sarif"),
        ("--diff", "net.yaml", "--statistics"),
        ("--diff", "net.yaml", "--write-baseline"),
    ],
)
def test_options_that_do_not_go_together(
    run: Callable[..., tuple[int, bytes, str]], arguments: tuple[str, ...]
) -> None:
    Path("net.yaml").write_bytes(BAD)
    assert run(*arguments)[0] == 2
    assert names() == ["net.yaml"]
    assert Path("net.yaml").read_bytes() == BAD
