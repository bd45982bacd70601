"""The networks of the zoo with their figures, from a list that is written ahead of time: counting them takes a second.

``make zoo-list`` writes it again after a change in the zoo; a test compares it with what is counted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("zoo_networks.json")


class ZooNetwork(NamedTuple):
    """A network: its input volumes in words, parameters and MACs (None if unknown), and where it was published."""

    name: str
    input: str
    params: int | None
    macs: int | None
    source: str


def zoo_networks() -> list[ZooNetwork]:
    """Every network of the zoo, in the order of its files."""
    return [ZooNetwork(**entry) for entry in json.loads(LIST.read_text(encoding="utf-8"))]
