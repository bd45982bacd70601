"""The inference peak by liveness beside the memory that a compiled network really takes; a row for each spec.

- by liveness: the report's `peak_bytes`, from shapes alone;
- arena: the bytes in which the plan's volumes have their places, to be within 1 % of it;
- scratch: what kernels use besides, the same memory for every layer;
- extra: the most that a first run allocates besides weights and arena, by tracemalloc: weights brought into another
  order, scratch, the result, and Python's own objects;
- again: the most that a second run allocates: the result.

    python benchmarks/peak.py [SPEC ...]
"""

from __future__ import annotations

import sys
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np

import archspec

if TYPE_CHECKING:
    from collections.abc import Callable

SPECS = ("zoo:resnet152", "zoo:vgg16", "zoo:densenet121", "zoo:googlenet", "zoo:mobilenet_v2")


def allocated(action: Callable[[], object]) -> int:
    """The most bytes that are allocated while something is done, of those it finds."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measure(path: str) -> None:
    """Run one network on one batch, twice, and print a row."""
    spec = archspec.load(path)
    by_liveness = archspec.analyze(spec).totals.peak_bytes or 0
    network = archspec.compile(spec)
    ((_, volume),) = network.graph.inputs.items()
    batch = network.graph.header.batch
    x = np.zeros((batch, *(volume.shape if volume else ())), network.dtype)
    arena = network.plan.arena_bytes * batch
    extra = allocated(lambda: network(x)) - arena
    again = allocated(lambda: network(x))
    print(
        f"{path:24}{by_liveness:>14,}{arena:>14,}{arena / by_liveness - 1:>+9.2%}{extra:>15,}{again:>11,}", flush=True
    )


def main() -> None:
    """Measure and print."""
    print(f"{'bytes':24}{'by liveness':>14}{'arena':>14}{'':9}{'extra':>15}{'again':>11}")
    for path in sys.argv[1:] or SPECS:
        measure(path)


if __name__ == "__main__":
    main()
