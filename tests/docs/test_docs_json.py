"""JSON keys: those on a page are those of the contract's schema, and the other way round."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal

import pytest

from archspec.report.schema import schema
from tests.docs.conftest import codes
from tests.docs.test_docs_names import property_names

if TYPE_CHECKING:
    from tests.docs.conftest import Document, Read, Shell

Contract = Literal["report", "findings", "sizes", "profile"]
SECTIONS: dict[Contract, tuple[str, str]] = {
    "report": ("docs/json.md", "Report"),
    "findings": ("docs/json.md", "Findings"),
    "sizes": ("docs/sizes.md", "For programs"),
    "profile": ("docs/engine.md", "As JSON"),
}


def listed(section: Document) -> tuple[set[str], set[str]]:
    """The keys that have a row, and the words in code that explain them."""
    heads = (("key", "meaning", "unit"), ("key", "meaning"))
    rows = [row for head in heads for table in section.tables(*head) for row in table]
    keys = {word for cell, *_ in rows for code in codes(cell) for word in code.split(".")}
    return keys, {word for _, *cells in rows for code in codes(" ".join(cells)) for word in re.findall(r"\w+", code)}


@pytest.mark.parametrize("contract", SECTIONS)
def test_the_keys_of_a_contract_have_rows(contract: Contract, read: Read) -> None:
    path, title = SECTIONS[contract]
    rows, explained = listed(read(path).section(title))
    keys = set(property_names(schema(contract)))
    assert rows <= keys
    assert keys <= rows | explained


def test_the_keys_of_rules_have_rows(read: Read, shell: Shell) -> None:
    data = json.loads(shell("archspec rules --format json --group budget").stdout)
    rows, explained = listed(read("docs/json.md").section("Rules"))
    assert {key for rule in data["rules"] for key in rule} == rows
    assert {key for rule in data["rules"] for limit in rule["thresholds"].values() for key in limit} <= explained
    assert set(data) <= set(codes(read("docs/json.md").section("Rules").text))


def test_a_made_up_key_would_be_found(read: Read) -> None:
    section = read("docs/json.md").section("Report")
    rows, explained = listed(section)
    assert {"peak_bytes", "offset"} <= rows
    assert {"sgd", "adam"} <= explained
    assert "saved_bytes" not in set(property_names(schema("report"))) | rows
