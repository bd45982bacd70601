"""The inference peak by liveness beside the memory that a compiled network really takes, by tracemalloc.

Three figures, weights apart:
- by liveness: the report's `peak_bytes`, from shapes alone;
- held: the most that is allocated when a layer has just given its output and nothing has been let go yet. That is
  what liveness speaks of, to be within 1 % of it. (Liveness lets an activation take its input's place; the reference
  kernels don't, so for a network whose peak is at an activation more is held.)
- at most: the raw peak, with all that kernels allocate for themselves while they work, such as unfolded windows.

    python benchmarks/peak.py [SPEC ...]
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import archspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archspec.engine.plan import Step
    from archspec.ops._numpy import Array

SPECS = ("zoo:resnet152", "zoo:vgg16", "zoo:densenet121", "zoo:googlenet", "zoo:mobilenet_v2")


class Watch:
    """The most that is held at the end of a kernel, and where.

    The input is the caller's, who has made it before the watch begins: it counts as long as a layer reads it.
    """

    def __init__(self, entering: int) -> None:
        self.entering = entering
        self.held = 0
        self.layer = ""

    def watched(self, step: Step, input_name: str) -> Step:
        """The same step, looked at when its kernel is done."""

        def kernel(arrays: Sequence[Array], weights: Mapping[str, Array]) -> Array:
            y = step.kernel(arrays, weights)
            held = tracemalloc.get_traced_memory()[0] + self.entering
            if held > self.held:
                self.held, self.layer = held, step.node.name
            if input_name in step.frees:
                self.entering = 0
            return y

        return replace(step, kernel=kernel)


def measure(path: str) -> None:
    """Run one network on one batch and print a row."""
    spec = archspec.load(path)
    by_liveness = archspec.analyze(spec).totals.peak_bytes or 0
    network = archspec.compile(spec)
    ((name, volume),) = network.graph.inputs.items()
    x = np.zeros((network.graph.spec.batch, *(volume.shape if volume else ())), network.dtype)
    network(x)  # whatever is made once is made now
    watch = Watch(x.nbytes)
    network._steps = tuple(watch.watched(step, name) for step in network._steps)  # noqa: SLF001 - only a step has its end
    gc.collect()
    tracemalloc.start()
    network(x)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    apart, ratio = watch.held / by_liveness - 1, most / by_liveness
    print(
        f"{path:24}{by_liveness:>14,}{watch.held:>14,}{apart:>+9.2%}{most:>15,}{ratio:>8.1f}   {watch.layer}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    print(f"{'bytes':24}{'by liveness':>14}{'held':>14}{'':9}{'at most':>15}{'ratio':>8}   most is held after")
    for path in sys.argv[1:] or SPECS:
        measure(path)


if __name__ == "__main__":
    main()
