"""The Python API: load, check, analyze, compile. The result of each is the input of the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from archspec.analysis.report import Report
from archspec.analysis.report import analyze as _analyze
from archspec.diagnostics import Diagnostic, Severity
from archspec.examination import Examination, examine, examine_family, examine_graph, read_file
from archspec.graph.build import build
from archspec.graph.model import Graph
from archspec.rules._settings import DEFAULT
from archspec.spec.models import Spec
from archspec.spec.selection import NetworkSelection, select
from archspec.syntax.collector import collector_paused
from archspec.text.printing import as_renderable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.engine.network import Network
    from archspec.rules._settings import Settings


class SpecError(ValueError):
    """A spec or a graph has errors, all of them in ``diagnostics``; the message shows them with their places."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from archspec.text.findings_text import plain_text  # noqa: PLC0415 - only an error needs it

        self.diagnostics = diagnostics
        subject = "spec" if any(each.file for each in diagnostics) else "graph"
        super().__init__(f"the {subject} has errors\n\n{plain_text(diagnostics)}")

    def __reduce__(self) -> tuple[type[SpecError], tuple[list[Diagnostic]]]:
        """Pickle by what it was made of, not by its message."""
        return type(self), (self.diagnostics,)


def load(
    path_or_text: str | Path,
    variant: str | None = None,
    params: Mapping[str, Any] | None = None,
    input: str | None = None,  # noqa: A002 - the spec's own word
    batch: int | None = None,
) -> Spec:
    """Read a spec from a file, from the zoo (``zoo:resnet50``), or from a string of several lines.

    ``variant`` chooses a network of a family, ``params`` sets parameters, ``input`` (``160x160x3``) and ``batch``
    replace the spec's own. Of a family of which nothing is chosen, ``check`` takes all networks, the others the first.

    Raises:
        SpecError: it can't be read as a spec. What does not fit inside a readable one, :func:`check` reports.
        ChoiceError: it has no such variant or parameter; a ValueError.

    """
    findings: list[Diagnostic] = []
    spec, zoo_variant = read_file(path_or_text, findings)
    if spec is None or _has_errors(findings):
        raise SpecError(findings)
    spec = spec.model_copy(update={"findings": tuple(findings)})
    settings = {name: _as_text(value) for name, value in (params or {}).items()}
    selection = NetworkSelection(variant or zoo_variant, settings or None, input, batch)
    if selection == NetworkSelection():
        return spec
    faults: list[Diagnostic] = []
    network = select(spec, selection, faults.append)
    if _has_errors(faults):
        raise SpecError(faults)
    return network


def _as_text(value: Any) -> str:
    """A parameter's value as YAML writes it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_text, value))}]"
    return str(value)


def _has_errors(found: list[Diagnostic]) -> bool:
    return any(each.severity is Severity.ERROR for each in found)


def check(spec: Spec | Graph | str | Path, config: str | Path | Mapping[str, Any] | None = None) -> list[Diagnostic]:
    """All findings about a spec (a loaded one, a path or text) or a graph. Raises nothing for a bad one.

    Findings of a file are in order of place, those of a program's graph, which have no place, in order of its layers.
    ``config`` is a configuration file, or settings as one has them: ``{"ignore": ["design"]}``. Without it no file is
    read, and the rules that are on by default apply.

    Raises:
        ConfigError: the configuration is faulty; a ValueError.

    """
    with collector_paused():  # until the graph is gone too
        return _findings(spec, DEFAULT) if config is None else _configured_findings(spec, config)


def _findings(spec: Spec | Graph | str | Path, settings: Settings, variants: Sequence[str] = ()) -> list[Diagnostic]:
    if isinstance(spec, Graph):
        if spec.origin is None:
            return examine_graph(spec, settings).diagnostics
        spec = spec.origin
    return examine_family(spec, settings=settings, variants=variants)[0].diagnostics


def _examination(spec: Spec | Graph | str | Path) -> Examination:
    if isinstance(spec, Graph):
        return examine_graph(spec) if spec.origin is None else examine(spec.origin)
    return examine(spec)


def _configured_findings(spec: Spec | Graph | str | Path, config: str | Path | Mapping[str, Any]) -> list[Diagnostic]:
    from archspec.config.given import configuration_given  # noqa: PLC0415 - few programs need it

    configuration = configuration_given(config)
    has_path = not isinstance(spec, Spec | Graph) and "\n" not in str(spec)
    rules = configuration.rules_of(str(spec)) if has_path else configuration.rules
    return configuration.with_severities(_findings(spec, rules, configuration.variants))


def analyze(spec: Spec | Graph | str | Path) -> Report:
    """Shapes, parameters, costs, memory and receptive fields of every layer and in total.

    Layers that fail have None for figures; so have totals that would need them.

    Raises:
        SpecError: the spec can't be read.

    """
    if isinstance(spec, Graph):
        return _analyze(spec)
    loaded = spec if isinstance(spec, Spec) else load(spec)
    network = loaded if loaded.is_selected else select(loaded, NetworkSelection(), _ignore)
    return _analyze(build(network, _ignore))


@as_renderable.register(Report)
def _rich_report(report: Report) -> Any:
    """What rich prints of a report: the table of ``archspec show``."""
    from archspec.report.rich_report import RichReport  # noqa: PLC0415 - imports rich

    return RichReport(report)


def sizes(
    spec: Spec | Graph | str | Path,
    fit: Literal["exact", "lossless"] = "exact",
    axis: str | None = None,
    span: tuple[int, int] | None = None,
) -> list[FittingSizes]:
    """Every input size for which the whole network fits: one entry for all axes, or one for each where they differ.

    ``exact``: every stride divides; ``lossless``: nothing but padding is left over. ``axis`` names the only one to
    change, ``span`` the ends of what is listed.

    Raises:
        SpecError: the spec can't be read, or has an error that no size fixes.
        ValueError: the input has no such axis.

    """
    from archspec.analysis.fitting_sizes import chosen_axes, fitting_sizes  # noqa: PLC0415 - only this stage needs it

    examination = _examination(spec)
    graph = examination.graph
    if graph is None:
        raise SpecError(examination.errors)
    try:
        return [fitting_sizes(graph, fit, axes, span) for axes in chosen_axes(graph, axis)]
    except LookupError:
        raise SpecError(examination.errors) from None


def compile(  # noqa: A001, PLR0913 - the stage's name; options, given by name
    spec: Spec | Graph | str | Path,
    seed: int = 0,
    memory_limit: int | None = None,
    grade: Literal["reference", "exact", "fast"] = "exact",
    threads: int | None = None,
    *,
    repeats: bool = True,
) -> Network:
    """An executable NumPy network, its weights drawn from ``seed``.

    ``memory_limit`` is in bytes; by default half of the machine's memory. A batch for which it leaves too little is
    run in chunks. ``grade`` says how exact it is:
    ``reference`` runs the operators' own forward, ``exact`` errs no more than a direct convolution of its dtype, and
    ``fast`` at most 1e-5 of a layer's largest output. ``threads`` compute, by default one a processor.
    ``repeats=False`` leaves out what pays only when the network is called more than once.

    Raises:
        SpecError: the spec has errors.
        CompileError: a single sample needs more than the memory limit.
        ValueError: the seed is negative, there are no threads, or there is no such grade.

    """
    from archspec.engine.grades import Grade  # noqa: PLC0415 - see below
    from archspec.engine.network import compile_graph  # noqa: PLC0415 - brings NumPy, which checking does without
    from archspec.report import printed_profile  # noqa: F401, PLC0415 - lets plans and profiles be printed as tables

    examination = _examination(spec)
    if examination.errors or examination.graph is None:
        raise SpecError(examination.errors)
    return compile_graph(examination.graph, seed, memory_limit, Grade(grade), threads, repeats=repeats)


def _ignore(_: Diagnostic) -> None:
    """Findings are for :func:`check` to report, not for a count."""
