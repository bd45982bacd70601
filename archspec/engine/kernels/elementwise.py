"""Norms, activations, sums and products that stand by themselves: number by number, in place where the plan says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archspec.engine.kernels._base import Kernel, Phase, Setting, Site
from archspec.engine.kernels._finish import FINISHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.kernels._base import Arrays
    from archspec.engine.units import Unit


class Elementwise(Kernel):
    """The unit's layers are all its finish: read from the first input, written to the output."""

    name = "elementwise"
    operators = FINISHING

    @classmethod
    def reason(cls, unit: Unit, setting: Setting) -> str | None:  # noqa: ARG003 - exact at any grade
        """Any of these, but what is read again after it was overwritten."""
        if unit.place and unit.first.inputs.count(unit.place) > 2:
            return None
        return "number by number" + (", in place" if unit.place else "")

    def __init__(self, unit: Unit, setting: Setting) -> None:
        first = unit.first
        start, *others = _read_first(unit)
        beside = ((first.name, tuple(others)), *unit.beside) if others else unit.beside
        whole = unit._replace(rest=unit.nodes, beside=beside)
        super().__init__(whole, setting)
        self.source = first.inputs.index(start)

    def lay_out(self, arrays: Arrays) -> Any:
        """The finish."""
        return self.finish.lay_out(arrays)

    def bind(self, site: Site) -> Iterator[Phase]:
        """Chunks of positions."""
        yield self.finishing(site.laid, site, site.inputs[self.source])


def _read_first(unit: Unit) -> list[str]:
    """The inputs of the first layer: what is overwritten before all others, gates of one position after these."""
    sizes = dict(zip(unit.first.inputs, unit.first.received, strict=True))
    return sorted(unit.first.inputs, key=lambda name: (name != unit.place, sizes[name] != unit.output))
