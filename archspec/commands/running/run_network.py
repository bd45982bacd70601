"""A spec compiled and executed on a photograph, an array or random numbers."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from archspec.commands import Status, exit_status, refuse
from archspec.commands.problems import report_problems
from archspec.commands.running.finite import report_finite
from archspec.commands.running.profile import print_profile, write_flame
from archspec.commands.terminal import report_view
from archspec.engine.array_file import write_results
from archspec.engine.errors import EngineError, InputError, WeightsError
from archspec.engine.feature_maps import write_feature_maps
from archspec.engine.images import random_input, read_input
from archspec.engine.network import compile_graph, plan_graph
from archspec.engine.profile import forecast
from archspec.examination import examine
from archspec.files.output_file import OutputError
from archspec.spec.selection import ChoiceError
from archspec.text.pages import render_page
from archspec.text.printable import printable
from archspec.text.styled import Segment
from archspec.text.summary import number_of
from archspec.text.tables import TableSection, TextColumn, TextTable
from archspec.volume import sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archspec.commands.running.options import RunOptions
    from archspec.engine.network import Network
    from archspec.engine.plan import PlanStep
    from archspec.graph.model import Graph
    from archspec.ops._numpy import Array

_COLUMNS = (
    TextColumn("name"),
    TextColumn("operator"),
    TextColumn("array"),
    TextColumn("ms", right=True),
    TextColumn("share", right=True),
)
_TOP = 5
"""How many scores of a vector of results are printed."""


def run_network(spec: str, options: RunOptions) -> Status:
    """Run a spec and print every layer's time and shape; refuses one with errors."""
    try:
        seen = examine(spec, options.selection, options.max_nodes)
    except ChoiceError as error:
        return refuse(error)
    report_problems(seen)
    if seen.graph is None or seen.errors:
        return exit_status(seen.diagnostics)
    try:
        return _run(seen.graph, options)
    except WeightsError as error:
        sys.stdout.flush()
        return refuse(error.lines[0], details=error.lines[1:])
    except (EngineError, OutputError, MemoryError) as error:
        sys.stdout.flush()
        return refuse(str(error) or "not enough memory")


def _run(graph: Graph, options: RunOptions) -> Status:
    if options.is_plan:
        plan = plan_graph(graph, options.grade, options.threads)
        print_profile(forecast(plan, graph.header.batch), options.output_format)
        return Status.OK
    network = compile_graph(graph, options.seed, None, options.grade, options.threads, repeats=options.is_profile)
    if options.weights is not None:
        network.load(options.weights)
    drawn = f"weights from {options.weights}" if options.weights else f"random weights from seed {options.seed}"
    arrays, described = _inputs(network, options)
    say = partial(_print, aside=options.output_format != "text")
    say(f"{network!r}\n{drawn}; input: {described}\n")
    if options.checks_finite and not report_finite(network, arrays):
        return Status.FINDINGS
    results = _run_profile(network, arrays, options) if options.is_profile else _run_timed(network, arrays)
    for name, array in results.items():
        say(_in_words(name, array))
    if options.output is not None:
        write_results(options.output, results)
        say(f"wrote {options.output}")
    if options.feature_maps is not None:
        first = {name: array[:1] for name, array in arrays.items()}
        pictures = write_feature_maps(network.trace(first), options.feature_maps)
        say(f"wrote {number_of(len(pictures), 'picture')} to {options.feature_maps}")
    return Status.OK


def _inputs(network: Network, options: RunOptions) -> tuple[dict[str, Array], str]:
    """Every input's array by name, and a description of their origin."""
    volumes = {name: volume for name, volume in network.graph.inputs.items() if volume}
    files = _files(options.input_files, tuple(volumes))
    readings = {
        name: read_input(files[name], volume, network.dtype.name)
        if files
        else random_input(volume, network.graph.header.batch, options.seed + number)
        for number, (name, volume) in enumerate(volumes.items())
    }
    if len(readings) == 1:
        ((name, reading),) = readings.items()
        return {name: reading.array}, reading.description
    return (
        {name: reading.array for name, reading in readings.items()},
        "; ".join(f"{name}: {reading.description}" for name, reading in readings.items()),
    )


def _files(given: tuple[str, ...], names: tuple[str, ...]) -> dict[str, str]:
    """Input files by the name of the input: ``photo.jpg`` for the only one, ``left=a.npy`` for one of several."""
    if not given or (len(names) == 1 and len(given) == 1 and not given[0].startswith(f"{names[0]}=")):
        return dict(zip(names, given, strict=False))
    files = dict(text.partition("=")[::2] for text in given)
    if set(files) != set(names) or len(files) != len(given):
        wanted = " ".join(f"--input {name}=FILE" for name in names)
        raise InputError(f"the network's inputs are {', '.join(names)}: give a file for each, {wanted}")
    return files


def _run_timed(network: Network, inputs: dict[str, Array]) -> dict[str, Array]:
    """Run the network, with a bar on a terminal, and print each step's shape and time."""
    lines: list[tuple[str, str, str, float]] = []
    with _progress("running", len(network.plan.steps)) as advance:

        def on_step(step: PlanStep, y: Array, seconds: float) -> None:
            lines.append((step.group.first.name, step.group.kind, sizes(y.shape), seconds))
            advance(step.group.name)

        y = network.run(_network_input(inputs), on_step)
    _print_times(lines)
    return _by_name(network, y)


def _run_profile(network: Network, inputs: dict[str, Array], options: RunOptions) -> dict[str, Array]:
    """Run the network several times, with a bar on a terminal, and print what was measured."""
    with _progress("measuring", 1) as advance:
        profile = network.profile(_network_input(inputs), None, lambda run, of: advance(f"run {run} of {of}", of))
    print_profile(profile, options.output_format)
    if options.flame is not None:
        write_flame(profile, options.flame)
        _print(f"wrote {options.flame}", aside=options.output_format != "text")
    return _by_name(network, network(_network_input(inputs)))


def _network_input(inputs: dict[str, Array]) -> Array | dict[str, Array]:
    return inputs if len(inputs) > 1 else next(iter(inputs.values()))


def _by_name(network: Network, y: Array | dict[str, Array]) -> dict[str, Array]:
    return y if isinstance(y, dict) else {network.graph.outputs[0]: y}


@contextmanager
def _progress(word: str, total: int) -> Iterator[Callable[..., None]]:
    """A function to call with the name of each layer, or run, that is done (and their number); draws on a terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - see above

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(word, total=total)
        yield lambda name, of=total: progress.update(task, advance=1, total=of, description=name)


def _print_times(lines: list[tuple[str, str, str, float]]) -> None:
    """A line for each step: its first layer's name, operators, the array's shape, milliseconds, share of the time."""
    whole = sum(seconds for *_, seconds in lines) or 1
    rows = [
        _cells(name, operators, array, f"{seconds * 1000:,.2f}", f"{seconds / whole:.0%}")
        for name, operators, array, seconds in lines
    ]
    totals = _cells("total", number_of(len(lines), "step"), "", f"{whole * 1000:,.2f}", "")
    sys.stdout.write(render_page([TextTable(_COLUMNS, [TableSection(rows)], totals), ()], report_view()))


def _cells(name: str, operators: str, array: str, milliseconds: str, share: str) -> tuple[Segment, ...]:
    texts = {"name": name, "operator": operators, "volume": array, "": milliseconds, "share": share}
    return tuple(Segment(printable(text), style) for style, text in texts.items())


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


def _print(text: str, *, aside: bool = False) -> None:
    """Print a line; ``aside`` prints to standard error, if programs read standard output."""
    (sys.stderr if aside else sys.stdout).write("\n".join(map(printable, text.split("\n"))) + "\n")
