"""The options of ``archspec run``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from archspec.engine.grades import Grade
from archspec.work_budget import MAX_NODES

if TYPE_CHECKING:
    from archspec.spec.selection import NetworkSelection


class RunOptions(NamedTuple):
    """Which network is run, and what the run reads and writes."""

    input_files: tuple[str, ...] = ()
    weights: str | None = None
    seed: int = 0
    output: str | None = None
    feature_maps: str | None = None
    selection: NetworkSelection | None = None
    max_nodes: int = MAX_NODES
    grade: Grade = Grade.EXACT
    threads: int | None = None
    is_plan: bool = False
    is_profile: bool = False
    output_format: str = "text"
    flame: str | None = None
    checks_finite: bool = False

    def fault(self) -> tuple[str, str] | None:
        """The first option that conflicts with the others, and why; None if there is no conflict."""
        reads = {"--input FILE": self.input_files, "--weights": self.weights}
        does = {"--output": self.output, "--feature-maps": self.feature_maps}
        looks = {"--profile": self.is_profile, "--check-finite": self.checks_finite}
        surplus = [name for name, given in {**reads, **does, **looks}.items() if given]
        if self.is_plan and surplus:
            return "--plan", f"it does not run the network: leave out {', '.join(surplus)}"
        if self.is_profile and self.checks_finite:
            return "--check-finite", "it runs layer by layer, which is slower: leave out --profile"
        if self.flame is not None and not self.is_profile:
            return "--flame", "use it with --profile"
        if self.output_format != "text" and not (self.is_plan or self.is_profile):
            return "--format", f"{self.output_format} is for --plan and --profile"
        return None
