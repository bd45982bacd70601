"""``archspec check`` under a configuration: what is told, how gravely, and the exit status."""

from __future__ import annotations

import io
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from archspec import __main__ as command
from archspec.rules import RULES, rule
from archspec.rules._settings import Threshold

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archspec.diagnostics import Diagnostic
    from archspec.rules._base import Rule

BAD = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
INFO = "name: info\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2, fit: crop}\n"
FAMILY = """\
name: family
input: 32x32x3
params: {width: 3}
layers: [{max_pool: $width}]
variants: {one: {}, two: {width: 5}, three: {width: 2}}
"""
TRAP = "name: trap\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3, bias: no}\n"


class Result(NamedTuple):
    status: int
    told: list[str]
    text: str


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Result]:
    """Runs the command in a folder of these files: the status, what is told, and all that is printed."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("bad", BAD), ("info", INFO), ("family", FAMILY), ("trap", TRAP)):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")

    def call(*arguments: str, config: str | None = None, stdin: str = "") -> Result:
        if config is not None:
            (tmp_path / "archspec.toml").write_text(config, "utf-8")
        monkeypatch.setattr(sys, "argv", ["archspec", "check", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        status = command.main()
        text = "".join(capsys.readouterr())
        return Result(status, re.findall(r"^(?:error|warning|info)\[([a-z-]+)\]", text, re.MULTILINE), text)

    return call


@pytest.mark.parametrize(
    ("config", "options", "status"),
    [
        ("", "", 1),
        ('ignore = ["fractional-output"]', "", 0),
        ('ignore = ["shape"]', "", 0),
        ('select = ["design"]', "", 0),
        ('select = ["design"]', "--select shape", 1),
        ('ignore = ["fractional-output"]', "--select shape", 1),
        ('ignore = ["fractional-output"]', "--extend-select fractional-output", 1),
        ("", "--ignore fractional-output", 0),
        ("", "--ignore fractional-output --isolated", 0),
        ('ignore = ["shape"]', "--isolated", 1),
        ('severity = {fractional-output = "warning"}', "", 0),
        ('severity = {fractional-output = "warning"}', "--fail-on warning", 1),
        ('severity = {fractional-output = "warning"}\nfail-on = "warning"', "", 1),
        ('fail-on = "never"', "", 0),
        ('fail-on = "never"', "--fail-on error", 1),
        ('per-file-ignores = {"bad.yaml" = ["shape"]}', "", 0),
        ('per-file-ignores = {"*.yaml" = ["all"]}', "", 0),
        ('per-file-ignores = {"sub/" = ["shape"]}', "", 1),
    ],
)
def test_status(check: Callable[..., Result], config: str, options: str, status: int) -> None:
    assert check("bad.yaml", *options.split(), config=config).status == status


def test_rules_may_be_ignored_in_a_file_that_specs_use(check: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "blocks.yaml").write_text("blocks:\n  unit: [{max_pool: {kernel: 3, stride: 2}}]\n", "utf-8")
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text("name: a\ninput: 10x10x3\nuse: blocks.yaml\nlayers: [unit]\n", "utf-8")
    assert check("one.yaml", "two.yaml").told == ["fractional-output"]  # one place, one finding
    result = check("one.yaml", config='per-file-ignores = {"blocks.yaml" = ["shape"]}')
    assert (result.status, result.told) == (0, [])


def test_infos_may_fail(check: Callable[..., Result]) -> None:
    assert check("info.yaml").status == 0
    assert check("info.yaml", "--fail-on", "info").status == 1
    result = check("info.yaml", config='severity = {accepted-fit = "error"}')
    assert (result.status, result.told) == (1, ["accepted-fit"])


def test_what_cannot_be_checked_is_never_silent(check: Callable[..., Result]) -> None:
    result = check("-", "--ignore", "all", "--fail-on", "never", stdin="a: [")
    assert result.told == ["yaml-syntax"]
    assert check("missing.yaml", "--fail-on", "never", "--ignore", "all").status == 2


def test_an_ambiguity_turned_off_does_not_hide_what_is_wrong(check: Callable[..., Result]) -> None:
    assert check("trap.yaml").told == ["yaml-ambiguity"]
    assert check("trap.yaml", "--ignore", "yaml-ambiguity").told == ["invalid-value"]


def test_the_nearest_configuration_holds_for_a_file(check: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "bad.yaml").write_text(BAD, "utf-8")
    (tmp_path / "sub" / "pyproject.toml").write_text("[tool.archspec]\nfail-on = 'never'\n", "utf-8")
    assert check("sub/bad.yaml", config="").status == 0
    assert check("bad.yaml", "sub/bad.yaml").status == 1
    assert check("sub").status == 0
    (tmp_path / "sub" / "archspec.toml").write_text("", "utf-8")
    assert check("sub").status == 1


def test_one_file_for_all(check: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "other.toml").write_text("ignore = ['shape']\n", "utf-8")
    assert check("bad.yaml", "--config", "sub/other.toml", config="").status == 0


def test_faulty_configuration(check: Callable[..., Result], tmp_path: Path) -> None:
    """It is told once, whatever number of specs it governs; specs that it does not govern are checked."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "bad.yaml").write_text(BAD, "utf-8")
    (tmp_path / "sub" / "archspec.toml").write_text("", "utf-8")
    result = check(".", config="colour = true\n")
    assert result.status == 2
    assert result.told == ["fractional-output", "invalid-configuration"]
    assert "--> archspec.toml:1:1\n" in result.text


def test_excluded(check: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "bad.yaml").write_text(BAD, "utf-8")
    assert "5 files" in check(".").text
    assert "1 file\n" in check(".", config='exclude = ["*.yaml", "!bad.yaml"]\nextend-exclude = ["/bad.yaml"]').text
    assert check(".", config='exclude = ["/bad.yaml", "family.yaml", "trap.yaml", "sub/"]').status == 0
    assert "4 files" in check(".", "--exclude", "sub/").text
    assert "1 file\n" in check("sub").text, "a folder that is named is read, though it is excluded"


def test_gitignore_may_be_passed_over(check: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.yaml\n", "utf-8")
    assert "there is no spec in this folder" in check(".", config="").text
    assert "4 files" in check(".", config="respect-gitignore = false").text


def test_variants(check: Callable[..., Result]) -> None:
    assert "32 - 3" in check("family.yaml", config='variants = ["one"]').text
    assert "32 - 5" in check("family.yaml", config='variants = ["two"]').text
    assert check("family.yaml", config='variants = ["three"]').status == 0
    assert check("family.yaml", "--variant", "two", config='variants = ["three"]').status == 1
    assert check("family.yaml", config='variants = ["four"]').status == 1, "it has none of them, so all are checked"


def test_thresholds(check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def ask(self: Rule, *_: object) -> tuple[Diagnostic, ...]:
        asked.append(self.threshold("most"))
        return ()

    asking = rule("too-large")
    monkeypatch.setattr(asking, "thresholds", {"most": Threshold(50, "what is asked for")})
    monkeypatch.setattr(asking, "check_node", ask)
    for config, number in (("", 50), ("[thresholds]\nmost = 3.5", 3.5), ("thresholds.most = '2M'", 2_000_000)):
        asked.clear()
        check("bad.yaml", config=config)
        assert set(asked) == {number}
    for value in ("-1", "true", "inf", "nan", "'much'", "[]"):
        result = check("bad.yaml", config=f"thresholds.most = {value}")
        assert (result.status, result.told) == (2, ["invalid-configuration"])
        assert "`thresholds.most` of the configuration is wrong: a threshold must be at least 0" in result.text
    result = check("bad.yaml", config="thresholds.mots = 1")
    assert "there is no threshold `mots`; did you mean `most`?" in result.text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--select", "shape,dezign"], "there is no rule or group dezign; did you mean design?"),
        (["--ignore", "zzz"], "there is no rule or group zzz; groups are syntax,"),
        (["--ignore", "yaml-syntax"], "yaml-syntax is always an error"),
        (["--exclude", "a,,b"], "exclude[1] of the options must be text that is not empty"),
        (["--fail-on", "errors"], 'must be error, warning, info or never, not "errors"; did you mean error?'),
        (["--config", "x.toml", "--isolated"], "leave one out"),
    ],
)
def test_wrong_options(check: Callable[..., Result], options: list[str], words: str) -> None:
    result = check("bad.yaml", *options)
    assert result.status == 2
    assert words in re.sub(r"\s*│\s*│?\s*", " ", result.text)


def test_rules_that_are_off_by_default(check: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "fractional-output" in RULES
    monkeypatch.setattr(rule("fractional-output"), "default", False)
    assert check("bad.yaml", config="").told == []
    for config in ('select = ["shape"]', 'select = ["all"]', 'extend-select = ["fractional-output"]'):
        assert check("bad.yaml", config=config).told == ["fractional-output"]
    assert check("bad.yaml", config='severity = {fractional-output = "info"}').told == []


def test_statistics(check: Callable[..., Result]) -> None:
    result = check("bad.yaml", "info.yaml", "--statistics")
    assert result.status == 1
    assert result.text.startswith("1  error    fractional-output")
    assert result.told == []
    assert "give one a file" in check("bad.yaml", "--statistics", "--output", "concise").text


def test_quiet(check: Callable[..., Result]) -> None:
    assert check("info.yaml", "-q") == (0, [], "")
    result = check("bad.yaml", "--quiet")
    assert (result.status, result.told) == (1, ["fractional-output"])
    assert "1 error in 1 file" not in result.text


def test_one_unreadable_file_among_a_thousand(check: Callable[..., Result], tmp_path: Path) -> None:
    for number in range(998):
        (tmp_path / f"many{number}.arch.yaml").write_text("name: a\ninput: 8x8x3\nlayers: [relu]\n", "utf-8")
    (tmp_path / "gone.arch.yaml").symlink_to("nowhere")
    (tmp_path / "family.yaml").unlink()
    (tmp_path / "trap.yaml").unlink()
    (tmp_path / "info.yaml").unlink()
    result = check(".")
    assert result.status == 2
    assert result.told == ["fractional-output", "unreadable-file"]
    assert "2 errors in 1,000 files" in result.text


def test_current_folder_that_is_gone(
    check: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert check(str(tmp_path / "bad.yaml")).told == ["fractional-output"]
    assert check(str(tmp_path / "bad.yaml"), "--ignore", "shape").status == 0
