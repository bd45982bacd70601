"""Rules by name: each looks at the analysed graph and tells what it finds.

Adding a rule is one class in one file and one line here. The docstring is its documentation and its test:
the spec under ``Bad:`` must fire exactly this rule, the one under ``Good:`` none.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.analysis.report import Report
    from archspec.diagnostics import Sink
    from archspec.rules._base import Rule

RULES = {
    "unsupported-rank": "unsupported_rank:UnsupportedRank",
    "axis-count": "axis_count:AxisCount",
    "kernel-too-large": "kernel_too_large:KernelTooLarge",
    "fractional-output": "fractional_output:FractionalOutput",
    "lopsided-padding": "lopsided_padding:LopsidedPadding",
    "accepted-fit": "accepted_fit:AcceptedFit",
    "channel-mismatch": "channel_mismatch:ChannelMismatch",
    "feature-mismatch": "feature_mismatch:FeatureMismatch",
    "indivisible-groups": "indivisible_groups:IndivisibleGroups",
    "weights-shape": "weights_shape:WeightsShape",
    "pool-padding": "pool_padding:PoolPadding",
    "wrapped-padding": "wrapped_padding:WrappedPadding",
    "expectation": "expectation:Expectation",
    "budget": "budget:Budget",
}
"""Name of a rule -> "module:Class" in this folder."""


@cache
def rule(name: str) -> Rule:
    """The rule of a name; KeyError when there is none."""
    module, _, attribute = RULES[name].partition(":")
    found: Rule = getattr(import_module(f"{__name__}.{module}"), attribute)()
    return found


def run(report: Report, sink: Sink) -> None:
    """Tell everything the rules find, except what a layer's ``ignore`` names."""
    ignored = {(node.name, name) for node in report.graph.nodes for name in node.layer.ignore}
    for name in RULES:
        for found in rule(name).check(report):
            if (found.layer, name) not in ignored:
                sink(found)
