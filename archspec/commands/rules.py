"""``archspec rules``: everything that archspec can tell, in a list."""

from __future__ import annotations

import shutil
import sys
from typing import get_args

from archspec.commands import Status
from archspec.commands.check import wants_colour
from archspec.report.formats import render_rules
from archspec.report.rule_examples import Command, RulePage, rule_pages
from archspec.rules._base import Group
from archspec.rules._documentation import documentation
from archspec.rules._names import NAMES
from archspec.text.views import ReportView


def rules(output_format: str, group: str | None, run: Command) -> Status:
    """Print all rules and other findings, or those of a group, by group and name; ``run`` is for examples."""
    chosen = [name for name in NAMES if group in (None, documentation(name).group)]
    known = sorted(rule_pages(chosen, run), key=_by_group)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    sys.stdout.write(render_rules(known, output_format, ReportView(width=width, colour=wants_colour())))
    return Status.OK


def _by_group(page: RulePage) -> int:
    """Its group's place; within a group the order of the tables stays."""
    return get_args(Group).index(page.documented.group)
