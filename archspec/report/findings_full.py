"""Findings as text for people, each with an excerpt of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.text.findings_text import finding_blocks, summary, visible_findings
from archspec.text.styled import plain, with_colours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.diagnostics import Diagnostic
    from archspec.text.views import FindingsView


def full(diagnostics: Sequence[Diagnostic], view: FindingsView) -> str:
    """The format ``full``: every finding with its excerpt, and a summary; infos only when asked for."""
    lines = [*finding_blocks(visible_findings(diagnostics, view)), *summary(diagnostics, view)]
    if view.width is not None:
        from archspec.text.wrapped import wrapped  # noqa: PLC0415 - for terminals alone

        lines = [*wrapped(lines, view.width)]
    return with_colours(lines) if view.colour else plain(lines)
