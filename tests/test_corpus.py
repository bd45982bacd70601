"""Networks of people who asked in public what is wrong with them, and right ones that look odd.

Every spec names its source. One in ``corpus/faulty`` says at its top what a good linter must find, written down
before archspec was run on it:

    # wanted: RULE @ LAYER says TEXT, TEXT, ...

The rule must fire at that layer and name every text, and nothing else may be an error: one mistake, one finding.
``LAYER/LAYER`` leaves open which of the two is told. In ``corpus/silent`` there is neither error nor warning,
except of the rules after ``# allows:``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

import archspec
from archspec.rules import FAMILY_RULES, RULES

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

CORPUS = Path(__file__).parent / "corpus"
FAULTY = sorted(CORPUS.glob("faulty/*.arch.yaml"))
SILENT = sorted(CORPUS.glob("silent/*.arch.yaml"))

OFFER = re.compile(
    r"^(?:input (.+?) (?:works|fits the whole network.*)|an input of (\S+) (?:is the smallest that works|gives).*)$",
    re.MULTILINE,
)


class Wanted(NamedTuple):
    """A finding that must be told: its rule, the layers where it may stand, and what it must name."""

    rule: str
    layers: list[str]
    texts: list[str]


def wanted(path: Path) -> list[Wanted]:
    """The findings that the comments at the top of a spec ask for."""
    lines = re.findall(r"^# wanted: (\S+) @ (\S+) says (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [Wanted(rule, layers.split("/"), texts.split(", ")) for rule, layers, texts in lines]


def told(found: Diagnostic) -> str:
    """Everything a finding says, numbers without separators."""
    labels = [each.text for each in found.labels]
    return re.sub(r"(?<=\d),(?=\d{3})", "", "\n".join([found.message, found.label, *labels, *found.notes, *found.help]))


def names(text: str, number: str) -> bool:
    """Whether a text holds another one, not as a part of a longer number."""
    return re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", text) is not None


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.name.removesuffix(".arch.yaml"))
def test_mistake_is_found(path: Path) -> None:
    findings = wanted(path)
    for rule in {finding.rule for finding in findings} - {*RULES, *FAMILY_RULES}:
        pytest.skip(f"rule {rule} is not built")
    told_of = archspec.check(path)
    for finding in findings:
        at = [each for each in told_of if each.rule == finding.rule and each.layer in finding.layers]
        assert len(at) == 1, [(each.rule, each.layer) for each in told_of]
        missing = [text for text in finding.texts if not names(told(at[0]), text)]
        assert not missing, told(at[0])
        told_of.remove(at[0])
    assert [(each.rule, each.layer, each.message) for each in told_of if each.severity == "error"] == []


@pytest.mark.parametrize("path", SILENT, ids=lambda path: path.name.removesuffix(".arch.yaml"))
def test_odd_but_right_is_silent(path: Path) -> None:
    allowed = re.findall(r"^# allows: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    told_of = [each for each in archspec.check(path) if each.severity != "info" and each.rule not in allowed]
    assert [(each.rule, each.layer, each.message) for each in told_of] == []


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.name.removesuffix(".arch.yaml"))
def test_inputs_that_are_offered_work(path: Path) -> None:
    """With an input that a finding offers, nothing about the network is an error any more."""
    for finding in archspec.check(path):
        for offer in OFFER.findall("\n".join(finding.help).replace("; ", "\n")):
            for offered in re.findall(r"\d+(?:x\d+)*", "".join(offer)):
                other = archspec.load(path, input=volume(path, [int(number) for number in offered.split("x")]))
                assert [(each.rule, each.layer) for each in archspec.check(other) if each.severity == "error"] == []


def volume(path: Path, numbers: list[int]) -> str:
    """An input of a spec with other spatial sizes, as ``--input`` takes it."""
    (given,) = (archspec.load(path).input or {}).values()
    axes = zip((*given.axes, "channels"), [*numbers, given.channels], strict=False)
    return f"{{{', '.join(f'{axis}: {number}' for axis, number in axes)}}}"


@pytest.mark.parametrize("path", [*FAULTY, *SILENT], ids=lambda path: path.name.removesuffix(".arch.yaml"))
def test_source_is_cited(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"# \S.*\n# source: https?://\S+\n", text)
    assert bool(wanted(path)) == (path in FAULTY)
    assert text.count("# wanted:") == len(wanted(path))


def test_corpus_is_large_enough() -> None:
    assert len(FAULTY) >= 60
    assert len(SILENT) >= 15
    beyond = {finding.rule for path in FAULTY for finding in wanted(path)} - {"fractional-output", "feature-mismatch"}
    assert len(beyond) >= 12
