"""Sizes that fit for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from archspec.report.contract_sizes import AxesOutput, NearestOutput, SizeClassOutput, SizesOutput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.text.views import SizesView

VERSION: Final = 1

_NUMBERS = re.compile(r"\[\n([-\d,\s]+?)\n *\]")


def as_json(found: Sequence[FittingSizes], view: SizesView) -> str:
    """The format ``json``."""
    output = SizesOutput.model_construct(
        version=VERSION,
        name=view.name,
        file=view.file,
        input={name: list(volume.shape) if volume else None for name, volume in view.inputs.items()},
        fit=found[0].fitting,  # type: ignore[arg-type]  # no command asks for `accepted`
        range=[found[0].low, found[0].high],
        axes=[_axes(each, reason) for each, reason in zip(found, view.reasons, strict=True)],
    )
    data = output.model_dump()
    return _NUMBERS.sub(lambda match: f"[{' '.join(match[1].split())}]", json.dumps(data, indent=2)) + "\n"


def _axes(found: FittingSizes, reason: str | None) -> AxesOutput:
    classes = found.classes
    return AxesOutput.model_construct(
        names=list(found.axes),
        present=list(found.present),
        fits=found.misfit is None,
        layer=found.misfit,
        reason=reason,
        classes=None if classes is None else [SizeClassOutput.model_construct(**each._asdict()) for each in classes],
        others=list(found.others),
        sizes=list(found.sizes),
        nearest=[NearestOutput.model_construct(below=below, above=above) for below, above in found.nearest],
    )
