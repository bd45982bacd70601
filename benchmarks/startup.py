"""Cold start: `archspec check` of one spec beside the bare import of the libraries it stands on.

Prints the ratio of medians, both measured in turn in one run. Aim 1.4, at most 1.8.

    python benchmarks/startup.py [SPEC] [ROUNDS]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

SPEC = Path(__file__).parent.parent / "specs" / "cs231n" / "vgg16.yaml"
BARE = "from pydantic import BaseModel; import yaml"


def cost(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one run of a command, its modules compiled already, as they are after an install."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment)
    wall = perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def main() -> None:
    """Measure and print."""
    spec = sys.argv[1] if len(sys.argv) > 1 else str(SPEC)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    commands = {
        "bare imports": [sys.executable, "-c", BARE],
        "archspec check": [sys.executable, "-m", "archspec", "check", spec],
    }
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for command in commands.values():
        cost(command)  # the first run compiles and fills caches
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(cost(command))
    bare = [median(column) for column in zip(*costs["bare imports"], strict=True)]
    print(f"{'':16}{'wall ms':>9}{'ratio':>7}{'cpu ms':>9}{'ratio':>7}   median of {rounds}")
    for name, measured in costs.items():
        wall, cpu = (median(column) for column in zip(*measured, strict=True))
        print(f"{name:16}{wall * 1e3:9.0f}{wall / bare[0]:7.2f}{cpu * 1e3:9.0f}{cpu / bare[1]:7.2f}")


if __name__ == "__main__":
    main()
