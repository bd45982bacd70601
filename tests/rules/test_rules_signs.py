"""Signs only save the import of rules: with them and without them the same is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from archspec.examination import examine_family
from archspec.rules import RULES
from archspec.rules._documentation import documentation
from archspec.rules._settings import DEFAULT, Settings

WITHOUT_SIGNS = Settings(thresholds={"read by no rule": 0})
"""Signs go by the thresholds that rules have of themselves, so that none is asked where one is set."""
SPECS = Path(__file__).parents[2] / "specs"


Told = tuple[str, str, str | None, tuple[str, ...]]


def told(spec: str, settings: Settings = DEFAULT) -> list[Told]:
    """What tells two findings apart."""
    found = examine_family(spec, settings=settings)[0].diagnostics
    return [(each.rule, each.message, each.layer, each.notes) for each in found]


@pytest.mark.parametrize("name", [name for name, listed in RULES.items() if listed.layer_sign or listed.network_sign])
def test_examples_show_the_signs_of_their_rules(name: str) -> None:
    documented = documentation(name)
    for example in (documented.bad, documented.good):
        assert told(example.text) == told(example.text, WITHOUT_SIGNS)


@pytest.mark.parametrize("file", ["alexnet", "audio_1d", "dcgan", "unet", "vgg", "mobilenet_v3", "inception_v3"])
def test_the_zoo_shows_the_signs_of_all_that_is_told(file: str) -> None:
    path = str(SPECS / "zoo" / f"{file}.yaml")
    assert told(path) == told(path, WITHOUT_SIGNS)
