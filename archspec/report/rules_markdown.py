"""All rules as a page: docs/rules.md."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from archspec.report.rule_text import level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archspec.report.rule_examples import RulePage
    from archspec.rules._documentation import Example
    from archspec.text.views import ReportView

_HEAD = """\
# Rules

Everything that `archspec check` can report, by name. `archspec rule NAME` prints one of these in a terminal.
This page is made by `archspec rules --format markdown` from the source of the rules, and a test runs every example.

An error makes `archspec check` fail, a warning does not, and an info is only counted unless `--show-info` is given.
Where the column *fix* says safe, `archspec check --fix` repairs the example; where it says unsafe, `--unsafe-fixes` is
needed too. [fixing.md](fixing.md) tells more.
"""
_PAGE = re.compile(r"\b(docs/)?([\w-]+\.md)\b")
_GROUPS = {
    "syntax": "Errors of a file as YAML, before it is read as a spec.",
    "spec": "Errors of a spec: its keys, values and names, and its expansion.",
    "shape": "Shapes that do not fit together, and input that is lost.",
    "budget": "Facts and limits stated in a spec that do not hold.",
    "design": "Designs that fit, but are rarely intended.",
    "cost": "Expensive designs, and cheaper ones.",
}


def as_markdown(pages: Sequence[RulePage], view: ReportView) -> str:  # noqa: ARG001 - a page is as wide as its reader's
    """The format ``markdown``."""
    parts = [_HEAD]
    for group, members in groupby(pages, lambda page: page.documented.group):
        known = list(members)
        parts += [f"## Group {group}\n\n{_GROUPS[group]}\n", _table(known), *map(_section, known)]
    return "\n".join(parts)


def _table(pages: Sequence[RulePage]) -> str:
    rows = [f"| {' | '.join(_cells(each))} |\n" for each in pages]
    return f"| name | level | fix | meaning |\n|---|---|---|---|\n{''.join(rows)}"


def _cells(page: RulePage) -> tuple[str, ...]:
    documented = page.documented
    name = f"[`{documented.name}`](#{documented.name})"
    return name, level(documented), page.fixable or "", documented.summary.replace("|", "\\|")


def _section(page: RulePage) -> str:
    documented = page.documented
    parts = [
        f"### {documented.name}",
        f"*{level(documented)}{f', {page.fixable} fix' if page.fixable else ''}*",
        documented.what.replace("\n", "\n\n"),
        f"**Why.** {documented.why}".replace("\n", "\n\n"),
        *_example("Bad", documented.bad),
        *([f"```text\n{page.bad.text}\n```"] if page.bad.text else []),
        *_example("Good", documented.good),
        *(
            f"**Setting.** `{name}`, {limit.value:,} by default: {limit.meaning}"
            for name, limit in documented.thresholds.items()
        ),
        f"**Source.** {_PAGE.sub(_link, documented.source)}".replace("\n", "\n\n"),
    ]
    return "\n\n".join(parts) + "\n"


def _link(match: re.Match[str]) -> str:
    """One of our pages as a link from this page, which is in the same folder."""
    folder, page = match.groups()
    return f"[{page}]({page if folder else f'../{page}'})"


def _example(title: str, example: Example) -> Iterator[str]:
    if example.remark:
        yield f"**{title}.** {example.remark}"
    if example.text:
        yield f"**{title}:**"
        yield f"```{'console' if example.is_command else 'yaml'}\n{example.text}```"
