"""x"""

from archspec.diagnostics import Diagnostic
from archspec.source import Span


def explain(source, error):
    at = error.problem_mark.index
    return Diagnostic(rule="yaml-syntax", message=error.problem, span=Span(source, at, at))
