"""Options that choose a network of a spec."""

from __future__ import annotations

from typing import Annotated

import typer

from archspec.commands import completion
from archspec.spec.selection import NetworkSelection

SpecArgument = Annotated[
    str,
    typer.Argument(
        metavar="SPEC", help="A spec file, or zoo:NAME; - reads standard input.", autocompletion=completion.specs
    ),
]
VariantOption = Annotated[
    str | None,
    typer.Option("--variant", metavar="NAME", help="One network of a family.", autocompletion=completion.variants),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter.", autocompletion=completion.parameters),
]
VolumeOption = Annotated[str | None, typer.Option("--input", metavar="HxWxC", help="Another input volume.")]
NodesOption = Annotated[int, typer.Option("--max-nodes", min=1, help="The most layers a spec may expand to.")]


def network_selection(
    variant: str | None, settings: list[str] | None, volume: str | None = None, batch: int | None = None
) -> NetworkSelection:
    """The network that the options choose."""
    pairs = dict(setting.partition("=")[::2] for setting in settings or ())
    for setting in settings or ():
        if "=" not in setting:
            raise typer.BadParameter(f"write NAME=VALUE, not {setting!r}", param_hint="--set")
    return NetworkSelection(variant, pairs or None, volume, batch)
