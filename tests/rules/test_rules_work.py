"""How much work the rules do in a long network: as much for each layer or finding, however many there are."""

from __future__ import annotations

import pytest

import archspec
from tests.work import work

CONV = "conv: {filters: 16, kernel: 3, padding: 1}"
LAYERS = {
    "no findings": f"  - {CONV}\n  - relu\n",
    "a finding at every layer": f"  - {CONV[:-1]}, in_channels: 17}}\n  - relu\n",
    "residual blocks": f"  - add: [[{{{CONV}}}, relu], []]\n  - relu\n",
}


def lines(layers: str, count: int) -> int:
    text = f"name: long\ninput: 32x32x16\nlayers:\n{layers * count}"
    with work() as done:
        archspec.check(text)
    return done.lines


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS.keys())
def test_work_grows_as_layers_do(layers: str) -> None:
    lines(layers, 1)  # imports what it needs
    assert lines(layers, 200) < 2.2 * lines(layers, 100)
