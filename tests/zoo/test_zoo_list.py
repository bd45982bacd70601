"""The list of the zoo is that of its specs, counted now; ``make zoo-list`` writes it."""

from __future__ import annotations

import json
import os

from archspec.examination import examine
from archspec.files.zoo import entries
from archspec.files.zoo_networks import LIST, ZooNetwork, zoo_networks
from archspec.spec.selection import NetworkSelection

UPDATE = "ARCHSPEC_UPDATE_ZOO"


def counted_networks() -> list[ZooNetwork]:
    """Every network of the zoo, counted from its spec."""
    networks = []
    for entry in entries().values():
        spec, report = examine(str(entry.file), NetworkSelection(entry.variant))[1::2]
        assert spec is not None
        assert report is not None
        volumes = ", ".join(map(str, (spec.input or {}).values()))
        networks.append(ZooNetwork(entry.name, volumes, report.totals.params, report.totals.macs, spec.source or ""))
    return networks


def test_the_list_is_what_is_counted() -> None:
    counted = counted_networks()
    assert len(counted) > 60
    if UPDATE in os.environ:
        lines = ",\n".join(json.dumps(network._asdict(), ensure_ascii=False) for network in counted)
        LIST.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    assert zoo_networks() == counted, "write it again: make zoo-list"
