"""Rules by name: each looks at the analysed graph and tells what it finds.

Adding a rule is one class in one file and one line here. The docstring is its documentation and its test:
the spec under ``Bad:`` must fire exactly this rule, the one under ``Good:`` none.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.ops import MERGES
from archspec.rules._base import FamilyRule, NetworkRule, NodeRule
from archspec.rules._settings import DEFAULT, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from archspec.analysis.report import Report
    from archspec.diagnostics import Diagnostic, Sink
    from archspec.graph.model import Graph
    from archspec.graph.operator_call import OperatorCall
    from archspec.rules._base import Rule
    from archspec.spec.models import Spec


class Listing(NamedTuple):
    """Where a rule is, as "module:Class" in this folder, and the operators it is about; no names: about all.

    A rule is imported when one of its operators occurs: checking is mostly starting. Where that is not rare enough,
    ``layer_sign`` or ``network_sign`` names as "module:function" what the rule looks for, cheap and shared with it: a
    condition on layers (on each :class:`OperatorCall`), or all that there is to report. Without any it always runs.
    """

    target: str
    operators: frozenset[str] = frozenset()
    layer_sign: str = ""
    network_sign: str = ""

    def is_about(self, operators: set[str]) -> bool:
        """Whether it is about any of these."""
        return not self.operators or not self.operators.isdisjoint(operators)

    def has_signs(self, graph: Graph, occurring: dict[str, dict[OperatorCall, None]]) -> bool:
        """Whether a network may have what it looks for; ``occurring`` are its different layers, by operator."""
        if self.layer_sign:
            shows = _named(self.layer_sign)
            kinds = self.operators or occurring
            return any(shows(call) for kind in kinds for call in occurring.get(kind, ()))
        if self.network_sign:
            found = _named(self.network_sign)(graph)
            return next(iter(found or ()), None) is not None
        return True


_CONVS = frozenset(("conv", "depthwise_conv", "local_conv"))
_POOLS = frozenset(("max_pool", "avg_pool", "l2_pool"))
_WINDOWS = _CONVS | _POOLS
_MAX_POOL = frozenset(("max_pool",))
_ADAPTIVE = frozenset(("adaptive_avg_pool", "adaptive_max_pool"))
_PADDED = _CONVS | {"pad"}
_TRANSPOSED = frozenset(("conv_transpose",))
_CONV = frozenset(("conv",))
_DENSE = frozenset(("fc", "linear"))
_BATCH_NORM = frozenset(("batch_norm",))
_SOFTMAX = frozenset(("softmax", "log_softmax", "sigmoid"))
_CUT_OFF = frozenset(("relu", "relu6"))
_CHOOSING = _DENSE | {"conv", "conv_transpose", "local_conv"}
"""Operators that choose how many channels leave."""
_WEIGHTED = _CHOOSING | {"depthwise_conv"}

RULES = {
    "merge-mismatch": Listing("merge_mismatch:MergeMismatch", frozenset(MERGES)),
    "unsupported-rank": Listing("unsupported_rank:UnsupportedRank"),
    "axis-count": Listing("axis_count:AxisCount"),
    "kernel-too-large": Listing("kernel_too_large:KernelTooLarge"),
    "fractional-output": Listing("fractional_output:FractionalOutput", _CONVS | _POOLS),
    "lopsided-padding": Listing("lopsided_padding:LopsidedPadding", _CONVS | _POOLS),
    "accepted-fit": Listing("accepted_fit:AcceptedFit", _CONVS | _POOLS),
    "channel-mismatch": Listing("channel_mismatch:ChannelMismatch"),
    "feature-mismatch": Listing("feature_mismatch:FeatureMismatch", _DENSE),
    "indivisible-groups": Listing("indivisible_groups:IndivisibleGroups"),
    "too-large": Listing("too_large:TooLarge"),
    "weights-shape": Listing("weights_shape:WeightsShape"),
    "pool-padding": Listing("pool_padding:PoolPadding", _POOLS),
    "reflect-padding": Listing("reflect_padding:ReflectPadding", _PADDED),
    "circular-padding": Listing("circular_padding:CircularPadding", _PADDED),
    "output-padding": Listing("output_padding:OutputPadding", _TRANSPOSED),
    "transpose-misses": Listing("transpose_misses:TransposeMisses", _TRANSPOSED),
    "linear-on-map": Listing("linear_on_map:LinearOnMap", frozenset(("linear",))),
    "leftover-map": Listing("leftover_map:LeftoverMap", frozenset(("avg_pool",))),
    "single-value-norm": Listing("single_value_norm:SingleValueNorm", _BATCH_NORM),
    "expectation": Listing("expectation:Expectation"),
    "budget": Listing("budget:Budget"),
    "tie-mismatch": Listing("tie_mismatch:TieMismatch"),
    "unused-layer": Listing("unused_layer:UnusedLayer"),
    "even-kernel": Listing("even_kernel:EvenKernel", _WINDOWS, layer_sign="_windows:is_even_kernel"),
    "dilation-padding": Listing("dilation_padding:DilationPadding", _CONVS, layer_sign="_windows:is_dilation_padded"),
    "pointwise-padding": Listing("pointwise_padding:PointwisePadding", _CONVS, layer_sign="_windows:pads_pointwise"),
    "stride-skips-input": Listing(
        "stride_skips_input:StrideSkipsInput", _WINDOWS, layer_sign="_windows:skips_positions"
    ),
    "same-asymmetric": Listing("same_asymmetric:SameAsymmetric", _WINDOWS, layer_sign="_windows:pads_asymmetrically"),
    "default-stride": Listing("default_stride:DefaultStride", _MAX_POOL, layer_sign="_windows:is_unstated_stride"),
    "checkerboard": Listing("checkerboard:Checkerboard", _TRANSPOSED, layer_sign="_windows:makes_checkerboard"),
    "adaptive-uneven": Listing("adaptive_uneven:AdaptiveUneven", _ADAPTIVE, layer_sign="_windows:is_uneven_pool"),
    "large-pool": Listing("large_pool:LargePool", _MAX_POOL, layer_sign="_windows:is_large_pool"),
    "large-filter": Listing("large_filter:LargeFilter", _CONV, layer_sign="_windows:is_large_filter"),
    "early-collapse": Listing("early_collapse:EarlyCollapse", _CONVS, layer_sign="_windows:sees_little"),
    "odd-input": Listing("odd_input:OddInput", _WINDOWS, layer_sign="_windows:halves_odd_size"),
    "border-loss": Listing("border_loss:BorderLoss", _CONVS, layer_sign="_windows:loses_border"),
    "strided-conv-downsampling": Listing(
        "strided_conv_downsampling:StridedConvDownsampling", _CONVS, layer_sign="_windows:changes_map"
    ),
    "receptive-field": Listing(
        "receptive_field:ReceptiveField", _CONVS, network_sign="_surroundings:judged_by_receptive_field"
    ),
    "misaligned-branches": Listing(
        "misaligned_branches:MisalignedBranches", _WINDOWS, layer_sign="_windows:is_off_centre"
    ),
    "bias-before-norm": Listing(
        "bias_before_norm:BiasBeforeNorm", _BATCH_NORM, network_sign="_order:biases_before_norms"
    ),
    "dropout-before-norm": Listing(
        "dropout_before_norm:DropoutBeforeNorm", _BATCH_NORM, network_sign="_order:drops_before_norms"
    ),
    "double-softmax": Listing("double_softmax:DoubleSoftmax", _SOFTMAX, network_sign="_order:softmax_faults"),
    "activated-scores": Listing("activated_scores:ActivatedScores", _CUT_OFF, network_sign="_order:activated_scores"),
    "double-activation": Listing("double_activation:DoubleActivation", network_sign="_order:double_activations"),
    "missing-activation": Listing(
        "missing_activation:MissingActivation", _WEIGHTED, network_sign="_order:missing_activations"
    ),
    "huge-dense": Listing("huge_dense:HugeDense", _DENSE, layer_sign="_costs:is_large_dense"),
    "first-layer-memory": Listing("first_layer_memory:FirstLayerMemory", _CONV, network_sign="_costs:large_first_maps"),
    "channel-multiple": Listing("channel_multiple:ChannelMultiple", _CHOOSING, layer_sign="_costs:is_off_multiple"),
    "duplicate-cost": Listing("duplicate_cost:DuplicateCost", _WEIGHTED, network_sign="_costs:dominant_layers"),
}
"""Rules about one network."""

FAMILY_RULES = {
    "unused-block": Listing("unused_block:UnusedBlock"),
    "unused-parameter": Listing("unused_parameter:UnusedParameter"),
    "hidden-parameter": Listing("hidden_parameter:HiddenParameter"),
    "constant-condition": Listing("constant_condition:ConstantCondition"),
}
"""Rules about a whole file, which all its networks together tell."""

_OF_FIT = frozenset(("fractional-output", "lopsided-padding", "accepted-fit"))
"""Rules that nobody can judge by when the file's ``fit`` was refused."""


@cache
def rule(name: str) -> type[Rule]:
    """The rule of a name; KeyError when there is none."""
    found: type[Rule] = _named((RULES[name] if name in RULES else FAMILY_RULES[name]).target)
    return found


def _named(target: str) -> Any:
    """The class or function that "module:name" names."""
    module, _, attribute = target.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), attribute)


def run(
    report: Report,
    sink: Sink,
    settings: Settings = DEFAULT,
    without: Callable[[Iterable[Diagnostic]], list[Diagnostic]] | None = None,
    hidden: Iterable[str] = (),
) -> None:
    """Tell everything the rules find in a network, but for rules that are ``hidden``.

    Not what a layer's ``ignore`` names, nor what ``without`` takes out: what is not heard must not stand for others.
    """
    graph = report.graph
    silent = {*hidden, *(_OF_FIT if graph.origin and "fit" in graph.origin.faulty else ())}
    occurring = _different(graph)
    kinds = {node.kind for node in graph.nodes}
    names = [name for name, listed in RULES.items() if listed.is_about(kinds) and name not in silent]
    if not settings.thresholds:  # signs go by the thresholds that rules have of themselves
        names = [name for name in names if RULES[name].has_signs(graph, occurring)]
    wanted = _wanted(names, settings)
    of_nodes = [each for each in wanted if isinstance(each, NodeRule)]
    of_network = (each.check(report) for each in wanted if isinstance(each, NetworkRule))
    ignored = {node.name: node.ignored for node in graph.nodes if node.ignored}
    everything = chain(_of_nodes(graph, of_nodes), chain.from_iterable(of_network))
    told = [found for found in everything if found.rule not in ignored.get(found.layer or "", ())]
    told = without(told) if without else told
    if len(told) > 1:
        from archspec.rules._consequences import without_consequences  # noqa: PLC0415 - for two findings at once only

        told = list(without_consequences(told, graph))
    for found in told:
        sink(found)


def _different(graph: Graph) -> dict[str, dict[OperatorCall, None]]:
    """The layers of a network that can be judged, by operator; equal ones share what they apply, and are there once."""
    found: dict[str, dict[OperatorCall, None]] = {}
    for node in graph.nodes:
        if node.arrives:
            found.setdefault(node.kind, {})[node.call] = None
    return found


def _wanted(names: Iterable[str], settings: Settings) -> list[Rule]:
    """The rules of these names that are selected."""
    if settings.selected is None:
        return [wanted(settings) for wanted in map(rule, names) if wanted.default]
    return [rule(name)(settings) for name in names if name in settings.selected]


def _of_nodes(graph: Graph, rules: Sequence[NodeRule]) -> Iterator[Diagnostic]:
    """What rules tell of nodes, each node asked for by all of them before the next one is.

    Equal layers share what they apply: a rule that tells nothing of the first of them is not asked again, if it looks
    no further.
    """
    of_kind: dict[str, list[NodeRule]] = {}
    still_asked: dict[OperatorCall, list[NodeRule]] = {}
    for node in graph.nodes:
        if not node.arrives:
            continue
        asked = still_asked.get(node.call)
        if asked is not None:
            for each in asked:
                yield from each.check_node(node, graph)
            continue
        if node.kind not in of_kind:
            of_kind[node.kind] = [each for each in rules if RULES[each.name].is_about({node.kind})]
        told = [(each, tuple(each.check_node(node, graph))) for each in of_kind[node.kind]]
        still_asked[node.call] = [each for each, found in told if found or not each.of_applied]
        yield from chain.from_iterable(found for _, found in told)


def run_family(spec: Spec, graphs: Sequence[Graph], sink: Sink, settings: Settings = DEFAULT) -> None:
    """Tell what only all networks of a file together show; nothing when one was cut short, for it may lie behind."""
    grows = spec.defaults or spec.blocks or any(graph.conditions for graph in graphs)
    if grows and all(graph.is_whole for graph in graphs):
        for each in _wanted(FAMILY_RULES, settings):
            if isinstance(each, FamilyRule):
                for found in each.check_family(spec, graphs):
                    sink(found)
