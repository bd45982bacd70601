"""Which rules names of rules and groups enable."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archspec.model import Refusal
from archspec.rules import rule
from archspec.rules._names import GROUPS, NAMES, RULE_NAMES
from archspec.rules.stages import SILENCEABLE, SPEC, STAGE_FINDINGS, SYNTAX, stage_finding
from archspec.syntax import nearest

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
    """Whether a rule may be disabled or get a lower severity: the spec is still checked completely."""
    return name in SILENCEABLE or name in RULE_NAMES


def usual() -> frozenset[str]:
    """The rules that are on by default."""
    return frozenset(name for name in NAMES if (stage_finding if name in STAGE_FINDINGS else rule)(name).default)


def enabled_rules(before: Iterable[str], on: Iterable[str], off: Iterable[str]) -> frozenset[str]:
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


def rules_named(names: Iterable[str]) -> frozenset[str]:
    """The rules that names of rules and groups mean, of those that may be turned off."""
    return frozenset(filter(is_optional, enabled_rules((), names, ())))


def check_rule_or_group(word: str) -> str:
    """A name of a rule or a group; Refusal for any other."""
    if word in NAMES or word in GROUPS or word == ALL:
        return word
    listed = f"groups are {', '.join((*GROUPS, ALL))}; `archspec rules` lists the rules"
    raise unknown_name("rule or group", word, (*NAMES, *GROUPS, ALL), listed)


def check_rules_to_ignore(word: str) -> str:
    """A name of a rule that may be turned off, or of a group; Refusal for any other."""
    return _check_optional(check_rule_or_group(word))


def check_rule(word: str) -> str:
    """A name of a rule of which the severity may be changed; Refusal for any other."""
    if word in NAMES:
        return _check_optional(word)
    if word in (*GROUPS, ALL):
        raise Refusal(f"`{word}` is a group, but this setting needs single rules", "`archspec rules` lists the rules")
    raise unknown_name("rule", word, NAMES, "`archspec rules` lists the rules")


def _check_optional(name: str) -> str:
    if name in NAMES and not is_optional(name):
        message = f"`{name}` is always an error: where it is reported, the spec cannot be checked further"
        raise Refusal(message, "rules of the groups shape, budget, design and cost can be changed")
    return name


def unknown_name(kind: str, word: str, valid: Iterable[str], listed: str) -> Refusal:
    """The refusal of an unknown name: the nearest name, else those that are ``listed``."""
    near = nearest(word, list(valid))
    guess = f"; did you mean `{near}`?" if near else ""
    return Refusal(f"there is no {kind} `{word:.60}`{guess}", f"write `{near}`" if near else listed)
