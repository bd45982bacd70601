"""Comments that suppress findings: where they hold, and what is told of those that do not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import archspec
from archspec.examination import examine, examine_family
from archspec.rules import FAMILY_RULES, RULES, rule
from archspec.rules._settings import Settings
from archspec.source import Source
from archspec.spec.selection import NetworkSelection
from archspec.suppression.comments import comments
from archspec.syntax import events

HEAD = "name: a\ninput: 10x10x3\nlayers:\n"
CONV = "avg_pool: {kernel: 3, stride: 2}"
IGNORE = "# archspec: ignore[fractional-output]"
POOL = "  - max_pool: {kernel: 3, stride: 2, padding: 1}\n"  # 4: 2.5, of which nothing real is lost


def rules(text: str) -> list[str]:
    """Rules that are told, infos too, with the lines they are told at."""
    return [f"{found.rule}:{found.span.line}" for found in archspec.check(text) if found.span]


# Where a comment is one


@pytest.fixture(params=["libyaml", "python"])
def _both_parsers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(events, "parser_class", events.PurePython)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")


@pytest.mark.usefixtures("_both_parsers")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # archspec: x\n", ["x"]),
        ("a: 1 #archspec:x y \t\r\nb: 2\t#  archspec:  z", ["x y", "z"]),
        ("# archspec: x\n", ["x"]),
        ("a: 1# archspec: x\n", []),
        ("a: 'b # archspec: x'\n", []),
        ('a: "b\n  # archspec: x\n  c" # archspec: y\n', ["y"]),
        ("a: | # archspec: x\n  b\n  # archspec: y\n\n  c # archspec: z\n# archspec: w\nb: 1\n", ["x", "w"]),
        ("a: >\n  b # archspec: x\n", []),
        ("a: [1, # archspec: x\n 2] # archspec: y\n", ["x", "y"]),
        ("a: $(min(1, 2)) # archspec: x\n", ["x"]),
        ("a: b # why # archspec: x\n", ["x"]),
        ("'#': \"#\" # archspec: x\n", ["x"]),
        ("a: ä€\U0001f600 # archspec: x\n", ["x"]),
        ("a: [ # archspec: x\n", []),
    ],
)
def test_comments(text: str, expected: list[str]) -> None:
    assert [comment.text.text for comment in comments(Source("net.yaml", text))] == expected


# Where it holds


@pytest.mark.parametrize(
    ("layers", "left"),
    [
        (f"  - {CONV} {IGNORE}\n", []),
        (f"  - {CONV} {IGNORE} as published\r\n", []),
        (f"  - {CONV} # archspec: ignore[ budget ,fractional-output]\n", ["unused-suppression:4"]),
        (f"  - {CONV} # archspec: ignore [fractional-output]\n", []),
        (f"  - relu {IGNORE}\n  - {CONV}\n", ["unused-suppression:4", "fractional-output:5"]),
        (f"  {IGNORE}\n  - {CONV}\n", []),
        (f"{IGNORE}\n\n  # and this\n  - {CONV}\n", []),
        (f"  {IGNORE}\n  - relu\n  - {CONV}\n", ["unused-suppression:4", "fractional-output:6"]),
        (f"  {IGNORE}\n  -\n    conv:\n      filters: 8\n      kernel: 3\n      stride: 2\n", []),
        (f"  {IGNORE}\n  - layers:\n      - relu\n      - {CONV}\n    name: x\n", []),
        (f"  - layers:\n      {IGNORE}\n      - {CONV}\n      - {CONV}\n", ["fractional-output:7"]),
        (f"  - {CONV}\n# archspec: ignore-file[fractional-output] all\n", []),
        (f"  - {CONV} # archspec: ignore-file[fractional-output]\n", []),
        (f"  - {CONV}\n  - {CONV}\n{IGNORE}\n", ["fractional-output:4", "unused-suppression:6"]),
        (f"  - {CONV} {IGNORE}\n{POOL}", ["lopsided-padding:5"]),
        (f"  - {CONV} {IGNORE}\n{POOL.rstrip()} # archspec: ignore[lopsided-padding]\n", []),
    ],
)
def test_where_it_holds(layers: str, left: list[str]) -> None:
    assert sorted(rules(HEAD + layers), key=lambda each: int(each.partition(":")[2])) == left


def test_windows_line_ends() -> None:
    assert rules((HEAD + f"  {IGNORE}\n  - {CONV}\n  - {CONV} {IGNORE}\n").replace("\n", "\r\n")) == []


def test_a_key_with_its_value() -> None:
    text = "name: a\ninput: 8x8x3\nlayers: [relu]\n# archspec: ignore[expectation]\nexpect:\n  params: 7\n  macs: 8\n"
    assert rules(text) == []
    assert rules(text.replace("# archspec: ignore[expectation]\n", "")) == ["expectation:5", "expectation:6"]


def test_blocks() -> None:
    text = f"name: a\ninput: 21x21x3\nblocks:\n  b:\n    layers:\n      - {CONV}\nlayers: [b, b]\n"
    assert rules(text) == ["fractional-output:6"]
    assert rules(text.replace("2}\n", f"2}} {IGNORE}\n")) == []


def test_used_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    block = "blocks:\n  b:\n    layers:\n      - " + CONV
    Path("net.yaml").write_text("name: a\ninput: 10x10x3\nuse: common.yaml\nlayers: [b]\n")
    Path("common.yaml").write_text(f"{block} {IGNORE} # archspec: ignore[budget]\n")
    assert archspec.check(Path("net.yaml")) == [], "what suppresses nothing here may do so for another that uses it"
    Path("common.yaml").write_text(f"{block} # archspec: ignore\n")
    assert [found.rule for found in archspec.check(Path("net.yaml"))] == ["fractional-output", "suppression-form"]


VARIANTS = f"name: a\nvariants: {{even: {{input: 10x10x3}}, odd: {{input: 11x11x3}}}}\nlayers:\n  - {CONV} {IGNORE}\n"


def test_used_in_any_variant_is_used() -> None:
    assert rules(VARIANTS) == []
    assert rules(VARIANTS.replace("10x10", "13x13")) == ["unused-suppression:4"]


@pytest.mark.parametrize("selection", [NetworkSelection("odd"), NetworkSelection(input="11x11x3")])
def test_a_part_of_a_file_does_not_tell_what_is_unused(selection: NetworkSelection) -> None:
    assert examine_family(VARIANTS, selection)[0].diagnostics == []
    assert examine(VARIANTS, selection).diagnostics == []


def test_behind_an_error_nothing_is_called_unused() -> None:
    assert rules(HEAD + f"  - konv: {{}}\n  - {CONV} {IGNORE}\n") == ["unknown-operator:4"]


def test_everything_else_goes_on_as_if_it_were_not_there() -> None:
    text = HEAD + f"  - {CONV} {IGNORE}\n  - fc: 10\n"
    assert examine(text).errors == []
    assert "fc1" in [step.name for step in archspec.analyze(text).layers]
    archspec.compile(text)
    assert archspec.check(archspec.load(text)) == []


def test_a_rule_that_is_turned_off_suppresses_nothing_and_is_not_told_of() -> None:
    text = HEAD + f"  - {CONV} {IGNORE}\n  - relu # archspec: ignore[budget]\n"
    for selected, told in ((("unused-suppression",), []), (("unused-suppression", "budget"), ["budget"]), ((), [])):
        found = examine_family(text, settings=Settings(frozenset(selected)))[0].diagnostics
        assert [each.span.text for each in found if each.span] == told


# What is told


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore", "does not name a rule in brackets"),
        ("ignore-file", "does not name a rule in brackets"),
        ("ignore[]", "does not name a rule in brackets"),
        ("ignore[ , ]", "does not name a rule in brackets"),
        ("ignore[budget", "does not name a rule in brackets"),
        ("ignore: budget", "does not name a rule in brackets"),
        ("disable=budget", "does not name a rule in brackets"),
        ("", "does not name a rule in brackets"),
        ("ignore[bugdet]", "there is no rule `bugdet`; did you mean `budget`?"),
        ("ignore[all]", "there is no rule `all`"),
        ("ignore[two words]", "there is no rule `two words`"),
        ("ignore[unknown-key]", "`unknown-key` is not a rule"),
        ("ignore[unused-suppression]", "`unused-suppression` is not a rule"),
    ],
)
def test_faulty_comments(comment: str, message: str) -> None:
    (found,) = archspec.check(HEAD + f"  - relu # archspec: {comment}\n")
    assert message in found.message
    assert found.severity is archspec.Severity.ERROR


@pytest.mark.parametrize("name", [*RULES, *FAMILY_RULES])
def test_every_rule_can_be_suppressed(name: str) -> None:
    found = archspec.check(HEAD + f"  - relu # archspec: ignore[{name}]\n")
    assert [each.rule for each in found] == ["unused-suppression"] * rule(name).default


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - relu  # archspec: ignore[budget] why\n", "  - relu\n"),
        ("  - relu\t# archspec: ignore[budget]\r\n", "  - relu\r\n"),
        ("  # archspec: ignore[budget] why\n  - relu\n", "  - relu\n"),
        ("  # archspec: ignore[budget]\r\n  - relu\n", "  - relu\n"),
        ("  - relu\n# archspec: ignore-file[budget]", "  - relu\n"),
        ("  - relu # archspec: ignore[bugdet]\n", "  - relu # archspec: ignore[budget]\n"),
        (f"  - {CONV} # archspec: ignore[fractional-output, budget] y\n", f"  - {CONV} {IGNORE} y\n"),
        (f"  - {CONV} # archspec: ignore[budget,  fractional-output]\n", f"  - {CONV} {IGNORE}\n"),
        (f"  - {CONV} # archspec: ignore\n", f"  - {CONV} {IGNORE}\n"),
        (f"  - {CONV} # archspec: ignore[] as published\n", f"  - {CONV} {IGNORE} as published\n"),
        (f"  - {CONV} # archspec: disable all\n", f"  - {CONV} {IGNORE} all\n"),
    ],
)
def test_fixes(before: str, after: str) -> None:
    fix = next(found.fix for found in archspec.check(HEAD + before) if found.fix and found.rule != "fractional-output")
    text = HEAD + before
    for edit in reversed(fix.edits):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text == HEAD + after
    assert fix.safe == ("budget" in before or "bugdet" in before)
