"""Values and merges as newcomers write them: what is meant, with the fix that writes it."""

from __future__ import annotations

import pytest

import archspec
from archspec.fixing.changes import Changes


def _fixed(text: str, rule: str = "") -> tuple[str | None, bool]:
    """The text with the fix of its first error, or of the finding of a rule, and whether that is safe."""
    found = next(each for each in archspec.check(text) if each.rule == rule or (not rule and each.severity == "error"))
    if found.fix is None:
        return None, False
    changes = Changes([found.fix])
    (after,) = changes.apply({place: text.encode() for place in changes.files}).values()
    return after.decode(), found.fix.safe


def _with_input(value: str) -> str:
    return f"name: x\ninput: {value}\nlayers: [relu]\n"


@pytest.mark.parametrize(
    ("written", "right", "is_safe"),
    [
        ("(224, 224, 3)", "224x224x3", True), ("[224, 224, 3]", "224x224x3", True), ("224,224,3", "224x224x3", True),
        ("224 x 224 x 3", "224x224x3", True), ("224*224*3", "224x224x3", True), ("224 224 3", "224x224x3", True),
        ("(None, 28, 28, 1)", "28x28x1", True), ("[-1, 28, 28, 1]", "28x28x1", True), ("?x28x28x1", "28x28x1", True),
        ("[null, 28, 28, 1]", "28x28x1", True), ("(batch, 28, 28, 1)", "28x28x1", True),
        ("[16, 112, 112, 3]", "16x112x112x3", True), ("{h: 20, w: 30, c: 3}", "20x30x3", True),
        ("{channels: 3, width: 30, h: 20}", "20x30x3", True), ("{l: 100, c: 8}", "{length: 100, channels: 8}", True),
        ("(3,224,224)", "224x224x3", False), ("[3, 224, 224]", "224x224x3", False),
        ("[1, 3, 224, 224]", "224x224x3", False), ("torch.Size([3, 20, 30])", "20x30x3", False),
        ("784", "1x1x784", False), ("(784,)", "1x1x784", False),
        ("{image: (3,32,32)}", "{image: 32x32x3}", False), ("{a: 8x8x3, b: (8,8,3)}", "{a: 8x8x3, b: 8x8x3}", True),
        ("224x224", None, False), ("(28, 28)", None, False), ("[0, 5, 5]", None, False), ("NCHW", None, False),
        ("(3, 4, five)", None, False), ("[2, 2, 2, 2, 2, 2]", None, False), ("{h: 2, w: 2}", None, False),
    ],
)  # fmt: skip
def test_the_input_as_other_libraries_write_it(written: str, right: str | None, is_safe: bool) -> None:
    after, was_safe = _fixed(_with_input(written))
    assert (after, was_safe) == (right and _with_input(right), is_safe)
    assert right is None or all(each.severity == "warning" for each in archspec.check(_with_input(right)))


@pytest.mark.parametrize(
    ("written", "right", "is_safe"),
    [
        ("fp32", "float32", True), ("FP16", "float16", True), ("bf16", "bfloat16", True), ("double", "float64", True),
        ("torch.float32", "float32", True), ("tf.float16", "float16", True), ("np.double", "float64", True),
        ("single", "float32", True), ("float", "float32", False), ("32", "float32", False), ("int8", None, False),
        ("amp", None, False),
    ],
)  # fmt: skip
def test_the_dtype_as_other_libraries_name_it(written: str, right: str | None, is_safe: bool) -> None:
    text = "name: x\ninput: 8x8x3\ndtype: {}\nlayers: [relu]\n"
    assert _fixed(text.format(written)) == (right and text.format(right), is_safe)


_NETWORK = """\
name: x
input: 32x32x3
params: {{k: [3, 5], n: 4, word: text, even: true}}
layers:
  - conv: {{filters: $n, kernel: $k, padding: [1, 2]}}
  - {}
  - fc: {{units: 10, bias: $even}}
  - {{dropout: 0.5, name: $word}}
"""


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("relu: none", "relu"),
        ("{max_pool: $(k - 1), when: true}", '{max_pool: ["$(k[0] - 1)", "$(k[1] - 1)"], when: true}'),
        ("max_pool: $(k // 2 + 1)", 'max_pool: ["$(k[0] // 2 + 1)", "$(k[1] // 2 + 1)"]'),
        ("avg_pool: $(n // k + 1)", 'avg_pool: ["$(n // k[0] + 1)", "$(n // k[1] + 1)"]'),
        ('avg_pool: "$(min(k, n))"', 'avg_pool: ["$(min(k[0], n))", "$(min(k[1], n))"]'),
        ("max_pool: $(in.height // k)", 'max_pool: ["$(in.height // k[0])", "$(in.height // k[1])"]'),
        ("avg_pool: n", "avg_pool: $n"), ("avg_pool: $n // 2", "avg_pool: $(n // 2)"),
        ("avg_pool: n // 2", "avg_pool: $(n // 2)"), ('avg_pool: "{{ n }}"', "avg_pool: $n"),
        ('avg_pool: "{{ n // 2 }}"', "avg_pool: $(n // 2)"), ("avg_pool: max(n, 2)", 'avg_pool: "$(max(n, 2))"'),
        ("avg_pool: k", "avg_pool: $k"), ("{relu: , repeat: n}", "{relu: , repeat: $n}"),
        ("{relu: , when: n > 2}", "{relu: , when: $(n > 2)}"), ("{relu: , when: even}", None),
        ("avg_pool: word", None), ("avg_pool: m", None), ("avg_pool: word // 2", None), ("avg_pool: $(word + k)", None),
        ("avg_pool: [4 4]", "avg_pool: 4"), ("avg_pool: [[4]]", "avg_pool: 4"),
    ],
)  # fmt: skip
def test_a_parameter_without_its_sign_and_arithmetic_with_a_list(written: str, right: str | None) -> None:
    after, _ = _fixed(_NETWORK.format(written))
    if written.endswith("when: even}"):
        right = "{relu: , when: $even}"
    assert after == (right and _NETWORK.format(right))


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("padding: half", "padding: same"), ("bias: 0", "bias: false"), ("bias: 1", "bias: true"),
        ("padding_mode: mirror", "padding_mode: reflect"), ("padding_mode: wrap", "padding_mode: circular"),
        ("fit: floor", "fit: crop"), ("fit: ceil", "fit: pad"), ("padding: causal", None), ("bias: 2", None),
    ],
)  # fmt: skip
def test_words_of_other_libraries_for_values(written: str, right: str | None) -> None:
    text = "name: x\ninput: 9x9x3\nlayers:\n  - conv: {{filters: 3, kernel: 3, {}}}\n"
    assert _fixed(text.format(written))[0] == (right and text.format(right))


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("add: [input]", "add: [input, []]"), ("add: [[tanh]]", "add: [[tanh], []]"),
        ("concat: [ input ]", "concat: [ input, [] ]"), ("multiply: [[]]", "multiply: [[], []]"),
        ("add: {main: [tanh]}", None), ("add:\n      - [tanh]", None),
    ],
)  # fmt: skip
def test_a_merge_of_one_branch(written: str, right: str | None) -> None:
    text = "name: x\ninput: 9x9x3\nlayers:\n  - batch_norm\n  - {}\n"
    (found,) = (each for each in archspec.check(text.format(written)) if each.rule == "lone-branch")
    assert "returns it as it is" in found.message
    after, _ = _fixed(text.format(written), "lone-branch")
    assert after == (right and text.format(right))
    assert right is None or "lone-branch" not in {each.rule for each in archspec.check(text.format(right))}


@pytest.mark.parametrize(
    ("written", "is_arithmetic"),
    [("multiply: 0.1", True), ("add: 1", True), ("add: [input, 1]", True), ("concat: 2", False)],
)
def test_a_number_in_a_merge(written: str, is_arithmetic: bool) -> None:
    (found,) = archspec.check(f"name: x\ninput: 9x9x3\nlayers:\n  - {written}\n")
    assert any("arithmetic with a number" in each for each in found.help) is is_arithmetic
