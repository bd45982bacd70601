"""What shells complete: networks of the zoo, rules, columns, and the variants and parameters of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer  # noqa: TC002 - typer reads the annotation of a context

from archspec.files.zoo import PREFIX, entries, families

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from archspec.spec.models import Spec

_BASH = "complete_bash"
_after_prefix: list[bool] = []
"""Whether the word that is completed is what follows ``zoo:``, which bash takes for a word of its own."""


def join_colons(variables: MutableMapping[str, str]) -> None:
    """Join ``zoo : resnet50`` in the words that bash passes on, for it splits them at colons.

    Where that is being completed, what follows the colon remains: bash replaces this part alone.
    """
    _after_prefix.clear()
    if _BASH not in (value for key, value in variables.items() if key.endswith("_COMPLETE")):
        return
    words, place = variables.get("COMP_WORDS", ""), variables.get("COMP_CWORD", "")
    between = "\n" if "\n" in words else " "
    split = words.split(between)
    colon = next((at for at, word in enumerate(split) if word == ":" and split[at - 1] == "zoo"), None)
    if colon is None or not place.isdigit():
        return
    end = min(colon + 2, len(split))
    is_current = colon <= int(place) < end
    name = "".join(split[colon + 1 : end])
    variables["COMP_WORDS"] = between.join([*split[: colon - 1], name if is_current else PREFIX + name, *split[end:]])
    variables["COMP_CWORD"] = str(colon - 1 if is_current else int(place) - (end - colon if int(place) >= end else 0))
    _after_prefix.extend([True] * is_current)


def specs(incomplete: str) -> list[str]:
    """Networks and families of the zoo; nothing for what does not begin as one, so that shells offer files."""
    names = [*dict.fromkeys((*entries(), *families()))]
    if _after_prefix:
        return [name for name in names if name.startswith(incomplete)]
    if not incomplete or not (PREFIX.startswith(incomplete) or incomplete.startswith(PREFIX)):
        return []
    return [f"{PREFIX}{name}" for name in names if f"{PREFIX}{name}".startswith(incomplete)]


def networks(incomplete: str) -> list[str]:
    """Networks of the zoo, without the prefix."""
    return [name for name in entries() if name.startswith(incomplete)]


def rules(incomplete: str) -> list[str]:
    """Names of findings."""
    from archspec.rules._names import NAMES  # noqa: PLC0415 - for completion alone

    return [name for name in NAMES if name.startswith(incomplete)]


def rule_lists(incomplete: str) -> list[str]:
    """Rules and groups, the last one of a list with commas."""
    from archspec.rules._names import GROUPS, NAMES  # noqa: PLC0415 - as above

    return _last_of_list(incomplete, (*GROUPS, *NAMES))


def columns(incomplete: str) -> list[str]:
    """Columns of the table, the last one of a list with commas."""
    from archspec.report.columns import COLUMNS  # noqa: PLC0415 - as above

    return _last_of_list(incomplete, COLUMNS)


def outputs(incomplete: str) -> list[str]:
    """Formats of findings."""
    from archspec.report.formats import FINDINGS_FORMATS  # noqa: PLC0415 - as above

    return [name for name in FINDINGS_FORMATS if name.startswith(incomplete)]


def severities(incomplete: str) -> list[str]:
    """What makes a check fail."""
    from archspec.config.configuration import FAILING  # noqa: PLC0415 - as above

    return [name for name in FAILING if name.startswith(incomplete)]


def variants(ctx: typer.Context, incomplete: str) -> list[str]:
    """Variants of the spec that the command line names."""
    spec = _spec(ctx)
    return [name for name in spec.variants if name.startswith(incomplete)] if spec else []


def parameters(ctx: typer.Context, incomplete: str) -> list[str]:
    """Parameters of the spec that the command line names, as ``width=``."""
    spec = _spec(ctx)
    names = [f"{key.text}=" for key, _ in spec.defaults] if spec else []
    return [name for name in names if name.startswith(incomplete)]


def _last_of_list(incomplete: str, names: Iterable[str]) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    taken = before.split(",")
    return [f"{before}{comma}{name}" for name in names if name.startswith(last) and name not in taken]


def _spec(ctx: typer.Context) -> Spec | None:
    """The spec of a command line that is not complete; None if there is none that can be read."""
    from archspec.examination.opened_spec import read_file  # noqa: PLC0415 - as above

    words = [ctx.params.get("spec"), *(ctx.params.get("paths") or ()), *ctx.args]
    named = next((word for word in words if word and not word.startswith("-")), None)
    if named is None or "\n" in named:
        return None
    return read_file(named, [])[0]
