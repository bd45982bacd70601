"""One mistake is one finding, and independent ones are all told."""

from __future__ import annotations

import archspec

POOL = "max_pool: 2"


def told(*layers: str, volume: str = "75x75x3", header: str = "") -> list[tuple[str, str | None]]:
    text = f"name: example\ninput: {volume}\n{header}layers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    return [(each.rule, each.layer) for each in archspec.check(text) if each.severity == "error"]


def test_pool_is_told_where_it_breaks_a_merge() -> None:
    assert told("{relu: , name: skip}", POOL, "upsample: 2", "concat: skip") == [("merge-mismatch", "concat1")]


def test_pools_of_outer_merges_are_told_with_the_innermost() -> None:
    inner = ["{relu: , name: b}", POOL, "upsample: 2", "concat: b"]
    layers = ["{relu: , name: a}", POOL, *inner, "upsample: 2", "concat: a"]
    assert told(*layers, volume="71x71x3") == [("merge-mismatch", "concat1")]


def test_pool_that_breaks_nothing_is_told_beside_a_merge() -> None:
    """The first pool lies before the parting, and no merge behind needs what it drops."""
    layers = (POOL, "{relu: , name: skip}", POOL, "upsample: 2", "concat: skip")
    assert told(*layers) == [("fractional-output", "max_pool1"), ("merge-mismatch", "concat1")]


def test_pool_is_told_when_the_merge_is_ignored() -> None:
    layers = ("{relu: , name: skip}", POOL, "upsample: 2", "{concat: skip, ignore: merge-mismatch}")
    assert told(*layers) == [("fractional-output", "max_pool1")]


def test_pool_is_told_when_a_comment_takes_the_merge_out() -> None:
    """As beside a key: what is not heard does not stand for the pool."""
    comment = "concat: skip  # archspec: ignore[merge-mismatch] why"
    assert told("{relu: , name: skip}", POOL, "upsample: 2", comment) == [("fractional-output", "max_pool1")]


def test_tied_layers_behind_a_wrong_one_are_not_told() -> None:
    first = ["{conv: {filters: 4, kernel: 7}, name: a1}", "{fc: 8, name: a2}"]
    second = ["{from: input, conv: {filters: 4, kernel: 5}, name: b1, tie: a1}", "{fc: 8, name: b2, tie: a2}"]
    assert told(*first, *second) == [("tie-mismatch", "b1")]
    second[1] = "{fc: 9, name: b2, tie: a2}"
    assert told(*first, *second) == [("tie-mismatch", "b1"), ("tie-mismatch", "b2")]


def test_tied_layers_after_a_wrong_one_may_have_others_between() -> None:
    first = ["{conv: {filters: 4, kernel: 7}, name: a1}", "relu", "upsample: 2", "{fc: 8, name: a2}"]
    second = [
        "{from: input, conv: {filters: 4, kernel: 5}, name: b1, tie: a1}",
        *first[1:3],
        "{fc: 8, name: b2, tie: a2}",
    ]
    assert told(*first, *second, volume="21x21x3") == [("tie-mismatch", "b1")]


def test_tied_layers_beside_a_wrong_one_are_reported_too() -> None:
    """The arguments of `c` are those of `a`, but its input has other channels, whatever `b` is."""
    first = "{conv: {filters: 4, kernel: 3}, name: a}"
    wrong = "{from: input, conv: {filters: 4, kernel: 5}, name: b, tie: a}"
    other = "{from: a, conv: {filters: 4, kernel: 3}, name: c, tie: a}"
    assert told(first, wrong, other) == [("tie-mismatch", "b"), ("tie-mismatch", "c")]


def test_layers_are_not_unused_where_what_reads_them_cannot_be_read() -> None:
    layers = "layers:\n  - {relu: , name: left}\n  - {from: input, conv: {filters: 3, kernel: 1}}\n"
    head = f"name: example\ninput: 8x8x3\n{layers}"
    for last in ("add: [lefft, conv1]", "ad: [left, conv1]", "{fron: left, relu: }", "add: {l: {relux: 2}, r: left}"):
        rules = [each.rule for each in archspec.check(f"{head}  - {last}\n")]
        assert "unused-layer" not in rules, last
        assert rules, last


def test_pool_is_told_beside_channels_that_differ() -> None:
    conv = "conv: {filters: 8, kernel: 3, padding: same}"
    assert told(POOL, f"add: [[{{{conv}}}], []]") == [("fractional-output", "max_pool1"), ("merge-mismatch", "add1")]


def test_collapse_is_told_once_with_the_pools_before_it() -> None:
    assert told(*[POOL] * 4, volume="14x14x3") == [("kernel-too-large", "max_pool4")]


def test_collapse_is_not_told_twice() -> None:
    """The sixth convolution slides over what is left for the pool behind it."""
    layers = "{repeat: 6, layers: [{conv: {filters: 8, kernel: 3, padding: 1}}, relu, {max_pool: 2}]}"
    found = archspec.check(f"name: example\ninput: 32x32x3\nlayers:\n  - {layers}\n")
    assert [(each.rule, each.layer) for each in found] == [("kernel-too-large", "max_pool6")]


def test_pool_that_no_input_mends_is_told_beside_a_collapse() -> None:
    """Behind a dense layer there is one position, whatever came in."""
    layers = (POOL, "fc: 8", "conv: {filters: 8, kernel: 3}")
    assert told(*layers) == [("fractional-output", "max_pool1"), ("kernel-too-large", "conv1")]


def test_branches_that_collapse_side_by_side_are_told_once() -> None:
    conv = "{conv: {filters: 8, kernel: 3}}"
    layers = ("max_pool: 25", f"concat: [[{conv}], [{{max_pool: 2}}, relu], [{{conv: {{filters: 8, kernel: 1}}}}]]")
    assert told(*layers, volume="25x25x3") == [("kernel-too-large", "branch1.conv1")]


def test_branches_with_too_large_kernels_on_the_input_are_each_told() -> None:
    conv = "{conv: {filters: 8, kernel: 9}}"
    assert told(f"concat: [[{conv}], [{conv}]]", volume="8x8x3") == [
        ("kernel-too-large", "branch1.conv1"),
        ("kernel-too-large", "branch2.conv1"),
    ]


def test_error_is_not_told_as_a_warning_too() -> None:
    for layers, rule in (
        (["linear: {units: 8, in_features: 192}"], "feature-mismatch"),
        (["avg_pool: {kernel: 7, stride: 1}", "fc: {units: 8, in_features: 3}"], "feature-mismatch"),
        (
            [
                "{relu: , name: skip}",
                "conv: {filters: 8, kernel: 3, stride: 2, padding: 1}",
                "conv_transpose: {filters: 8, kernel: 3, stride: 2, padding: 1}",
                "concat: skip",
            ],
            "merge-mismatch",
        ),
    ):
        text = "name: example\ninput: 8x8x3\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
        found = [each.rule for each in archspec.check(text) if each.severity != "info"]
        assert [name for name in found if name != "checkerboard"] == [rule]


def test_all_that_an_order_of_axes_brings_about_is_reported_once() -> None:
    conv = "conv: {filters: 64, kernel: 3, padding: 1, in_channels: 3}"
    layers = (conv, POOL, POOL, "fc: {units: 10, in_features: 200704}")
    assert told(*layers, volume="3x224x224") == [("channel-mismatch", "conv1")]


def test_mistake_that_another_order_does_not_mend_is_told_beside_it() -> None:
    conv = "conv: {filters: 64, kernel: 3, padding: 1, in_channels: 3}"
    layers = (conv, "conv: {filters: 64, kernel: 3, padding: 1, in_channels: 32}")
    assert told(*layers, volume="3x224x224") == [("channel-mismatch", "conv1"), ("channel-mismatch", "conv2")]


def test_layer_that_a_larger_input_does_not_have_is_told_by_itself() -> None:
    layers = ("{when: $(in.height < 9), max_pool: 2}", POOL, "conv: {filters: 4, kernel: 5}")
    rounding = ("fractional-output", "max_pool1")  # which explains max_pool2
    assert told(*layers, volume="7x7x3") == [rounding, ("kernel-too-large", "conv1")]


def test_input_is_not_called_the_smallest_when_layers_depend_on_it() -> None:
    """10x10 would do: without the first pool it is 10 -> 5 -> 1."""
    layers = ("{when: $(in.height < 9), max_pool: 2}", POOL, "conv: {filters: 4, kernel: 5}")
    text = "name: example\ninput: 7x7x3\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers)
    (found,) = [each for each in archspec.check(text) if each.rule == "kernel-too-large"]
    assert found.help == ("an input of 20x20 works; a kernel of at most 1x1 fits",)
