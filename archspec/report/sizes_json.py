"""Sizes that fit for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.text.views import SizesView

VERSION = 1

_NUMBERS = re.compile(r"\[\n([-\d,\s]+?)\n *\]")


def as_json(found: Sequence[FittingSizes], view: SizesView) -> str:
    """The format ``json``."""
    data = {
        "version": VERSION,
        "name": view.name,
        "file": view.file,
        "input": {name: list(volume.shape) if volume else None for name, volume in view.inputs.items()},
        "fit": found[0].fitting,
        "range": [found[0].low, found[0].high],
        "axes": [_axes(each, reason) for each, reason in zip(found, view.reasons, strict=True)],
    }
    return _NUMBERS.sub(lambda match: f"[{' '.join(match[1].split())}]", json.dumps(data, indent=2)) + "\n"


def _axes(found: FittingSizes, reason: str | None) -> dict[str, Any]:
    return {
        "names": list(found.axes),
        "present": list(found.present),
        "fits": found.misfit is None,
        "layer": found.misfit,
        "reason": reason,
        "classes": None if found.classes is None else [each._asdict() for each in found.classes],
        "others": list(found.others),
        "sizes": list(found.sizes),
        "nearest": [{"below": below, "above": above} for below, above in found.nearest],
    }
