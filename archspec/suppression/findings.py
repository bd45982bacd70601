"""Findings about suppressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Severity
from archspec.rules._names import RULE_NAMES
from archspec.rules.stages import STAGE_FINDINGS
from archspec.source import Span
from archspec.syntax import nearest, only_candidate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.suppression.directives import Directive


def no_rules(directive: Directive, rules: Sequence[str]) -> Diagnostic:
    """A comment that suppresses nothing because it does not name a rule; ``rules`` are possible ones."""
    text = directive.comment.text
    word = text.text.split("[")[0].split(" ")[0]
    form = f"{word if word in ('ignore', 'ignore-file') else 'ignore'}[{', '.join(rules) or 'rule'}]"
    rest = text.text.removeprefix(word).removeprefix("[").removeprefix("]").strip()
    fix = Fix(f"write `# archspec: {form}`", (Edit(text, f"{form} {rest}".strip()),)) if rules else None
    return Diagnostic(
        rule="suppression-form",
        message="this comment suppresses nothing: it does not name a rule in brackets",
        span=directive.comment.span,
        notes=("a comment can't suppress all rules, because it would hide later mistakes",),
        help=(f"write `# archspec: {form} reason`",),
        fix=fix,
    )


def unknown_rule(name: Span) -> Diagnostic:
    """A name that is not a rule, or one that cannot be suppressed because it stops a file from being read."""
    if name.text in STAGE_FINDINGS:
        return Diagnostic(
            rule="unknown-rule",
            message=f"`{name.text}` is not a rule: it reports what can't be read or checked, and can't be suppressed",
            span=name,
            help=("fix what it reports",),
        )
    near = nearest(name.text, RULE_NAMES)
    return Diagnostic(
        rule="unknown-rule",
        message=f"there is no rule `{name.text:.60}`" + (f"; did you mean `{near}`?" if near else ""),
        span=name,
        help=(f"write `{near}`" if near else "`archspec rules` lists them",),
        fix=Fix(f"write `{near}`", (Edit(name, near),), safe=only_candidate(name.text, RULE_NAMES) is not None)
        if near
        else None,
    )


def unused_suppression(directive: Directive, name: Span) -> Diagnostic:
    """A rule that reports nothing where it is suppressed."""
    return Diagnostic(
        rule="unused-suppression",
        message=f"`{name.text}` suppresses nothing here",
        severity=Severity.WARNING,
        span=name,
        fix=_without(directive, name),
    )


def _without(directive: Directive, name: Span) -> Fix:
    """Deletes a name, with the comma after or before it; the last one with the comment."""
    if len(directive.names) == 1:
        return Fix("delete the comment", (Edit(_whole(directive), ""),), safe=True)
    at = directive.names.index(name)
    start = name.start if at == 0 else directive.names[at - 1].end
    end = directive.names[1].start if at == 0 else name.end
    return Fix("delete the name", (Edit(Span(name.source, start, end), ""),), safe=True)


def _whole(directive: Directive) -> Span:
    """A comment with the space before it, and with its line when it has one of its own."""
    source, start, end = directive.comment.span
    start = len(source.text[:start].rstrip(" \t"))
    if not directive.comment.is_alone:
        return Span(source, start, end)
    behind = source.text[end : end + 2]
    return Span(source, start, end + (2 if behind == "\r\n" else len(behind[:1])))
