"""Change one thing at a time in the code that checks and fixes, and list the changes that no test notices.

    python benchmarks/mutants.py                            # all mutants: hours
    python benchmarks/mutants.py --sample 60 --seed 2       # so many of each folder, chosen by the seed
    python benchmarks/mutants.py 'archspec.graph.faults.*'  # those with such names

mutmut makes the mutants and runs the tests that reach them; `[tool.mutmut]` in pyproject.toml has the files and the
tests. What it makes is left aside where the tests it runs cannot or need not notice it:

- text: a string with a space in it, so words for a reader. The whole suite compares messages with those in
  tests/golden and in the examples of the documentation, the tests run here with only some of them.
- strict: `zip(strict=...)`, which asserts what holds for every input.

benchmarks/mutants.toml names changes that cannot be noticed, with the reason of each; they are tried and counted apart.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parent.parent
COPY = ROOT / "mutants"
"""Where mutmut keeps the changed package and its results."""
FIRST = Path("archspec/fixing/diff.py")
"""The file of the mutant that is run first, so that mutmut makes all of them; few tests reach it."""
STATUS = {0: "alive", 1: "killed", 3: "killed", 5: "untested", 33: "untested", 34: "skipped", 255: "timeout"}
STATUS |= dict.fromkeys((24, 36, 152, -9, -14, -24), "timeout")
SMALL = (ast.Constant, ast.Name, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
COLUMNS = ("tried", "killed", "timeout", "untested", "equivalent", "alive")


@dataclass(frozen=True, order=True, slots=True)
class Mutant:
    """One change of one function."""

    name: str
    """As mutmut names it."""
    file: Path
    """Relative to the root."""

    @property
    def folder(self) -> str:
        """The part of the package that it belongs to, by its second name."""
        return self.file.parts[1]

    @property
    def key(self) -> str:
        """The name of the changed function in the changed file."""
        return self.name.rpartition(".")[2]

    @property
    def function(self) -> str:
        """The function as a reader would name it: `archspec.ops._window.Window.same_padded`."""
        module, _, key = self.name.rpartition("__mutmut_")[0].rpartition(".")
        return f"{module}.{key.removeprefix('x').removeprefix('_').strip('ǁ').replace('ǁ', '.')}"


class Change(NamedTuple):
    """What a mutant changes: the smallest part of its function that differs, and what that is part of."""

    before: ast.AST | None
    after: ast.AST | None
    around: tuple[ast.AST, ast.AST]

    @property
    def kind(self) -> str | None:
        """Why it need not be tried; None where it has to be."""
        parts = [part.value for part in (self.before, self.after) if isinstance(part, ast.Constant)]
        if len(parts) == 2 and all(isinstance(part, str) and " " in part for part in parts):
            return "text"
        strict = self.around[0] if isinstance(self.around[0], ast.keyword) else self.before
        return "strict" if isinstance(strict, ast.keyword) and strict.arg == "strict" else None

    def __str__(self) -> str:
        """As source; a number, name or operator is shown with what is around it."""
        is_small = isinstance(self.before, SMALL)
        is_shown = is_small and isinstance(self.around[0], ast.expr)
        before, after = self.around if is_shown else (self.before, self.after)
        return f"{source_of(before)} -> {source_of(after)}"


def source_of(part: ast.AST | None) -> str:
    """A part of a syntax tree in one line."""
    return "nothing" if part is None else " ".join(ast.unparse(part).split())


def all_mutants() -> list[Mutant]:
    """What mutmut made, by name."""
    files = [path.relative_to(COPY).with_suffix("") for path in (COPY / "archspec").rglob("*.meta")]
    return sorted(Mutant(name, file) for file in files for name in results(file))


def results(file: Path) -> dict[str, int | None]:
    """The exit status of the tests for each mutant of a file, None where it was not tried."""
    statuses: dict[str, int | None] = json.loads((COPY / f"{file}.meta").read_text())["exit_code_by_key"]
    return statuses


@cache
def functions(file: Path) -> dict[str, ast.FunctionDef]:
    """The functions of a changed file: each as it is, and each of its mutants."""
    tree = ast.parse((COPY / file).read_text())
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def both(mutant: Mutant) -> tuple[ast.FunctionDef, ast.FunctionDef]:
    """The function as it is, and changed."""
    of_file = functions(mutant.file)
    return of_file[mutant.key.rpartition("__mutmut_")[0] + "__mutmut_orig"], of_file[mutant.key]


def change_of(mutant: Mutant) -> Change:
    """The smallest part of the function that differs."""
    before, after = both(mutant)
    return smallest(Change(before, after, (before, after)), skip=("name",))


def smallest(change: Change, skip: tuple[str, ...] = ()) -> Change:
    """The smallest part of a change that holds all of it."""
    before, after, _ = change
    if before is None or after is None or type(before) is not type(after):
        return change
    differing = [
        pair
        for field in before._fields
        if field not in skip
        for pair in pairs(getattr(before, field), getattr(after, field))
        if dumped(pair[0]) != dumped(pair[1])
    ]
    if len(differing) != 1 or not all(part is None or isinstance(part, ast.AST) for part in differing[0]):
        return change
    return smallest(Change(*differing[0], (before, after)))


def pairs(before: Any, after: Any) -> Iterator[tuple[Any, Any]]:
    """The values of a field side by side; of lists of unequal length, what one of them has more."""
    if not isinstance(before, list):
        yield before, after
        return
    if len(before) == len(after):
        yield from zip(before, after, strict=True)
        return
    same = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if dumped(a) != dumped(b)), len(after))
    yield (before[same], None) if same < len(before) else (None, after[same])


def dumped(value: Any) -> str:
    """A value of a syntax tree as text to compare."""
    return ast.dump(value) if isinstance(value, ast.AST) else repr(value)


def make_all(processes: int) -> None:
    """Have mutmut make the mutants, by running the first function's first."""
    tree = ast.parse((ROOT / FIRST).read_text())
    name = next(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    run([f"{'.'.join(FIRST.with_suffix('').parts)}.x_{name}__mutmut_1"], processes)


def run(names: list[str], processes: int) -> None:
    """Try mutants; without names all that have no result yet, so that a run that was stopped goes on."""
    command = [str(Path(sys.executable).with_name("mutmut")), "run", "--max-children", str(processes), *names]
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout[-5000:]}\nmutmut failed: do its tests pass?")


def choose(mutants: list[Mutant], sample: int | None, seed: int) -> tuple[list[Mutant], Counter[str | None]]:
    """The mutants of a folder to try, and how many were left aside on the way, by kind."""
    if sample is not None:
        random.Random(f"{seed}:{mutants[0].folder}").shuffle(mutants)  # noqa: S311 - no secret
    aside: Counter[str | None] = Counter()
    chosen: list[Mutant] = []
    for mutant in mutants:
        if len(chosen) == sample:
            break
        kind = change_of(mutant).kind
        if kind is None:
            chosen.append(mutant)
        else:
            aside[kind] += 1
    return chosen, aside


def equivalent() -> set[tuple[str, str]]:
    """The changes that cannot be noticed, each with its function."""
    entries = tomllib.loads((ROOT / "benchmarks/mutants.toml").read_text())
    return {(function, change) for function, changes in entries.items() for change in changes}


def status_of(mutant: Mutant, excused: set[tuple[str, str]]) -> str:
    """How it went."""
    exit_status = results(mutant.file)[mutant.name]
    status = STATUS.get(exit_status, f"status {exit_status}") if exit_status is not None else "untried"
    is_excused = status != "killed" and (mutant.function, str(change_of(mutant))) in excused
    return "equivalent" if is_excused else status


def by_folder(mutants: Iterable[Mutant]) -> dict[str, list[Mutant]]:
    """Mutants by the folder that they belong to."""
    folders: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        folders.setdefault(mutant.folder, []).append(mutant)
    return folders


def main() -> None:
    """Try the mutants, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="patterns of names")
    parser.add_argument("--sample", type=int, help="how many of each folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    make_all(options.processes)
    named = (m for m in all_mutants() if not options.names or any(fnmatch(m.name, name) for name in options.names))
    picked = {folder: choose(mutants, options.sample, options.seed) for folder, mutants in by_folder(named).items()}
    is_all = options.sample is None and not options.names
    run([] if is_all else [mutant.name for chosen, _ in picked.values() for mutant in chosen], options.processes)
    report(picked)


def report(picked: dict[str, tuple[list[Mutant], Counter[str | None]]]) -> None:
    """The figures of each folder, then the mutants that live."""
    excused = equivalent()
    alive: list[tuple[Mutant, str]] = []
    print(f"{'folder':<10}", *(f"{column:>10}" for column in COLUMNS), "  left aside")
    for folder, (chosen, aside) in picked.items():
        statuses = [(mutant, status_of(mutant, excused)) for mutant in chosen]
        counts = Counter(status for _, status in statuses)
        counts["tried"] = len(chosen) - counts["untried"]
        alive += [pair for pair in statuses if pair[1] not in ("killed", "equivalent", "timeout", "untried")]
        figures = [f"{counts[column]:>10}" for column in COLUMNS]
        print(f"{folder:<10}", *figures, " ", ", ".join(f"{count} {kind}" for kind, count in sorted(aside.items())))
    for mutant, status in sorted(alive):
        print(f"\n{mutant.name}: {status}\n  {change_of(mutant)}")


if __name__ == "__main__":
    main()
