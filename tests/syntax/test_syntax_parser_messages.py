"""What both parsers say is understood: the explanations of faults hang on no wording of one version."""

from __future__ import annotations

import pytest
import yaml

from archspec.source import Source
from archspec.syntax import parser_messages
from archspec.syntax.faults import explain
from archspec.syntax.masking import mask
from archspec.syntax.parser_messages import CONTEXTS, PROBLEMS, Context, Problem
from tests.syntax.conftest import PARSERS

CAUSES: list[tuple[str, Problem, Context]] = [
    ("a: 1\nb\nc: 2\n", Problem.NO_COLON, Context.KEY),
    ("a: b: c\n", Problem.COLON, Context.UNKNOWN),
    ("a: - b\n", Problem.DASH, Context.UNKNOWN),
    ("a: ? b\n", Problem.QUESTION_MARK, Context.UNKNOWN),
    ("a: {\n", Problem.NO_VALUE, Context.UNKNOWN),
    ("{a: 'b' c}\n", Problem.NO_COMMA, Context.FLOW),
    ("[a]\nb: c\n", Problem.NOT_ENDED, Context.UNKNOWN),
    ("a: ]\n", Problem.NO_VALUE, Context.UNKNOWN),
    ("a: [b c, 'd' e]\n", Problem.NO_COMMA, Context.FLOW),
    ("a: {b: c} d\n", Problem.NOT_ENDED, Context.UNKNOWN),
    ("- a\nb: c\n", Problem.NOT_ENDED, Context.UNKNOWN),
    ("a: 'b\n", Problem.UNFINISHED, Context.QUOTED),
    ("a: 'b\n--- \nc'", Problem.UNFINISHED, Context.QUOTED),
    ('a: "\\d"\n', Problem.UNKNOWN, Context.QUOTED),
    ("a: `b`\n", Problem.FORBIDDEN, Context.UNKNOWN),
    ("a: |b\n  c\n", Problem.UNKNOWN, Context.BLOCK_TEXT),
    ("a: & b\n", Problem.UNKNOWN, Context.NAME),
    ("a: * b\n", Problem.UNKNOWN, Context.NAME),
    ("a: !<b\n", Problem.UNKNOWN, Context.TAG),
    ("a: !b!c d\n", Problem.TAG_HANDLE, Context.UNKNOWN),
]
"""Texts, and what every parser says of each in its own words."""


def error(parser: str, text: str) -> yaml.MarkedYAMLError:
    """What a parser says of a text."""
    events = PARSERS[parser](mask(text))
    try:
        while events.get_event() is not None:
            pass
    except yaml.MarkedYAMLError as found:
        return found
    pytest.fail(f"{parser} reads {text!r}")


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("text", "problem", "context"), CAUSES, ids=[text for text, *_ in CAUSES])
def test_each_parser_means_the_same(parser: str, text: str, problem: Problem, context: Context) -> None:
    found = error(parser, text)
    assert parser_messages.problem(found.problem) is problem, found
    assert parser_messages.context(found.context) is context, found


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml")
def test_libyaml_alone_refuses_a_colon_before_a_comma() -> None:
    found = error("libyaml", "{a:, b: 1}")
    assert parser_messages.problem(found.problem) is Problem.LONE_COLON


@pytest.mark.parametrize("words", [*PROBLEMS, *CONTEXTS])
def test_each_row_has_a_parser_that_says_so(words: str) -> None:
    errors = [error(parser, text) for parser in PARSERS for text, *_ in CAUSES]
    errors += [error("libyaml", "{a:, b: 1}")] if yaml.__with_libyaml__ else []
    assert any(words in f"{found.problem} {found.context}" for found in errors)


def test_unknown_words_are_shown_as_they_are() -> None:
    mark = yaml.Mark("", 3, 0, 3, None, 0)
    fault = yaml.MarkedYAMLError("while counting sheep", None, "fell asleep", mark)
    found = explain(Source("net.yaml", "a: b"), fault, None)
    assert found.message == "this is not YAML: fell asleep while counting sheep"
