"""The documentation of a finding that no rule reports."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from archspec.diagnostics import Severity
from archspec.rules.stages import SYNTAX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archspec.rules._base import Group
    from archspec.rules._settings import Threshold


class StageFinding:
    """Documents a finding of an earlier stage: its docstring has the sections of a rule's.

    An example under ``Bad:`` or ``Good:`` is a whole spec, or a command line that begins with ``$``. A remark takes
    its place where a spec would be too long for a page, or none is known.
    """

    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    default: ClassVar[bool] = True
    thresholds: ClassVar[Mapping[str, Threshold]] = MappingProxyType({})
    encoding: ClassVar[str] = "utf-8"
    """The encoding of the bad example."""

    @property
    def group(self) -> Group:
        """The stage: ``syntax`` up to the tree of a file, ``spec`` from there to its network."""
        return "syntax" if self.name in SYNTAX else "spec"
