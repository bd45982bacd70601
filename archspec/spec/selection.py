"""One network of a spec: a variant chosen, parameters set, input and batch replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.diagnostics import Diagnostic
from archspec.source import Source, Span
from archspec.spec.validate import rename
from archspec.spec.values import Unknown, evaluate, out_of_work
from archspec.spec.volume_respelling import volume_spellings
from archspec.spec.volumes import parse_volume
from archspec.syntax import nearest, only_candidate, parse
from archspec.syntax.nodes import Node, Scalar
from archspec.work_budget import OutOfWorkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archspec.diagnostics import Sink
    from archspec.spec.models import Spec
    from archspec.volume import Volume


_SIZES = re.compile(r"\d{1,10}(?:x\d{1,10})?", re.ASCII)
"""One or two sizes, where a volume may have more."""


class NetworkSelection(NamedTuple):
    """Which network of a spec is meant.

    ``settings`` are values of parameters as text (``{"width": "128"}``), ``input`` a volume (``160x160x3``).
    """

    variant: str | None = None
    settings: dict[str, str] | None = None
    input: str | Volume | None = None
    batch: int | None = None


class ChoiceError(ValueError):
    """There is no such variant, parameter or volume; the message lists what there is."""


def select(spec: Spec, selection: NetworkSelection, sink: Sink) -> Spec:
    """The spec of one network, its parameters valued.

    Facts and ceilings are those of the variant, else of the file; none are left when the parameters, the input or the
    batch are replaced, for they were stated for others.

    Raises:
        ChoiceError: the variant or a parameter is not the spec's, or a volume can't be read.

    """
    name = selection.variant or next(iter(spec.variants), None)
    if name is not None and name not in spec.variants:
        raise ChoiceError(_no_variant(spec, name))
    params = _params(spec, name, selection.settings or {}, sink)
    changes: dict[str, Any] = {"params": params, "chosen": name, "is_selected": True}
    if name is not None:
        header = spec.variants[name].header
        changes |= {key: value for key in header.model_fields_set if (value := getattr(header, key)) is not None}
    if selection.settings or selection.input is not None or selection.batch is not None:
        changes |= {"expect": None, "budget": None, "checks_layers": False}
    if selection.input is not None:
        names = changes.get("input") or spec.input or ("input",)
        try:
            changes["input"] = dict.fromkeys(names, _input(selection.input, names))
        except ValueError as error:
            raise ChoiceError(f"--input: {error}") from error
    if selection.batch is not None:
        changes["batch"] = selection.batch
    return spec.model_copy(update=changes)


def _input(text: str | Volume, present: Iterable[str] | Mapping[str, Volume]) -> Volume:
    """The volume that an option names: for a sequence also as tables print it, ``31440x1``; ValueError for no other."""
    if not isinstance(text, str):
        return text
    volumes = [*present.values()] if isinstance(present, dict) else []
    sizes = [int(size) for size in text.split("x")] if _SIZES.fullmatch(text.strip()) else []
    ranks = {len(volume.spatial) for volume in volumes}
    if ranks == {1} and len(sizes) == 2 and min(sizes) > 0:
        return parse_volume({"length": sizes[0], "channels": sizes[1]})
    if ranks == {2} and len(sizes) in (1, 2):
        height, width, channels = sizes[0], sizes[-1], volumes[0].channels
        raise ValueError(f"{text} has no channels: write {height}x{width}x{channels}")
    try:
        return parse_volume(text)
    except ValueError:
        written = Scalar(text, Span(Source("<--input>", text), 0, 0))
        spelled = next((each for each, _ in volume_spellings(written)), None)
        if spelled is None:
            raise
        raise ValueError(f"write {spelled}, not {text:.60}") from None


def _params(spec: Spec, variant: str | None, settings: dict[str, str], sink: Sink) -> dict[str, Any]:
    """Every parameter's value: set from outside, else by the variant, else the default."""
    nodes: dict[str, Node] = {key.text: node for key, node in spec.defaults}
    keys = {key.text: key for key, _ in spec.defaults}
    if variant is not None:
        for key, node in spec.variants[variant].params:
            if key.text not in nodes:
                sink(_no_parameter(key, variant, list(nodes)))
            nodes[key.text] = node
    for name, text in settings.items():
        if name not in nodes:
            raise ChoiceError(_no_setting(name, list(nodes)))
        nodes[name] = _parse_value(name, text)
    values: dict[str, Any] = {}
    for name, node in nodes.items():
        if isinstance(node, Scalar) and node.value is None:
            values[name] = Unknown.reported(_missing(name, keys.get(name, node).span), sink)
        else:
            values[name] = _value(node, values, sink)
    return values


def _value(node: Node, values: dict[str, Any], sink: Sink) -> Any:
    """A parameter's value; unknown, and reported, when it has none."""
    message = "a parameter can't depend on a volume: it is evaluated before the first layer"
    reads_volume = Diagnostic(rule="expression", message=message, span=node.span)
    try:
        return evaluate(node, values, Unknown(reads_volume), sink)
    except Unknown as unknown:
        return Unknown.reported(reads_volume, sink) if unknown.cause is reads_volume else unknown
    except OutOfWorkError as error:
        return out_of_work(error, node.span, sink)


def _parse_value(name: str, text: str) -> Node:
    found: list[Diagnostic] = []
    node = parse(Source("<--set>", text), found.append)
    if node is None or found:
        raise ChoiceError(f"--set {name}={text:.60}: {found[0].message if found else 'there is no value'}")
    return node


def _missing(name: str, place: Span) -> Diagnostic:
    return Diagnostic(
        rule="missing-key",
        message=f"the parameter `{name}` has no value",
        span=place,
        help=(f"choose a variant that sets it, or --set {name}=VALUE",),
    )


def _no_variant(spec: Spec, name: str) -> str:
    if not spec.variants:
        return f"{spec.name} has no variants, so there is no `{name:.60}`"
    near = nearest(name, spec.variants)
    hint = f"did you mean `{near}`? " if near else ""
    return f"{spec.name} has no variant `{name:.60}`: {hint}variants are {', '.join(spec.variants)}"


def _no_setting(name: str, names: list[str]) -> str:
    if not names:
        return f"there is no parameter `{name:.60}`: the spec has none; declare it under `params`"
    near = nearest(name, names)
    hint = f"did you mean `{near}`? " if near else ""
    return f"there is no parameter `{name:.60}`: {hint}parameters are {', '.join(names)}"


def _parameters_in_words(names: list[str]) -> str:
    return f"parameters are {', '.join(names)}" if names else "the file has no parameters"


def _no_parameter(key: Scalar, variant: str, names: list[str]) -> Diagnostic:
    near = nearest(key.text, names)
    return Diagnostic(
        rule="unknown-key",
        message=f"variant {variant} sets `{key.text:.60}`, which is not a parameter"
        + (f"; did you mean `{near}`?" if near else ""),
        span=key.span,
        help=(f"write `{near}`" if near else f"{_parameters_in_words(names)}; declare it under `params`",),
        fix=rename(key.span, near, safe=only_candidate(key.text, names) is not None) if near else None,
    )
