"""What is wrong with a spec while it is expanded: words, and names of volumes."""

from __future__ import annotations

import pytest

import archspec


@pytest.mark.parametrize(
    ("item", "fixed"),
    [
        ("reshape", "flatten"),
        ("reshape: -1", "flatten"),
        ("reshape: [-1]", "flatten"),
        ("reshape: {}", "flatten"),
        ("reshape: [1]", None),
        ("{Reshape: {target_shape: [4, 4, 512]}}", None),
        ("reshape: 4x4x512", None),
        ("Unflatten: [1, 512, 4, 4]", None),
        ("view: [4, 4, 512]", None),
    ],
)
def test_reshaping_is_flattening_only_without_a_size(item: str, fixed: str | None) -> None:
    """A dense layer with a reshaping behind it is a transposed convolution of a single position."""
    (found,) = archspec.check(f"name: a\ninput: 1x1x100\nlayers:\n  - {item}\n")
    assert found.rule == "unknown-operator"
    assert (found.fix.edits[0].text if found.fix else None) == fixed
    assert (
        fixed
        or "`conv_transpose: {filters: C, kernel: K}`, in place of `fc` and this, turns a vector into a map"
        in found.help[1]
    )


BEFORE = "name: a\ninput: 8x8x4\nparams: {skip: frist}\nlayers:\n  - relu: {}\n    name: first\n"
CONV = "  - conv: {filters: 4, kernel: 1}\n"


@pytest.mark.parametrize(
    ("layers", "fixed", "is_safe"),
    [
        (f"{CONV}  - add: frist\n", "first", True),
        (f"{CONV}    name: forst\n  - add: fyrst\n", "first", False),
        (f"{CONV}  - add: $skip\n", None, None),
        (f"{CONV}  - add: $(skip)\n", None, None),
    ],
    ids=["one name is near", "two are", "a parameter", "an expression"],
)
def test_misspelt_volumes_are_fixed_where_they_are_written(
    layers: str, fixed: str | None, is_safe: bool | None
) -> None:
    text = BEFORE + layers
    (found,) = [each for each in archspec.check(text) if each.rule == "unknown-volume"]
    assert found.help == ("write `first`",), "it is suggested wherever the name is from"
    if fixed is None:
        assert found.fix is None
        return
    assert found.fix is not None
    assert found.fix.safe is is_safe
    (edit,) = found.fix.edits
    assert text[edit.span.start : edit.span.end] in ("frist", "fyrst")
    assert edit.text == fixed
