"""``pytest --archspec``: every spec that pytest collects is checked, with a test for each variant.

pytest loads this file in every run, also of projects that hold no spec: it imports nothing but pytest, which is there.
"""

# ruff: noqa: PLC0415 -- see above

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archspec.diagnostics import Diagnostic


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option ``--archspec``."""
    group = parser.getgroup("archspec")
    group.addoption("--archspec", action="store_true", help="also check specs with archspec, each variant as a test")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SpecFile | None:
    """Collect what ``archspec check`` would check: specs in folders, and any YAML file that is named."""
    if not parent.config.getoption("archspec") or file_path.suffix not in (".yaml", ".yml"):
        return None
    from archspec.files.discovery import is_spec

    if parent.session.isinitpath(file_path) or is_spec(str(file_path)):
        file: SpecFile = SpecFile.from_parent(parent, path=file_path)
        return file
    return None


class SpecFailedError(Exception):
    """A spec has findings that fail ``archspec check``; they are the argument."""

    def __init__(self, found: Sequence[Diagnostic]) -> None:
        super().__init__(f"{len(found)} findings")
        self.found = found


class SpecFile(pytest.File):
    """A file of one network or a family."""

    def collect(self) -> Iterator[SpecItem]:
        """One item a variant; the file's own name stands for a network without any, or for what can't be read."""
        from archspec.config.configurations import Configurations
        from archspec.examination import read_file, usual_variants

        told_by_the_items: list[Diagnostic] = []
        spec, _ = read_file(self.path, told_by_the_items)
        configuration = Configurations(told_by_the_items.append).of_file(str(self.path))
        names = usual_variants(spec, configuration.variants if configuration else ()) if spec else ()
        for number, name in enumerate(names or (None,)):
            yield SpecItem.from_parent(self, name=name or self.path.stem, variant=name, is_first=number == 0)


class SpecItem(pytest.Item):
    """One network. The first of a family also has the findings of the whole file."""

    variant: str | None
    is_first: bool

    def __init__(self, *, variant: str | None, is_first: bool, **fields: object) -> None:
        super().__init__(**fields)  # type: ignore[arg-type]  # pytest's own, whatever they are
        self.variant, self.is_first = variant, is_first

    def runtest(self) -> None:
        """Fail as ``archspec check --variant NAME`` does."""
        found = self._findings(self.variant)
        if self.variant and self.is_first:
            from archspec.rules import FAMILY_RULES

            found = [*found, *(each for each in self._findings(None) if each.rule in FAMILY_RULES)]
        from archspec.commands import exit_status

        if exit_status(found):
            raise SpecFailedError(found)

    def _findings(self, variant: str | None) -> list[Diagnostic]:
        from archspec.commands.checking.examine_file import examine_file
        from archspec.commands.checking.options import CheckOptions
        from archspec.config.configurations import Configurations
        from archspec.spec.selection import NetworkSelection

        here = self.config.invocation_params.dir
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        found: list[Diagnostic] = []
        configurations = Configurations(found.append)
        seen = examine_file(str(path), CheckOptions(selection=NetworkSelection(variant)), configurations)
        return [*found, *seen.findings]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The text that ``archspec check`` prints."""
        if not isinstance(excinfo.value, SpecFailedError):
            return str(super().repr_failure(excinfo, style))
        from archspec.commands.checking.report_findings import has_failing_info
        from archspec.report.formats import render_findings
        from archspec.text.views import FindingsView

        found = excinfo.value.found
        return render_findings(found, "full", FindingsView(files=1, show_info=has_failing_info(found))).rstrip()

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it is, and its heading in a report of failures."""
        return self.path, None, f"{self.path.name}: {self.variant}" if self.variant else self.path.name
