"""Where the error of an unknown layer is suppressed, the summary says so, and nothing runs."""

from __future__ import annotations

from pathlib import Path

import pytest

import archspec
from archspec.__main__ import main

TEXT = "name: k\ninput: 4x4x3\nlayers:\n  - conv: {filters: 2, kernel: 9}COMMENT\n  - relu\n"
REMARK = "1 network is not fully known: k (conv1)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "k.yaml").write_text(TEXT.replace("COMMENT", ""))
    (tmp_path / "s.yaml").write_text(TEXT.replace("COMMENT", " # archspec: ignore[kernel-too-large]"))
    (tmp_path / "archspec.toml").write_text("")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["archspec", *arguments])
    return int(main() or 0)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (("s.yaml",), ""),
        (("k.yaml", "--ignore", "kernel-too-large"), ""),
        (("k.yaml", "--select", "cost"), ""),
        (("k.yaml",), '[per-file-ignores]\n"k.yaml" = ["kernel-too-large"]\n'),
        (("k.yaml",), '[severity]\nkernel-too-large = "warning"\n'),
        (("k.yaml", "--baseline", "b.json"), ""),
    ],
)
def test_the_summary_names_the_network(
    options: tuple[str, ...],
    settings: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, "check", "k.yaml", "--write-baseline", "b.json")
    (folder / "archspec.toml").write_text(settings)
    capsys.readouterr()
    assert run(monkeypatch, "check", *options) == 0
    assert REMARK in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_reported_error_needs_no_remark(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "check", "k.yaml") == 1
    assert "not fully known" not in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_it_does_not_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(archspec.CompileError, match="layer `conv1`"):
        archspec.compile("s.yaml")
    assert run(monkeypatch, "run", "s.yaml") == 2
    assert "layer `conv1`" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_what_stages_find_is_not_ignored_by_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("k.yaml").write_text("name: k\ninput: 4x4x3\nlayers: [zorp]\n")
    Path("archspec.toml").write_text('[per-file-ignores]\n"k.yaml" = ["design"]\n')
    assert run(monkeypatch, "check", "k.yaml") == 1
    assert "unknown-operator" in capsys.readouterr().out
