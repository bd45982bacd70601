"""Names that an expression makes are checked as written ones are; so are the names of branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.examination import examine
from archspec.spec.layer_names import is_layer_name

if TYPE_CHECKING:
    from pathlib import Path

BAD = (
    *("../../../x", "a/b", "a\\\\b", "a.b", "a b", "", "a\\nb", "a\\tb", "\\e[31m", "a:b", "\\u202e", "\\u2028"),
    *("\\x7f", "\\x85", "\\ud800", " ", "."),
)
GROUND = "name: a\ninput: 8x8x3\nlayers:\n"


def rules(tmp_path: Path, line: str) -> list[tuple[str, str]]:
    (tmp_path / "net.yaml").write_text(f"{GROUND}{line}")
    return [(each.rule, each.message) for each in examine(tmp_path / "net.yaml").errors]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize(
    "line",
    [
        "  - {{relu: , name: '$(\"{}\")'}}\n",
        "  - {{layers: [relu], name: '$(\"{}\")'}}\n",
        '  - {{relu: , name: \'x$("{}" + ".")\', repeat: 2}}\n',
        '  - {{relu: , name: "{}"}}\n',
        '  - add: {{"{}": [relu], other: []}}\n',
    ],
    ids=["expression", "group", "template", "written", "branch"],
)
def test_no_name_is_more_than_a_word(tmp_path: Path, line: str, text: str) -> None:
    """The escapes are YAML's where the name is in quotes of its own, else those of expressions."""
    found = rules(tmp_path, line.format(text))
    assert found, "it is an error"
    assert all("\n" not in message and "\x1b" not in message for _, message in found)


def test_the_finding_is_that_of_a_written_name(tmp_path: Path) -> None:
    message = "a layer's name must be one word without dots, spaces and slashes, not "
    assert rules(tmp_path, "  - {relu: , name: '$(\"../x\")'}\n") == [("invalid-value", f"{message}../x")]
    for line in ('  - {relu: , name: "../x"}\n', '  - add: {"../x": [], y: []}\n'):
        assert rules(tmp_path, line) == [("invalid-value", f'{message}"../x"')]


@pytest.mark.parametrize("value", ["null", "true", "1.5", "[1]", '""', "0.5 * 3"])
def test_only_words_and_whole_numbers_are_names(tmp_path: Path, value: str) -> None:
    assert [rule for rule, _ in rules(tmp_path, f"  - {{relu: , name: '$({value})'}}\n")] == ["invalid-value"]
    assert rules(tmp_path, "  - {relu: , name: '$(1 + 1)'}\n") == []
    assert rules(tmp_path, "  - {relu: , name: 'x$(1 + 1)'}\n") == []


def test_words_of_any_language_are_names() -> None:
    assert all(map(is_layer_name, ("conv1_1", "größe", "層", "a-b", "1x1", "a+b", "😀")))
