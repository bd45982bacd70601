"""Views: options of commands for formats of reports, findings and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from archspec.analysis.fitting_sizes import FittingSizes
    from archspec.volume import Volume


class ReportView(NamedTuple):
    """What of a report to show, and where.

    ``columns`` are names of columns (none: the format's own choice), ``depth`` is how many parts of a layer's path
    keep their own row. ``width`` is the terminal's; None for a pipe, where nothing is shortened. Totals never depend
    on any of them.
    """

    columns: tuple[str, ...] = ()
    depth: int | None = None
    width: int | None = None
    colour: bool = False
    unicode: bool = True


class FindingsView(NamedTuple):
    """How to show findings: ``files`` is how many files were checked, ``show_info`` lists infos too.

    ``names`` are those files, for formats that list files without findings too.
    ``fixed`` is how many findings were there before they were fixed, ``remark`` what else is to be said at the end.
    ``quiet`` leaves the summary out, ``hints`` adds a line at a terminal on how to learn more. ``width`` is the
    terminal's; None for a pipe, where no line is wrapped.
    """

    files: int
    show_info: bool = False
    colour: bool = False
    names: tuple[str, ...] = ()
    fixed: int = 0
    quiet: bool = False
    remark: str = ""
    hints: bool = False
    width: int | None = None


class SizesView(NamedTuple):
    """Whose sizes are shown, and where: why the present ones don't fit, and the terminal's width, None for a pipe.

    ``lossless`` are the sizes at which only padding is left over, where they are shown beside those that fit exactly.
    """

    name: str
    file: str | None
    inputs: dict[str, Volume | None]
    reasons: tuple[str | None, ...]
    width: int | None = None
    lossless: tuple[FittingSizes, ...] = ()
