"""What it costs to have a network ready: processor time of `compile` and of the first call, and memory.

- drawing: seconds for drawing the weights alone;
- compile: seconds of `archspec.compile` beyond that, with reading the spec;
- first call: seconds of the first call beyond those of the second: laying out weights, binding kernels to memory;
- packed: bytes of weights in another order, or transformed; arena: bytes of all volumes;
- beyond: the most memory that the process ever had in use besides weights, packed weights and arena.

Every network is measured in a process of its own, at the grade `fast`, on one thread.

    python benchmarks/compiling.py [--batch N] [NETWORK ...]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np

import archspec
import archspec.engine.network as module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.engine.network import Network
    from archspec.ops._numpy import Array

NETWORKS = ("vgg16", "resnet50", "mobilenet_v2")
MUST_SECONDS = 0.5
MUST_BYTES = 64 * 2**20
TIMED = "resnet50"
"""The network for which the seconds are a promise."""
ALONE = "ARCHSPEC_BENCHMARK_ALONE"


def most_memory() -> int:
    """The most bytes of memory that this process has had in use; 0 where the system does not say so."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def arrays_in(packed: Any) -> Iterator[Array]:
    """All arrays in nested tuples, lists and dicts."""
    if isinstance(packed, np.ndarray):
        yield packed
    elif isinstance(packed, dict):
        for each in packed.values():
            yield from arrays_in(each)
    elif isinstance(packed, tuple | list):
        for each in packed:
            yield from arrays_in(each)


def packed_bytes(network: Network) -> int:
    """Bytes of weights that lie in memory once more."""
    kept = [*network.parameters.values(), *network.buffers.values()]
    new = {id(each): each for each in arrays_in(network._runner._packed)}  # noqa: SLF001 - nothing public tells
    return sum(each.nbytes for each in new.values() if not any(np.may_share_memory(each, array) for array in kept))


def took(began: float) -> float:
    """Processor's seconds since."""
    return process_time() - began


def timed(action: Callable[..., Any], seconds: list[float], *arguments: Any) -> Any:
    """What an action gives; the processor's seconds that it takes are added to a list."""
    began = process_time()
    found = action(*arguments)
    seconds.append(took(began))
    return found


def measure(name: str, batch: int) -> None:
    """One network, in this process."""
    drawn: list[float] = []
    vars(module)["initialize"] = partial(timed, vars(module)["initialize"], drawn)
    before = most_memory()
    began = process_time()
    network = archspec.compile(f"zoo:{name}", grade="fast", threads=1)
    (drawing,) = drawn
    compiling = took(began) - drawing
    (volume,) = network.graph.inputs.values()
    x = np.zeros((batch, *(volume.shape if volume else ())), network.dtype)
    calls = []
    for _ in range(2):
        began = process_time()
        network(x)
        calls.append(took(began))
    first = calls[0] - calls[1]
    weights = sum(array.nbytes for array in (*network.parameters.values(), *network.buffers.values()))
    packed, arena = packed_bytes(network), network.plan.arena_bytes * batch
    beyond = max(0, most_memory() - before - weights - packed - arena)
    verdicts = [verdict(beyond, MUST_BYTES, f"{MUST_BYTES / 2**20:.0f} MiB")]
    if name == TIMED:
        verdicts.insert(0, verdict(compiling + first, MUST_SECONDS, f"{MUST_SECONDS} s"))
    sizes = "".join(f"{each / 2**20:>14.1f}" for each in (weights, packed, arena, beyond))
    print(f"{name:14}{drawing:>14.3f}{compiling:>14.3f}{first:>14.3f}{sizes}  {', '.join(verdicts)}", flush=True)


def verdict(found: float, must: float, words: str) -> str:
    """Whether it is within the bound, in words."""
    return f"at most {words}: {'OK' if found <= must else 'ABOVE'}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What it costs to have a network ready.")
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    parser.add_argument("--batch", type=int, default=1)
    given = parser.parse_args()
    if ALONE in os.environ:
        measure(given.networks[0], given.batch)
        return
    columns = ("drawing s", "compile s", "first call s", "weights MiB", "packed MiB", "arena MiB", "beyond MiB")
    print(f"{'':14}" + "".join(f"{column:>14}" for column in columns), flush=True)
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")}
    for name in given.networks:
        command = [sys.executable, __file__, name, "--batch", str(given.batch)]
        subprocess.run(command, env={**os.environ, **threads, ALONE: "1"}, check=True)


if __name__ == "__main__":
    main()
