"""Commands as newcomers type them: what is meant is said, or done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.commands.command_line import run
from archspec.commands.table import COMMANDS
from archspec.diagnostics import Severity
from archspec.fixing.changes import Changes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", ["check", "show", "sizes", "run"])
@pytest.mark.parametrize(("name", "meant"), [("resnet50", "zoo:resnet50"), ("resnet-50", "zoo:resnet50")])
def test_a_network_of_the_zoo_without_its_prefix(
    command: str, name: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, name, *(["--output", "full"] if command == "check" else [])]) == 2
    printed = capsys.readouterr()
    assert f"the published network is `{meant}`" in printed.out + printed.err


def test_a_file_that_is_not_there_is_no_network(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "resnet50.yaml"]) == 2
    assert "zoo:" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0 JFIF", "a picture"), (b"\x89PNG\r\n\x1a\n", "a picture"), (b"GIF89a\x01", "a picture"),
        (b"\x93NUMPY\x01\x00", "an array of NumPy"), (b"PK\x03\x04zip", "an archive"), (b"%PDF-1.7", "a PDF"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_says_so(
    data: bytes, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(data)
    assert run(["show", str(file)]) == 1
    printed = capsys.readouterr().err
    assert f"this is {kind}" in printed
    assert ("archspec run SPEC --input" in printed) is ("picture" in kind or "NumPy" in kind)


def test_an_input_of_too_few_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "zoo:alexnet", "--input", "227"]) == 2
    assert "write 227x227x3" in capsys.readouterr().err
    assert run(["show", "zoo:alexnet", "--input", "227x200"]) == 2
    assert "write 227x200x3" in capsys.readouterr().err
    assert run(["show", "zoo:m5", "--input", "31440x1", "--columns", "output"]) == 0
    assert "31440x1" in capsys.readouterr().out
    assert run(["show", "zoo:m5", "--input", "31440"]) == 2


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("rule", "init", "zoo")])
def test_no_words_of_libraries_in_errors(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["--format", "html"],
        ["--max-nodes", "many"],
        ["--depth", "x"],
        ["--group", "x"],
        ["--fit", "x"],
    ):
        run([command, "zoo:lenet", *arguments])
        printed = capsys.readouterr()
        assert "Value error" not in printed.out + printed.err


def test_layers_without_dashes() -> None:
    text = "name: x\ninput: 8x8x3\nlayers:\n  conv:\n    filters: 3\n    kernel: 3\n\n  relu: # c\n  fc: 10\n"
    (found,) = archspec.check(text)
    assert found.help == ("begin each item with a dash: `- conv`",)
    assert found.fix
    changes = Changes([found.fix])
    (after,) = changes.apply({place: text.encode() for place in changes.files}).values()
    assert after.decode().endswith(
        "layers:\n  - conv:\n      filters: 3\n      kernel: 3\n\n  - relu: # c\n  - fc: 10\n"
    )
    assert not [each for each in archspec.check(after.decode()) if each.severity is Severity.ERROR]


def test_layers_in_braces_have_no_fix() -> None:
    (found,) = archspec.check("name: x\ninput: 8x8x3\nlayers: {relu: , fc: 10}\n")
    assert found.fix is None


def test_the_input_among_the_layers() -> None:
    (found,) = archspec.check("name: x\ninput: 8x8x3\nlayers:\n  - input: 28x28x1\n  - relu\n")
    assert "move it up: `input: 28x28x1`" in found.help[0]


def test_a_family_names_its_variants(capsys: pytest.CaptureFixture[str]) -> None:
    run(["show", "zoo:resnet", "--columns", "output"])
    assert "this is resnet18; --variant NAME chooses another: resnet34, resnet50," in capsys.readouterr().err
    for arguments in (["zoo:resnet50"], ["zoo:resnet", "--variant", "resnet34"], ["zoo:lenet"]):
        run(["show", *arguments, "--columns", "output"])
        assert "chooses another" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("vgg1[13]_bn", ["vgg11_bn", "vgg13_bn"]),
        ("*_bn", ["vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn"]), ("Tan and Le", None),
    ],
)  # fmt: skip
def test_networks_of_a_pattern(pattern: str, names: list[str] | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["zoo", pattern]) == 0
    found = [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert found == names if names else all(name.startswith("efficientnet") for name in found)


def test_no_network_of_a_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["zoo", "resnet500"]) == 2
    assert "did you mean `resnet" in capsys.readouterr().err


def test_training_memory_of_a_batch(capsys: pytest.CaptureFixture[str]) -> None:
    run(["show", "zoo:resnet50", "--batch", "64", "--columns", "output"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("training, SGD")]
    fixed, each = 2 * 25_557_032 * 4, None
    (line,) = lines
    assert "GB" in line
    total = float(line.split()[2])
    each = float(line.split("N x ")[1].split()[0])
    assert abs(total - (fixed / 1e6 + 64 * each) / 1000) < 0.06
    assert line.endswith("N = 64")


def test_a_spec_without_parameters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.yaml").write_text("name: x\ninput: 8x8x3\nlayers: [relu]\n")
    assert run(["show", str(tmp_path / "x.yaml"), "--set", "width=3"]) == 2
    assert "the spec has none" in capsys.readouterr().err


def test_no_files_are_not_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "archspec.toml").write_text("nonsense = 1\n")
    assert run(["check", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "0 files" not in printed.out


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("lint", "write `archspec check`"), ("summary", "write `archspec show`"), ("help", "archspec --help"),
        ("version", "archspec --version"), ("fix", "archspec check --fix"), ("list", "archspec zoo"),
        ("train", "does not train"), ("export", "no such command yet"), ("cpu", "another program of this name"),
        ("my.yaml", "archspec check my.yaml"), ("zoo:lenet", "archspec check zoo:lenet"),
    ],
)  # fmt: skip
def test_a_word_that_is_no_command(
    word: str, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run([word]) == 2
    assert text in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("text", ["224,224,3", "(224, 224, 3)", "[None, 224, 224, 3]", "224X224X3", "(3, 224, 224)"])
def test_an_input_as_other_libraries_write_it(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "zoo:alexnet", "--input", text]) == 2
    assert "write 224x224x3" in capsys.readouterr().err
