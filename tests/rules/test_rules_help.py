"""What the help of a finding offers is true: each offer is applied to the spec, and the spec checked again."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import archspec
from archspec.diagnostics import Diagnostic, Severity
from archspec.rules import rule

FIT_RULES = {"fractional-output", "lopsided-padding", "accepted-fit"}


class Case(NamedTuple):
    """One layer and the volume that arrives."""

    sizes: tuple[int, ...]
    kind: str
    arguments: dict[str, Any]
    channels: int = 2

    def text(self) -> str:
        if len(self.sizes) == 1:
            volume = f"{{length: {self.sizes[0]}, channels: {self.channels}}}"
        else:
            volume = "x".join(map(str, (*self.sizes, self.channels)))
        arguments = ", ".join(f"{key}: {json.dumps(value)}" for key, value in self.arguments.items())
        return f"name: example\ninput: {volume}\nlayers:\n  - {self.kind}: {{{arguments}}}\n"

    def check(self) -> list[Diagnostic]:
        return archspec.check(self.text())

    def output(self) -> str:
        (layer,) = archspec.analyze(self.text()).layers
        assert layer.node.output is not None
        return "x".join(map(str, layer.node.output.spatial))


class Offer(NamedTuple):
    """`kernel 2 or 4 fits (5x5, 4x4)` holds two of them."""

    setting: str
    value: str
    output: str
    stride: str | None = None

    def applied(self, case: Case) -> Case:
        if self.setting == "input":
            return case._replace(sizes=tuple(map(int, self.value.split("x"))))
        assert self.setting in ("kernel", "padding", "stride")
        kept = {"stride": json.loads(self.stride)} if self.stride else {}
        return case._replace(arguments={**case.arguments, self.setting: json.loads(self.value), **kept})


def offers(found: Diagnostic) -> list[Offer]:
    """The settings in the last line of help; what it ends in is `fit: crop`."""
    *parts, accept = found.help[-1].split("; ")
    assert re.fullmatch(r"(or )?accept the (loss|fraction) with `fit: crop`", accept)
    assert accept.startswith("or ") == bool(parts)
    made = []
    for part in parts:
        match = re.fullmatch(r"(\w+) (.+?)(?: with stride (\S+|\[.+\]))? fits \(([\dx, ]+)\)", part)
        assert match is not None, part
        values, outputs = match[2].split(" or "), match[4].split(", ")
        made += [Offer(match[1], value, output, match[3]) for value, output in zip(values, outputs, strict=True)]
    return made


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A window in 1-D or 2-D that goes in; some fit, some don't, some lose nothing but padding."""
    axes = draw(st.integers(1, 2))
    kind = draw(st.sampled_from(["conv", "depthwise_conv", "local_conv", "max_pool", "avg_pool", "l2_pool"]))
    is_pool = kind.endswith("pool")
    kernel = [draw(st.integers(1, 7)) for _ in range(axes)]
    dilation = draw(st.sampled_from([1, 1, 1, 2, 3]))
    stride = [draw(st.integers(1, 6)) for _ in range(axes)]
    extents = [(each - 1) * dilation + 1 for each in kernel]
    most = min(extents) // 2 if is_pool else 6
    padding = [[draw(st.integers(0, most)), draw(st.integers(0, most))] for _ in range(axes)]
    sizes = [draw(st.integers(max(1, extent - sum(sides)), 40)) for extent, sides in zip(extents, padding, strict=True)]
    arguments: dict[str, Any] = {"kernel": kernel, "dilation": dilation, "padding": padding}
    if not is_pool or draw(st.booleans()):
        arguments["stride"] = stride
    if kind in ("conv", "local_conv"):
        arguments["filters"] = 2
    if not is_pool and draw(st.integers(0, 3)) == 0:
        arguments["padding_mode"] = draw(st.sampled_from(["reflect", "replicate", "circular"]))
    if draw(st.integers(0, 3)) == 0:
        arguments["fit"] = "exact"
    return Case(tuple(sizes), kind, arguments)


def fault_of(case: Case) -> Diagnostic:
    """The misfit of a case, the only error it has; a case without one is drawn again."""
    errors = [found for found in case.check() if found.severity is Severity.ERROR]
    assume([found.rule for found in errors] == ["fractional-output"])
    return errors[0]


def check_offers(case: Case) -> None:
    found = fault_of(case)
    for offer in offers(found):
        after = offer.applied(case)
        accepted = {"lopsided-padding"} if offer.setting == "padding" else set()
        left = [each for each in after.check() if each.severity is Severity.ERROR or each.rule in FIT_RULES - accepted]
        assert left == [], (offer, after.text())
        assert after.output() == offer.output


@given(case=cases())
@settings(max_examples=150)
def test_every_offer_fits(case: Case) -> None:
    check_offers(case)


@pytest.mark.slow
@given(case=cases())
@settings(max_examples=1_000)
def test_every_offer_fits_at_length(case: Case) -> None:
    check_offers(case)


@given(case=cases())
@settings(max_examples=60)
def test_cropping_is_always_accepted(case: Case) -> None:
    fault_of(case)
    cropped = case._replace(arguments={**case.arguments, "fit": "crop"})
    told = {found.rule for found in cropped.check() if rule(found.rule).group != "design"}
    assert told <= {"accepted-fit"}


@given(kernel=st.integers(1, 7), stride=st.integers(2, 6), padding=st.integers(0, 3), reach=st.integers(1, 40))
@settings(max_examples=100)
def test_offers_are_the_nearest_there_are(kernel: int, stride: int, padding: int, reach: int) -> None:
    """On one axis each kind of setting is searched by hand: nothing nearer fits, below or above."""
    reach += reach % stride == 0
    size = max(reach + kernel - 2 * padding, 1)
    case = Case((size,), "conv", {"filters": 2, "kernel": kernel, "stride": stride, "padding": padding})
    found = fault_of(case)

    def fits(size: int, kernel: int, padding: int, stride: int = stride) -> bool:
        reach = size - kernel + padding
        return reach >= 0 and reach % stride == 0

    def loses_padding_only(padding: int) -> bool:
        reach = size - kernel + 2 * padding
        return reach >= 0 and reach % stride <= padding + max(0, stride - kernel)

    def nearest(present: int, least: int, possible: list[bool]) -> set[int]:
        below = [value for value in range(least, present) if possible[value]][-1:]
        above = [value for value in range(present + 1, len(possible)) if possible[value]][:1]
        return {*below, *above}

    even = nearest(padding, 0, [loses_padding_only(each) for each in range(max(padding, kernel // 2) + 1)])
    strides = [0 < each <= kernel and fits(size, kernel, 2 * padding, each) for each in range(60)]
    wanted = {
        "kernel": nearest(kernel, 1, [fits(each and size, each, 2 * padding) for each in range(60)]),
        "padding": {2 * each for each in even}
        or nearest(2 * padding, 0, [fits(size, kernel, each) for each in range(60)]),
        "input": nearest(size, 1, [fits(each, kernel, 2 * padding) for each in range(60)]),
        "stride": nearest(stride, 1, strides),
    }
    told: dict[str, set[int]] = {setting: set() for setting in wanted}
    for offer in offers(found):
        value = json.loads(offer.value)
        total = 2 * value if isinstance(value, int) else sum(value[0])
        told[offer.setting].add(total if offer.setting == "padding" else value)
    assert told == wanted


@given(case=cases())
@settings(max_examples=60)
def test_offers_come_in_the_order_in_which_people_choose(case: Case) -> None:
    """The kind of setting first, and of one kind the least change; kernel and stride never change together."""
    found = offers(fault_of(case))
    order = ["padding", "input", "stride", "kernel"]
    assert [offer.setting for offer in found] == sorted((offer.setting for offer in found), key=order.index)
    for offer in found:
        if offer.setting == "kernel":
            assert ("stride" in case.arguments) == (offer.stride is None)
    for first, second in pairwise(found):
        if first.setting == second.setting != "padding":
            assert change(case, first) <= change(case, second)


def change(case: Case, offer: Offer) -> int:
    """By how much an offer differs from what is there, over all axes."""
    if offer.setting == "input":
        before, after = list(case.sizes), [int(size) for size in offer.value.split("x")]
    else:
        value = json.loads(offer.value)
        before = case.arguments.get(offer.setting, case.arguments["kernel"])
        after = value if isinstance(value, list) else [value] * len(case.sizes)
    return sum(abs(new - old) for new, old in zip(after, before, strict=True))


# By hand


def errors(text: str) -> list[Diagnostic]:
    return [found for found in archspec.check(text) if found.severity is Severity.ERROR]


def test_the_notes_example_word_for_word() -> None:
    (found,) = errors("name: a\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n")
    assert found.message == "3x3 window with stride 2 does not fit 10x10: (10 - 3 + 2*0)/2 + 1 = 4.5"
    assert found.notes == ("floor gives 4x4 and 1 row and 1 column of the input are never read",)
    assert found.help == (
        (
            "padding 1 fits (5x5); input 9x9 or 11x11 fits (4x4, 5x5); stride 1 fits (8x8); "
            "kernel 2 or 4 fits (5x5, 4x4); or accept the loss with `fit: crop`"
        ),
    )


def test_no_other_kernel_for_written_weights() -> None:
    """With the weights written out the kernel is given; another one would be the next error."""
    (found,) = errors(
        "name: a\ninput: 10x10x1\nlayers:\n"
        "  - conv: {filters: 1, kernel: 3, stride: 2, weights: [[0, 1, 0], [1, 1, 1], [0, 1, 0]]}\n"
    )
    assert "kernel" not in found.help[-1]
    assert {offer.setting for offer in offers(found)} == {"padding", "input", "stride"}


@pytest.mark.parametrize("first", ["conv: {filters: 4, kernel: 5}", "max_pool: 2", "conv: {filters: 4, kernel: 3}"])
def test_input_offered_deep_in_a_network_is_the_networks(first: str) -> None:
    """Whoever writes what is offered after `input` into the spec's `input:` gets rid of the finding."""
    text = f"name: a\ninput: 24x24x3\nlayers:\n  - {first}\n  - conv: {{filters: 4, kernel: 3, stride: 2}}\n"
    found = [each for each in errors(text) if each.layer in ("conv1", "conv2")]
    assert len(found) == 1
    for size in re.findall(r"\binput (\d+x\d+)(?: or (\d+x\d+))?", found[0].help[-1]):
        for each in filter(None, size):
            assert errors(text.replace("input: 24x24x3", f"input: {each}x3")) == []


def test_a_pool_that_is_asked_to_halve_is_not_told_to_do_nothing() -> None:
    """`max_pool: 2` on 11x11: a kernel of 1 would fit, as its stride is 1 too; but then it is no pool."""
    (found,) = errors("name: a\ninput: 11x11x3\nlayers:\n  - max_pool: 2\n")
    assert "1" not in [offer.value for offer in offers(found) if offer.setting == "kernel"]


# kernel-too-large


def too_large(text: str) -> Diagnostic:
    (found,) = (each for each in errors(text) if each.rule == "kernel-too-large")
    return found


@given(
    kernels=st.lists(
        st.tuples(st.integers(1, 5), st.integers(1, 3), st.sampled_from(["valid", "same", 0, 1, 2])), max_size=4
    ),
    last=st.integers(2, 9),
    length=st.integers(1, 40),
)
@settings(max_examples=100)
def test_smallest_input_is_the_smallest(kernels: list[tuple[int, int, Any]], last: int, length: int) -> None:
    layers = [f"conv: {{filters: 1, kernel: {k}, stride: {s}, padding: {p}, fit: crop}}" for k, s, p in kernels]
    layers.append(f"conv: {{filters: 1, kernel: {last}}}")

    def works(size: int) -> bool:
        return not [each for each in errors(spec_1d(size, layers)) if each.rule == "kernel-too-large"]

    assume(not works(length))
    match = re.search(
        r"an input of (\d+) is the smallest that works", " ".join(too_large(spec_1d(length, layers)).help)
    )
    # Only the first layer that fails is judged: what comes behind it may need more.
    if match is not None and too_large(spec_1d(length, layers)).layer == f"conv{len(layers)}":
        size = int(match[1])
        assert works(size)
        assert size == 1 or not works(size - 1)


def spec_1d(length: int, layers: list[str]) -> str:
    text = "".join(f"  - {layer}\n" for layer in layers)
    return f"name: a\ninput: {{length: {length}, channels: 1}}\nlayers:\n{text}"


def test_no_input_helps_behind_a_dense_layer() -> None:
    """After `fc` there is one position, whatever the input."""
    found = too_large("name: a\ninput: 8x8x3\nlayers:\n  - fc: 10\n  - conv: {filters: 4, kernel: 5}\n")
    assert "input of" not in " ".join(found.help)


@pytest.mark.parametrize("pool", ["global_avg_pool", "global_max_pool", "flatten"])
def test_no_input_helps_behind_a_global_layer(pool: str) -> None:
    found = too_large(f"name: a\ninput: 8x8x3\nlayers:\n  - {pool}\n  - max_pool: 2\n")
    assert "input of" not in " ".join(found.help)


def test_smallest_input_keeps_the_axis_that_is_large_enough() -> None:
    found = too_large("name: a\ninput: 4x9x3\nlayers:\n  - conv: {filters: 4, kernel: 5}\n")
    assert "5x9" in found.help[-1]


@given(case=cases())
@settings(max_examples=100)
def test_largest_kernel_is_the_largest(case: Case) -> None:
    shrunk = case._replace(sizes=(1,) * len(case.sizes), arguments={**case.arguments, "padding": 0})
    found = [each for each in shrunk.check() if each.rule == "kernel-too-large"]
    assume(found)
    match = re.search(r"a (dilated )?kernel of at most ([\dx]+) fits", found[0].help[-1])
    assert match is not None
    assert match[2] == "x".join("1" * len(case.sizes))


# Other offers


@pytest.mark.parametrize(("groups", "channels", "filters"), [(2, 3, 8), (3, 6, 8), (4, 6, 9), (5, 4, 4), (7, 20, 21)])
def test_legal_numbers_for_groups(groups: int, channels: int, filters: int) -> None:
    text = f"name: a\ninput: 8x8x{channels}\nlayers:\n  - conv: {{filters: {filters}, kernel: 3, groups: {groups}}}\n"
    found = errors(text)
    assert {each.rule for each in found} == {"indivisible-groups"}
    for each in found:
        match = re.search(r"(\d+)(?: or (\d+))? (input channels|filters) would do", each.help[0])
        assert match is not None
        for number in filter(None, match.groups()[:2]):
            assert int(number) % groups == 0
            assert int(number) > 0


@pytest.mark.parametrize("layer", ["max_pool: {kernel: 2, padding: 2}", "avg_pool: {kernel: 5, stride: 1, padding: 9}"])
def test_legal_padding_of_a_pool(layer: str) -> None:
    text = f"name: a\ninput: 32x32x3\nlayers:\n  - {layer}\n"
    (found,) = (each for each in errors(text) if each.rule == "pool-padding")
    match = re.search(r"pad by at most (\d+)", found.help[0])
    assert match is not None
    for padding, legal in ((int(match[1]), True), (int(match[1]) + 1, False)):
        changed = re.sub(r"padding: \d+", f"padding: {padding}", text)
        assert ("pool-padding" not in {each.rule for each in errors(changed)}) == legal


@pytest.mark.parametrize("mode", ["reflect", "circular"])
def test_legal_padding_that_wraps(mode: str) -> None:
    text = f"name: a\ninput: 4x4x3\nlayers:\n  - conv: {{filters: 8, kernel: 3, padding: 9, padding_mode: {mode}}}\n"
    (found,) = (each for each in errors(text) if each.rule == f"{mode}-padding")
    match = re.search(r"pad by at most (\d+), or with `padding_mode: (\w+)`", found.help[0])
    assert match is not None
    for padding, legal in ((int(match[1]), True), (int(match[1]) + 1, False)):
        changed = text.replace("padding: 9", f"padding: {padding}")
        assert (f"{mode}-padding" not in {each.rule for each in errors(changed)}) == legal
    assert errors(text.replace(f"padding_mode: {mode}", f"padding_mode: {match[2]}")) == []


def test_fixes_remove_what_they_are_for() -> None:
    """A fix is applied to the text, and its finding is gone; a safe one brings no error but what it hid."""
    text = (
        "name: a\ninput: 32x32x3\nbatch_size: 2\nlayers:\n  - Conv2d: {filters: 8, kernel: 3, strides: 1}\n"
        "  - conv: {filters: 8, kernel: 3, pading: 1}\n  - reul\n  - conv: {filters: 012, kernel: 3, bias: yes}\n"
    )
    with_fix = [found for found in archspec.check(text) if found.fix]
    assert len(with_fix) >= 4
    for found in with_fix:
        assert found.fix is not None
        changed = text
        for edit in sorted(found.fix.edits, key=lambda edit: -edit.span.start):
            changed = changed[: edit.span.start] + edit.text + changed[edit.span.end :]
        after = [(each.rule, each.message) for each in archspec.check(changed)]
        assert (found.rule, found.message) not in after
        if found.fix.safe:
            assert len(errors(changed)) <= len(errors(text))


def test_no_channels_are_offered_of_which_each_would_be_its_own_group() -> None:
    (found,) = errors("name: a\ninput: 1x1x6\nlayers:\n  - group_norm: {groups: 4}\n")
    assert found.rule == "indivisible-groups"
    assert found.help == ("8 input channels would do; so would `groups: 3`",)
