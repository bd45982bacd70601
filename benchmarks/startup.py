"""Cold start: `archspec check` of one network beside what one model of pydantic costs.

The floor imports pydantic and PyYAML, makes a class of one field and one instance of it. Prints ratios of medians,
measured in turn in one run. A bare `check` may be 1.45 times the floor (aim: 1.28), one with any option 1.65 times
(aim: 1.45). Below that, where the time goes: what Python says of every import, by where the module comes from, and the
rest, which is Python's own start and the check.

    python benchmarks/startup.py [ROUNDS] [SPEC ...]
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from statistics import median
from time import perf_counter

SPECS = ["zoo:vgg16", "zoo:resnet50"]
FLOOR = """
from pydantic import BaseModel
import yaml
class Model(BaseModel):
    number: int
Model(number=1)
"""
OPTION = ["--output", "github"]
"""What continuous integration runs."""
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_PARTS = {
    "pydantic": r"pydantic|annotated_types|typing_",
    "YAML to tree": r"archspec\.(syntax|source)",
    "spec": r"archspec\.spec",
    "operators": r"archspec\.(ops|volume)",
    "graph and figures": r"archspec\.(graph|analysis)",
    "rules and findings": r"archspec\.(rules|report|diagnostics)",
    "the rest of archspec": r"archspec",
    "yaml": r"_?yaml",
    "Python's library": r"",
}
"""Where modules come from; the first that suits counts."""


def cost(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one run of a command, its modules compiled already, as they are after an install."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=_ENVIRONMENT)
    wall = perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def imports(command: list[str], rounds: int) -> dict[str, float]:
    """Seconds that each module's import takes by itself in the quickest of so many runs of a command."""
    traced = [command[0], "-X", "importtime", *command[1:]]
    least: dict[str, float] = {}
    for _ in range(rounds):
        told = subprocess.run(traced, capture_output=True, text=True, check=True, env=_ENVIRONMENT).stderr
        for microseconds, module in re.findall(r"^import time: +(\d+) \| +\d+ \| *(\S+)$", told, re.MULTILINE):
            least[module] = min(int(microseconds) / 1e6, least.get(module, 1.0))
    return least


def compare(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Print each command's cost and its ratio to the first; the least CPU seconds of each."""
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for command in commands.values():
        cost(command)  # the first run compiles and fills caches
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(cost(command))
    medians = {name: [median(column) for column in zip(*measured, strict=True)] for name, measured in costs.items()}
    bare = next(iter(medians.values()))
    print(f"{'':36}{'wall ms':>9}{'ratio':>7}{'cpu ms':>9}{'ratio':>7}   median of {rounds}")
    for name, (wall, cpu) in medians.items():
        print(f"{name:36}{wall * 1e3:9.0f}{wall / bare[0]:7.2f}{cpu * 1e3:9.0f}{cpu / bare[1]:7.2f}")
    return {name: min(cpu for _, cpu in measured) for name, measured in costs.items()}


def explain(name: str, command: list[str], whole: float, rounds: int) -> None:
    """Print where the CPU time of a command goes."""
    parts: dict[str, list[float]] = {part: [] for part in _PARTS}
    for module, seconds in imports(command, rounds).items():
        parts[next(part for part, form in _PARTS.items() if re.match(form, module))].append(seconds)
    print(f"\n{name:36}{'modules':>9}{'ms':>7}{'share':>7}   quickest of {rounds}")
    for part, times in parts.items():
        print(f"  {part:34}{len(times):9}{sum(times) * 1e3:7.1f}{sum(times) / whole:7.0%}")
    rest = whole - sum(map(sum, parts.values()))
    print(f"  {'Python itself, the check':34}{'':9}{rest * 1e3:7.1f}{rest / whole:7.0%}")


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    specs = sys.argv[2:] or SPECS
    check = [sys.executable, "-m", "archspec", "check"]
    commands = {f"check {spec}": [*check, spec] for spec in specs}
    commands |= {f"check {spec} {' '.join(OPTION)}": [*check, spec, *OPTION] for spec in specs}
    whole = compare({"one model": [sys.executable, "-c", FLOOR], **commands}, rounds)
    for name, command in commands.items():
        explain(name, command, whole[name], rounds)


if __name__ == "__main__":
    main()
