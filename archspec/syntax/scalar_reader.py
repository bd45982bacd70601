"""From a scalar as the parser gives it to its value, with findings on what is doubtful about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic, Edit, Fix, Sink
from archspec.syntax.ambiguity import ambiguity, out_of_range, too_long
from archspec.syntax.characters import FORBIDDEN, name, replace_forbidden, unseen_end, unseen_finding
from archspec.syntax.masking import has_escaped_stand_in, is_masked, unmask
from archspec.syntax.quoting import in_backticks, quoted_yaml
from archspec.syntax.scalars import Value, core, is_number

if TYPE_CHECKING:
    from archspec.source import Span
    from archspec.syntax.limits import Limits


class ScalarReader:
    """Reads the scalars of one file. It remembers those without a finding: a network repeats its words."""

    def __init__(self, sink: Sink, limits: Limits) -> None:
        self._sink = sink
        self._limits = limits
        self._sound: dict[str, Value] = {}

    def plain(self, raw: str, span: Span, *, is_key: bool, is_flow: bool) -> Value:
        """The value of a scalar without quotes, as YAML 1.2 reads it."""
        if not raw.isascii() and is_masked(raw):
            return self._expression(unmask(raw), span, is_flow=is_flow)
        if len(raw) > self._limits.number and is_number(raw):
            self._sink(too_long(raw, span, self._limits.number))
            return raw
        if not raw.isascii() and (unseen := unseen_end(raw)):
            self._sink(unseen_finding(raw, unseen, span))
            return raw.replace(unseen, " ").strip()
        value = core(raw)
        finding = ambiguity(raw, value, span, is_key=is_key) or out_of_range(raw, value, span)
        if finding:
            self._sink(finding)
        else:
            self._sound[raw] = value
        return value

    @property
    def sound(self) -> dict[str, Value]:
        """Values by their text, for all that was read without a finding."""
        return self._sound

    def quoted_text(self, raw: str, span: Span) -> str:
        """The text of a scalar in quotes or of a block of text."""
        text = unmask(raw) if is_masked(raw) and not has_escaped_stand_in(span.text) else raw
        if found := FORBIDDEN.search(text):
            self._sink(_control_escape(found[0], span))
            return replace_forbidden(text)
        return text

    def _expression(self, text: str, span: Span, *, is_flow: bool) -> str:
        if is_flow:
            self._sink(_needs_quotes(text, span))
        return text


def _needs_quotes(text: str, span: Span) -> Diagnostic:
    form = quoted_yaml(text)
    return Diagnostic(
        rule="yaml-syntax",
        message=f"{in_backticks(text)} needs quotes here: within {{}} and [], a comma or bracket ends a value",
        span=span,
        label="read as if it had quotes",
        help=(f"write {in_backticks(form)}",),
        fix=Fix("put it in quotes", (Edit(span, form),), safe=True),
    )


def _control_escape(character: str, span: Span) -> Diagnostic:
    return Diagnostic(
        rule="control-character",
        message=f"an escape in this text makes the character {name(character)}, which is not allowed in a spec",
        span=span,
        help=("delete the escape sequence",),
    )
