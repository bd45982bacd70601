"""The command as a user meets it: exit statuses, streams, files of every kind, and what it imports."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from archspec import __main__ as command
from archspec import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPECS = Path(__file__).parent.parent / "specs"
CIFAR = SPECS / "cs231n" / "cifar10.yaml"
MISFIT = SPECS / "misfits" / "stride.yaml"
GOOD = "name: good\ninput: 8x8x3\nlayers:\n  - relu\n"
BAD = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
INFO = "name: info\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2, fit: crop}\n"
ESCAPE = "\x1b"

posix = pytest.mark.skipif(os.name != "posix", reason="named pipes, links and signals of POSIX")


class Result(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Result]]:
    """The command within this process: a tenth of the time of a new one."""

    def call(*arguments: object, stdin: str | bytes = "") -> Result:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "argv", ["archspec", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        capsys.readouterr()
        status = command.main()
        return Result(int(status), *capsys.readouterr())

    yield call
    gc.enable()


def environment() -> dict[str, str]:
    """This process's own, without what would change how a command prints."""
    named = ("NO_COLOR", "FORCE_COLOR", "TERM", "PYTHONUNBUFFERED", "ARCHSPEC_DEBUG")
    return {key: value for key, value in os.environ.items() if key not in named}


def spawn(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    settings: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "timeout": 60, **options}
    settings["env"] = environment() | settings.get("env", {})
    return subprocess.run([sys.executable, "-m", "archspec", *map(str, arguments)], check=False, **settings)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("good", GOOD), ("bad", BAD), ("info", INFO)):
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


# Exit statuses


def test_status_0(run: Callable[..., Result], folder: Path) -> None:
    assert run("check", folder / "good.yaml") == (0, "1 file checked: no findings\n", "")


def test_status_0_with_infos(run: Callable[..., Result], folder: Path) -> None:
    status, out, _ = run("check", folder / "info.yaml")
    assert status == 0
    assert "error[" not in out


def test_status_1(run: Callable[..., Result], folder: Path) -> None:
    status, out, err = run("check", folder / "bad.yaml")
    assert (status, err) == (1, "")
    assert out.startswith("error[fractional-output]: ")
    assert "\n1 error in 1 file\n" in out


def test_status_2_for_what_cannot_be_read(run: Callable[..., Result], folder: Path) -> None:
    status, out, _ = run("check", folder / "bad.yaml", folder / "missing.yaml", folder / "good.yaml")
    assert status == 2
    assert "error[fractional-output]" in out, "the other files are checked all the same"
    assert "error[unreadable-file]" in out
    assert "\n2 errors in 3 files\n" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["chekc", "good.yaml"],
        ["check"],
        ["check", "--output", "xml", "good.yaml"],
        ["check", "--shwo-info", "good.yaml"],
        ["check", "-x", "good.yaml"],
        ["show"],
        ["show", "good.yaml", "bad.yaml"],
        ["show", "--depth", "0", "good.yaml"],
        ["show", "--depth", "many", "good.yaml"],
        ["show", "--batch", "0", "good.yaml"],
        ["show", "--format", "html", "good.yaml"],
        ["show", "--columns", "name,prams", "good.yaml"],
        ["show", "--input", "28x28", "good.yaml"],
        ["show", "--input", "big", "good.yaml"],
        ["run", "--seed", "-1", "good.yaml"],
        ["run", "--input", "missing.npy", "good.yaml"],
        ["run", "--weights", "missing.npz", "good.yaml"],
        ["run", "--output", "no/such/folder/y.npy", "good.yaml"],
        ["--nonsense"],
        [],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("folder")
def test_status_2_for_wrong_options(run: Callable[..., Result], arguments: list[str]) -> None:
    status, _, err = run(*arguments)
    assert status == 2
    assert err.strip() or not arguments
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["check", "show", "run"])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(run: Callable[..., Result], name: str, option: str) -> None:
    status, out, err = run(name, option)
    assert (status, err) == (0, "")
    assert "Usage: " in out


def test_help_and_version(run: Callable[..., Result]) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert all(name in out for name in ("check", "show", "run"))
    assert run("--version") == (0, f"archspec {__version__}\n", "")


def test_show_and_run_status(run: Callable[..., Result], folder: Path) -> None:
    for name in ("show", "run"):
        assert run(name, folder / "good.yaml").status == 0
        status, _, err = run(name, folder / "bad.yaml")
        assert status == 1
        assert "error[fractional-output]" in err
        status, _, err = run(name, folder / "missing.yaml")
        assert status == 2
        assert "error[unreadable-file]" in err


def test_show_goes_past_a_failed_layer(run: Callable[..., Result]) -> None:
    text = "name: a\ninput: 8x8x3\nlayers:\n  - relu\n  - conv: {filters: 8, kernel: 99}\n  - fc: 10\n"
    status, out, err = run("show", "-", stdin=text)
    assert status == 1
    assert all(name in out for name in ("relu1", "conv1", "fc1"))
    assert "kernel-too-large" in err
    assert "kernel-too-large" not in out


# Which files


def test_standard_input(run: Callable[..., Result]) -> None:
    assert run("check", "-", stdin=GOOD) == (0, "1 file checked: no findings\n", "")
    status, out, _ = run("check", "-", stdin=BAD)
    assert status == 1
    assert "--> <stdin>:4:5\n" in out
    assert run("show", "-", stdin=GOOD).status == 0


@pytest.mark.parametrize("data", [b"", b"\n", b"\x00", b"\xff\xfe", b"[" * 100_000, b"a: &a [*a]", b"\xc3", b"%YAML 9"])
def test_standard_input_of_garbage(run: Callable[..., Result], data: bytes) -> None:
    status, out, err = run("check", "-", stdin=data)
    assert status in (1, 2)
    assert "error[" in out
    assert err == ""


def test_same_standard_input_twice_is_read_once(run: Callable[..., Result]) -> None:
    assert run("check", "-", "-", stdin=GOOD).out == "1 file checked: no findings\n"


def test_folders(run: Callable[..., Result], tmp_path: Path) -> None:
    """In a folder: what has the two keys, what is called so; nothing hidden, nothing of other people's."""
    for name, text in {
        "b.yaml": BAD,
        "a.yml": GOOD,
        "sub/deep/c.yaml": GOOD,
        "d.arch.yaml": "no spec at all\n",
        "compose.yaml": "services: {}\n",
        "input-only.yaml": "input: 8x8x3\n",
        "notes.txt": GOOD,
        ".hidden/e.yaml": BAD,
        "node_modules/f.yaml": BAD,
        "__pycache__/g.yaml": BAD,
        "h.yaml/i.yaml": GOOD,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    status, out, _ = run("check", "--output", "json", tmp_path)
    data = json.loads(out)
    assert status == 1
    assert data["summary"]["files"] == 5
    assert [Path(each["file"]).name for each in data["diagnostics"]] == ["b.yaml", "d.arch.yaml"]


def test_file_named_outright_is_checked_whatever_it_holds(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    assert run("check", tmp_path / "compose.yaml").status == 1


def test_file_named_twice_is_checked_once(run: Callable[..., Result], folder: Path) -> None:
    _, out, _ = run("check", folder / "bad.yaml", folder, folder / "bad.yaml")
    assert "1 error in 3 files" in out
    assert out.count("error[") == 1


def test_folder_without_specs(run: Callable[..., Result], tmp_path: Path) -> None:
    status, out, _ = run("check", tmp_path)
    assert status == 2
    assert str(tmp_path) in out


@pytest.mark.usefixtures("folder")
def test_no_name_at_all(run: Callable[..., Result]) -> None:
    """An empty name, as an unset variable of a script leaves it, is no file and not this folder either."""
    status, out, _ = run("check", "")
    assert status == 2
    assert "folder" not in out


@posix
def test_strange_files(run: Callable[..., Result], folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "dangling.yaml").symlink_to("nowhere")
    (folder / "loop.yaml").symlink_to("loop.yaml")
    (folder / "folder.yaml").mkdir()
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind("socket.yaml")  # the working directory is `folder`: a long path would not do
        for name, words in {
            "pipe.yaml": "a named pipe",
            "socket.yaml": "a socket",
            "dangling.yaml": "a link to nowhere",
            "loop.yaml": "symbolic links",
            "missing.yaml": "does not exist",
            "good.yaml/more.yaml": "not a directory",
            "no/such/folder.yaml": "the directory no/such does not exist",
            "folder.yaml": "there is no spec in this folder",
            os.devnull: "a device",
        }.items():
            status, out, err = run("check", name)
            assert (status, err) == (2, ""), name
            assert words in out, name
            assert "Traceback" not in out
    status, out, _ = run("check", folder)  # in a folder they are passed over
    assert status == 1
    assert "in 3 files" in out


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission(run: Callable[..., Result], folder: Path) -> None:
    (folder / "good.yaml").chmod(0)
    status, out, _ = run("check", folder / "good.yaml")
    assert status == 2
    assert "permission" in out


def test_large_file_is_refused(run: Callable[..., Result], tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(50 * 2**20)
    status, out, _ = run("check", tmp_path / "large.yaml")
    assert status == 2
    assert "limit" in out


@pytest.mark.parametrize(
    "name", ["bad.yaml ", "-bad.yaml", "b\tad.yaml", "b\u202ead.yaml", "名前.yaml", "a:b.yaml", "*.yaml"]
)
def test_odd_names(run: Callable[..., Result], folder: Path, name: str) -> None:
    (folder / name).write_text(BAD)
    status, out, err = run("check", "--", name)
    assert (status, err) == (1, "")
    place = out.splitlines()[1]
    assert place.startswith("  --> ")
    assert place.endswith(":4:5")
    assert place.isprintable()
    assert json.loads(run("check", "--output", "json", "--", name).out)["diagnostics"][0]["file"] == name


@posix
@pytest.mark.parametrize("name", ["two\nlines.yaml", f"{ESCAPE}[31mred{ESCAPE}[0m\a.yaml", "\udcff.yaml", "\r\n.yaml"])
def test_names_that_would_move_the_cursor(run: Callable[..., Result], folder: Path, name: str) -> None:
    """A file name may hold anything but a slash; the terminal is not to obey it."""
    (folder / name).write_text(BAD)
    for arguments in (
        ["check", name],
        ["check", "."],
        ["check", "--output", "json", name],
        ["show", name],
        ["run", name],
    ):
        status, out, err = run(*arguments)
        assert status == 1
        assert "fractional-output" in out + err, arguments
        for line in (out + err).split("\n"):
            assert line.isprintable(), line


@pytest.mark.usefixtures("folder")
def test_dash_begins_an_option(run: Callable[..., Result]) -> None:
    Path("-x.yaml").write_text(BAD)
    assert run("check", "-x.yaml").status == 2
    assert run("check", "./-x.yaml").status == 1
    assert run("check", "--", "-x.yaml").status == 1


# Formats


def test_json_of_findings(run: Callable[..., Result], folder: Path) -> None:
    status, out, err = run("check", "--output", "json", folder / "bad.yaml", folder / "info.yaml")
    assert (status, err) == (1, "")
    data = json.loads(out)
    assert data["version"] == 1
    assert data["summary"] == {"files": 2, "errors": 1, "warnings": 0, "infos": 1}
    first, second = data["diagnostics"]
    assert (first["rule"], first["severity"], first["layer"]) == ("fractional-output", "error", "conv1")
    assert (first["line"], first["column"], first["end_line"], first["end_column"]) == (4, 5, 4, 9)
    assert (second["rule"], second["severity"]) == ("accepted-fit", "info")


def test_json_without_findings(run: Callable[..., Result], folder: Path) -> None:
    data = json.loads(run("check", "--output", "json", folder / "good.yaml").out)
    assert data == {"version": 1, "summary": {"files": 1, "errors": 0, "warnings": 0, "infos": 0}, "diagnostics": []}


def test_json_of_what_cannot_be_read(run: Callable[..., Result], folder: Path) -> None:
    status, out, _ = run("check", "--output", "json", folder / "missing.yaml")
    assert status == 2
    (found,) = json.loads(out)["diagnostics"]
    assert found["rule"] == "unreadable-file"
    assert found["line"] is None


def test_json_of_a_report(run: Callable[..., Result]) -> None:
    status, out, err = run("show", "--format", "json", CIFAR)
    assert (status, err) == (0, "")
    data = json.loads(out)
    assert data["totals"]["params"] == 31_066
    assert [layer["output"] for layer in data["layers"]] == [[32, 32, 12], [32, 32, 12], [16, 16, 12], [1, 1, 10]]


def test_infos_are_counted_and_listed_on_request(run: Callable[..., Result], folder: Path) -> None:
    _, out, _ = run("check", folder / "info.yaml")
    assert "1 info" in out
    assert "--show-info" in out
    status, out, _ = run("check", "--show-info", folder / "info.yaml")
    assert status == 0
    assert "info[accepted-fit]" in out
    assert "--show-info" not in out


def test_infos_that_fail_are_listed_without_request(run: Callable[..., Result], folder: Path) -> None:
    status, out, _ = run("check", "--fail-on", "info", folder / "info.yaml")
    assert status == 1
    assert "info[accepted-fit]" in out
    assert "\n1 info in 1 file\n" in out
    assert "info[" not in run("check", "--fail-on", "warning", folder / "info.yaml").out


def test_options_of_show(run: Callable[..., Result]) -> None:
    assert json.loads(run("show", "--format", "json", "--batch", "4", CIFAR).out)["batch"] == 4
    data = json.loads(run("show", "--format", "json", "--input", "64x64x3", CIFAR).out)
    assert data["input"] == {"input": [64, 64, 3]}
    assert data["layers"][-1]["output"] == [1, 1, 10]
    assert run("show", "--format", "csv", "--columns", "name,params", CIFAR).out.splitlines()[1:3] == [
        "input,0",
        "conv1,336",
    ]


def test_facts_of_another_input_are_not_compared(run: Callable[..., Result]) -> None:
    assert run("show", "--input", "64x64x3", CIFAR).status == 0
    assert run("show", "--batch", "64", SPECS / "cs231n" / "vgg16.yaml").status == 0


def test_same_bytes_twice(run: Callable[..., Result]) -> None:
    for arguments in (["check", MISFIT.parent], ["check", "--output", "json", MISFIT.parent], ["show", CIFAR]):
        assert run(*arguments) == run(*arguments)


# Streams


@pytest.mark.parametrize("arguments", [["check", MISFIT], ["show", CIFAR], ["check", CIFAR]])
def test_no_colour_in_a_pipe(run: Callable[..., Result], arguments: list[object]) -> None:
    assert ESCAPE not in run(*arguments).out


@posix
@pytest.mark.parametrize(
    ("settings", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
@pytest.mark.parametrize("arguments", [["check", MISFIT], ["show", CIFAR]], ids=["check", "show"])
def test_colour_on_a_terminal(settings: dict[str, str], coloured: bool, arguments: list[object]) -> None:
    import pty  # noqa: PLC0415 - there is none on Windows

    ours, theirs = pty.openpty()
    process = spawn(*arguments, env=settings, stdout=theirs, stderr=theirs, capture_output=False)
    os.close(theirs)
    text = b""
    while chunk := read_until_closed(ours):
        text += chunk
    os.close(ours)
    assert (f"{ESCAPE}[".encode() in text) == coloured
    assert process.returncode in (0, 1)


def read_until_closed(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # what a terminal gives when nobody writes to it any more
        return b""


@pytest.mark.parametrize("arguments", [["check", MISFIT], ["show", CIFAR]], ids=["check", "show"])
def test_terminal_of_ascii_only(arguments: list[object], tmp_path: Path) -> None:
    named = tmp_path / "\u00fc\u540d.yaml"
    named.write_text(Path(str(arguments[1])).read_text().replace("name: ", "name: \u00fc\u540d"), encoding="utf-8")
    process = spawn(arguments[0], named, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}, encoding="ascii")
    assert process.returncode == (1 if "check" in arguments else 0)
    assert process.stderr == ""
    assert "\\u540d" in process.stdout


@posix
@pytest.mark.parametrize("arguments", [["check"], ["check", "--output", "json"], ["show"]], ids=" ".join)
@pytest.mark.parametrize("unbuffered", [False, True])
def test_reader_that_has_seen_enough(arguments: list[str], unbuffered: bool, tmp_path: Path) -> None:
    """`archspec check ... | head`: no complaint of Python, and no status but the spec's own or 0."""
    many = "".join(f"  - nonsense{i}\n" for i in range(900))
    (tmp_path / "many.yaml").write_text("name: many\ninput: 8x8x3\nlayers:\n" + many)
    process = subprocess.Popen(
        [sys.executable, "-m", "archspec", *arguments, str(tmp_path / "many.yaml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment() | ({"PYTHONUNBUFFERED": "1"} if unbuffered else {}),
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        complaint = process.stderr.read().decode()
    assert process.returncode == 0 or unbuffered  # then Python itself does not notice
    assert process.returncode in (0, 1)
    assert "Traceback" not in complaint
    assert "Error" not in complaint


@posix
def test_help_that_nobody_reads() -> None:
    """`archspec check --help | true` is no Ctrl-C, though typer gives both the same status."""
    reader, writer = os.pipe()
    os.close(reader)
    process = spawn("check", "--help", stdout=writer, stderr=subprocess.PIPE, capture_output=False)
    os.close(writer)
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is Linux's")
@pytest.mark.parametrize("arguments", [["check", MISFIT], ["show", CIFAR], ["run", CIFAR], ["--version"]], ids=str)
def test_disk_is_full(arguments: list[object]) -> None:
    """Status 1 would say that the spec has errors; what is wrong is the disk."""
    with Path("/dev/full").open("w") as full:
        process = spawn(*arguments, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert process.returncode == 2
    assert "Traceback" not in process.stderr
    assert "No space left" in process.stderr


def spawn_without(stream: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command with a stream closed, which takes a shell: `>&-` or `<&-`."""
    line = ["sh", "-c", f'"$@" {stream}', "sh", sys.executable, "-m", "archspec", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", check=False, timeout=60, env=environment())


@posix
@pytest.mark.parametrize("arguments", [["check", MISFIT], ["show", CIFAR], ["--version"]], ids=str)
def test_closed_output(arguments: list[object]) -> None:
    """Python has no standard output then. Nothing can be told, but nothing falls over."""
    process = spawn_without(">&-", *arguments)
    assert "Traceback" not in process.stderr
    assert process.returncode in (0, 1, 2)


@posix
def test_closed_input() -> None:
    process = spawn_without("<&-", "check", "-")
    assert (process.returncode, process.stderr) == (2, "")
    assert "standard input is closed" in process.stdout


@posix
@pytest.mark.parametrize("arguments", [["check", "-"], ["check", "--show-info", "-"], ["show", "-"]], ids=" ".join)
def test_interrupted(arguments: list[str]) -> None:
    """Ctrl-C while it waits for its input: status 130, and no traceback."""
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "archspec", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    with process:
        assert process.stderr is not None
        seen = b""
        while b"archspec.syntax.parsing" not in seen and b"archspec.rules\n" not in seen:
            line = process.stderr.readline()
            assert line, "it ended before it read"
            seen += line
        time.sleep(1.5)  # what is imported after that takes less, on a busy machine too
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b""
    told = [line for line in err.decode().splitlines() if line.strip() and not line.startswith("import time:")]
    assert told == ["interrupted"]


# Start-up


PROBE = """
import runpy, sys
sys.argv = ["archspec", *{arguments!r}]
try:
    runpy.run_module("archspec", run_name="__main__")
except SystemExit as exit_:
    print("status", exit_.code, file=sys.stderr)
heavy = "numpy rich typer click pygments PIL sklearn tomllib asyncio json.tool unittest".split()
print("imported", *(name for name in heavy if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", str(SPECS / "cs231n" / "vgg16.yaml")], 0),
        (["check", str(MISFIT)], 1),
        (["check", str(SPECS)], 1),
        (["check", "missing.yaml"], 2),
    ],
    ids=["good", "bad", "folder", "missing"],
)
def test_check_imports_nothing_heavy(arguments: list[str], status: int) -> None:
    """Start-up is the cost of `check`, in success and in failure; the terminal is a pipe here."""
    process = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments)], capture_output=True, encoding="utf-8", check=False
    )
    assert process.stderr.splitlines() == [f"status {status}", "imported"]


def test_show_needs_no_numpy() -> None:
    """A table is counted without a single array."""
    process = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=["show", str(CIFAR)])],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "status 0" in process.stderr
    assert "numpy" not in process.stderr.splitlines()[-1].split()


def test_commands_agree() -> None:
    """`archspec`, as pip installs it, and `python -m archspec` are one."""
    script = Path(sys.executable).with_name("archspec")
    if not script.exists():
        pytest.skip("archspec is not installed as a command")
    as_script = subprocess.run([script, "check", MISFIT], capture_output=True, encoding="utf-8", check=False)
    as_module = spawn("check", MISFIT)
    assert (as_script.returncode, as_script.stdout, as_script.stderr) == (
        as_module.returncode,
        as_module.stdout,
        as_module.stderr,
    )


def test_internal_error_is_a_finding(run: Callable[..., Result], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of archspec itself ends one file, not the run; ARCHSPEC_DEBUG shows where it happened."""
    from archspec.examination import examine_family  # noqa: PLC0415 - what is replaced below

    def broken(path: Any, *asked: Any) -> Any:
        if str(path).endswith("good.yaml"):
            raise RuntimeError(f"broken {ESCAPE}[31m")
        return examine_family(path, *asked)

    monkeypatch.setattr("archspec.commands.checking.examine_file.examine_family", broken)
    monkeypatch.delenv("ARCHSPEC_DEBUG", raising=False)
    status, out, _ = run("check", folder / "bad.yaml", folder / "good.yaml")
    assert status == 2
    assert re.search(r"error\[internal-error\].*RuntimeError: broken", out)
    assert "error[fractional-output]" in out
    assert ESCAPE not in out
    monkeypatch.setenv("ARCHSPEC_DEBUG", "1")
    with pytest.raises(RuntimeError, match="broken"):
        run("check", folder / "good.yaml")
