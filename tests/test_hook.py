"""What pre-commit runs, without pre-commit: the hook's entry, its arguments, then the names of files."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
BAD = "name: bad\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    "name",
    [
        *("--config=c.arch.yaml", "--output=json=z.arch.yaml", "--isolated", "--help", "-q", "--write-baseline"),
        *("--write-baseline=x.json", "--fix", "--select=x.arch.yaml", "-h.arch.yaml", "--", "--baseline=b.arch.yaml"),
    ],
)
def test_a_name_of_a_file_is_no_option(tmp_path: Path, name: str) -> None:
    (tmp_path / "c.arch.yaml").write_text('ignore = ["fractional-output"]')
    (tmp_path / name).write_text(BAD)
    (tmp_path / "bad.arch.yaml").write_text(BAD)
    before = sorted(path.name for path in tmp_path.iterdir())
    entry = shlex.split(HOOK["entry"])
    line = [sys.executable, "-m", *entry, *HOOK.get("args", []), name, "bad.arch.yaml"]
    ran = subprocess.run(line, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 1
    assert ran.stdout.count("error[fractional-output]") == 2
    assert "2 errors in 2 files" in ran.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "bad.arch.yaml").read_text() == BAD


def test_the_entry_ends_options() -> None:
    assert shlex.split(HOOK["entry"], comments=True)[-1] == "--"
    assert "args" not in HOOK, "pre-commit puts them behind the entry, where they would be files"
