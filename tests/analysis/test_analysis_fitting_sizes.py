"""Sizes that fit, against every size checked one by one, against networks that run, and against arithmetic by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archspec
from archspec.analysis.congruences import Congruence, _never_divides, _never_zero
from archspec.analysis.fitting_sizes import FittingSizes, axes_together, fitting_sizes
from archspec.diagnostics import Severity
from archspec.examination import read_file
from archspec.graph.build import build
from archspec.ops import OPERATORS, operator
from archspec.ops._sliding import Sliding
from archspec.spec.selection import NetworkSelection, select
from archspec.volume import Volume
from tests.graph.forgetful import Forgetful
from tests.work import work

if TYPE_CHECKING:
    from archspec.analysis.misfit import Fitting
    from archspec.diagnostics import Diagnostic
    from archspec.graph.model import Graph
    from archspec.spec.models import Spec

SMALL = range(1, 13)
FITTINGS: tuple[Fitting, ...] = ("exact", "lossless", "accepted")


def ignore(_: Diagnostic) -> None:
    pass


def selected(text: str) -> Spec:
    spec = archspec.load(text)
    return spec if spec.is_selected else select(spec, NetworkSelection(), ignore)


def graph_of(text: str) -> Graph:
    return build(selected(text), ignore)


def sizes_of(text: str, fitting: Fitting = "exact", low: int = 1, high: int = 60) -> FittingSizes:
    graph = graph_of(text)
    (axes,) = axes_together(graph)
    return fitting_sizes(graph, fitting, axes, (low, high))


def said(found: FittingSizes) -> tuple[list[str], tuple[int, ...]]:
    """All sizes there are, as text."""
    assert found.classes is not None
    return [str(each) for each in found.classes], found.others


# One by one: a spec of each size is checked, and its windows are looked at position by position.


def loses(graph: Graph) -> bool:
    """Whether a position of some window's real input lies behind the last window, and in no gap between windows."""
    for node in graph.nodes:
        if not isinstance(node.operator, Sliding) or node.windows is None or node.output is None:
            continue
        for window, outputs in zip(node.windows, node.output.spatial, strict=True):
            starts = [turn * window.stride - window.near for turn in range(outputs)]
            read = {start + tap for start in starts for tap in range(window.extent)}
            if max(read) + 1 + max(0, window.stride - window.extent) < window.size:
                return True
    return False


def is_whole(graph: Graph) -> bool:
    windows = [each for node in graph.nodes if isinstance(node.operator, Sliding) for each in node.windows or ()]
    return all(each.same or (each.size + each.near + each.far - each.extent) % each.stride == 0 for each in windows)


def fits(spec: Spec, size: int, fitting: Fitting) -> bool:
    volume = (spec.input or {})["input"]
    changed = spec.model_copy(update={"input": {"input": Volume((size,) * len(volume.spatial), volume.channels)}})
    errors = {each.rule for each in archspec.check(changed) if each.severity is Severity.ERROR}
    if fitting == "exact":
        return not errors - {"fractional-output"} and is_whole(build(changed, ignore))
    return not errors and (fitting == "accepted" or not loses(build(changed, ignore)))


@st.composite
def sliding(draw: st.DrawFn, *, axes: int) -> str:
    kind = draw(st.sampled_from(["conv: {filters: 2, ", "max_pool: {", "depthwise_conv: {", "avg_pool: {"]))
    kernel, stride = draw(st.integers(1, 4)), draw(st.sampled_from([1, 1, 2, 2, 3]))
    padding: Any = draw(st.sampled_from(["same", 0, 0, 1, 2, [[0, 1]] * axes]))
    if "pool" in kind and padding != "same":
        padding = min(padding, kernel // 2) if isinstance(padding, int) else 0
    rest = draw(st.sampled_from(["", "", ", fit: crop", ", fit: pad", ", fit: exact", ", dilation: 2"]))
    if "pad" in rest and "pool" not in kind:
        rest = ""
    return f"{kind}kernel: {kernel}, stride: {stride}, padding: {padding}{rest}}}"


@st.composite
def other(draw: st.DrawFn) -> str:
    return draw(
        st.sampled_from(
            [
                "relu",
                "upsample: 2",
                "crop: 1",
                "crop: {size: 5}",
                "crop: {like: start}",
                "upsample: {like: start}",
                "pad: {padding: 2, padding_mode: reflect}",
                "pixel_unshuffle: 2",
                "pixel_shuffle: 2",
                "adaptive_avg_pool: 3",
                "conv_transpose: {filters: 2, kernel: 2, stride: 2}",
                "conv_transpose: {filters: 2, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
                "conv_transpose: {filters: 2, kernel: 4, stride: 3, padding: same}",
            ]
        )
    )


@st.composite
def layers(draw: st.DrawFn, depth: int = 2, *, axes: int) -> list[str]:
    found: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        selection = draw(st.integers(0, 9))
        if selection < 5 or depth == 0:
            found.append(draw(sliding(axes=axes)))
        elif selection < 8:
            found.append(draw(other()))
        else:
            left, right = draw(layers(depth - 1, axes=axes)), draw(st.one_of(st.just([]), layers(depth - 1, axes=axes)))
            joined = [", ".join(f"{{{one}}}" if ":" in one else one for one in side) for side in (left, right)]
            found.append(
                f"{draw(st.sampled_from(['add', 'concat', 'concat', 'multiply']))}: [[{joined[0]}], [{joined[1]}]]"
            )
    return found


@st.composite
def networks(draw: st.DrawFn) -> str:
    """A small network, its input size left open."""
    axes = draw(st.sampled_from([1, 1, 2]))
    body = ["{relu: , name: start}", *draw(layers(axes=axes))]
    ends: list[list[str]] = [[], [], ["fc: 3"], ["flatten", "linear: 3"], ["tokens", "class_token", "{select: 2}"]]
    ends += [
        ["{fc: {units: 3, in_features: 72}}"],
        ["global_avg_pool", "fc: 2"],
        ["tokens", "max_pool: {kernel: 1, stride: 3}"],
    ]
    body += draw(st.sampled_from(ends))
    volume = "{length: 24, channels: 2}" if axes == 1 else "24x24x2"
    return f"name: a\ninput: {volume}\nlayers:\n" + "".join(f"  - {layer}\n" for layer in body)


def compare(text: str, fitting: Fitting, highest: int) -> None:
    try:
        found = sizes_of(text, fitting, 1, highest)
    except LookupError:
        assume(False)
    spec = selected(text)
    wanted = [size for size in range(1, highest + 1) if fits(spec, size, fitting)]
    assert list(found.sizes) == wanted
    if found.classes is not None:
        of_classes = {size for size in range(1, highest + 1) if any(size in each for each in found.classes)}
        assert sorted(of_classes | {size for size in found.others if size <= highest}) == wanted
    assert (found.misfit is None) == (24 in wanted)
    below, above = found.nearest[0]
    assert below == max((size for size in wanted if size < 24), default=None)
    larger = [size for size in wanted if size > 24]
    assert above == larger[0] if larger else above is None or above > highest


@given(text=networks(), fitting=st.sampled_from(FITTINGS))
@settings(max_examples=4)
def test_sizes_are_those_that_pass_one_by_one(text: str, fitting: Fitting) -> None:
    compare(text, fitting, 32)


@pytest.mark.slow
@given(text=networks(), fitting=st.sampled_from(FITTINGS))
@settings(max_examples=14)
def test_sizes_are_those_that_pass_one_by_one_at_length(text: str, fitting: Fitting) -> None:
    compare(text, fitting, 110)


ARGUMENTS = {
    "conv": "{filters: 8, kernel: 3, stride: 2}",
    "depthwise_conv": "{kernel: 3, padding: 1, padding_mode: reflect}",
    "local_conv": "{filters: 8, kernel: 3, stride: 3, padding: same}",
    "conv_transpose": "{filters: 8, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
    "max_pool": "{kernel: 3, stride: 2, fit: pad}",
    "avg_pool": "{kernel: 4, stride: 3, padding: 2}",
    "l2_pool": "2",
    "adaptive_avg_pool": "3",
    "adaptive_max_pool": "5",
    "fc": "8",
    "linear": "8",
    "group_norm": "2",
    "pad": "{padding: 2, padding_mode: circular}",
    "crop": "{size: 3}",
    "upsample": "2",
    "slice": "{start: 0, stop: 4}",
    "channel_shuffle": "2",
    "pixel_shuffle": "2",
    "pixel_unshuffle": "3",
    "attention": "2",
    "select": "5",
    "drop_path": "0.1",
}


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator_is_regular(name: str) -> None:
    """What is proven of a class rests on how sizes grow through operators: so is each, between strides, tried."""
    rank = max(each for each in operator(name).ranks if each < 3)
    volume = ("{channels: 16}", "{length: 24, channels: 16}", "24x24x16")[rank]
    layer = f"{name}: [[], []]" if name in ("add", "concat", "multiply") else f"{name}: {ARGUMENTS.get(name, '')}"
    strided = "{conv: {filters: 16, kernel: 1, stride: 2}}"
    behind = "" if name in ("fc", "flatten") else f"  - {strided}\n"
    text = f"name: a\ninput: {volume}\nlayers:\n  - {strided}\n  - {{{layer}}}\n{behind}"
    compare(text, "exact", 26)
    assert sizes_of(text, "exact").classes is not None


@given(text=networks(), fitting=st.sampled_from(FITTINGS))
@settings(max_examples=30)
def test_sizes_that_fit_run_and_others_do_not(text: str, fitting: Fitting) -> None:
    """The first sizes that fit, and the ones beside them, in NumPy: a network compiles just if it is ``accepted``."""
    found = sizes_of(text, fitting, 1, 40)
    axes = len(next(iter(graph_of(text).inputs.values()), Volume((1,), 1)).spatial)  # type: ignore[union-attr]
    for size in sorted({near for each in found.sizes[:3] for near in (each, each + 1)}):
        volume = Volume((size,) * axes, 2)
        changed = selected(text).model_copy(update={"input": {"input": volume}})
        if size in found.sizes and not [e for e in archspec.check(changed) if e.severity is Severity.ERROR]:
            network = archspec.compile(changed)
            result = network(np.ones((1, *volume.shape), np.float32))
            assert result.shape[1:] == next(iter(archspec.analyze(changed).outputs.values())).shape  # type: ignore[union-attr]
        elif fitting == "accepted":
            assert size not in found.sizes
            with pytest.raises(archspec.SpecError):
                archspec.compile(changed)


# Arithmetic by hand: a network as steps backwards, each the inputs for which an output of n comes out whole.

KNOWN = [
    # CS231n: (227 - 11)/4 + 1 = 55, then 3x3/2 pools 55 -> 27 -> 13 -> 6; 4 * 2 * 2 * 2 = 32
    ("zoo:alexnet", "exact", "63 + 32k"),  # this one pads the first convolution by 2 on either side: 4 less
    ("zoo:vgg16", "exact", "32 + 32k"),
    ("zoo:vgg16", "lossless", "32 + 32k"),
    # He et al. 2016: 7x7/2 padded by 3 wants n odd, and so does each 3x3/2 padded by 1: n = 1 + 2 * (1 + 2 * (...))
    ("zoo:resnet50", "exact", "1 + 32k"),
    ("zoo:resnet50", "lossless", "1 + k"),
    # Huang et al. 2017: as ResNet's stem, m = (n + 3) / 4, and three halvings of m
    ("zoo:densenet121", "exact", "29 + 32k"),
    # Ronneberger et al. 2015: b at the bottom is (((n - 4)/2 - 4)/2 ... - 4)/2, n = 16 b + 60, and b is 8 at least,
    # for two 3x3 convolutions leave b - 4, and each level up doubles and takes 4: 4, 8 - 4, ... never less than 4
    ("zoo:unet_same", "exact", "16 + 16k"),
    ("zoo:vit_b_16", "exact", "16 + 16k"),
]


@pytest.mark.parametrize(("network", "fitting", "wanted"), KNOWN)
def test_sizes_of_published_networks(network: str, fitting: Fitting, wanted: str) -> None:
    assert said(sizes_of(network, fitting)) == ([wanted], ())


def test_alexnet_as_the_notes_tell_it() -> None:
    """227 fits and 224 does not, "which has confused many people" (CS231n); with padding 2 only padding is left."""
    spec = "\n".join(
        [
            "name: a",
            "input: 224x224x3",
            "layers:",
            "  - conv: {filters: 96, kernel: 11, stride: 4, padding: PADDING}",
            *["  - max_pool: {kernel: 3, stride: 2}"] * 3,
        ]
    )
    found = sizes_of(spec.replace("PADDING", "0"), "exact", 200, 300)
    assert found.sizes == (227, 259, 291)
    assert said(found) == (["67 + 32k"], ())
    assert found.misfit == "conv1"
    assert found.nearest[0] == (195, 227)
    padded = spec.replace("PADDING", "2")
    assert sizes_of(padded, "exact", 200, 300).sizes == (223, 255, 287)
    assert 224 in sizes_of(padded, "lossless", 200, 300).sizes


def test_unet_without_padding_as_its_authors_tell_it() -> None:
    """Every pool must see an even size (section 3): the rule as arithmetic, from 572 down to 188."""

    def leaves(size: int) -> int | None:
        for _ in range(4):
            if size <= 4 or (size - 4) % 2:
                return None
            size = (size - 4) // 2
        for _ in range(4):
            size = 2 * (size - 4)
        return size - 4 if size > 4 else None

    found = sizes_of("zoo:unet", "exact", 1, 700)
    assert found.sizes == tuple(size for size in range(1, 701) if leaves(size))
    assert leaves(572) == 388
    assert said(found) == (["188 + 16k"], ())


def test_only_the_stated_number_of_features_fits() -> None:
    """``in_features`` pins the size: 6 * 6 * 256 behind AlexNet's last pool is 227, or what its strides make of it."""
    text = "name: a\ninput: 32x32x3\nlayers:\n  - max_pool: 2\n  - fc: {units: 10, in_features: 768}\n"
    assert said(sizes_of(text)) == ([], (32,))
    cropped = text.replace("max_pool: 2", "max_pool: {kernel: 2, fit: crop}")
    assert said(sizes_of(cropped, "accepted")) == ([], (32, 33))


def test_what_is_stated_of_the_present_size_is_no_condition() -> None:
    text = "name: a\ninput: 32x32x3\nlayers:\n  - {max_pool: 2, expect: 16x16x3}\nexpect: {output: 16x16x3}\n"
    assert said(sizes_of(text)) == (["2 + 2k"], ())


def test_sizes_read_by_expressions_are_only_listed() -> None:
    text = "name: a\ninput: 32x32x3\nlayers:\n  - max_pool: 2\n  - {when: $(in.height > 8), max_pool: 2}\n"
    found = sizes_of(text, high=24)
    assert found.classes is None
    assert found.sizes == (2, 4, 6, 8, 10, 12, 14, 16, 20, 24)


@pytest.mark.parametrize(
    "item",
    [
        "repeat: $(10 - in.height)\n    layers: [relu]",
        "{relu: , when: $(in.height > 5)}",
        "{relu: , when: $(8 // (in.height - 5) > 0)}",
        "{conv: {filters: 4, kernel: $(in.height - 3)}}",
        "{add: $('input' if in.height > 3 else 'none')}",
    ],
    ids=["negative rounds", "no layers", "division by zero", "kernel of nothing", "no volume"],
)
def test_sizes_without_layers_do_not_fit(item: str) -> None:
    """Where the check of a size finds an error in an expression, there is no network to fit it."""

    def text(size: int) -> str:
        return f"name: a\ninput: {size}x{size}x4\nlayers:\n  - {item}\n"

    errors = {size: [each for each in archspec.check(text(size)) if each.severity is Severity.ERROR] for size in SMALL}
    expected = tuple(size for size in SMALL if not errors[size])
    assert 1 < len(expected) < len(SMALL)
    assert sizes_of(text(expected[0]), "accepted", high=SMALL[-1]).sizes == expected


def test_sizes_of_more_layers_than_are_allowed_do_not_fit() -> None:
    graph = graph_of("name: a\ninput: 8x8x4\nlayers:\n  - repeat: $(in.height)\n    layers: [relu, tanh]\n")
    assert fitting_sizes(graph, "exact", (0, 1), (1, 12)).sizes == tuple(range(1, 13))
    assert fitting_sizes(graph, "exact", (0, 1), (1, 12), max_nodes=20).sizes == tuple(range(1, 11))


def test_channels_read_behind_flatten_follow_the_size() -> None:
    """The layers of other sizes have other arguments: each is built, and nothing is said of all of them."""
    norm = "{group_norm: {groups: $(in.channels // 8)}}"
    text = f"name: a\ninput: {{length: 8, channels: 3}}\nlayers:\n  - flatten\n  - {norm}\n"
    wanted = [size for size in range(1, 25) if 3 * size >= 8 and 3 * size % (3 * size // 8) == 0]
    assert list(sizes_of(text, high=24).sizes) == wanted


def test_axes_that_are_not_alike_are_sized_one_by_one() -> None:
    text = "name: a\ninput: 9x12x3\nlayers:\n  - max_pool: {kernel: [1, 2]}\n"
    graph = graph_of(text)
    assert axes_together(graph) == [(0,), (1,)]
    height, width = (fitting_sizes(graph, "exact", axes, (1, 20)) for axes in axes_together(graph))
    assert said(height) == (["1 + k"], ())
    assert (width.axes, said(width)) == (("width",), (["2 + 2k"], ()))


def test_axes_of_a_wide_input_are_apart_where_its_features_are_stated() -> None:
    text = "name: a\ninput: 4x6x1\nlayers:\n  - fc: {units: 3, in_features: 24}\n"
    assert axes_together(graph_of(text)) == [(0,), (1,)]
    assert axes_together(graph_of(text.replace(", in_features: 24", ""))) == [(0, 1)]


def test_axes_of_a_wide_input_may_differ_where_nothing_ties_them() -> None:
    text = "name: a\ninput: 480x650x3\nlayers:\n  - max_pool: 4\n  - max_pool: 4\n"
    found = sizes_of(text)
    assert (found.is_apart, found.misfit, found.nearest) == (True, "max_pool1", ((464, 496), (640, 656)))
    tied = text + "  - {fc: {units: 1, in_features: 3600}}\n"
    assert axes_together(graph_of(tied)) == [(0,), (1,)]


def test_a_judged_axis_is_the_only_one_that_counts() -> None:
    text = "name: a\ninput: 9x12x3\nlayers:\n  - max_pool: 2\n"
    found = fitting_sizes(graph_of(text), "exact", (1,), (1, 9))
    assert found.sizes == (2, 4, 6, 8)
    assert found.misfit is None


def test_several_inputs_of_one_size_grow_together() -> None:
    text = (
        "name: a\ninput: {left: 8x8x3, right: 8x8x3, code: 1x1x3}\nlayers:\n"
        "  - {from: left, max_pool: 2, name: one}\n  - {from: right, max_pool: 2, name: two}\n"
        "  - multiply: [one, two, code]\n"
    )
    assert said(sizes_of(text)) == (["2 + 2k"], ())


@pytest.mark.parametrize(
    "text",
    [
        "name: a\ninput: {channels: 8}\nlayers:\n  - relu\n",
        "name: a\ninput: 8x8x3\nlayers:\n  - conv: {filters: none}\n",
    ],
)
def test_nothing_is_said_of_networks_that_no_size_mends(text: str) -> None:
    spec, _ = read_file(text, [])
    assert spec is not None
    with pytest.raises(LookupError):
        fitting_sizes(build(select(spec, NetworkSelection(), ignore), ignore), "exact", (0,), (1, 9))


def test_a_faulty_size_is_mended_from_one_that_is_not() -> None:
    """At 573 the copy to be cropped is unknown; the layers are those of a size near it."""
    spec = selected("zoo:unet").model_copy(update={"input": {"input": Volume((573, 573), 1)}})
    found = fitting_sizes(build(spec, ignore), "exact", (0, 1), (560, 600))
    assert found.misfit == "max_pool1"
    assert found.nearest[0] == (572, 588)


def test_a_class_says_which_sizes_it_has() -> None:
    sizes = Congruence(67, 32)
    assert [size for size in range(200) if size in sizes] == [67, 99, 131, 163, 195]
    assert [sizes.next(67, 1), sizes.next(66, 1), sizes.next(3, 1), sizes.next(100, 1)] == [99, 67, 67, 131]
    assert [sizes.next(67, -1), sizes.next(99, -1), sizes.next(100, -1)] == [None, 67, 99]
    assert (str(sizes), str(Congruence(5, 1))) == ("67 + 32k", "5 + k")


def test_a_difference_that_shrinks_may_become_nothing() -> None:
    assert _never_zero([3, 3, 3])
    assert _never_zero([-3, -4, -5])
    assert not _never_zero([3, 2, 1])
    assert not _never_zero([0, 0, 0])


@pytest.mark.parametrize("network", ["resnet152", "densenet201"])
def test_large_networks_take_a_moment(network: str) -> None:
    """As long as to expand them layer by layer some fifteen times, where each of 481 sizes could be built for."""
    spec = selected(f"zoo:{network}")
    with work() as building:
        graph = build(spec, ignore, expansions=Forgetful())
    with work(most=30 * building.lines):
        assert fitting_sizes(graph, "lossless", (0, 1), (32, 512)).classes


@pytest.mark.parametrize(("axis", "number"), [("height", 0), ("width", 1)])
def test_only_the_named_axis_is_sized(axis: str, number: int) -> None:
    (found,) = archspec.sizes("name: a\ninput: 32x48x3\nlayers:\n  - max_pool: 2\n", axis=axis)
    assert (found.axes, found.present) == ((axis,), ((32, 48)[number],))


def test_an_axis_that_the_input_does_not_have_is_named_with_those_it_has() -> None:
    with pytest.raises(ValueError, match=r"^the input 32x48x3 has no axis `depth`: its axes are height, width$"):
        archspec.sizes("name: a\ninput: 32x48x3\nlayers:\n  - max_pool: 2\n", axis="depth")


@pytest.mark.parametrize(
    ("divisor", "values", "never"),
    [(2, (1, 3, 5), True), (2, (2, 4, 6), False), (3, (1, 3, 5), False), (1, (1, 2, 3), False)],
)
def test_values_that_no_divisor_ever_divides(divisor: int, values: tuple[int, ...], *, never: bool) -> None:
    assert _never_divides(divisor, values) is never


def test_a_spec_whose_input_is_wrong_has_its_errors_instead_of_sizes() -> None:
    with pytest.raises(archspec.SpecError, match="7 is one number"):
        archspec.sizes("name: a\ninput: 7\nlayers:\n  - fc: 2\n")
