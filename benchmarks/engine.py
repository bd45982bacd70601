"""Whole networks at 224x224 beside PyTorch, ONNX Runtime and onnx's own evaluator, with the same weights.

Two protocols. *1T-CPU*, by which the musts of PyTorch are judged: every engine in a process of its own with one thread,
processor seconds of an inference, a block of inferences of every engine in turn, the median of the blocks' medians.
*2T-wall*: the same with two threads and the clock. Only one process runs at a time: the others are stopped, so that
threads that spin after their work take nothing from it. What all engines give for the same images is compared first.

Ratios are times of a row divided by that of PyTorch eager (the better of its two memory formats) and of ONNX Runtime;
`of peak` is a network's multiply-accumulates a second, as a direct convolution has them, divided by those of NumPy's
product of large square matrices in the same rounds. Engines that are not installed are left out and named:

    pip install onnx onnxruntime torch==2.13.0
    pip install --no-deps torchvision==0.28.0
    python benchmarks/engine.py [--only NETWORK] [--batch N] [--threads 1|2] [--rounds N] [--reference] [--engines A,B]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import NamedTuple, Self

import numpy as np
from contenders import ENGINES, NEEDS, SQUARE

import archspec

BLOCK = 0.4
"""Seconds, about, that a block takes."""
AGREE = 1e-4
"""Largest difference of outputs, relative to the largest number, of any two engines."""
MORE_IN_BATCHES = 1.1
"""Times the musts, of a batch of eight."""
EAGER = ("torch eager", "torch channels_last")
SLOW = "onnx.reference"
TIMES_SLOWER, AIM_SLOWER = 10, 20
"""How many times faster than onnx's own evaluator."""


class Goals(NamedTuple):
    """Most that a ratio may be, and what it should be: to PyTorch eager, and to ONNX Runtime with two threads."""

    fast: tuple[float, float]
    exact: float
    runtime: tuple[float, float]


GOALS = {
    "vgg16": Goals((0.60, 0.50), 0.80, (0.75, 0.55)),
    "resnet50": Goals((0.80, 0.65), 0.85, (1.5, 1.0)),
    "mobilenet_v2": Goals((1.0, 0.75), 1.0, (2.7, 1.8)),
}
WITH_SLOW = ("resnet18", "resnet50", "mobilenet_v2")
"""Networks that are run by onnx's own evaluator too; the first for nothing else."""


class Worker:
    """A process with one engine, at rest unless asked."""

    def __init__(self, engine: str, name: str, batch: int, threads: int) -> None:
        self.engine = engine
        count = {f"{library}_NUM_THREADS": str(threads) for library in ("OMP", "MKL", "OPENBLAS")}
        script = Path(__file__).with_name("contenders.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), engine, name, str(batch), str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **count},
        )
        ready = json.loads(self._answer())
        self.output = np.array(ready["output"])
        self._runs = max(1, int(BLOCK / ready["seconds"]))
        self.blocks: list[tuple[float, float]] = []
        self._rest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def block(self) -> None:
        """One more: after an inference that warms the caches, where that is cheap."""
        warm = self._runs > 1
        self._wake()
        if self._process.stdin:
            self._process.stdin.write(f"{self._runs + warm}\n")
            self._process.stdin.flush()
        took = json.loads(self._answer())[warm:]
        self._rest()
        cpu, clock = zip(*took, strict=True)
        self.blocks.append((median(cpu), median(clock)))

    def seconds(self, threads: int) -> float:
        """The median of the blocks: the processor's for one thread, the clock's for more."""
        return median(block[threads > 1] for block in self.blocks)

    def _answer(self) -> str:
        answer = self._process.stdout.readline() if self._process.stdout else ""
        if not answer:
            sys.exit(f"{self.engine} ended without an answer")
        return answer

    def _rest(self) -> None:
        if hasattr(signal, "SIGSTOP"):
            self._process.send_signal(signal.SIGSTOP)

    def _wake(self) -> None:
        if hasattr(signal, "SIGCONT"):
            self._process.send_signal(signal.SIGCONT)


def installed(engine: str) -> bool:
    """Whether what an engine needs is there."""
    return all(find_spec(module) for start, module in NEEDS.items() if engine.startswith(start))


def engines(name: str, batch: int, threads: int, given: argparse.Namespace) -> list[str]:
    """Those that run a network."""
    chosen = [engine for engine in given.engines if installed(engine)]
    if name not in GOALS:
        chosen = [engine for engine in chosen if engine in ("fast", SLOW)]
    if name not in WITH_SLOW or batch > 1 or threads > 1:
        chosen = [engine for engine in chosen if engine != SLOW]
    return [engine for engine in chosen if engine != "reference" or given.reference]


def compare(name: str, batch: int, threads: int, given: argparse.Namespace) -> None:
    """One network's table."""
    workers: dict[str, Worker] = {}
    try:
        for engine in (*engines(name, batch, threads, given), "numpy sgemm"):
            workers[engine] = Worker(engine, name, batch, threads)
        differ = [worker for worker in workers.values() if worker.output.size]
        apart = max(distance(worker.output, differ[0].output) for worker in differ)
        for _ in range(given.rounds):
            for worker in workers.values():
                worker.block()
    finally:
        for worker in workers.values():
            worker.__exit__()
    seconds = {engine: worker.seconds(threads) for engine, worker in workers.items()}
    protocol = "1T-CPU" if threads == 1 else f"{threads}T-wall"
    agree = f"outputs agree to {apart:.0e}" if apart <= AGREE else f"OUTPUTS DIFFER BY {apart:.0e}"
    print(f"{f'{name}, batch {batch}, {protocol}':32}{'ms':>9}{'x eager':>9}{'x ORT':>8}{'of peak':>9}   {agree}")
    show(name, batch, threads, seconds)


def distance(y: np.ndarray, other: np.ndarray) -> float:
    """The largest difference relative to the largest number."""
    return float(np.abs(y - other).max() / np.abs(other).max())


def show(name: str, batch: int, threads: int, seconds: dict[str, float]) -> None:
    """A row for each engine, then what is promised."""
    peak = SQUARE**3 / seconds.pop("numpy sgemm")
    macs = (archspec.analyze(f"zoo:{name}").totals.macs or 0) * batch
    eager = min((seconds[each] for each in EAGER if each in seconds), default=None)
    runtime = seconds.get("onnxruntime")
    for engine, took in seconds.items():
        ratios = "".join(
            f"{took / other:{width}.2f}" if other else " " * width for other, width in ((eager, 9), (runtime, 8))
        )
        print(f"  {engine:30}{took * 1e3:9.1f}{ratios}{macs / took / peak:9.0%}")
    print(f"  {'(numpy sgemm, GFLOP/s)':30}{2 * peak / 1e9:9.0f}")
    for line in verdicts(name, 1 if batch == 1 else MORE_IN_BATCHES, threads, seconds, eager):
        print(f"  {line}")
    print(flush=True)


def verdicts(name: str, factor: float, threads: int, seconds: dict[str, float], eager: float | None) -> list[str]:
    """The musts and aims of a network, with what was measured."""
    found = []
    fast, exact, runtime = (seconds.get(engine) for engine in ("fast", "exact", "onnxruntime"))
    if goals := GOALS.get(name):
        if fast and eager:
            found.append(verdict("fast / eager", fast / eager, *(goal * factor for goal in goals.fast)))
        if exact and eager:
            found.append(verdict("exact / eager", exact / eager, goals.exact * factor))
        if fast and runtime and threads > 1:
            found.append(verdict("fast / ONNX Runtime", fast / runtime, *(goal * factor for goal in goals.runtime)))
    if fast and SLOW in seconds:
        times = seconds[SLOW] / fast
        met = "AIM MET" if times >= AIM_SLOWER else "OK" if times >= TIMES_SLOWER else "BELOW"
        found.append(f"{SLOW} / fast: {times:.1f}, at least {TIMES_SLOWER}, aim {AIM_SLOWER}: {met}")
    return found


def verdict(words: str, ratio: float, must: float, aim: float | None = None) -> str:
    """One promise: ``fast / eager: 0.55, at most 0.60, aim 0.50: OK``."""
    met = "ABOVE" if ratio > must else "AIM MET" if aim is not None and ratio <= aim else "OK"
    aimed = "" if aim is None else f", aim {aim:.2f}"
    return f"{words}: {ratio:.2f}, at most {must:.2f}{aimed}: {met}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Whole networks beside other engines.")
    parser.add_argument("--only", action="append", help="a network; may be repeated")
    parser.add_argument("--batch", type=int, action="append", help="by default 1 and 8")
    parser.add_argument("--threads", type=int, action="append", help="by default 1 and 2")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--reference", action="store_true", help="with archspec's own reference kernels too")
    parser.add_argument("--engines", type=lambda text: text.split(","), default=list(ENGINES)[:-1])
    given = parser.parse_args()
    if missing := [engine for engine in given.engines if not installed(engine)]:
        print(f"not installed, so left out: {', '.join(missing)}\n")
    networks = given.only or [*GOALS, WITH_SLOW[0]]
    for batch in given.batch or (1, 8):
        for threads in given.threads or (1, 2):
            for name in networks:
                if name in GOALS or (batch == threads == 1):
                    compare(name, batch, threads, given)
    costs = [
        sys.executable,
        str(Path(__file__).with_name("compiling.py")),
        *(name for name in networks if name in GOALS),
    ]
    if len(costs) > 2:
        subprocess.run(costs, check=True)


if __name__ == "__main__":
    main()
