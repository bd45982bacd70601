"""What a program calls: load, check, analyze, compile. Each stage's value goes into the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from archspec.analysis.report import analyze as _analyze
from archspec.diagnostics import Diagnostic, Severity
from archspec.examination import examine, examine_family, read_file
from archspec.graph.build import build
from archspec.spec.models import Spec
from archspec.spec.selection import Choice, select
from archspec.syntax.collector import collector_paused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.analysis.report import Report
    from archspec.engine.network import Network


class SpecError(ValueError):
    """A spec has errors, all of them in ``diagnostics``; the message shows them with their places."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        from archspec.text.findings_text import plain_text  # noqa: PLC0415 - only an error needs it

        self.diagnostics = diagnostics
        super().__init__("the spec has errors\n\n" + plain_text(diagnostics))

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
        SpecError: it can't be read as a spec. What does not fit inside a readable one, :func:`check` tells.
        ChoiceError: it has no such variant or parameter; a ValueError.

    """
    found: list[Diagnostic] = []
    spec, named = read_file(path_or_text, found)
    if spec is None or _has_errors(found):
        raise SpecError(found)
    spec = spec.model_copy(update={"findings": tuple(found)})
    settings = {name: _as_text(value) for name, value in (params or {}).items()}
    choice = Choice(variant or named, settings or None, input, batch)
    if choice == Choice():
        return spec
    told: list[Diagnostic] = []
    chosen = select(spec, choice, told.append)
    if _has_errors(told):
        raise SpecError(told)
    return chosen


def _as_text(value: Any) -> str:
    """A parameter's value as YAML writes it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_text, value))}]"
    return str(value)


def _has_errors(found: list[Diagnostic]) -> bool:
    return any(each.severity is Severity.ERROR for each in found)


def check(spec: Spec | str | Path, config: str | Path | Mapping[str, Any] | None = None) -> list[Diagnostic]:
    """All findings about a spec (a loaded one, a path or text), in order of place. Raises nothing for a bad spec.

    ``config`` is a configuration file, or settings as one has them: ``{"ignore": ["design"]}``. Without it no file is
    read, and the rules that are on by default are told of.

    Raises:
        ConfigError: the configuration is faulty; a ValueError.

    """
    with collector_paused():  # until the graph is gone too
        return examine_family(spec)[0].diagnostics if config is None else _configured(spec, config)


def _configured(spec: Spec | str | Path, config: str | Path | Mapping[str, Any]) -> list[Diagnostic]:
    from archspec.config.given import configuration_given  # noqa: PLC0415 - few programs need it

    configuration = configuration_given(config)
    has_path = not isinstance(spec, Spec) and "\n" not in str(spec)
    rules = configuration.rules_of(str(spec)) if has_path else configuration.rules
    seen = examine_family(spec, settings=rules, variants=configuration.variants)
    return configuration.weighed(seen[0].diagnostics)


def analyze(spec: Spec | str | Path) -> Report:
    """Shapes, parameters, costs, memory and receptive fields of every layer and in total.

    Layers that fail have None for figures; so have totals that would need them.

    Raises:
        SpecError: the spec can't be read.

    """
    loaded = spec if isinstance(spec, Spec) else load(spec)
    chosen = loaded if loaded.is_selected else select(loaded, Choice(), _ignore)
    return _analyze(build(chosen, _ignore))


def sizes(
    spec: Spec | str | Path,
    fit: Literal["exact", "lossless"] = "exact",
    axis: str | None = None,
    span: tuple[int, int] | None = None,
) -> list[FittingSizes]:
    """Every input size for which the whole network fits: one entry for all axes, or one for each where they differ.

    ``exact``: every stride divides; ``lossless``: nothing but padding is left over. ``axis`` names the only one to
    change, ``span`` the ends of what is listed.

    Raises:
        SpecError: the spec can't be read, or has an error that no size mends.
        ValueError: the input has no such axis.

    """
    from archspec.analysis.fitting_sizes import chosen_axes, fitting_sizes  # noqa: PLC0415 - only this stage needs it

    seen = examine(spec)
    if seen.graph is None:
        raise SpecError(seen.errors)
    try:
        return [fitting_sizes(seen.graph, fit, axes, span) for axes in chosen_axes(seen.graph, axis)]
    except LookupError:
        raise SpecError(seen.errors) from None


def compile(  # noqa: A001, PLR0913 - the stage's name; options, given by name
    spec: Spec | str | Path,
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

    seen = examine(spec)
    if seen.errors or seen.graph is None:
        raise SpecError(seen.errors)
    return compile_graph(seen.graph, seed, memory_limit, Grade(grade), threads, repeats=repeats)


def _ignore(_: Diagnostic) -> None:
    """Findings that :func:`check` tells are no concern of a count."""
