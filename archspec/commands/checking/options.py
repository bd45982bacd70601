"""The options of ``archspec check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.config.configurations import Options
from archspec.spec.selection import NetworkSelection
from archspec.work_budget import MAX_NODES

if TYPE_CHECKING:
    from archspec.baseline.options import BaselineOptions
    from archspec.commands.checking.outputs import Output


class FixOptions(NamedTuple):
    """Fixes to make: only the safe ones, or ``unsafe`` ones too; ``is_diff`` shows what would change instead."""

    unsafe: bool = False
    is_diff: bool = False


class CheckOptions(NamedTuple):
    """The options of ``archspec check`` except its paths; ``jobs`` is None for as many as there are processors.

    ``stdin_name`` is the file of which standard input is the text.
    """

    outputs: tuple[Output, ...] = ()
    show_info: bool = False
    selection: NetworkSelection = NetworkSelection()
    max_nodes: int = MAX_NODES
    fixes: FixOptions | None = None
    configuration: Options = Options()
    quiet: bool = False
    baseline: BaselineOptions | None = None
    jobs: int | None = None
    stdin_name: str | None = None


DEFAULTS = CheckOptions()
