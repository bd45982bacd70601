"""Rules by name: each looks at the analysed graph and tells what it finds.

Adding a rule is one class in one file and one line here. The docstring is its documentation and its test:
the spec under ``Bad:`` must fire exactly this rule, the one under ``Good:`` none.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archspec.analysis.report import Report
    from archspec.diagnostics import Sink
    from archspec.graph.model import Graph
    from archspec.rules._base import FamilyRule, Rule
    from archspec.spec.models import Spec

RULES = {
    "merge-mismatch": "merge_mismatch:MergeMismatch",
    "unsupported-rank": "unsupported_rank:UnsupportedRank",
    "axis-count": "axis_count:AxisCount",
    "kernel-too-large": "kernel_too_large:KernelTooLarge",
    "fractional-output": "fractional_output:FractionalOutput",
    "lopsided-padding": "lopsided_padding:LopsidedPadding",
    "accepted-fit": "accepted_fit:AcceptedFit",
    "channel-mismatch": "channel_mismatch:ChannelMismatch",
    "feature-mismatch": "feature_mismatch:FeatureMismatch",
    "indivisible-groups": "indivisible_groups:IndivisibleGroups",
    "too-large": "too_large:TooLarge",
    "weights-shape": "weights_shape:WeightsShape",
    "pool-padding": "pool_padding:PoolPadding",
    "wrapped-padding": "wrapped_padding:WrappedPadding",
    "expectation": "expectation:Expectation",
    "budget": "budget:Budget",
    "tie-mismatch": "tie_mismatch:TieMismatch",
    "unused-layer": "unused_layer:UnusedLayer",
}
"""Name of a rule -> "module:Class" in this folder."""

_OF_FIT = ("fractional-output", "lopsided-padding", "accepted-fit")
"""Rules that nobody can judge by when the file's ``fit`` was refused."""

FAMILY_RULES = {
    "unused-block": "unused_block:UnusedBlock",
    "unused-parameter": "unused_parameter:UnusedParameter",
    "constant-condition": "constant_condition:ConstantCondition",
}
"""The same for rules about a whole file, which all its networks together tell."""


def family_rule(name: str) -> FamilyRule:
    """The rule about whole files of a name; KeyError when there is none."""
    found: FamilyRule = _load(FAMILY_RULES[name])
    return found


def rule(name: str) -> Rule:
    """The rule of a name; KeyError when there is none."""
    found: Rule = _load(RULES[name] if name in RULES else FAMILY_RULES[name])
    return found


@cache
def _load(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), attribute)()


def run(report: Report, sink: Sink) -> None:
    """Tell everything the rules find, except what a layer's ``ignore`` names."""
    ignored = {(node.name, name) for node in report.graph.nodes for name in node.ignored}
    silent = _OF_FIT if "fit" in report.graph.spec.faulty else ()
    for name in (name for name in RULES if name not in silent):
        for found in rule(name).check(report):
            if (found.layer, name) not in ignored:
                sink(found)


def run_family(spec: Spec, graphs: Sequence[Graph], sink: Sink) -> None:
    """Tell what only all networks of a file together show; nothing when one was cut short, for it may lie behind."""
    grows = spec.defaults or spec.blocks or any(graph.conditions for graph in graphs)
    if grows and all(graph.is_whole for graph in graphs):
        for name in FAMILY_RULES:
            for found in family_rule(name).check_family(spec, graphs):
                sink(found)
