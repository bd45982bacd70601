"""What checking many files costs, beside an older commit in the same run, and what several processes save.

    python benchmarks/checking.py OLD_CHECKOUT [ROUNDS]

Prints medians of so many rounds. Each kind of files is checked in turn by both versions with one process: LeNets, wrong
AlexNets, families of ten ResNets, all of these, and faulty VGGs. No two files are alike. Aims: all of them take at
most 0.34 times the CPU time of commit dd13f2a, and a misfit 10 ms; two processes need at most 0.6 times the time of
one, on two processors that nothing else uses; `archspec zoo` takes at most 0.3 s.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

HERE = Path(__file__).parents[1]
SPECS = HERE / "specs"


class Cost(NamedTuple):
    """Seconds of one run."""

    wall: float
    cpu: float


def cost(checkout: Path, *arguments: object) -> Cost:
    """One run of the command of a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    command = [sys.executable, "-m", "archspec", *map(str, arguments)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=environment, cwd=tempfile.gettempdir())
    wall, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime)


def lenet(number: int) -> str:
    """The LeNet of the zoo with other units."""
    text = (SPECS / "zoo" / "lenet.yaml").read_text(encoding="utf-8")
    return re.sub(r"(?m)^expect:.*\n(?: .*\n)*", "", text).replace("120", str(120 + number))


def alexnet(number: int) -> str:
    """AlexNet with an input that does not fit."""
    text = (SPECS / "misfits" / "alexnet-at-224.yaml").read_text(encoding="utf-8")
    return text.replace("224x224", f"{224 + 4 * number}x{224 + 4 * number}")


def resnet(number: int) -> str:
    """The ten ResNets of the zoo with other classes, so that the figures stated of them are left out."""
    text = (SPECS / "zoo" / "resnet.yaml").read_text(encoding="utf-8")
    return re.sub(r"(?m)^    expect:.*\n", "", text).replace("classes: 1000", f"classes: {1000 + number}")


def vgg(number: int) -> str:
    """A VGG whose pools of 3 do not fit."""
    lines = [f"name: vgg{number}", f"input: {200 + 7 * number}x{200 + 7 * number}x3", "layers:"]
    for stage in range(5):
        filters = 32 * 2**stage + number
        lines += [f"  - conv: {{filters: {filters}, kernel: 3, padding: 1}}", "  - relu"] * 2
        lines.append("  - max_pool: {kernel: 3, stride: 2}")
    return "\n".join([*lines, "  - fc: 100", "  - relu", "  - fc: 10", ""])


KINDS = {"lenet": (lenet, 100), "alexnet": (alexnet, 50), "resnet": (resnet, 50), "vgg": (vgg, 20)}
MISFITS_OF_VGGS = 49


def write(folder: Path) -> dict[str, list[Path]]:
    """The files of each kind, and all but the VGGs."""
    files: dict[str, list[Path]] = {}
    for kind, (text, number) in KINDS.items():
        files[kind] = [folder / f"{kind}{each}.yaml" for each in range(number)]
        for each, file in enumerate(files[kind]):
            file.write_text(text(each), encoding="utf-8")
    return {**files, "all 200": [*files["lenet"], *files["alexnet"], *files["resnet"]]}


def main(old: Path, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        files = write(Path(name))
        for kind, listed in files.items():
            pairs = [(cost(old, "check", *listed), cost(HERE, "check", "--jobs", 1, *listed)) for _ in range(rounds)]
            before, now = (median(each.cpu for each in side) for side in zip(*pairs, strict=True))
            print(f"{kind:>8}: {before:6.2f} s of CPU before, {now:6.2f} s now: {now / before:.2f}")
        one, two = (
            median(cost(HERE, "check", "--jobs", jobs, *files["all 200"]).wall for _ in range(rounds))
            for jobs in (1, 2)
        )
        print(f"   jobs: {one:6.2f} s with one process, {two:6.2f} s with two: {two / one:.2f}")
        start, vggs = (
            median(cost(HERE, "check", "--jobs", 1, *listed).cpu for _ in range(rounds))
            for listed in (files["vgg"][:1], files["vgg"])
        )
        print(
            f"misfits: {(vggs - start) / MISFITS_OF_VGGS * 1000:6.1f} ms each of {MISFITS_OF_VGGS}, networks included"
        )
        print(f"    zoo: {median(cost(HERE, 'zoo').cpu for _ in range(rounds)):6.2f} s of CPU")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
