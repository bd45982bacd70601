"""Time to check networks of 100 to 100,000 layers: a flat file, a group by `repeat`, and residual blocks by `repeat`.

Prints CPU seconds of `archspec.check` from text to findings, the exponent fitted to them (1 is linear), and how much
longer 10,000 flat layers take than 400, in process and as a command: 25 times is what linear growth gives. Sizes are
measured in turn, each several times; the fastest counts. In process the system's share is printed too: the pages that
a large network takes are new to the process, and giving them out is the system's work.

    python benchmarks/scaling.py [LARGEST]
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
from math import log
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import linear_regression
from time import process_time

import archspec

SIZES = (100, 400, 1_000, 10_000, 100_000)
HEAD = "name: net\ninput: 32x32x16\nlayers:\n"
CONV = "conv: {filters: 16, kernel: 3, padding: 1}"
SECONDS = 20
"""How long the sizes are measured again and again; those that take long, once."""


def flat(layers: int) -> str:
    """As many lines as layers, convolutions and activations in turn."""
    return HEAD + "".join(f"  - {CONV}\n  - relu\n" for _ in range(layers // 2))


def repeated(layers: int) -> str:
    """The same network as one group."""
    return f"{HEAD}  - repeat: {layers // 2}\n    layers:\n      - {CONV}\n      - relu\n"


def residual(layers: int) -> str:
    """Blocks of four layers, one of them a sum with the volume before the block."""
    block = f"blocks:\n  basic:\n    - add: [[{{{CONV}}}, relu], []]\n    - relu\n"
    return f"name: net\ninput: 32x32x16\n{block}layers:\n  - {{basic, repeat: {layers // 4}}}\n"


FORMS = {"flat": flat, "repeat": repeated, "residual blocks": residual}


def seconds(text: str) -> float:
    """One check of a spec, its text to its findings."""
    gc.collect()
    began = process_time()
    found = archspec.check(text)
    took = process_time() - began
    serious = [each for each in found if each.severity != archspec.Severity.INFO]  # so deep on so small an image is one
    if serious:
        raise SystemExit(f"the benchmark's own spec has a finding: {serious[0]}")
    return took


def main() -> None:
    """Measure and print."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1]
    sizes = [size for size in SIZES if size <= largest]
    texts = {(form, size): write(size) for form, write in FORMS.items() for size in sizes}
    for form in FORMS:
        seconds(texts[form, sizes[0]])  # imports what it needs
    best: dict[tuple[str, int], float] = {}
    began = process_time()
    while not best or process_time() - began < SECONDS:
        for key, text in texts.items():
            if key in best and best[key] > SECONDS / 20:
                continue  # long enough to be exact, and too long to go on with
            best[key] = min(best.get(key, float("inf")), seconds(text))
    print(f"{'layers':>16}" + "".join(f"{size:>10,}" for size in sizes) + f"{'exponent':>10}")
    for form in FORMS:
        times = [best[form, size] for size in sizes]
        slope = linear_regression([log(size) for size in sizes], [log(time) for time in times]).slope
        print(f"{form:>16}" + "".join(f"{time:>10.3g}" for time in times) + f"{slope:>10.2f}")
    if 10_000 in sizes:
        compare_by_command(best["flat", 10_000] / best["flat", 400], texts["flat", 400], texts["flat", 10_000])


def compare_by_command(ratio: float, small: str, large: str) -> None:
    """Print how much longer the larger file takes."""
    seconds(large)
    before = getrusage(RUSAGE_SELF)
    seconds(large)
    after = getrusage(RUSAGE_SELF)
    system, user = after.ru_stime - before.ru_stime, after.ru_utime - before.ru_utime
    share = system / (system + user)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("small.yaml", "large.yaml")]
        for file, text in zip(files, (small, large), strict=True):
            file.write_text(text)
        rounds = [[command_seconds(file) for file in files] for _ in range(7)]
    small_time, large_time = (min(times) for times in zip(*rounds, strict=True))
    print(f"\n10,000 flat layers take {ratio:.1f} times as long as 400 (the system has {share:.0%} of it)")
    print(f"`archspec check` of a file takes {large_time / small_time:.1f} times as long")


def command_seconds(file: Path) -> float:
    """CPU time of one `archspec check`, start to end."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "archspec", "check", str(file)], check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
