"""``archspec rule``: what a finding means, and why it matters."""

from __future__ import annotations

import shutil
import sys
from typing import get_args

from archspec.commands import Status
from archspec.commands.check import wants_colour
from archspec.report.rule_examples import Command, rule_pages
from archspec.report.rule_text import rule_text
from archspec.rules._base import Group
from archspec.rules._names import NAMES
from archspec.syntax.nearest import nearest
from archspec.text.printable import printable

_MOST_NEAR = 3


def rule(name: str, run: Command) -> Status:
    """Print what is documented of a rule or another finding; ``run`` runs an example that is a command line."""
    if name not in NAMES:
        sys.stderr.write(f"error: {_unknown(name)}\n")
        return Status.UNUSABLE
    (page,) = rule_pages((name,), run)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    sys.stdout.write(rule_text(page, width, colour=wants_colour()))
    return Status.OK


def _unknown(name: str) -> str:
    if name in get_args(Group):
        return f"{name} is a group of rules; `archspec rules --group {name}` lists them"
    near: list[str] = []
    while len(near) < _MOST_NEAR and (found := nearest(name, [each for each in NAMES if each not in near])):
        near.append(found)
    meant = f"did you mean {' or '.join(near)}?" if near else "`archspec rules` lists them"
    return f"there is no rule {printable(name):.60}; {meant}"
