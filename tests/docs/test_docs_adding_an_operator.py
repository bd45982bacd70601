"""docs/adding-an-operator.md: what it says is done in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.docs.conftest import Document, Read

ROOT = Path(__file__).parents[2]
STEP = re.compile(r"^(New file|In) `([^`]+)`(?:, after `(\w+)`)?:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ASKED = "rms_norm or table or outputs_of_operators or list_of_costs or names_every_operator or texts_are"
"""What the steps are about, among the tests of all operators and documents."""


@pytest.fixture
def page(read: Read) -> Document:
    return read("docs/adding-an-operator.md")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The repository without what the steps have nothing to do with."""
    for name in ("archspec", "docs", "specs", "tests/cases", "tests/ops", "tests/docs", "tests/schema"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "tests/conftest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def run_tests(copy: Path) -> subprocess.CompletedProcess[str]:
    files = ("tests/ops/test_ops_table.py", "tests/ops/test_ops_dependence.py", "tests/docs", "tests/schema")
    return run(copy, "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "-k", ASKED, *files)


def insert_after(path: Path, word: str, text: str) -> None:
    """Insert lines after the first entry of a word, in a table or in a dict."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    (place, *_) = [number for number, line in enumerate(lines) if re.match(rf'(\| `|    "){word}[`"]', line)]
    path.write_text("".join((*lines[: place + 1], text, *lines[place + 1 :])), "utf-8")


def follow(page: Document, copy: Path, documents: bool) -> int:
    """Do the steps about the code, or those about the documents; how many there were."""
    steps = [step for step in STEP.findall(page.text) if step[1].startswith("docs/") == documents]
    for what, name, word, text in steps:
        if what == "In":
            insert_after(copy / name, word, text)
        else:
            assert not (copy / name).exists()
            (copy / name).write_text(text, "utf-8")
    return len(steps)


def test_the_steps_make_an_operator(page: Document, copy: Path) -> None:
    assert follow(page, copy, documents=False) == 2
    (spec,) = (block.text for block in page.blocks() if block.language == "yaml")
    for text, status in ((spec, 0), (spec.replace("eps: 1e-6", "eps: 0"), 1)):
        (copy / "rms.yaml").write_text(text, "utf-8")
        checked = run(copy, "archspec", "check", "rms.yaml")
        assert checked.returncode == status, checked.stdout + checked.stderr

    asked = run_tests(copy).stdout
    for name in ("table_of_operators", "table_of_arguments", "list_of_costs", "readme_names"):
        assert re.search(rf"^FAILED .*{name}", asked, re.MULTILINE), f"{name} does not ask for documents:\n{asked}"
    assert follow(page, copy, documents=True) == 3
    readme = copy / "README.md"
    readme.write_text(readme.read_text("utf-8").replace("`instance_norm`", "`instance_norm`, `rms_norm`", 1), "utf-8")
    passed = run_tests(copy)
    assert passed.returncode == 0, passed.stdout


CONV = "conv: {filters: 8, kernel: 3, padding: 1}"
OFFSET = """    def removes_channel_offset(self, inputs: Sequence[Volume]) -> bool:
        return True

    def weights("""
KNOWN_BY_RULES = [
    ("", [CONV, "rms_norm", CONV], "missing-activation"),
    ("", [CONV, "relu", "rms_norm", "relu"], "double-activation"),
    ("removes_channel_offset", [CONV, "rms_norm", "relu"], "bias-before-norm"),
    ("has_batch_statistics", [CONV, "relu", "dropout: 0.5", "rms_norm"], "dropout-before-norm"),
    ("has_batch_statistics", ["global_avg_pool", "rms_norm"], "single-value-norm"),
]
"""What the class states besides ``is_norm``, layers, and the rule that then knows the new norm."""


def test_every_rule_about_norms_knows_the_new_one(page: Document, copy: Path) -> None:
    follow(page, copy, documents=False)
    source = (copy / "archspec/ops/rms.py").read_text("utf-8")
    changed = {
        "": source,
        "removes_channel_offset": source.replace("    def weights(", OFFSET),
        "has_batch_statistics": source.replace("is_norm = True", "is_norm = has_batch_statistics = True"),
    }
    for trait, layers, rule in KNOWN_BY_RULES:
        (copy / "archspec/ops/rms.py").write_text(changed[trait], "utf-8")
        spec = "\n".join(["name: rms", "input: 8x8x8", "layers:", *(f"  - {layer}" for layer in layers)])
        (copy / "rms.yaml").write_text(f"{spec}\n", "utf-8")
        findings = run(copy, "archspec", "check", "--show-info", "--output", "concise", "rms.yaml").stdout
        assert rule in findings, (rule, findings)
        (copy / "archspec/ops/rms.py").write_text(source.replace("is_norm = True", "is_norm = False"), "utf-8")
        findings = run(copy, "archspec", "check", "--show-info", "--output", "concise", "rms.yaml").stdout
        assert rule not in findings, (rule, findings)


def test_the_page_names_what_operators_override(page: Document) -> None:
    from archspec.ops._base import Operator  # noqa: PLC0415 - next to its only use

    rows = page.table("override", "when")
    named = [word for cell, _ in rows for word in re.findall(r"`(\w+)`", cell)]
    assert all(hasattr(Operator, name) for name in named)
    own = {name for name in vars(Operator) if not name.startswith(("_", "model_"))}
    assert own - set(named) <= {"main", "name", "unshared_params", "shape_claims"}, (
        "explained elsewhere on the page, or rare"
    )


def test_what_the_page_points_at_is_there(page: Document) -> None:
    for path in re.findall(r"`((?:archspec|tests|docs)/[\w/.-]+|README\.md)`", page.text):
        assert (ROOT / path).exists() or path == "archspec/ops/rms.py", path
    for base, name in re.findall(r"`(\w+)`\s\(`(_\w+\.py)`\)", page.text):
        assert f"class {base}(" in (ROOT / "archspec" / "ops" / name).read_text("utf-8")
