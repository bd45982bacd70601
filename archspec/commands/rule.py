"""``archspec rule``: what a finding means, and why it matters."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated, get_args

import typer

from archspec.commands import Action, Status, completion
from archspec.commands.command_line import run
from archspec.commands.terminal import has_colour, terminal_width
from archspec.report.rule_examples import rule_pages
from archspec.report.rule_text import rule_text
from archspec.rules._base import Group
from archspec.rules._names import NAMES
from archspec.syntax.nearest import nearest
from archspec.text.printable import printable

_MOST_NEAR = 3


NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A rule, or the name of any other finding.",
        autocompletion=completion.rules,
    ),
]


def rule(name: NameArgument) -> Action:
    """Explain a rule: what it checks, why it matters, and an example that fails and one that passes."""
    return partial(explain_rule, name)


def explain_rule(name: str) -> Status:
    """Print the documentation of a rule or another finding."""
    if name not in NAMES:
        sys.stderr.write(f"error: {_unknown(name)}\n")
        return Status.UNUSABLE
    (page,) = rule_pages((name,), run)
    sys.stdout.write(rule_text(page, terminal_width(), colour=has_colour()))
    return Status.OK


def _unknown(name: str) -> str:
    if name in get_args(Group):
        return f"{name} is a group of rules; `archspec rules --group {name}` lists them"
    near: list[str] = []
    while len(near) < _MOST_NEAR and (found := nearest(name, [each for each in NAMES if each not in near])):
        near.append(found)
    meant = f"did you mean {' or '.join(near)}?" if near else "`archspec rules` lists them"
    return f"there is no rule {printable(name):.60}; {meant}"
