"""What a package index shows, and what the commands say where another distribution took the package's place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT))
if find_spec("hatchling") is None:
    pytest.skip("hatchling builds the distribution", allow_module_level=True)

from hatch_build import CustomMetadataHook, for_index  # noqa: E402 - see above

README = (ROOT / "README.md").read_text("utf-8")
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)]+)\)")


def _outside_of_code(text: str) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def test_without_an_address_nothing_is_dead() -> None:
    shown = for_index(README, "", "0.1.0")
    assert not LINK.findall(_outside_of_code(shown))
    assert "CONTRIBUTING.md" in shown
    assert re.findall(r"^```.*?^```$", shown, re.MULTILINE | re.DOTALL) == re.findall(
        r"^```.*?^```$", README, re.MULTILINE | re.DOTALL
    )


def test_with_an_address_every_link_is_a_file_of_the_version() -> None:
    shown = for_index(README, "https://example.org/us/archspec/", "1.2.3")
    links = LINK.findall(_outside_of_code(shown))
    assert len(links) == len(LINK.findall(_outside_of_code(README))) > 15
    for picture, target in links:
        address = f"https://example.org/us/archspec/{'raw' if picture else 'blob'}/v1.2.3/"
        assert target.startswith(address)
        assert (ROOT / target.removeprefix(address).partition("#")[0]).is_file()


def test_the_metadata_has_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "readme" in project["dynamic"]
    metadata = dict(project)
    CustomMetadataHook(str(ROOT), {}).update(metadata)
    assert metadata["readme"]["content-type"] == "text/markdown"
    assert not re.search(r"\]\((?!https?://|#)", _outside_of_code(metadata["readme"]["text"]))


def test_a_link_in_code_is_code() -> None:
    text = "`[a](b.md)` [a](b.md) [x](https://e.org) [y](#z)\n```\n[c](d.md)\n```\n"
    assert for_index(text, "", "1") == "`[a](b.md)` a [x](https://e.org) [y](#z)\n```\n[c](d.md)\n```\n"


@pytest.mark.parametrize("content", ['__version__ = "0.2.7"\n', None])
def test_another_package_of_that_name_is_named(content: str | None, tmp_path: Path) -> None:
    shutil.copy(ROOT / "archspec_nn.py", tmp_path)
    folder = tmp_path / "archspec"
    folder.mkdir()
    (folder / "__main__.py").write_text("raise SystemExit('the other one ran')\n", "utf-8")
    if content is not None:
        (folder / "__init__.py").write_text(content, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import archspec_nn; archspec_nn.run_and_exit()", "check", "a.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if content is None:  # a folder without `__init__.py` hides no package
        assert "the other one ran" not in done.stderr
        return
    assert (done.returncode, done.stdout) == (2, "")
    assert f"the package `archspec` in {folder} is not that of archspec-nn" in done.stderr
    assert "uv tool install archspec-nn" in done.stderr


def test_ours_runs() -> None:
    code = "import archspec_nn; archspec_nn.run_and_exit()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--version"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()[0]) == (0, "archspec")
