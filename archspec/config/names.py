"""Which rules a choice of names and groups turns on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archspec.config.faults import Wrong, unknown
from archspec.rules import rule
from archspec.rules._names import GROUPS, NAMES, RULE_NAMES
from archspec.rules.stages import SILENCEABLE, SPEC, STAGE_FINDINGS, SYNTAX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

ALL = "all"


@cache
def group_of(name: str) -> str:
    """The group of a rule."""
    if name in SYNTAX:
        return "syntax"
    return "spec" if name in SPEC else rule(name).group


def is_optional(name: str) -> bool:
    """Whether a rule may be turned off or made lighter: without it, all of the spec is checked still."""
    return name in SILENCEABLE or name in RULE_NAMES


def usual() -> frozenset[str]:
    """The rules that are on when nothing is chosen."""
    return frozenset(name for name in NAMES if name in STAGE_FINDINGS or rule(name).default)


def chosen(before: Iterable[str], on: Iterable[str], off: Iterable[str]) -> frozenset[str]:
    """The rules that are on after some were turned on and others off, by their names, their groups', or ``all``.

    The narrower name counts: a rule's own before its group, a group before ``all``. Of equals, ``off`` does.
    """
    before, on, off = set(before), set(on), set(off)
    return frozenset(name for name in NAMES if not is_optional(name) or _is_chosen(name, before, on, off))


def _is_chosen(name: str, before: AbstractSet[str], on: AbstractSet[str], off: AbstractSet[str]) -> bool:
    for names in (name, group_of(name), ALL):
        if names in off or names in on:
            return names not in off
    return name in before


def meant(names: Iterable[str]) -> frozenset[str]:
    """The rules that names of rules and groups mean."""
    return chosen((), names, ())


def check_name(word: str, *, off: bool) -> None:
    """See that a word names a rule or a group, one that may be turned off if it is to be.

    Raises:
        Wrong: it does not.

    """
    if word not in NAMES and word not in GROUPS and word != ALL:
        listed = f"groups are {', '.join((*GROUPS, ALL))}; `archspec rules` lists the rules"
        raise Wrong(*unknown("rule or group", word, (*NAMES, *GROUPS, ALL), listed))
    if off and word in NAMES:
        _check_optional(word)


def check_rule(word: str) -> None:
    """See that a word names a rule of which the severity may be changed.

    Raises:
        Wrong: it does not.

    """
    if word not in NAMES and word in (*GROUPS, ALL):
        raise Wrong(f"`{word}` is a group, and this is for one rule at a time", "`archspec rules` lists the rules")
    if word not in NAMES:
        raise Wrong(*unknown("rule", word, NAMES, "`archspec rules` lists the rules"))
    _check_optional(word)


def _check_optional(name: str) -> None:
    if not is_optional(name):
        message = f"`{name}` is always an error: a spec is not checked any further where it is told"
        raise Wrong(message, "rules of the groups shape, budget, design and cost can be changed")
