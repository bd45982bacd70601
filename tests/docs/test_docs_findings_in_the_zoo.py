"""The list of findings about published networks, compared with what is reported."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import archspec
from archspec.examination import examine
from archspec.spec.selection import NetworkSelection

if TYPE_CHECKING:
    from tests.docs.conftest import Read

SPECS = Path(__file__).parents[2] / "specs"
CS231N = " of CS231n"


def networks() -> dict[str, tuple[Path, str | None]]:
    """Every network by its name on the page, its file, and its variant."""
    found: dict[str, tuple[Path, str | None]] = {}
    for path in sorted(SPECS.glob("zoo/*.yaml")):
        variants = archspec.load(path).variants
        found.update({name: (path, name) for name in variants} if variants else {path.stem: (path, None)})
    for path in sorted(SPECS.glob("cs231n/*.yaml")):
        found[f"{path.stem}{CS231N}"] = (path, None)
    return found


NETWORKS = networks()


def listed(read: Read) -> dict[str, set[tuple[str, str]]]:
    """The rules and layers of each network that the page lists."""
    found: dict[str, set[tuple[str, str]]] = {}
    page = read("docs/findings-in-the-zoo.md")
    for names, rule, layer, reason in page.table("networks", "rule", "layer", "why it is so"):
        assert reason
        suffix = CS231N if names.endswith(CS231N) else ""
        for name in re.findall(r"`([^`]+)`", names):
            found.setdefault(name + suffix, set()).add((rule.strip("`"), layer.strip("`")))
    return found


def test_the_page_lists_networks_that_there_are(read: Read) -> None:
    assert set(listed(read)) <= set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_published_networks_have_the_listed_warnings_alone(read: Read, name: str) -> None:
    path, variant = NETWORKS[name]
    found = examine(path, NetworkSelection(variant=variant)).diagnostics
    assert {(each.rule, each.layer) for each in found if each.severity != "info"} == listed(read).get(name, set())


def test_the_zoo_suppresses_nothing() -> None:
    for path, _ in NETWORKS.values():
        assert "ignore" not in path.read_text("utf-8").replace("ignored", "")
