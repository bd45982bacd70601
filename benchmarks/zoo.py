"""Checking the zoo: variants a second, and how long torchinfo's summary of the same networks takes beside it.

torchinfo gets models that are built already and only counts; archspec begins with the text of the file and also looks
for mistakes. Both run in turn on each network, in one process; the fastest of a few rounds counts, in CPU seconds.
Needs what .ci/run installs for the comparisons, and torchinfo (pip install torchinfo==1.8.0).

    python benchmarks/zoo.py [ROUNDS]
"""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from functools import partial
from importlib import import_module
from time import process_time
from typing import TYPE_CHECKING, Any

import archspec
from archspec.files.zoo import entries

if TYPE_CHECKING:
    from collections.abc import Callable


def torchvision_models() -> Any:
    """The models of torchvision, without its compiled operators if need be: they don't load beside a CPU build."""
    torch = import_module("torch")
    torch.set_num_threads(1)  # CPU seconds should not count waiting
    try:
        import_module("torchvision")
    except RuntimeError:
        names = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            names.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        torchvision_models.names = names  # type: ignore[attr-defined] # they last as long as this object
    return import_module("torchvision.models")


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    gc.collect()
    began = process_time()
    work()
    return process_time() - began


def every_variant(rounds: int) -> float:
    """CPU seconds to check all files of the zoo with all variants."""
    files = {entry.file for entry in entries().values()}
    return min(seconds(lambda: [archspec.check(file) for file in files]) for _ in range(rounds))


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    models, torch, torchinfo = torchvision_models(), import_module("torch"), import_module("torchinfo")
    every_variant(1)  # imports what it needs
    took = every_variant(rounds)
    print(f"all {len(entries())} variants: {took:.2f} s, {len(entries()) / took:.0f} variants a second\n")
    names = [name for name in models.list_models(module=models) if name in entries()]
    totals: dict[str, float] = defaultdict(float)
    columns = ("archspec check", "torchinfo, shapes only", "torchinfo")
    print(f"{'ms':>20}" + "".join(f"{column:>24}" for column in columns))
    for name in names:
        volume = next(iter((archspec.load(f"zoo:{name}").input or {}).values()))
        size = (1, volume.channels, *volume.spatial)
        options = {"aux_logits": False, "init_weights": False} if name in {"googlenet", "inception_v3"} else {}
        with torch.device("meta"):
            hollow = models.get_model(name, weights=None, **options)
        model = models.get_model(name, weights=None, **options)
        work = (
            partial(archspec.check, f"zoo:{name}"),
            partial(torchinfo.summary, hollow, size, device="meta", verbose=0),
            partial(torchinfo.summary, model, size, verbose=0),
        )
        best = dict.fromkeys(columns, float("inf"))
        for _ in range(rounds):
            for column, count in zip(columns, work, strict=True):
                best[column] = min(best[column], seconds(count))
        print(f"{name:>20}" + "".join(f"{best[column] * 1e3:>24.1f}" for column in columns), flush=True)
        for column in columns:
            totals[column] += best[column]
    print(f"{'variants a second':>20}" + "".join(f"{len(names) / totals[column]:>24.1f}" for column in columns))
    print(f"{'ratio':>20}" + "".join(f"{totals[column] / totals[columns[0]]:>24.1f}" for column in columns))


if __name__ == "__main__":
    main()
