"""Sizes that fit for programs: the contract of docs/json.md."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from archspec.report.contract_sizes import AxesOutput, LosslessOutput, NearestOutput, SizeClassOutput, SizesOutput

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
        axes=[
            _axes(each, reason, lossless)
            for each, reason, lossless in zip(found, view.reasons, view.lossless or (None,) * len(found), strict=True)
        ],
    )
    data = output.model_dump()
    return _NUMBERS.sub(lambda match: f"[{' '.join(match[1].split())}]", json.dumps(data, indent=2)) + "\n"


def _axes(found: FittingSizes, reason: str | None, lossless: FittingSizes | None) -> AxesOutput:
    return AxesOutput.model_construct(
        names=list(found.axes),
        present=list(found.present),
        fits=found.misfit is None,
        layer=found.misfit,
        reason=reason,
        **_lists(found),
        lossless=None
        if lossless is None
        else LosslessOutput.model_construct(fits=lossless.misfit is None, **_lists(lossless)),
    )


def _lists(found: FittingSizes) -> dict[str, Any]:
    """The sizes, as classes and as lists."""
    classes = found.classes
    return {
        "classes": None if classes is None else [SizeClassOutput.model_construct(**each._asdict()) for each in classes],
        "others": list(found.others),
        "sizes": list(found.sizes),
        "nearest": [NearestOutput.model_construct(below=below, above=above) for below, above in found.nearest],
    }
