"""All rules for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.report.rule_examples import RulePage
    from archspec.text.views import ReportView

VERSION = 1


def as_json(pages: Sequence[RulePage], view: ReportView) -> str:  # noqa: ARG001 - programs see everything
    """The format ``json``."""
    return json.dumps({"version": VERSION, "rules": list(map(_rule, pages))}, indent=2) + "\n"


def _rule(page: RulePage) -> dict[str, Any]:
    documented = page.documented
    return {
        "name": documented.name,
        "group": documented.group,
        "severity": str(documented.severity),
        "default": documented.default,
        "thresholds": {name: limit._asdict() for name, limit in documented.thresholds.items()},
        "fixable": page.fixable,
        "summary": documented.summary,
        "what": documented.what,
        "why": documented.why,
        "source": documented.source,
        "bad": documented.bad.text,
        "finding": page.bad.text,
        "good": documented.good.text,
    }
