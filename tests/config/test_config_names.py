"""Which rules a choice of names and groups turns on."""

from __future__ import annotations

import pytest

from archspec.config.names import enabled_rules, group_of, is_optional, usual
from archspec.rules import FAMILY_RULES, RULES, rule
from archspec.rules._names import GROUPS, NAMES
from archspec.rules.stages import SILENCEABLE, STAGE_FINDINGS, stage_finding

ALWAYS = {name for name in NAMES if not is_optional(name)}


def test_names_are_those_of_all_findings() -> None:
    assert set(NAMES) == {*STAGE_FINDINGS, *RULES, *FAMILY_RULES}
    assert {group_of(name) for name in NAMES} <= set(GROUPS)
    assert set(STAGE_FINDINGS) == ALWAYS | SILENCEABLE


def test_usual() -> None:
    assert usual() == {name for name in NAMES if (stage_finding if name in STAGE_FINDINGS else rule)(name).default}
    assert "yaml-exponent" in set(NAMES) - usual()


@pytest.mark.parametrize(
    ("on", "off", "extra"),
    [
        ([], [], set()),
        (["pool-padding"], [], {"pool-padding"}),
        (["pool-padding"], ["pool-padding"], set()),
        (["pool-padding"], ["shape"], {"pool-padding"}),
        (["shape"], ["all"], {name for name in NAMES if group_of(name) == "shape"}),
        (
            ["all"],
            ["shape", "design", "cost", "budget", "syntax"],
            {name for name in SILENCEABLE if group_of(name) == "spec"},
        ),
        (["all"], ["all"], set()),
        (["shape"], [name for name in RULES if group_of(name) == "shape" and name != "axis-count"], {"axis-count"}),
    ],
)
def test_the_narrower_name_counts(on: list[str], off: list[str], extra: set[str]) -> None:
    assert enabled_rules((), on, off) == ALWAYS | extra


def test_what_is_not_named_stays() -> None:
    assert enabled_rules(("pool-padding", "axis-count"), ["too-large"], ["axis-count"]) == ALWAYS | {
        "pool-padding",
        "too-large",
    }


@pytest.mark.parametrize("off", [["all"], list(GROUPS)])
def test_what_leaves_a_spec_unchecked_is_always_told(off: list[str]) -> None:
    assert enabled_rules(NAMES, [], off) >= ALWAYS
    assert {"yaml-syntax", "unreadable-file", "unknown-operator", "internal-error"} <= ALWAYS
