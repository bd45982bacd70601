"""action.yml: valid as GitHub has it, its script as a runner would run it, and nothing of an input made to run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION = ROOT / "action.yml"
BAD = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"


@pytest.fixture
def action() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(ACTION.read_text("utf-8"))
    return data


def run_check(action: dict[str, Any], folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The script of the step that checks, with the variables that a runner gives it."""
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
    given = {name: inputs.get(name, str(declared["default"])) for name, declared in action["inputs"].items()}
    temporary = folder / "temporary files"
    temporary.mkdir(exist_ok=True)
    if not (temporary / "archspec").exists():
        (temporary / "archspec").symlink_to(ROOT)  # as if it had been installed there
    variables = {"RUNNER_TEMP": str(temporary), "PATH": "/usr/bin:/bin", "GITHUB_WORKSPACE": str(folder)}
    for name, value in step["env"].items():
        (scope, key) = re.fullmatch(r"\$\{\{ (\w+)\.([\w.-]+) \}\}", value).groups()  # type: ignore[union-attr]
        variables[name] = given[key] if scope == "inputs" else sys.executable
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(find_spec("check_jsonschema") is None, reason="the schema comes with check-jsonschema")
def test_it_is_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(ACTION)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_every_input_is_used_and_only_as_a_variable(action: dict[str, Any]) -> None:
    """What is put into a script is a part of it; a variable is not."""
    text = ACTION.read_text("utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(action["inputs"])
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("shell") == ("bash" if "run" in step else None)


def test_findings_become_annotations_and_a_log(action: dict[str, Any], tmp_path: Path) -> None:
    for name in ("one/a.yaml", "two specs/b.yaml", "good.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(BAD if "/" in name else BAD.replace("10x10", "11x11"))
    done = run_check(action, tmp_path, paths="one\ntwo specs/\n", sarif="true")
    assert (done.returncode, done.stderr) == (1, "")
    assert re.findall(r"^::error .*?file=([^,]*),", done.stdout, re.MULTILINE) == ["one/a.yaml", "two specs/b.yaml"]
    log = json.loads((tmp_path / "temporary files" / "archspec.sarif").read_text("utf-8"))
    assert len(log["runs"][0]["results"]) == 2
    done = run_check(action, tmp_path, paths="good.yaml", options="--show-info\n--input=11x11x3")
    assert (done.returncode, done.stdout) == (0, "1 file checked: no findings\n")


def test_everything_is_checked_when_nothing_is_said(action: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BAD)
    assert "\n1 error in 1 file\n" in run_check(action, tmp_path).stdout


def test_no_input_runs(action: dict[str, Any], tmp_path: Path) -> None:
    for hostile in ("$(touch made)", "`touch made`", '"; touch made; "', "--output=json=made", "a.yaml; touch made"):
        done = run_check(action, tmp_path, paths=hostile)
        assert done.returncode == 2
        assert "error title=archspec (unreadable-file)" in done.stdout
        run_check(action, tmp_path, options=hostile.replace("--output=json=", ""), sarif=hostile)
        assert not (tmp_path / "made").exists()


def test_every_action_is_pinned_by_its_commit() -> None:
    """A tag can be moved to other code; the comment says which version it is. Ours has none before it is released."""
    pages = [ACTION, ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    uses = [use for page in pages for use in re.findall(r"uses: (\S+(?: # \S+)?)", page.read_text("utf-8"))]
    assert len(uses) >= 6
    for use in uses:
        assert re.fullmatch(
            r"[\w./-]+@(?:[0-9a-f]{40}) # v\d+\.\d+\.\d+|OWNER/archspec@COMMIT # v\d+\.\d+\.\d+", use
        ), use
    versions: dict[str, set[str]] = {}
    for use in uses:
        versions.setdefault(use.partition("@")[0], set()).add(use)
    assert all(len(each) == 1 for each in versions.values()), versions
