"""``archspec rules``: everything that archspec can report, in a list."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import partial
from typing import Annotated, get_args

import typer

from archspec.commands import Action, Status
from archspec.commands.command_line import run
from archspec.commands.terminal import report_view
from archspec.report.formats import RULES_FORMATS, render_rules
from archspec.report.rule_examples import RulePage, rule_pages
from archspec.rules._base import Group
from archspec.rules._documentation import documentation
from archspec.rules._names import GROUPS, NAMES

RulesFormat = StrEnum("RulesFormat", list(RULES_FORMATS))  # type: ignore[misc]  # the table holds the names
TABLE = RulesFormat("table")
RuleGroup = StrEnum("RuleGroup", list(GROUPS))  # type: ignore[misc]  # the type holds the names

FormatOption = Annotated[RulesFormat, typer.Option("--format", help="Output format of the list.")]
GroupOption = Annotated[RuleGroup | None, typer.Option(help="Only the rules of this group.")]


def rules(*, output_format: FormatOption = TABLE, group: GroupOption = None) -> Action:
    """List all rules and all other findings: group, severity, and whether there is a fix."""
    return partial(list_rules, output_format.value, group.value if group else None)


def list_rules(output_format: str, group: str | None) -> Status:
    """Print all rules and other findings, or those of a group, by group and name."""
    chosen = [name for name in NAMES if group in (None, documentation(name).group)]
    known = sorted(rule_pages(chosen, run), key=_by_group)
    sys.stdout.write(render_rules(known, output_format, report_view()))
    return Status.OK


def _by_group(page: RulePage) -> int:
    """The index of its group; within a group, the order of the tables is kept."""
    return get_args(Group).index(page.documented.group)
