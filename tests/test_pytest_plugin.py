"""`pytest --archspec`: which tests there are, how they fail, and that nothing happens without the option."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from archspec import pytest_plugin
from archspec.commands.checking.check_files import check_files
from archspec.commands.checking.options import CheckOptions
from archspec.spec.selection import NetworkSelection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., str]

pytest_plugins = ["pytester"]

BAD = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
FILES = {
    "specs/bad.yaml": BAD,
    "specs/good.arch.yml": "name: good\ninput: 8x8x3\nlayers:\n  - relu\n",
    "specs/family.yaml": """
name: family
input: 8x8x3
params: {kernel: 3}
blocks: {idle: {layers: [relu]}}
layers:
  - conv: {filters: 4, kernel: $kernel}
variants:
  small: {}
  large: {kernel: 9}
""",
    "specs/broken.arch.yaml": "name: [\n",
    "specs/compose.yaml": "services: {}\n",
    "test_one.py": "import sys\n\ndef test_light():\n    print(*sorted(sys.modules))\n",
}


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    for name, text in FILES.items():
        (pytester.path / name).parent.mkdir(exist_ok=True)
        (pytester.path / name).write_text(text)
    return pytester.path


@pytest.fixture
def run(pytester: pytest.Pytester, pytestconfig: pytest.Config) -> Run:
    """A run of pytest within this process; it finds the plugin by itself where archspec is installed as it is now."""
    plugins = [] if pytestconfig.pluginmanager.has_plugin("archspec") else [pytest_plugin]

    def call(*arguments: str) -> str:
        done = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", *arguments, plugins=plugins)
        return done.stdout.str()

    return call


def outcomes(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(\S+::\S+) (PASSED|FAILED)", text, re.MULTILINE))


@pytest.mark.usefixtures("project")
def test_every_variant_of_every_spec_is_a_test(run: Run) -> None:
    assert outcomes(run("--archspec", "-v")) == {
        "specs/bad.yaml::bad": "FAILED",
        "specs/broken.arch.yaml::broken.arch": "FAILED",
        "specs/family.yaml::small": "PASSED",
        "specs/family.yaml::large": "FAILED",
        "specs/good.arch.yml::good.arch": "PASSED",
        "test_one.py::test_light": "PASSED",
    }


@pytest.mark.usefixtures("project")
def test_it_fails_with_the_text_of_check(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    text = run("--archspec", "specs")
    capsys.readouterr()
    for name, variant in (("bad.yaml", None), ("broken.arch.yaml", None), ("family.yaml", "large")):
        check_files([f"specs/{name}"], CheckOptions(selection=NetworkSelection(variant)))
        told = capsys.readouterr().out
        assert told.startswith("error[")
        assert told in text
    assert "Traceback" not in text


@pytest.mark.usefixtures("project")
def test_a_file_or_a_variant_can_be_named(run: Run) -> None:
    for name, outcome in (("compose.yaml::compose", "FAILED"), ("family.yaml::small", "PASSED")):
        assert outcomes(run("--archspec", "-v", f"specs/{name}")) == {f"specs/{name}": outcome}


def test_results_can_be_read_by_others(run: Run, project: Path) -> None:
    run("--archspec", "--junitxml=results.xml", "specs/bad.yaml")
    text = (project / "results.xml").read_text("utf-8")
    assert 'name="bad"' in text
    assert "does not fit 10x10" in text


def test_the_whole_file_is_part_of_its_first_variant(run: Run, project: Path) -> None:
    family = FILES["specs/family.yaml"].replace("kernel: 3", "kernel: 99").replace("kernel: 9}", "kernel: 98}")
    (project / "specs" / "family.yaml").write_text(family)
    first, second = (run("--archspec", f"specs/family.yaml::{name}") for name in ("small", "large"))
    assert "error[kernel-too-large]" in first
    assert "warning[unused-block]" in first
    assert "error[kernel-too-large]" in second
    assert "unused-block" not in second


def test_configuration_holds_for_tests_too(run: Run, project: Path) -> None:
    for text, tests in (
        ("variants = ['small']", {"small": "PASSED"}),
        ("fail-on = 'warning'", {"small": "FAILED", "large": "FAILED"}),
        ("fail-on = 'never'", {"small": "PASSED", "large": "PASSED"}),
    ):
        (project / "specs" / "archspec.toml").write_text(f"{text}\n")
        told = run("--archspec", "-v", "specs/family.yaml")
        assert outcomes(told) == {f"specs/family.yaml::{name}": outcome for name, outcome in tests.items()}
    (project / "specs" / "archspec.toml").write_text("fail-off = 'warning'\n")
    assert "specs/archspec.toml:1:1" in run("--archspec", "specs/family.yaml::small")


@pytest.mark.usefixtures("project")
def test_a_fault_of_archspec_is_told_as_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("archspec.commands.checking.examine_file.examine_family", broken)
    text = run("--archspec", "specs/bad.yaml")
    assert "error[internal-error]: archspec itself failed: RuntimeError: broken" in text


def test_nothing_happens_without_the_option(pytester: pytest.Pytester, project: Path) -> None:
    """Specs are left alone, and every run of pytest in this environment stays as quick as it was."""
    (project / "conftest.py").write_text("pytest_plugins = ['archspec.pytest_plugin']\n")
    done = pytester.run(sys.executable, "-m", "pytest", "-p", "no:archspec", "-v", "-s")
    assert done.ret == 0
    text = done.stdout.str()
    assert set(re.findall(r"^\S+::\S+", text, re.MULTILINE)) == {"test_one.py::test_light"}
    modules = text.split()
    assert "archspec.pytest_plugin" in modules
    ours = {name for name in modules if name.startswith("archspec")}
    assert ours <= {"archspec", "archspec._version", "archspec.pytest_plugin"}
    assert not {"pydantic", "yaml", "numpy", "rich", "typer"} & set(modules)
