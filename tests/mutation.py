"""Specs with their structure mutated: all specs and documented examples, with what hostile or careless people write."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from archspec.ops import OPERATORS
from archspec.rules._documentation import documentation
from archspec.rules._names import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"^( *)```yaml\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_LONGEST, _MOST = 20_000, 3_000
"""Characters and places of a spec that is mutated: longer ones take long, and show nothing else."""
EXPRESSIONS = [
    "$(in.height)", "$(in.channels)", "$(in.width // 2)", "$(i)", "$i", "$n", "$(n)", "$(1 // 0)", "$([1, 2])",
    "$(null)", "$(true)", "$(1 < 2)", "$(1.5)", "$(2 ** 62)", '$("a")', "$([[1]])", "$(round(5, -300))", "$()",
    "$(i % 2 == 0)", "$(", "$$", "$(in.channels > 3)", "$(in.depth)", "$(-1)", "$(0)", '$("../x")', "$(min([1, 2]))",
    "$([3] * 3)", "a$(i)",
]  # fmt: skip
NUMBERS = [0, -1, 1, 2, 3, 7, 64, 4096, 2**31 - 1, 2**31, 2**63, 10**30, 1.5, 1e300, float("inf"), float("nan"), 1e-9]
WORDS = [
    "same",
    "valid",
    "exact",
    "pad",
    "crop",
    "relu",
    "conv",
    "input",
    "a",
    "conv1",
    "8x8x3",
    "3x224x224",
    "",
    "x" * 200,
]
KEYS: list[Any] = [True, False, 1, 0, 1.5, 10**30, "true", "name", "from", "when", "repeat", "tie", "expect", "ignore",
                   "for", "layers", "fit", "padding", "kernel", "stride", "like", "groups", "in_channels", "output",
                   "receptive_field", "params", "blocks", "variants", "budget", "outputs", "loss", "batch", "a.b",
                   "x\ny", *OPERATORS]  # fmt: skip
SCALARS: list[list[Any]] = [[*EXPRESSIONS], [*EXPRESSIONS], [*NUMBERS], [*NUMBERS], [*WORDS], [None, True, False]]
MODIFIERS = ("name", "from", "when", "repeat", "tie", "expect", "ignore")
RULES = ["kernel-too-large", "merge-mismatch", "fractional-output", "expectation", ["budget"], "zorp"]


def _documented() -> Iterator[str]:
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for match in _BLOCK.finditer(path.read_text(encoding="utf-8")):
            yield re.sub(rf"^{match[1]}", "", match[2], flags=re.MULTILINE)


def _examples_of_rules() -> Iterator[str]:
    for name in NAMES:
        page = documentation(name)
        yield from (example.text for example in (page.bad, page.good) if not example.is_command)


@cache
def corpus() -> tuple[Any, ...]:
    """The specs of the repository and the examples of its documentation, as YAML's data; fragments get a head."""
    folders = (ROOT / "specs", ROOT / "tests" / "cases", ROOT / "tests" / "corpus")
    texts = [
        path.read_text(encoding="utf-8", errors="replace")
        for folder in folders
        for path in sorted(folder.rglob("*.yaml"))
    ]
    texts += [*_documented(), *_examples_of_rules()]
    found = []
    for text in texts:
        if len(text) > _LONGEST:
            continue
        try:
            data = yaml.safe_load(text)
            size = sum(1 for _ in islice(places(data), _MOST))
        except (yaml.YAMLError, ValueError, RecursionError):  # some are no YAML, and one holds itself
            continue
        if size == _MOST:  # aliases of aliases
            continue
        if isinstance(data, list):
            data = {"name": "n", "input": "32x32x3", "layers": data}
        if isinstance(data, dict):
            found.append({"name": "n", "input": "32x32x3", **data} if "layers" in data else data)
    return tuple(found)


class Place(NamedTuple):
    """A place in a document: a list or a mapping, and an index or key of it."""

    outer: Any
    key: Any


def places(node: Any) -> Iterator[Place]:
    """All places of a document."""
    for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
        yield Place(node, key)
        yield from places(node[key])


def value(random: Random, depth: int = 0) -> Any:
    """Something to put anywhere: a scalar, a list, a mapping, or lists in lists."""
    kind = random.randrange(10 if depth < 4 else 6)
    if kind < 6:
        return random.choice(random.choice(SCALARS))
    if kind < 8:
        return [value(random, depth + 1) for _ in range(random.randrange(4))]
    if kind == 9:
        return {random.choice(KEYS): value(random, depth + 1) for _ in range(random.randrange(3))}
    nested: Any = value(random, 4)
    for _ in range(random.choice([1, 2, 3, 20, 70])):
        nested = [nested]
    return nested


def modifier(random: Random, name: str) -> Any:
    """A value for a key of an item, mostly of the kind that it takes."""
    usual: dict[str, list[Any]] = {
        "name": ["a", "conv1", "$(i)", "b$(i)"],
        "from": ["a", "input", "conv1", "$(in.height)", "zzz"],
        "tie": ["a", "conv1", "$(in.channels)", "zzz"],
        "when": [True, False, "$(in.channels > 3)", "$(i > 0)", "$(n > 2)", "yes", 1],
        "repeat": [0, 1, 2, 3, "$(i)", "$(in.channels)", -1, 10**9],
        "expect": ["8x8x3", {"params": 1}, {"receptive_field": 7}, {"window_field": 3}, {True: 0}, {"output": "1x1x1"}],
        "ignore": RULES,
    }
    return value(random) if random.randrange(6) == 0 else random.choice(usual[name])


def mutate(document: Any, random: Random) -> None:
    """One change of a document."""
    every = list(places(document))
    if not every:
        return
    outer, key = random.choice(every)
    kind = random.randrange(12)
    if kind < 4:
        outer[key] = value(random)
    elif kind == 4 and isinstance(outer, dict):
        outer[random.choice(KEYS)] = outer.pop(key)
    elif kind == 5 and isinstance(outer, list):
        outer.insert(key, deepcopy(outer[key]) if random.randrange(2) else outer[key])
    elif kind == 6:
        del outer[key]
    elif kind == 7:
        outer[key] = [outer[key]]
    elif kind == 8 and isinstance(outer, dict):
        outer[random.choice(KEYS)] = value(random)
    elif kind == 9:
        other = random.choice(every)
        outer[key] = deepcopy(other.outer[other.key]) if other.key in _keys(other.outer) else None
    elif kind == 10:
        donor = [*places(random.choice(corpus()))]
        outer[key] = deepcopy(random.choice(donor).outer) if donor else None
    else:
        _modify_item(every, random)


def _keys(outer: Any) -> Any:
    return outer if isinstance(outer, dict) else range(len(outer))


def _modify_item(every: list[Place], random: Random) -> None:
    """Give an item of a list a modifier."""
    items = [
        place for place in every if isinstance(place.outer, list) and isinstance(place.outer[place.key], dict | str)
    ]
    if not items:
        return
    outer, key = random.choice(items)
    name = random.choice(MODIFIERS)
    item = outer[key] if isinstance(outer[key], dict) else {outer[key]: None}
    outer[key] = {**item, name: modifier(random, name)}


def mutated(random: Random) -> str:
    """A mutated spec as YAML."""
    document = deepcopy(random.choice(corpus()))
    for _ in range(random.choice([1, 1, 1, 2, 3, 5])):
        mutate(document, random)
    flow = random.choice([None, None, False, True])
    return str(yaml.dump(document, default_flow_style=flow, sort_keys=False, allow_unicode=True, width=10**6))
