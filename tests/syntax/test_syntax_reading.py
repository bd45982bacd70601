from __future__ import annotations

import io
import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from archspec.syntax import DEFAULT_LIMITS, Limits, read

if TYPE_CHECKING:
    from pathlib import Path

    from archspec.diagnostics import Diagnostic
    from archspec.source import Source


def attempt(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> tuple[Source | None, list[Diagnostic]]:
    found: list[Diagnostic] = []
    return read(str(path), found.append, limits), found


def refusal(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> tuple[str, tuple[str, ...]]:
    source, found = attempt(path, limits)
    (diagnostic,) = found
    assert source is None
    assert diagnostic.rule == "unreadable-file"
    assert diagnostic.unusable
    assert diagnostic.file == diagnostic.path == str(path)
    return diagnostic.message, diagnostic.help


def test_a_file_is_kept_to_the_character(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes("größe: 1\r\nb: 2\r\n".encode())
    source, found = attempt(path)
    assert found == []
    assert source is not None
    assert (source.name, source.text, source.bom) == (str(path), "größe: 1\r\nb: 2\r\n", False)


def test_a_byte_order_mark_is_dropped_and_remembered(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    source, found = attempt(path)
    assert found == []
    assert source is not None
    assert (source.text, source.bom) == ("a: 1\n", True)


def test_an_empty_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.touch()
    source, found = attempt(path)
    assert source is not None
    assert (source.text, found) == ("", [])


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    assert refusal(tmp_path / "alxnet.yaml") == ("the file does not exist", ())
    (tmp_path / "alexnet.yaml").touch()
    near = f"did you mean {tmp_path / 'alexnet.yaml'}?"
    assert refusal(tmp_path / "alxnet.yaml") == ("the file does not exist", (near,))


def test_a_missing_directory(tmp_path: Path) -> None:
    message = f"the directory {tmp_path / 'specs'} does not exist"
    assert refusal(tmp_path / "specs" / "a.yaml") == (message, ("check the path",))


def test_a_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert refusal(tmp_path / "a" / "b")[0] == "a part of the path is a file, not a directory"


def test_a_dangling_link_says_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").symlink_to("gone.yaml")
    message, help_ = refusal(tmp_path / "net.yaml")
    assert message == "this is a link to gone.yaml, which is missing"
    assert help_ == ("fix the link, or give the name of the file",)


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").symlink_to("net.yaml")
    assert refusal(tmp_path / "net.yaml")[0].startswith("the file cannot be read: ")


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    source, _ = attempt(tmp_path / "b.yaml")
    assert source is not None
    assert (source.name, source.text) == (str(tmp_path / "b.yaml"), "a: 1")


def test_a_directory(tmp_path: Path) -> None:
    assert refusal(tmp_path) == ("this is a directory, not a file", ("give the names of files in it",))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    message = "this is a named pipe, not a file"
    assert refusal(tmp_path / "pipe") == (message, ("use `-` to read what is piped in",))


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs sockets in the file system")
def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may have 100 characters only
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        assert refusal("socket")[0] == "this is a socket, not a file"


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs devices")  # noqa: PTH110 -- runs at import
def test_a_device_without_end() -> None:
    assert refusal("/dev/zero")[0] == "this is a device, not a file"


def test_what_became_a_pipe_after_the_first_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    status = os.stat(tmp_path / "file")  # noqa: PTH116 -- the function that is replaced
    monkeypatch.setattr(os, "stat", lambda _: status)
    assert refusal(tmp_path / "pipe")[0] == "this is a named pipe, not a file"


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.yaml"
    path.touch()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert refusal(path) == ("there is no permission to read the file", (f"grant it: `chmod u+r {path}`",))


def test_no_permission_from_the_system(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.touch(mode=0o000)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert refusal(path)[0] == "there is no permission to read the file"


def test_names_that_no_file_has(tmp_path: Path) -> None:
    assert refusal("a\x00b")[0] == "this is not a valid file name: it contains a NUL character"
    assert refusal("a\ud800b")[0] == "this is not a valid file name: it contains half of a surrogate pair"
    assert refusal(tmp_path / ("x" * 5000))[0].startswith("the file cannot be read: ")
    assert refusal("")[0] == "the file does not exist"


def test_a_file_above_the_limit_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.delattr(os, "open")
    message = "the file has 50,000,000 bytes, and the limit is 33,554,432 bytes"
    assert refusal(path) == (message, ("a spec of 1,000 layers has about 60,000",))


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"a: 1")
    assert attempt(path, Limits(size=4))[0] is not None
    assert refusal(path, Limits(size=3))[0] == "the file has 4 bytes, and the limit is 3 bytes"


class _Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Stdin("a: é\n".encode()))
    source, found = attempt("-")
    assert found == []
    assert source is not None
    assert (source.name, source.text) == ("<stdin>", "a: é\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x" * 11, "the file has more, and the limit is 10 bytes"),
        (None, "standard input is closed"),
    ],
)
def test_standard_input_that_is_refused(monkeypatch: pytest.MonkeyPatch, data: bytes | None, message: str) -> None:
    monkeypatch.setattr(sys, "stdin", data and _Stdin(data))
    source, found = attempt("-", Limits(size=10))
    assert source is None
    assert [(diagnostic.message, diagnostic.path, diagnostic.unusable) for diagnostic in found] == [
        (message, "<stdin>", True)
    ]


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = _Stdin(b"")
    stdin.buffer.close()
    monkeypatch.setattr(sys, "stdin", stdin)
    assert attempt("-")[1][0].message == "standard input is closed"


@pytest.mark.parametrize(
    ("encoding", "mark", "words"),
    [
        ("utf-16-le", b"\xff\xfe", "UTF-16 (little-endian)"),
        ("utf-16-be", b"\xfe\xff", "UTF-16 (big-endian)"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "UTF-32 (little-endian)"),
        ("utf-32-be", b"\x00\x00\xfe\xff", "UTF-32 (big-endian)"),
    ],
)
def test_wide_encodings_with_and_without_a_mark(tmp_path: Path, encoding: str, mark: bytes, words: str) -> None:
    path = tmp_path / "net.yaml"
    for start in (mark, b""):
        path.write_bytes(start + "name: größe\n".encode(encoding))
        source, (diagnostic,) = attempt(path)
        assert source is None
        assert diagnostic.rule == "encoding"
        assert not diagnostic.unusable
        assert diagnostic.message == f"the file is {words}, and a spec is UTF-8"
        assert diagnostic.span is not None
        assert (diagnostic.span.line, diagnostic.span.column) == (1, 1)
        assert diagnostic.span.source.text == "name: größe\n"


def test_a_cut_wide_file_is_still_named(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"\xff\xfea\x00b")
    assert attempt(path)[1][0].message == "the file is UTF-16 (little-endian), and a spec is UTF-8"


@pytest.mark.parametrize(
    ("data", "place", "message", "notes"),
    [
        (b"a: 1\nb: caf\xe9\n", (2, 7), "byte 0xE9 is not UTF-8", ("in Windows-1252, byte 0xE9 is `é`",)),
        ("é: ü\n".encode() + b"\xc3", (2, 1), "byte 0xC3 is not UTF-8", ("in Windows-1252, byte 0xC3 is `Ã`",)),
        (b"\xef\xbb\xbfa: \x81\n", (1, 4), "byte 0x81 is not UTF-8", ()),
        (b"a: \xed\xa0\x80\n", (1, 4), "byte 0xED is not UTF-8", ("in Windows-1252, byte 0xED is `í`",)),
    ],
)
def test_bytes_that_are_no_utf_8(
    tmp_path: Path, data: bytes, place: tuple[int, int], message: str, notes: tuple[str, ...]
) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(data)
    source, (diagnostic,) = attempt(path)
    assert source is None
    assert (diagnostic.rule, diagnostic.unusable) == ("encoding", False)
    assert diagnostic.span is not None
    assert (diagnostic.span.line, diagnostic.span.column) == place
    assert diagnostic.span.text == "\ufffd"
    assert (diagnostic.message, diagnostic.notes) == (message, notes)
