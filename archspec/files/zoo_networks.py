"""The networks of the zoo with their figures, from a list that is written ahead of time: counting them takes a second.

``make zoo-list`` writes it again after a change in the zoo; a test compares it with what is counted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

_LIST = Path(__file__).with_name("zoo_networks.json")


class ZooNetwork(NamedTuple):
    """A network: its input volumes in words, parameters and MACs (None if unknown), and where it was published."""

    name: str
    input: str
    params: int | None
    macs: int | None
    source: str


def zoo_networks() -> list[ZooNetwork]:
    """Every network of the zoo, in the order of its files."""
    return [ZooNetwork(**entry) for entry in json.loads(_LIST.read_text(encoding="utf-8"))]


def write_zoo_networks(networks: list[ZooNetwork]) -> None:
    """Write the list, one network a line."""
    lines = ",\n".join(json.dumps(network._asdict(), ensure_ascii=False) for network in networks)
    _LIST.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
