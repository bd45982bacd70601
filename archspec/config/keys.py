"""Every setting: what its value may be, what holds when it is left out, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.config import kinds
from archspec.config.faults import Wrong
from archspec.files.discovery import EXCLUDE

if TYPE_CHECKING:
    from collections.abc import Callable


class Key(NamedTuple):
    """``read`` is a kind of value; ``default`` is None where rules say it themselves."""

    read: Callable[[Any, list[Wrong]], Any]
    default: Any
    meaning: str


def read_setting(key: str, value: Any, told: list[Wrong]) -> Any:
    """A setting's value as it is used; what is wrong with it is told, and the value is of no use then."""
    try:
        return KEYS[key].read(value, told)
    except Wrong as wrong:
        told.append(wrong)


KEYS = {
    "select": Key(kinds.rules_on, None, "the rules to tell of, in place of those that are on by default"),
    "extend-select": Key(kinds.rules_on, (), "further rules to tell of"),
    "ignore": Key(kinds.rules_off, (), "rules not to tell of"),
    "severity": Key(kinds.severities, {}, "how much a rule's findings weigh, in place of its own severity"),
    "per-file-ignores": Key(
        kinds.rules_by_pattern, {}, "rules not to tell of in files that a pattern matches, used ones too"
    ),
    "exclude": Key(kinds.patterns, EXCLUDE, "what is passed over in folders"),
    "extend-exclude": Key(kinds.patterns, (), "what else is passed over in folders"),
    "respect-gitignore": Key(kinds.switch, True, "whether folders are read without what .gitignore files leave out"),
    "thresholds": Key(kinds.thresholds, {}, "numbers that rules judge by, in place of their own"),
    "variants": Key(kinds.variants, (), "the variants to check in families that have any of them; all without"),
    "fail-on": Key(kinds.fail_on, "error", "the lightest findings that give exit status 1"),
}
