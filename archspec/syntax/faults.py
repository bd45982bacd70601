"""Findings for syntax errors, explained for the author of the file.

libyaml and PyYAML word their complaints differently, and report the place where they noticed the error, not its cause.
Each explainer looks at the text for one usual cause; the first that finds its cause is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.syntax import fault_colon, fault_flow, fault_lines, fault_text, parser_messages
from archspec.syntax.fault import Fault, finding

if TYPE_CHECKING:
    import yaml

    from archspec.diagnostics import Diagnostic
    from archspec.source import Source
    from archspec.syntax.fault import Explainer

_EXPLAINERS: tuple[Explainer, ...] = (
    fault_text.tab,
    fault_text.unseen_space,
    fault_text.open_quote,
    fault_text.escape,
    fault_text.forbidden_start,
    fault_text.block_header,
    fault_text.tag,
    fault_text.directive,
    fault_flow.wrong_bracket,
    fault_flow.open_bracket,
    fault_flow.missing_comma,
    fault_flow.second_colon,
    fault_flow.lone_colon,
    fault_flow.missing_item,
    fault_colon.missing_colon,
    fault_colon.colon_in_value,
    fault_lines.too_deep,
    fault_colon.odd_key,
    fault_colon.missing_key,
    fault_lines.item_in_place,
    fault_lines.question_mark,
    fault_lines.after_value,
    fault_lines.misplaced_item,
    fault_lines.misplaced_line,
)


def explain(source: Source, error: yaml.YAMLError, bracket: int | None) -> Diagnostic:
    """The finding on an error of the parser; ``bracket`` is the offset of the innermost bracket that is open."""
    fault = _fault(source, error, bracket)
    found = (explainer(fault) for explainer in _EXPLAINERS)
    return next(filter(None, found), None) or _unexplained_fault(fault)


def place(source: Source, error: yaml.YAMLError) -> int:
    """The offset that the parser could not pass."""
    return _offset(source, error, "problem_mark") or 0


def _fault(source: Source, error: yaml.YAMLError, bracket: int | None) -> Fault:
    since = _offset(source, error, "context_mark")
    words, context = getattr(error, "problem", None), getattr(error, "context", None)
    message = " ".join(filter(None, (words or str(error), context)))
    kinds = parser_messages.problem(words), parser_messages.context(context)
    return Fault(source, place(source, error), since, *kinds, message, bracket)


def _offset(source: Source, error: yaml.YAMLError, name: str) -> int | None:
    mark = getattr(error, name, None)
    return None if mark is None else min(mark.index, len(source.text))


def _unexplained_fault(fault: Fault) -> Diagnostic:
    return finding(
        fault.span(fault.at, min(fault.at + 1, len(fault.text))),
        f"this is not YAML: {fault.message}",
        "put text with special characters in quotes",
    )
