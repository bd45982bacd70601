"""Which files a check of folders looks at."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archspec.files.discovery import spec_files
from archspec.files.gitignore import Level, PassedOver
from archspec.files.patterns import parse_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.diagnostics import Diagnostic

SPEC = "name: a\ninput: 3x3x3\nlayers: [relu]\n"


def write(folder: Path, *names: str, text: str = SPEC) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def found(folder: Path, *paths: str) -> list[str]:
    """The specs below a folder, by their paths in it."""
    told: list[Diagnostic] = []
    files = list(spec_files(paths or [str(folder)], told.append))
    assert told == []
    return [os.path.relpath(file, folder).replace(os.sep, "/") for file in files]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "is_spec"),
    [
        (SPEC, True),
        ("\ufeffinput: 3x3x3\r\nlayers: [relu]\r\n", True),
        ("\"input\": 3x3x3\n'layers': [relu]\n", True),
        ("layers: [relu]\nvariants:\n  a: {input: 3x3x3}\n", True),
        ("layers: [relu]\n", False),
        ("model:\n  input: 3x3x3\n  layers: [relu]\n", False),
        ("inputs: 3x3x3\nlayers: [relu]\n", False),
    ],
)
def test_specs_are_known_by_their_keys(tmp_path: Path, text: str, is_spec: bool) -> None:
    (tmp_path / "a.yaml").write_text(text, "utf-8", newline="")
    write(tmp_path, "b.arch.yaml", text="")
    assert found(tmp_path) == ["a.yaml", "b.arch.yaml"] if is_spec else ["b.arch.yaml"]


def test_a_folder_goes_before_the_folders_in_it(tmp_path: Path) -> None:
    write(tmp_path, "b/c.yaml", "a/b/d.yaml", "a/e.yaml", "z.yaml", "a.yaml")
    assert found(tmp_path) == ["a.yaml", "z.yaml", "a/e.yaml", "a/b/d.yaml", "b/c.yaml"]


def test_gitignore_of_the_folder_above_it_and_within_it(repository: Path) -> None:
    write(
        repository, "a.yaml", "draft.yaml", "specs/draft.yaml", "specs/b.yaml", "specs/old/c.yaml", "specs/old/d.yaml"
    )
    write(repository, ".gitignore", text="draft.yaml\n/specs/old/c.yaml\n")
    assert found(repository) == ["a.yaml", "specs/b.yaml", "specs/old/d.yaml"]
    assert found(repository, str(repository / "specs" / "old")) == ["specs/old/d.yaml"]
    write(repository, "specs/.gitignore", text="!draft.yaml\r\nold/\r\n")
    assert found(repository) == ["a.yaml", "specs/b.yaml", "specs/draft.yaml"]


def test_gitignore_above_the_repository_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "mine" / ".git").mkdir(parents=True)
    write(tmp_path, "mine/a.yaml")
    write(tmp_path, ".gitignore", text="*.yaml\n")
    assert found(tmp_path / "mine") == ["a.yaml"]


def test_gitignore_counts_without_a_repository(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml")
    write(tmp_path, ".gitignore", text="a.yaml\n")
    assert found(tmp_path) == ["b.yaml"]


LINES = st.lists(
    st.sampled_from([
        *("a.yaml", "!a.yaml", "/a.yaml", "sub/", "!sub/", "sub/*", "deep/", "/deep", "*.yaml", "!*.yaml", "**/deep"),
        *("sub/deep/a.yaml", "!sub/deep/a.yaml", "!b.yaml", "*", "!*/", "/*", "sub/**", "!sub", "a.yaml/"),
    ]),
    max_size=4,
)  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None, reason="compares with git")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, LINES, LINES)
def test_files_of_several_folders_as_git_has_them(
    tmp_path: Path, top: list[str], sub: list[str], deep: list[str]
) -> None:
    if not (tmp_path / ".git").exists():
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
        write(
            tmp_path,
            *(f"{folder}{name}" for folder in ("", "sub/", "sub/deep/", "z/") for name in ("a.yaml", "b.yaml")),
        )
    for folder, lines in (("", top), ("sub/", sub), ("sub/deep/", deep)):
        write(tmp_path, f"{folder}.gitignore", text="\n".join(lines))
    command = ["git", "-C", str(tmp_path), "-c", "core.excludesFile=", "ls-files", "-o", "--exclude-standard", "*.yaml"]
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    assert sorted(spec_files([str(tmp_path)], lambda _: None)) == sorted(str(tmp_path / file) for file in listed)


def test_what_is_named_is_checked_though_ignored(repository: Path) -> None:
    write(repository, "build/a.yaml", "build/b.yaml")
    write(repository, ".gitignore", text="build/\n")
    named = [str(repository / "build" / "b.yaml"), str(repository / "build")]
    assert found(repository, *named) == ["build/b.yaml", "build/a.yaml"]


def test_excluded(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "old/b.yaml", "deep/old/c.yaml", "deep/old/new/d.yaml")

    def passed_over(folder: str) -> PassedOver:
        way = Path(folder).relative_to(tmp_path).as_posix()
        return PassedOver((Level(parse_patterns(["/deep/old/*.yaml", "/old/"]), "" if way == "." else f"{way}/"),))

    files = spec_files([str(tmp_path)], lambda _: pytest.fail("told"), passed_over)
    assert [Path(file).name for file in files] == ["a.yaml", "d.yaml"]


def test_a_folder_of_which_all_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml", "node_modules/c.yaml")
    write(tmp_path, ".gitignore", text="*.yaml\n")
    told: list[Diagnostic] = []
    assert list(spec_files([str(tmp_path)], told.append)) == []
    assert [(each.message, each.notes) for each in told] == [
        (
            "there is no spec in this folder",
            (f"files excluded by .gitignore or `exclude` were skipped: {tmp_path}/a.yaml and 2 more",),
        )
    ]
    (tmp_path / "empty").mkdir()
    told.clear()
    assert list(spec_files([str(tmp_path / "empty")], told.append)) == []
    assert [each.notes for each in told] == [()]


def test_a_gitignore_does_not_take_back_what_is_excluded(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "node_modules/b.yaml")
    write(tmp_path, ".gitignore", text="!node_modules/\n")
    assert found(tmp_path) == ["a.yaml"]


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_a_gitignore_that_is_no_file(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "deep/b.yaml")
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / "deep" / ".gitignore").mkdir()
    reported: list[Diagnostic] = []
    assert len(list(spec_files([str(tmp_path)], reported.append))) == 2
    assert [(each.message, each.path) for each in reported] == [
        ("this is a named pipe, not a file", f"{tmp_path}/.gitignore")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n" * 10_001, "the file has 10,002 lines, and the limit is 10,000"),
        ("a" * 2**21, "the file has 2,097,152 bytes, and the limit is 1,048,576 bytes"),
    ],
)
def test_a_gitignore_that_is_too_large(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, "a.yaml")
    write(tmp_path, ".gitignore", text=text)
    reported: list[Diagnostic] = []
    assert len(list(spec_files([str(tmp_path)], reported.append))) == 1
    assert [each.message for each in reported] == [message]


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_links(tmp_path: Path) -> None:
    """Links to folders are not followed, so that none leads round; a file with several names is one file."""
    write(tmp_path, "specs/b.yaml")
    (tmp_path / "specs" / "round").symlink_to(tmp_path)
    (tmp_path / "specs" / "a.yaml").symlink_to("b.yaml")
    assert found(tmp_path) == ["specs/a.yaml"]
    assert found(tmp_path, str(tmp_path / "specs" / "round")) == ["specs/round/specs/a.yaml"]


def test_folders_deeper_than_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1100):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.yaml").write_text(SPEC, "utf-8")
    monkeypatch.chdir(tmp_path)
    try:
        assert [Path(file).name for file in spec_files(["."], lambda _: None)] == ["a.yaml"]
    finally:
        os.system("rm -rf d")  # noqa: S605 - deeper than Python removes


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder that may not be read."""
    write(tmp_path, "closed/a.yaml", "open/b.yaml")
    (tmp_path / "closed").chmod(0)
    yield tmp_path / "closed"
    (tmp_path / "closed").chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_told(closed: Path) -> None:
    told: list[Diagnostic] = []
    files = list(spec_files([str(closed.parent)], told.append))
    assert [Path(file).name for file in files] == ["b.yaml"]
    assert [(each.path, each.message, each.unusable) for each in told] == [
        (str(closed), "the folder cannot be read: Permission denied", True)
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "b.yaml")
    (tmp_path / "a.yaml").chmod(0)
    assert found(tmp_path) == ["a.yaml", "b.yaml"]
