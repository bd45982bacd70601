"""The hook of .pre-commit-hooks.yaml, installed by pre-commit itself and run by git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("pre_commit") is None or not shutil.which("git"), reason="needs pre-commit and git"),
]
ROOT = Path(__file__).parents[1]
GOOD = "name: good\ninput: 11x11x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
BAD = GOOD.replace("11x11", "10x10")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A git and a pre-commit that know nothing of this machine.

    The hook is installed by pip from a clone, as for anybody, but what it depends on is lent from here: so the test
    needs no network, and no minute to install NumPy.
    """
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nname = a\nemail = a@b.c\n[init]\ndefaultBranch = main\n")
    lent = [folder for folder in sys.path if folder.endswith("site-packages")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "PYTHON"))}
    return kept | {
        "HOME": str(home),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "PRE_COMMIT_HOME": str(tmp_path / "hooks"),
        "PYTHONPATH": os.pathsep.join(lent),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as what follows "no": off
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }


def call(folder: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def git(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    done = call(folder, environment, "git", *arguments)
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


@pytest.fixture
def archspec(tmp_path: Path, environment: dict[str, str]) -> Path:
    """This repository, as far as it is installed, as one of its own that hooks can be taken from."""
    copy = tmp_path / "archspec"
    copy.mkdir()
    for name in ("archspec", "specs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    files = (".pre-commit-hooks.yaml", "pyproject.toml", "README.md", "LICENSE", "archspec_nn.py", "hatch_build.py")
    for name in files:
        shutil.copy(ROOT / name, copy / name)
    git(copy, environment, "init", "--quiet")
    git(copy, environment, "add", "--all")
    git(copy, environment, "commit", "--quiet", "--message", "all")
    return copy


INJECTIONS = (
    *("--config=c.arch.yaml", "--output=json=z.arch.yaml", "--exit.arch.yaml", "--help.arch.yaml", "-q.arch.yaml"),
)


def test_names_of_files_are_no_options(tmp_path: Path, environment: dict[str, str], archspec: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {archspec}\n    rev: {git(archspec, environment, 'rev-parse', 'HEAD')}\n"
        "    hooks:\n      - id: archspec\n"
    )
    (project / "c.arch.yaml").write_text('ignore = ["fractional-output"]')
    (project / "bad.arch.yaml").write_text(BAD)
    for name in INJECTIONS:
        (project / name).write_text(GOOD)
    git(project, environment, "init", "--quiet")
    git(project, environment, "add", "--all")
    ran = call(project, environment, sys.executable, "-m", "pre_commit", "run", "archspec", "--files", "bad.arch.yaml")
    assert "1 error in 1 file" in ran.stdout
    ran = call(project, environment, sys.executable, "-m", "pre_commit", "run", "archspec", "--all-files")
    assert ran.returncode == 1
    assert "error[fractional-output]" in ran.stdout
    assert "c.arch.yaml:1:1: " not in ran.stdout
    checked = re.findall(r"(?:error|errors) in (\d+) file|(\d+) files? checked", ran.stdout)
    assert sum(int(one or other) for one, other in checked) == 7, "in several processes"
    assert not (project / "z.arch.yaml").exists()


def test_a_commit_is_checked(tmp_path: Path, environment: dict[str, str], archspec: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {archspec}\n    rev: {git(archspec, environment, 'rev-parse', 'HEAD')}\n"
        "    hooks:\n      - id: archspec\n"
    )
    (project / "good.arch.yaml").write_text(GOOD)
    (project / "compose.yaml").write_text("services: {}\n")
    git(project, environment, "init", "--quiet")
    git(project, environment, "add", "--all")
    installed = call(project, environment, sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout
    git(project, environment, "commit", "--message", "what fits, and what is no spec")

    (project / "with space.arch.yaml").write_text(BAD)
    git(project, environment, "add", "--all")
    refused = call(project, environment, "git", "commit", "--message", "what does not fit")
    assert refused.returncode == 1
    assert "archspec check" in refused.stdout
    assert "--> with space.arch.yaml:4:5" in refused.stdout
    assert "1 error in 1 file" in refused.stdout, "only what the commit changes"
    assert git(project, environment, "rev-list", "--count", "HEAD") == "1"
