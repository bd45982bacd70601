"""What is told of words that no operator has."""

from __future__ import annotations

import pytest

import archspec


@pytest.mark.parametrize(
    ("item", "fixed"),
    [
        ("reshape", "flatten"),
        ("reshape: -1", "flatten"),
        ("reshape: [1]", None),
        ("{Reshape: {target_shape: [4, 4, 512]}}", None),
        ("reshape: 4x4x512", None),
        ("Unflatten: [1, 512, 4, 4]", None),
    ],
)
def test_reshaping_is_flattening_only_without_a_size(item: str, fixed: str | None) -> None:
    """A dense layer with a reshaping behind it is a transposed convolution of a single position."""
    (found,) = archspec.check(f"name: a\ninput: 1x1x100\nlayers:\n  - {item}\n")
    assert found.rule == "unknown-operator"
    assert (found.fix.edits[0].text if found.fix else None) == fixed
    assert (
        fixed
        or "`conv_transpose: {filters: C, kernel: K}` in place of fc and this turns a vector into a map"
        in found.help[1]
    )
