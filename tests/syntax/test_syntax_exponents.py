"""Numbers with an exponent that readers of YAML 1.1 take for text: an info with a safe fix, off by default."""

from __future__ import annotations

import pytest
import yaml

import archspec
from archspec.commands.command_line import run
from archspec.examination.examine import examine_family
from archspec.fixing.changes import Changes
from archspec.rules._settings import Settings
from archspec.source import Source
from archspec.syntax import parse
from archspec.syntax.exponents import exponents

_ON = Settings(frozenset(("yaml-exponent",)))
_SPEC = "name: x\ninput: 8x8x3\nlayers:\n  - batch_norm: {eps: 1e-3}\n  - lrn: {alpha: 1.5e-4, size: 5}\n"


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("1e-3", "1.0e-3"), ("1E-3", "1.0E-3"), ("1e3", "1.0e+3"), ("1.5e3", "1.5e+3"), ("1.e3", "1.e+3"),
        (".5e3", ".5e+3"), ("-1e+3", "-1.0e+3"), ("+2e0", "+2.0e+0"), ("1.0e-3", None), (".5e-3", None),
        ("0.001", None), ('"1e-3"', None), ("1", None), (".inf", None), ("1e", None), ("1_0e-3", None),
    ],
)  # fmt: skip
def test_what_pyyaml_takes_for_text(written: str, right: str | None) -> None:
    """The claim is PyYAML's own: it reads a float after the fix, the same that archspec reads before and after."""
    tree = parse(Source("a.yaml", f"a: [{written}]\n"), list[object]().append)
    assert tree is not None
    found = list(exponents([tree]))
    assert bool(found) is (right is not None)
    if right is not None and found[0].fix:
        assert isinstance(yaml.safe_load(written), str)
        assert (found[0].severity, found[0].fix.safe, found[0].fix.edits[0].text) == ("info", True, right)
        assert yaml.safe_load(right) == float(written) == float(right)


def test_off_by_default() -> None:
    assert not archspec.check(_SPEC)
    (found,) = examine_family(_SPEC, settings=_ON)[0].diagnostics
    assert found.fix
    assert found.fix.title == "write `1.0e-3`"


def test_no_finding_of_the_zoo_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "zoo:googlenet", "--show-info"]) == 0
    assert "yaml-exponent" not in capsys.readouterr().out
    assert run(["check", "zoo:googlenet", "--show-info", "--extend-select", "yaml-exponent"]) == 0
    assert "yaml-exponent" in capsys.readouterr().out


def test_an_anchor_is_one_place() -> None:
    text = _SPEC.replace("1e-3", "&e 1e-3") + "  - batch_norm: {eps: *e}\n"
    found = examine_family(text, settings=_ON)[0].diagnostics
    assert [each.message for each in found if "1e-3" in each.message] == [
        "`1e-3` is a number in YAML 1.2 and text in YAML 1.1"
    ]


def test_the_fix_is_final() -> None:
    found = examine_family(_SPEC.replace("1.5e-4", "2e-4"), settings=_ON)[0].diagnostics
    changes = Changes([each.fix for each in found if each.fix])
    (after,) = changes.apply({place: _SPEC.replace("1.5e-4", "2e-4").encode() for place in changes.files}).values()
    assert b"eps: 1.0e-3" in after and b"alpha: 2.0e-4" in after  # noqa: PT018 - one text
    assert not examine_family(after.decode(), settings=_ON)[0].diagnostics
