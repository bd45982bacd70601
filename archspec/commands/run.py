"""``archspec run``: a spec compiled and executed on a photograph, an array or random numbers."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archspec.api import examine
from archspec.commands import Status
from archspec.commands.check import status
from archspec.commands.show import tell_problems
from archspec.engine.array_file import write_array
from archspec.engine.errors import EngineError
from archspec.engine.feature_maps import write_feature_maps
from archspec.engine.images import random_input, read_input
from archspec.engine.network import compile_graph
from archspec.report.printable import printable
from archspec.report.summary import number_of
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.engine.images import Reading
    from archspec.engine.network import Network
    from archspec.graph.model import Graph, Node
    from archspec.ops._numpy import Array

_TOP = 5
"""How many scores of a vector of results are printed."""


class RunOptions(NamedTuple):
    """What a run reads and writes; ``batch`` is the number of random samples without an input file."""

    input_file: str | None = None
    weights: str | None = None
    seed: int = 0
    output: str | None = None
    feature_maps: str | None = None
    batch: int | None = None


def run(spec: str, options: RunOptions) -> Status:
    """Run a spec and print every layer's time and shape; refuses one with errors."""
    seen = examine(spec, batch=options.batch)
    tell_problems(seen)
    if seen.graph is None or seen.errors:
        return status(seen.diagnostics)
    try:
        _run(seen.graph, options)
    except (EngineError, MemoryError) as error:
        reason = str(error) or "not enough memory"
        sys.stdout.flush()
        sys.stderr.write(f"error: {printable(reason)}\n")
        return Status.UNUSABLE
    return Status.OK


def _run(graph: Graph, options: RunOptions) -> None:
    network = compile_graph(graph, options.seed)
    if options.weights is not None:
        network.load(options.weights)
    drawn = f"weights from {options.weights}" if options.weights else f"weights drawn from seed {options.seed}"
    reading = _input(network, options)
    _print(f"{network!r}\n{drawn}; input: {reading.description}\n")
    kept: dict[str, Array] | None = {} if options.feature_maps else None
    results = _timed(network, reading.array, kept)
    for name, array in results.items():
        _print(_in_words(name, array))
    if options.output is not None:
        write_array(options.output, next(iter(results.values())))
        _print(f"wrote {options.output}")
    if options.feature_maps is not None and kept is not None:
        pictures = write_feature_maps(kept, options.feature_maps)
        _print(f"wrote {number_of(len(pictures), 'picture')} to {options.feature_maps}")


def _input(network: Network, options: RunOptions) -> Reading:
    volume = next(iter(network.graph.inputs.values()))
    if volume is None:
        raise EngineError("the spec has no usable input")
    if options.input_file is None:
        return random_input(volume, network.graph.spec.batch, options.seed)
    return read_input(options.input_file, volume, network.dtype.name)


def _timed(network: Network, x: Array, kept: dict[str, Array] | None) -> dict[str, Array]:
    """Run the network, with a bar on a terminal, and print each layer's shape and time."""
    lines: list[tuple[str, str, str, float]] = []
    with _progress(len(network)) as advance:

        def on_layer(node: Node, y: Array, seconds: float) -> None:
            lines.append((node.name, node.kind, sizes(y.shape), seconds))
            if kept is not None:
                kept[node.name] = y[:1].copy()
            advance(node.name)

        y = network.run(x, on_layer)
    _print_times(lines)
    return y if isinstance(y, dict) else {network.graph.outputs[0]: y}


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A function to call with the name of each layer that is done; draws on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - see above

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("running", total=total)
        yield lambda name: progress.update(task, advance=1, description=name)


def _print_times(lines: list[tuple[str, str, str, float]]) -> None:
    """A line for each layer: name, operator, the array's shape with its batch axis, milliseconds, share of the time."""
    whole = sum(seconds for *_, seconds in lines) or 1
    heads = ("name", "operator", "array", "ms", "share")
    rows = [(*texts, f"{seconds * 1000:,.2f}", f"{seconds / whole:.0%}") for *texts, seconds in lines]
    rows.append(("total", number_of(len(lines), "layer"), "", f"{whole * 1000:,.2f}", ""))
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, *rows):
        left = [cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True)]
        right = [cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True)]
        _print("  ".join([*left, *right]).rstrip())
    _print("")


def _in_words(name: str, array: Array) -> str:
    """A result in a line: the largest scores of a single vector, else shape and range."""
    if array.size == 0:
        return f"{name}: {sizes(array.shape)}, empty"
    if array.size == array.shape[-1]:
        scores = array.reshape(-1).astype(np.float64)
        top = np.argsort(-scores, kind="stable")[:_TOP]
        listed = ", ".join(f"{index}: {scores[index]:.4g}" for index in top)
        return f"{name}: {sizes(array.shape)}, largest {listed}"
    return f"{name}: {sizes(array.shape)}, from {array.min():.4g} to {array.max():.4g}, mean {array.mean():.4g}"


def _print(text: str) -> None:
    sys.stdout.write("\n".join(map(printable, text.split("\n"))) + "\n")
