"""What a word that is no operator may mean: ours by another library's name, one that archspec lacks, a typing error."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from archspec.ops import OPERATORS
from archspec.spec import foreign
from archspec.syntax import nearest, only_candidate

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 8
"""Names that a help lists."""
_FREQUENT = "frequent operators are `conv`, `max_pool`, `fc`, `relu`, `batch_norm`, `dropout`, `add` and `concat`"


class OperatorMeaning(NamedTuple):
    """What is meant: ``word`` of ours, if there is one; ``reason`` why there is none.

    ``is_foreign`` says whether it is another library's word, and ``is_sure`` whether nothing else can be meant.
    """

    word: str | None = None
    is_foreign: bool = False
    is_sure: bool = False
    reason: str = ""
    help: tuple[str, ...] = ()

    @property
    def ending(self) -> str:
        """The end of the sentence that there is no such operator."""
        if self.reason:
            return f": {self.reason}"
        return f"; did you mean `{self.word}`?" if self.word else ""


def operator_meaning(word: str, blocks: Iterable[str] = ()) -> OperatorMeaning:
    """What a word may mean where there are these blocks.

    A block whose name differs only in case and hyphens comes first, then another library's word, then what is near:
    first of ours, then of other libraries.
    """
    own = list(blocks)
    if own and (block := nearest(word, own)) and _fold(block) == _fold(word):
        return _near(word, block, own)
    if meaning := _foreign(word):
        return meaning
    words = [*own, *OPERATORS, "layers"]
    if near := nearest(word, words):
        return _near(word, near, words)
    return _misspelled(word) or OperatorMeaning(help=_common_names(own))


def _near(word: str, near: str, words: list[str]) -> OperatorMeaning:
    return OperatorMeaning(near, is_sure=only_candidate(word, words) is not None, help=(f"write `{near}`",))


def _foreign(word: str) -> OperatorMeaning | None:
    """What another library's word means here; None when no library has it."""
    if near := foreign.our_operator(word):
        sure = foreign.is_same_operator(word)
        return OperatorMeaning(near, is_foreign=True, is_sure=sure, help=(f"write `{near}`",))
    absent = foreign.absent_operator(word)
    return OperatorMeaning(reason=absent.reason, help=absent.help) if absent else None


@lru_cache(maxsize=1_000)
def _misspelled(word: str) -> OperatorMeaning | None:
    """What a word means that is nearly another library's."""
    other = nearest(word, foreign.foreign_words())
    meaning = _foreign(other) if other else None
    return meaning and meaning._replace(is_foreign=False, is_sure=False)


def _common_names(blocks: list[str]) -> tuple[str, ...]:
    """Some names, for a word that resembles none."""
    listed = ", ".join(f"`{block:.60}`" for block in blocks[:_MOST])
    more = " and more" if len(blocks) > _MOST else ""
    operators = f"{_FREQUENT}; docs/language.md lists all operators"
    return (f"blocks here are {listed}{more}", operators) if blocks else (operators,)


def _fold(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")
