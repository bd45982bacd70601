"""Rules by name: each looks at the analysed graph and reports what it finds.

Adding a rule is one class in one file and one line here. The docstring is its documentation and its test:
the spec under ``Bad:`` must fire exactly this rule, the one under ``Good:`` none.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Severity
from archspec.rules import _kinds as kinds
from archspec.rules._base import FamilyRule, NetworkRule, NodeRule
from archspec.rules._settings import DEFAULT, Settings
from archspec.spec.values import out_of_work
from archspec.work_budget import FINDING_OF_LAYER, OutOfWorkError, work_budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic, Sink
    from archspec.graph.model import Graph
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._traits import Traits
    from archspec.rules._base import Rule
    from archspec.spec.models import Spec


class RuleEntry(NamedTuple):
    """Where a rule is, as "module:Class" in this folder, and the kind of operators it is about.

    A rule is imported when one of its operators occurs: checking is mostly starting.
    """

    target: str
    is_about: Callable[[type[Traits]], bool] = kinds.any_operator


RULES = {
    "merge-mismatch": RuleEntry("merge_mismatch:MergeMismatch", kinds.is_merge),
    "unsupported-rank": RuleEntry("unsupported_rank:UnsupportedRank"),
    "axis-count": RuleEntry("axis_count:AxisCount"),
    "kernel-too-large": RuleEntry("kernel_too_large:KernelTooLarge"),
    "fractional-output": RuleEntry("fractional_output:FractionalOutput", kinds.is_sliding),
    "lopsided-padding": RuleEntry("lopsided_padding:LopsidedPadding", kinds.is_sliding),
    "accepted-fit": RuleEntry("accepted_fit:AcceptedFit", kinds.is_sliding),
    "channels-first": RuleEntry("channels_first:ChannelsFirst", kinds.is_sliding),
    "channel-mismatch": RuleEntry("channel_mismatch:ChannelMismatch"),
    "feature-mismatch": RuleEntry("feature_mismatch:FeatureMismatch", kinds.is_dense),
    "indivisible-groups": RuleEntry("indivisible_groups:IndivisibleGroups"),
    "too-large": RuleEntry("too_large:TooLarge"),
    "weights-shape": RuleEntry("weights_shape:WeightsShape"),
    "pool-padding": RuleEntry("pool_padding:PoolPadding", kinds.is_windowed_pool),
    "reflect-padding": RuleEntry("reflect_padding:ReflectPadding", kinds.has_padding_mode),
    "circular-padding": RuleEntry("circular_padding:CircularPadding", kinds.has_padding_mode),
    "output-padding": RuleEntry("output_padding:OutputPadding", kinds.is_transposed),
    "transpose-misses": RuleEntry("transpose_misses:TransposeMisses", kinds.is_transposed),
    "linear-on-map": RuleEntry("linear_on_map:LinearOnMap", kinds.is_pointwise_dense),
    "leftover-map": RuleEntry("leftover_map:LeftoverMap", kinds.is_mean_pool),
    "single-value-norm": RuleEntry("single_value_norm:SingleValueNorm", kinds.is_norm),
    "expectation": RuleEntry("expectation:Expectation"),
    "budget": RuleEntry("budget:Budget"),
    "tie-mismatch": RuleEntry("tie_mismatch:TieMismatch"),
    "unused-layer": RuleEntry("unused_layer:UnusedLayer"),
    "lone-branch": RuleEntry("lone_branch:LoneBranch", kinds.is_merge),
    "even-kernel": RuleEntry("even_kernel:EvenKernel", kinds.is_sliding),
    "dilation-padding": RuleEntry("dilation_padding:DilationPadding", kinds.is_convolution),
    "kernel-in-padding": RuleEntry("kernel_in_padding:KernelInPadding", kinds.is_convolution),
    "pointwise-padding": RuleEntry("pointwise_padding:PointwisePadding", kinds.is_convolution),
    "stride-skips-input": RuleEntry("stride_skips_input:StrideSkipsInput", kinds.is_sliding),
    "same-asymmetric": RuleEntry("same_asymmetric:SameAsymmetric", kinds.is_sliding),
    "default-stride": RuleEntry("default_stride:DefaultStride", kinds.is_max_pool),
    "checkerboard": RuleEntry("checkerboard:Checkerboard", kinds.is_transposed),
    "adaptive-uneven": RuleEntry("adaptive_uneven:AdaptiveUneven", kinds.is_adaptive_pool),
    "large-pool": RuleEntry("large_pool:LargePool", kinds.is_max_pool),
    "large-filter": RuleEntry("large_filter:LargeFilter", kinds.is_full_convolution),
    "early-collapse": RuleEntry("early_collapse:EarlyCollapse", kinds.is_sliding),
    "odd-input": RuleEntry("odd_input:OddInput", kinds.is_sliding),
    "border-loss": RuleEntry("border_loss:BorderLoss", kinds.is_convolution),
    "strided-conv-downsampling": RuleEntry("strided_conv_downsampling:StridedConvDownsampling", kinds.is_convolution),
    "receptive-field": RuleEntry("receptive_field:ReceptiveField", kinds.is_convolution),
    "misaligned-branches": RuleEntry("misaligned_branches:MisalignedBranches", kinds.is_sliding),
    "bias-before-norm": RuleEntry("bias_before_norm:BiasBeforeNorm", kinds.is_norm),
    "dropout-before-norm": RuleEntry("dropout_before_norm:DropoutBeforeNorm", kinds.has_batch_statistics),
    "double-softmax": RuleEntry("double_softmax:DoubleSoftmax", kinds.is_classifier_end),
    "activated-scores": RuleEntry("activated_scores:ActivatedScores", kinds.clips_negative),
    "double-activation": RuleEntry("double_activation:DoubleActivation", kinds.is_activation),
    "missing-activation": RuleEntry("missing_activation:MissingActivation", kinds.is_linear_map),
    "huge-dense": RuleEntry("huge_dense:HugeDense", kinds.is_dense),
    "first-layer-memory": RuleEntry("first_layer_memory:FirstLayerMemory", kinds.is_full_convolution),
    "channel-multiple": RuleEntry("channel_multiple:ChannelMultiple", kinds.chooses_channels),
    "duplicate-cost": RuleEntry("duplicate_cost:DuplicateCost", kinds.is_linear_map),
}
"""Rules about one network."""

FAMILY_RULES = {
    "unused-block": RuleEntry("unused_block:UnusedBlock"),
    "unused-parameter": RuleEntry("unused_parameter:UnusedParameter"),
    "hidden-parameter": RuleEntry("hidden_parameter:HiddenParameter"),
    "constant-condition": RuleEntry("constant_condition:ConstantCondition"),
}
"""Rules about a whole file, which only all its networks together show."""

_OF_FIT = frozenset(("fractional-output", "lopsided-padding", "accepted-fit"))
"""Rules that cannot judge a network whose ``fit`` was refused."""


@cache
def rule(name: str) -> type[Rule]:
    """The rule of a name; KeyError when there is none."""
    module, _, attribute = (RULES[name] if name in RULES else FAMILY_RULES[name]).target.partition(":")
    found: type[Rule] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return found


def run(  # noqa: PLR0913, PLR0917 - what is checked, how, and what is known of it
    report: Report,
    sink: Sink,
    settings: Settings = DEFAULT,
    without: Callable[[Iterable[Diagnostic]], list[Diagnostic]] | None = None,
    hidden: Iterable[str] = (),
    quiet: dict[OperatorCall, frozenset[str]] | None = None,
) -> None:
    """Report everything that the rules find in a network, but for rules that are ``hidden``.

    ``quiet`` are the rules that find nothing in a call, for other networks with the same settings.
    Not what a layer's ``ignore`` names, nor what ``without`` takes out: what is not reported must not hide others.
    """
    graph = report.graph
    ignored = {node.name: node.ignored for node in graph.nodes if node.ignored}
    everything = _within_budget(_everything(report, settings, hidden, quiet), graph)
    findings = [found for found in everything if found.rule not in ignored.get(found.layer or "", ())]
    for found in _without_results(without(findings) if without else findings, graph):
        sink(found)


def _within_budget(findings: Iterator[Diagnostic], graph: Graph) -> Iterator[Diagnostic]:
    """The findings for which the file's work suffices, and then one that says so."""
    budget = work_budget()
    try:
        for found in findings:
            budget.spend(FINDING_OF_LAYER, "findings about layers")
            yield found
    except OutOfWorkError as error:
        limit: list[Diagnostic] = []
        out_of_work(error, graph.place("layers"), limit.append)
        yield from limit


def unsuppressed(report: Report) -> list[Diagnostic]:
    """What the rules that are on by default report where nothing is suppressed."""
    return _without_results([*_everything(report, DEFAULT)], report.graph)


def all_errors(report: Report) -> list[Diagnostic]:
    """The errors of the rules that are on by default, those that others explain too."""
    return [found for found in _everything(report, DEFAULT) if found.severity is Severity.ERROR]


def _without_results(findings: list[Diagnostic], graph: Graph) -> list[Diagnostic]:
    if len(findings) < 2:
        return findings
    from archspec.rules._root_causes import root_causes  # noqa: PLC0415 - for two findings at once only

    return root_causes(findings, graph)


def _everything(
    report: Report,
    settings: Settings,
    hidden: Iterable[str] = (),
    quiet: dict[OperatorCall, frozenset[str]] | None = None,
) -> Iterator[Diagnostic]:
    """What the rules find."""
    graph = report.graph
    silent = {*hidden, *(_OF_FIT if graph.origin and "fit" in graph.origin.faulty else ())}
    occurring = {node.traits for node in graph.nodes}
    names = [name for name, entry in RULES.items() if name not in silent and any(map(entry.is_about, occurring))]
    wanted = _select(names, settings)
    of_nodes = [each for each in wanted if isinstance(each, NodeRule)]
    of_network = (each.check(report) for each in wanted if isinstance(each, NetworkRule))
    return chain(_of_nodes(graph, of_nodes, {} if quiet is None else quiet), chain.from_iterable(of_network))


def _select(names: Iterable[str], settings: Settings) -> list[Rule]:
    """The rules of these names that are selected."""
    if settings.selected is None:
        return [wanted(settings) for wanted in map(rule, names) if wanted.default]
    return [rule(name)(settings) for name in names if name in settings.selected]


def _of_nodes(
    graph: Graph, rules: Sequence[NodeRule], quiet: dict[OperatorCall, frozenset[str]]
) -> Iterator[Diagnostic]:
    """Findings about nodes, all rules at one node before the next one.

    Equal layers share their call: a rule that finds nothing at the first of them is not asked again, if it looks no
    further.
    """
    of_kind: dict[type[Traits], list[NodeRule]] = {}
    still_asked: dict[OperatorCall, list[NodeRule]] = {}
    for node in graph.nodes:
        if not node.is_checkable:
            continue
        asked = still_asked.get(node.call)
        if asked is not None:
            for each in asked:
                yield from each.check_node(node, graph)
            continue
        if node.traits not in of_kind:
            of_kind[node.traits] = [each for each in rules if RULES[each.name].is_about(node.traits)]
        decided = quiet.get(node.call, frozenset())
        unsure = [each for each in of_kind[node.traits] if each.name not in decided]
        concerned = [each for each in unsure if each.concerns(node.call)]
        results = [(each, tuple(each.check_node(node, graph))) for each in concerned]
        still_asked[node.call] = [each for each, found in results if found or not each.decided_by_call]
        loud = {each.name for each in still_asked[node.call]}
        quiet[node.call] = decided.union(each.name for each in unsure if each.name not in loud)
        yield from chain.from_iterable(found for _, found in results)


def run_family(spec: Spec, graphs: Sequence[Graph], sink: Sink, settings: Settings = DEFAULT) -> None:
    """Report what only all networks of a file together show; nothing when one was cut short, for it may lie behind."""
    grows = spec.defaults or spec.blocks or any(graph.conditions for graph in graphs)
    if grows and all(graph.is_whole for graph in graphs):
        for each in _select(FAMILY_RULES, settings):
            if isinstance(each, FamilyRule):
                for found in each.check_family(spec, graphs):
                    sink(found)
