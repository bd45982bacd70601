import pytest

from archspec.syntax.nearest import nearest
from tests.work import work

OPERATORS = [
    "conv",
    "fc",
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "max_pool",
    "avg_pool",
    "global_avg_pool",
    "global_max_pool",
    "batch_norm",
    "add",
]
ARGUMENTS = ["filters", "kernel", "stride", "padding", "dilation", "bias", "groups"]


@pytest.mark.parametrize(
    ("word", "names", "expected"),
    [
        ("rleu", OPERATORS, "relu"),
        ("ReLU", OPERATORS, "relu"),
        ("Conv2d", OPERATORS, "conv"),
        ("maxpool", OPERATORS, "max_pool"),
        ("MaxPool2d", OPERATORS, "max_pool"),
        ("LeakyReLU", OPERATORS, "leaky_relu"),
        ("batch-norm", OPERATORS, "batch_norm"),
        ("global_average_pool", OPERATORS, "global_avg_pool"),
        ("lineer", OPERATORS, "linear"),
        ("relu7", OPERATORS, "relu6"),
        ("filter", ARGUMENTS, "filters"),
        ("kernel_size", ARGUMENTS, "kernel"),
        ("pad", ARGUMENTS, "padding"),
        ("strids", ARGUMENTS, "stride"),
        ("größe", ["grösse"], "grösse"),
        ("transformer", OPERATORS, None),
        ("x", ["y", "z"], None),
        ("k", ["K"], "K"),
        ("", OPERATORS, None),
        ("__", OPERATORS, None),
        ("fc", [], None),
        ("ab", ["a", "b", "abx"], "abx"),
    ],
)
def test_the_name_meant(word: str, names: list[str], expected: str | None) -> None:
    assert nearest(word, names) == expected


def test_among_equals_the_first_name_wins() -> None:
    assert nearest("pool1", ["pool2", "pool3"]) == "pool2"
    assert nearest("pool1", ["pool3", "pool2"]) == "pool3"


def test_a_hostile_word_costs_nothing() -> None:
    with work(most=30_000):
        assert nearest("a" * 1_000_000, ["b" * 1_000_000] * 100) is None
        assert nearest("a" * 60, ["b" * 1_000_000] * 100) is None
        assert nearest("a" * 60, ["b" * 80] * 100) is None
        assert nearest("a" * 60, ("b" * 99 for _ in range(1_000_000))) is None
