"""Files that a spec uses: never one outside of its folder, at no moment, and not without end."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from archspec.examination import examine
from archspec.syntax.beneath import OutsideError, find_beneath
from archspec.syntax.guarded_file import UnreadableFileError
from archspec.syntax.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
SPEC = "name: a\ninput: 8x8x3\nuse: {}\nlayers: [{}]\n"
BLOCK = "blocks: {unit: [relu]}\n"


def messages(spec: Path) -> list[str]:
    return [each.message for each in examine(spec).errors]


@posix
@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("link.yaml", "deep/used.yaml"),
        ("link.yaml", "./deep/../deep/used.yaml"),
        ("link.yaml", "{root}/deep/used.yaml"),
        ("link.yaml", "more/link.yaml"),
        ("folder", "deep"),
        ("folder", "{root}/deep"),
    ],
)
def test_a_link_within_the_folder_is_as_good_as_its_file(tmp_path: Path, link: str, target: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "used.yaml").write_text(BLOCK)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "link.yaml").symlink_to("../deep/used.yaml")
    (tmp_path / link).symlink_to(target.format(root=tmp_path))
    (tmp_path / "net.yaml").write_text(SPEC.format(f"{link}/used.yaml" if link == "folder" else link, "unit"))
    assert messages(tmp_path / "net.yaml") == []


@posix
@pytest.mark.parametrize(
    "target",
    ["../secret.yaml", "{out}/secret.yaml", "deep/../../secret.yaml", "out/secret.yaml", "deep/out/secret.yaml"],
)
@pytest.mark.parametrize("is_link", [False, True])
def test_nothing_outside_is_read(tmp_path: Path, target: str, *, is_link: bool) -> None:
    root = tmp_path / "root"
    (root / "deep").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text(BLOCK)
    (root / "out").symlink_to(tmp_path)
    (root / "deep" / "out").symlink_to("../..")
    name = target.format(out=tmp_path)
    if is_link:
        (root / "link.yaml").symlink_to(name)
        name = "link.yaml"
    (root / "net.yaml").write_text(SPEC.format(name, "relu"))
    assert messages(root / "net.yaml") == [f"`{name[:80]}` is outside of this spec's folder"]


@posix
def test_the_spec_itself_may_be_a_link(tmp_path: Path) -> None:
    """What it uses is beside the file to which it leads."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "net.yaml").write_text(SPEC.format("used.yaml", "unit"))
    (tmp_path / "real" / "used.yaml").write_text(BLOCK)
    (tmp_path / "net.yaml").symlink_to("real/net.yaml")
    assert "does not exist" not in "".join(messages(tmp_path / "real" / "net.yaml"))


@posix
def test_a_link_that_is_swapped_never_leads_outside(tmp_path: Path) -> None:
    """Another thread swaps a link between a file in the folder and one outside, as fast as it can."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "inside.yaml").write_text("# inside\n")
    (tmp_path / "secret.yaml").write_text("# secret\n")
    (root / "folder").mkdir()
    (root / "folder" / "link.yaml").write_text("# inside\n")
    for name, target in (("a", "inside.yaml"), ("b", "../secret.yaml"), ("c", "folder"), ("d", "..")):
        (root / name).symlink_to(target)
    (tmp_path / "link.yaml").write_text("# secret\n")
    is_over = threading.Event()

    def swap() -> None:
        while not is_over.is_set():
            for name in "abcd":
                (root / "new").symlink_to((root / name).readlink())
                (root / "new").replace(root / ("link.yaml" if name in "ab" else "way"))

    swapping = threading.Thread(target=swap)
    swapping.start()
    read: set[bytes] = set()
    try:
        for number in range(1_000_000):
            if number >= 3_000 and read:  # a busy machine may not have swapped or found anything yet
                break
            try:
                found = find_beneath(str(root), ".", "link.yaml" if number % 2 else "way/link.yaml", "shown")
            except (OutsideError, UnreadableFileError):
                continue
            read.add(found.read(100))
            found.close()
    finally:
        is_over.set()
        swapping.join()
    assert read == {b"# inside\n"}


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    folder = f"/proc/{os.getpid()}/fd"
    if not os.path.isdir(folder):  # noqa: PTH112 - as it is listed
        pytest.skip("open files are counted as Linux shows them")
    (tmp_path / "used.yaml").write_text(BLOCK)
    (tmp_path / "net.yaml").write_text(SPEC.format("[used.yaml, missing.yaml, ../x.yaml, net.yaml, used.yaml]", "unit"))
    before = len(os.listdir(folder))  # noqa: PTH208 - as above
    messages(tmp_path / "net.yaml")
    assert len(os.listdir(folder)) == before  # noqa: PTH208 - as above


def test_a_long_chain_is_one_finding(tmp_path: Path) -> None:
    for number in range(3_000):
        (tmp_path / f"u{number}.yaml").write_text(f"use: u{number + 1}.yaml\n")
    (tmp_path / "u3000.yaml").write_text(BLOCK)
    (tmp_path / "net.yaml").write_text(SPEC.format("u0.yaml", "relu"))
    assert messages(tmp_path / "net.yaml") == ["this spec uses more than 200 files"]
    (tmp_path / "net.yaml").write_text(SPEC.format("u2801.yaml", "unit"))
    assert messages(tmp_path / "net.yaml") == []


def test_a_file_that_two_files_use_is_read_once(tmp_path: Path) -> None:
    """Each uses the next twice: reading them again would take 2**40 steps."""
    for number in range(40):
        (tmp_path / f"u{number}.yaml").write_text(f"use: [u{number + 1}.yaml, ./u{number + 1}.yaml]\n")
    (tmp_path / "u40.yaml").write_text(BLOCK)
    (tmp_path / "net.yaml").write_text(SPEC.format("u0.yaml", "unit"))
    assert messages(tmp_path / "net.yaml") == []


def test_used_files_are_as_large_as_a_spec_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archspec.spec.used_files.DEFAULT_LIMITS", DEFAULT_LIMITS._replace(size=1_000))
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("#" * 600)
    (tmp_path / "net.yaml").write_text(SPEC.format("[a.yaml, b.yaml]", "relu"))
    assert [each for each in messages(tmp_path / "net.yaml") if "bytes" in each] == [
        "the file has 600 bytes, and the limit is 400 bytes"
    ]


@pytest.mark.parametrize(
    "name", ['"\\0"', '"a\\0b.yaml"', '"\\ud800.yaml"', '"' + "x" * 300 + '"', '"' + "a/" * 3000 + 'b"', '""', '"."']
)
def test_strange_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "net.yaml").write_text(SPEC.format(name, "relu"))
    assert messages(tmp_path / "net.yaml") != []
