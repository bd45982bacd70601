"""Words that newcomers type: ours for it, or that it is not in the language and what to do; never a long list."""

from __future__ import annotations

import re

import pytest

import archspec
from archspec.ops import OPERATORS


def _unknown(word: str) -> str:
    """All that is said about a word."""
    (found,) = archspec.check(f"name: x\ninput: 32x32x3\nlayers:\n  - relu\n  - {word}\n")
    assert found.rule == "unknown-operator"
    listed = {each for each in re.findall(r"`(\w+)`", " ".join(found.help)) if each in OPERATORS}
    assert len(listed) <= 8
    return " ".join((found.message, *found.notes, *found.help))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("lstm", "recurrent layers are not in the language"), ("gru: 128", "recurrent layers"),
        ("embedding: {num_embeddings: 1000, embedding_dim: 64}", "begin with what it returns"),
        ("split: 2", "`split` in other libraries is `slice` here"), ("roll", "a change of the order of positions"),
        ("subtract", "merges other than"), ("rms_norm", "norms without a mean"), ("einsum", "products of two volumes"),
        ("glu", "gated units"), ("transpose", "a change of axes"), ("permute: [0, 2, 1]", "a change of axes"),
        ("bi_lstm", "recurrent layers"), ("nn.Embedding", "embeddings of symbols"), ("swiglu", "gated units"),
        ("mhsa", "`mhsa` in other libraries is `attention` here"), ("positional_encoding", "`position_embedding`"),
        ("rope", "positions that are not learned"), ("moe", "a choice of layers by values"),
        ("frobnicate", "docs/language.md lists all operators"),
    ],
)  # fmt: skip
def test_a_word_without_an_operator(word: str, text: str) -> None:
    assert text in _unknown(word)


@pytest.mark.parametrize("word", ["lstm", "gru", "embedding", "rms_norm", "einsum", "glu", "transpose", "roll"])
def test_no_operator_that_sounds_alike(word: str) -> None:
    assert "did you mean" not in _unknown(word)


@pytest.mark.parametrize(
    ("layer", "right"),
    [
        ("conv: {filters: 8, kernel: 5x5}", "conv: {filters: 8, kernel: 5}"),
        ("conv: {filters: 8, kernel: (3, 3)}", "conv: {filters: 8, kernel: 3}"),
        ('conv: {filters: 8, kernel: "3"}', "conv: {filters: 8, kernel: 3}"),
        ("conv: {filters: 8, kernel: 3, stride: None}", "conv: {filters: 8, kernel: 3}"),
        ("dropout: {p: 0.5}", "dropout: {rate: 0.5}"), ("dropout: {rate: 50}", "dropout: {rate: 0.5}"),
        ("avg_pool: {size: 2}", "avg_pool: {kernel: 2}"),
        ("fc: {units: 10, activation: softmax}", "fc: {units: 10}\n  - softmax"),
        ("concat: [relu, []]", "concat: [[relu], []]"), ("multiply: 0.1", None),
    ],
)  # fmt: skip
def test_one_finding_with_the_fix(layer: str, right: str | None) -> None:
    text = "name: x\ninput: 32x32x3\nlayers:\n  - relu\n  - {}\n"
    (found,) = (each for each in archspec.check(text.format(layer)) if each.severity == "error")
    if right is None:
        assert found.fix is None
        assert found.help
        return
    assert found.fix
    after = text.format(layer)
    for edit in sorted(found.fix.edits, key=lambda each: each.span.start, reverse=True):
        after = after[: edit.span.start] + edit.text + after[edit.span.end :]
    assert after == text.format(right)
    assert not [each for each in archspec.check(after) if each.severity == "error"]


def test_what_an_expression_that_gives_nothing_names() -> None:
    text = 'name: x\ninput: 8x8x3\nlayers:\n  - {conv: {filters: 3, kernel: 3}, tie: "$(null)"}\n'
    (found,) = archspec.check(text)
    assert "names no layer" in found.message
    text = "name: x\ninput: 8x8x3\nlayers:\n  - {tanh: , name: a, repeat: 3}\n  - {from: a, relu: }\n"
    (found,) = (each for each in archspec.check(text) if each.severity == "error")
    assert "`a1` to `a3`" in found.message
