"""A file is replaced as a whole or left alone; what is no ordinary file is written to, and stays what it is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from archspec.files.output_file import OutputError, output_file, write_new_file

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and devices of POSIX")
needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files by number are Linux's")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, data: bytes = b"new") -> None:
    with output_file(path) as file:
        file.write(data)


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for path, reason in (
        (tmp_path / "none" / "w.npz", "No such file or directory"),
        (tmp_path / "file" / "w.npz", "Not a directory"),
        (tmp_path / "folder", "Is a directory"),
    ):
        with pytest.raises(OutputError) as caught, output_file(path) as file:
            file.write(b"x")
        assert str(caught.value) == f"cannot write {path}: {reason}"
    assert names(tmp_path) == ["file", "folder"]


@posix
@pytest.mark.parametrize("before", [b"", b"old and longer than new"])
def test_a_link_is_followed_to_its_file(tmp_path: Path, before: bytes) -> None:
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "file"
    target.write_bytes(before)
    (tmp_path / "link").symlink_to("again")
    (tmp_path / "again").symlink_to("folder/file")
    write(tmp_path / "link")
    assert target.read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "again").is_symlink()
    assert names(tmp_path / "folder") == ["file"]


@posix
def test_a_link_to_nothing_makes_its_file_and_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "circle").symlink_to("circle")
    write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"
    with pytest.raises(OutputError, match="symbolic links"):
        write(tmp_path / "circle")


@posix
def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    write(tmp_path / ("深" * 85))
    assert names(tmp_path) == ["深" * 85]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_mode_stays(tmp_path: Path, mode: int) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(mode)
    write(tmp_path / "file")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_owner_stays(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.chown(tmp_path / "file", 1234, 2345)
    write(tmp_path / "file")
    found = (tmp_path / "file").stat()
    assert (found.st_uid, found.st_gid) == (1234, 2345)


@posix
@pytest.mark.parametrize("before", [b"", b"old and longer than new"])
def test_all_names_of_a_file_show_the_change(tmp_path: Path, before: bytes) -> None:
    (tmp_path / "one").write_bytes(before)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    write(tmp_path / "one")
    assert (tmp_path / "two").read_bytes() == b"new"
    assert (tmp_path / "one").samefile(tmp_path / "two")
    assert names(tmp_path) == ["one", "two"]


@posix
@pytest.mark.parametrize("is_linked", [False, True])
def test_what_fails_on_the_way_writes_nothing(tmp_path: Path, *, is_linked: bool) -> None:
    (tmp_path / "file").write_bytes(b"old")
    if is_linked:
        (tmp_path / "two").hardlink_to(tmp_path / "file")

    def fail(fault: BaseException) -> None:
        with output_file(tmp_path / "file") as file:
            file.write(b"new and longer")
            file.flush()
            raise fault

    for fault in (KeyboardInterrupt(), ValueError()):
        with pytest.raises(type(fault)):
            fail(fault)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file", "two"][: 1 + is_linked]


def make_device(path: Path, kind: int = stat.S_IFCHR, device: tuple[int, int] = (1, 3)) -> None:
    """A device of our own, by default one that takes all and keeps nothing; those of the machine are left alone."""
    try:
        os.mknod(path, 0o666 | kind, os.makedev(*device))
        path.open("wb").close()
    except OSError as error:
        pytest.skip(f"no devices can be made here: {error}")


@posix
def test_a_device_is_written_to(tmp_path: Path) -> None:
    device = tmp_path / "device"
    make_device(device)
    (tmp_path / "link").symlink_to(device)
    before = device.stat()
    for path in (device, tmp_path / "link"):
        write(path)
    after = device.stat()
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_rdev) == (before.st_ino, before.st_rdev)
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path) == ["device", "link"]


@posix
def test_a_device_that_is_full(tmp_path: Path) -> None:
    make_device(tmp_path / "full", device=(1, 7))
    with pytest.raises(OutputError, match="No space left on device"):
        write(tmp_path / "full")


@posix
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write(pipe, b"x" * 200_000)  # more than a pipe holds
    reader.join()
    assert read == [b"x" * 200_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


WRITE = """
import sys
from archspec.files.output_file import output_file
print("before")
with output_file(sys.argv[1]) as file:
    file.write(b"new\\n")
print("after")
"""


@posix
@needs_proc
@pytest.mark.parametrize("target", ["/proc/self/fd/1", "/dev/fd/1", "/proc/thread-self/fd/1"])
@pytest.mark.parametrize("reopens", [False, True], ids=["pipe", "file"])
def test_standard_output_by_its_name_gets_all_in_order(tmp_path: Path, target: str, *, reopens: bool) -> None:
    """As ``/dev/stdout``, which is a link to the first of these; the link here is our own."""
    link = tmp_path / "link"
    link.symlink_to(target)
    out = tmp_path / "out"
    with out.open("wb") as redirected:
        ran = subprocess.run(
            [sys.executable, "-c", WRITE, link], stdout=redirected if reopens else subprocess.PIPE, check=True
        )
    assert (out.read_bytes() if reopens else ran.stdout) == b"before\nnew\nafter\n"
    assert link.is_symlink()


@posix
@needs_proc
def test_a_file_that_another_process_has_open_is_written_in_place(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old and longer than new")
    with path.open("r+b") as file:
        # this process has it open, too, but by the number of another one, as far as the path says
        other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[file.fileno()])
        write(Path(f"/proc/{other.pid}/fd/{file.fileno()}"))
        other.communicate(b"\n")
        assert file.read() == b"new"


def test_a_new_file_is_never_one_that_exists(tmp_path: Path) -> None:
    write_new_file(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    with pytest.raises(FileExistsError):
        write_new_file(tmp_path / "file", b"newer")
    assert (tmp_path / "file").read_bytes() == b"new"


@posix
def test_a_new_file_that_finds_no_room_is_not_left(tmp_path: Path) -> None:
    import resource  # noqa: PLC0415 - there is none elsewhere
    import signal  # noqa: PLC0415 - as above

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
        with pytest.raises(OSError, match="File too large"):
            write_new_file(tmp_path / "file", b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert names(tmp_path) == []
