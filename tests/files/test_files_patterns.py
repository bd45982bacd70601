"""Patterns of file names, held to what git makes of the same lines."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from archspec.files.patterns import is_left_out, parse_pattern, parse_patterns
from archspec.files.wildcards import ANY, STAR, Wildcard

if TYPE_CHECKING:
    from pathlib import Path

    from archspec.files.wildcards import Token

NAMES = ("a", "b", "ab", "a.b", ".a", "a b", "-", "!a", "#a", "a]")
PIECES = [
    *("a", "b", "*", "**", "/", "?", "[", "[a-b]", "[!a]", "[^b]", "\\", "!", "#", " ", ".", "**/", "/**", "-", "]"),
    *("[b-a]", "[]]", "[]-a]", "[\\]]", "[a-]", "[!]a]"),
]
LINES = st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join), min_size=1, max_size=3)
QUIRK = re.compile(r"[^/*!]\*\*+(/|$)")
"""Git takes the ``**`` of ``a**/b`` for any folders behind plain characters; its documentation does not."""

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="compares with git")


@pytest.fixture(scope="module")
def files() -> list[str]:
    below = [f"{x}/{y}" for x in NAMES for y in NAMES if y not in ("a", "b")]
    return [*below, *(f"{x}/{y}/{z}" for x in NAMES for y in ("a", "b") for z in ("a", "ab", ".a"))]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, files: list[str]) -> Path:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", root], check=True)
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


@needs_git
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
def test_as_git_has_it(repository: Path, files: list[str], lines: list[str]) -> None:
    assume(not any(QUIRK.search(line) for line in lines))
    (repository / ".gitignore").write_text("\n".join(lines))
    asked = subprocess.run(
        ["git", "-C", repository, "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"],
        input="\0".join(files),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert asked.stderr == ""
    patterns = parse_patterns(lines)
    assert {file for file in files if is_left_out(file, patterns)} == set(asked.stdout.split("\0")) - {""}


@pytest.mark.parametrize("line", ["", "   ", "# a comment"])
def test_lines_without_a_pattern(line: str) -> None:
    assert parse_pattern(line) is None


@pytest.mark.parametrize(
    ("line", "path", "is_covered"),
    [
        ("drafts/", "drafts/a.yaml", True),
        ("drafts/", "old/drafts/a.yaml", True),
        ("/drafts", "old/drafts/a.yaml", False),
        ("old/*.yaml", "old/a.yaml", True),
        ("old/*.yaml", "old/deep/a.yaml", False),
        ("old/**", "old/deep/a.yaml", True),
        ("*.arch.yaml", "old/deep/a.arch.yaml", True),
        ("old/**/a.yaml", "old/a.yaml", True),
        ("\\!a.yaml", "!a.yaml", True),
        ("a.yaml", "a.yaml\n", False),
    ],
)
def test_what_a_pattern_covers(line: str, path: str, is_covered: bool) -> None:
    assert is_left_out(path, parse_patterns([line])) == is_covered


def test_later_patterns_take_back_in_but_not_from_a_folder_left_out() -> None:
    patterns = parse_patterns(["*.yaml", "!a.yaml", "old/", "!old/a.yaml"])
    assert not is_left_out("a.yaml", patterns)
    assert is_left_out("b.yaml", patterns)
    assert is_left_out("old/a.yaml", patterns)


NAME = "a" * 200
HOSTILE = (
    *("*a*a*a*a*a*b", "*a" * 100 + "b", "a*" * 5000 + "b", "*" * 100_000 + "b", "*?" * 5000 + "b", "[" * 300_000),
    *(
        "[!b]*" * 5000 + "b",
        "**/" * 100_000 + "b",
        "**/a/" * 2000 + "b",
        "a/" * 100_000,
        "[a-z" * 50_000,
        "\\" * 99_999,
    ),
    *("*" + "a" * 100 + "?b", "**/*a/" * 2000 + "b", "[" + "c-d" * 100_000 + "]", "!" * 100_000, " " * 100_000 + "b"),
)


class Budget:
    """Lines of Python that may run, as a measure of work that no other process changes."""

    def __init__(self, most: int) -> None:
        self.left = most

    def __call__(self, *_: object) -> Budget:
        self.left -= 1
        assert self.left > 0, "too much work"
        return self


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: line[:12])
@pytest.mark.parametrize("path", [NAME, f"{NAME}/{NAME}", "/".join("a" * 100)], ids=["name", "two", "deep"])
def test_work_does_not_grow_with_what_a_pattern_is_made_of(line: str, path: str) -> None:
    """At most some steps for each character of the pattern, and of the path times its parts."""
    before = sys.gettrace()
    sys.settrace(Budget(60 * len(line) + 100 * len(path) * (path.count("/") + 1) + 20_000))
    try:
        assert not is_left_out(path, parse_patterns([line]))
    finally:
        sys.settrace(before)


@given(st.lists(st.sampled_from("ab*?"), max_size=12).map("".join), st.text("ab", max_size=12))
def test_wildcards_are_those_of_the_shell(pattern: str, name: str) -> None:
    wild: dict[str, Token] = {"*": STAR, "?": ANY}
    tokens = [wild.get(each, each) for each in pattern]
    assert Wildcard(tokens).admits(name) == fnmatchcase(name, pattern)
