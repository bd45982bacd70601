"""What shells complete, through the program itself as bash calls it, which splits words at colons."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archspec.commands.completion import join_colons
from archspec.files.zoo import entries
from archspec.report.columns import COLUMNS
from archspec.rules._names import NAMES

_FAMILY = "name: f\ninput: 8x8x3\nparams: {width: 4}\nlayers: [relu]\nvariants: {small: {}, large: {width: 8}}\n"


def _completed(*words: str, between: str = "\n") -> list[str]:
    """What is offered for the last word."""
    probe = "import sys; sys.argv[0] = 'archspec'; from archspec.__main__ import run_and_exit; run_and_exit()"
    variables = {"COMP_WORDS": between.join(("archspec", *words)), "COMP_CWORD": str(len(words))}
    done = subprocess.run(
        [sys.executable, "-c", probe],
        env={**variables, "_ARCHSPEC_COMPLETE": "complete_bash", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_networks_of_the_zoo() -> None:
    assert _completed("show", "zoo", ":", "res")[:2] == ["resnet20", "resnet32"]
    assert {*entries(), "resnet"} <= {*_completed("check", "zoo", ":")}
    assert "zoo:lenet" in _completed("run", "zo")
    assert _completed("sizes", "zoo:len") == ["zoo:lenet"]
    assert _completed("show", "") == []  # files are the shell's


def test_rules_columns_and_formats() -> None:
    assert _completed("rule", "fra") == ["fractional-output"]
    assert _completed("check", "a.yaml", "--select", "shape,fra") == ["shape,fractional-output"]
    assert _completed("show", "a.yaml", "--columns", "name,out") == ["name,output"]
    assert _completed("check", "--fail-on", "w") == ["warning"]
    assert _completed("check", "--output", "s") == ["sarif", "statistics"]
    assert [*NAMES] == _completed("rule", "")
    assert [*COLUMNS] == _completed("show", "--columns", "")


def test_variants_and_parameters_of_the_named_spec(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text(_FAMILY, "utf-8")
    assert _completed("show", str(file), "--variant", "") == ["small", "large"]
    assert _completed("check", str(file), "--set", "w") == ["width="]
    assert _completed("show", "zoo", ":", "resnet", "--variant", "resnet1")[0] == "resnet18"
    assert _completed("show", str(tmp_path / "none.yaml"), "--variant", "") == []


@pytest.mark.parametrize(
    ("words", "place", "joined", "moved"),
    [
        ("a show zoo : res", 4, "a show res", 2), ("a show zoo :", 3, "a show ", 2),
        ("a show zoo : r --set x", 6, "a show zoo:r --set x", 4), ("a show x zoo : r", 2, "a show x zoo:r", 2),
        ("a show c : d", 4, "a show c : d", 4),
    ],
)  # fmt: skip
def test_words_that_bash_splits(words: str, place: int, joined: str, moved: int) -> None:
    variables = {"COMP_WORDS": words, "COMP_CWORD": str(place), "_A_COMPLETE": "complete_bash"}
    join_colons(variables)
    assert (variables["COMP_WORDS"], variables["COMP_CWORD"]) == (joined, str(moved))
    other = {"COMP_WORDS": words, "COMP_CWORD": str(place), "_A_COMPLETE": "complete_zsh"}
    join_colons(other)
    assert other["COMP_WORDS"] == words
