"""One budget of work for a file: hostile files are answered after a bounded count of work, whatever they multiply."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from archspec.examination import examine_family
from archspec.examination.explained import Checks
from archspec.report.formats import render_findings
from archspec.source import Source
from archspec.suppression.comments import comments
from archspec.syntax import parse
from archspec.text.views import FindingsView
from archspec.work_budget import FINDING, OutOfWorkError, WorkBudget, spending, work_budget
from tests.work import no_hanging, work

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

HEAD = "name: example\ninput: 8x8x3\n"
LONGEST_LINE = 10_000
ENDLESS = 60
"""Seconds after which a file counts as hanging, where one is in C code that counts nothing."""


@pytest.fixture(autouse=True)
def _work_of_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only tests assert at the end of an examination is not counted."""
    monkeypatch.setattr(Checks, "are_on", False)


def found_in(text: str, most: int, max_nodes: int = 200_000) -> list[Diagnostic]:
    """The findings of a file, examined with at most so many lines of archspec's code, and printed in short lines."""
    with no_hanging(ENDLESS), work(most):
        findings = examine_family(HEAD + text, max_nodes=max_nodes)[0].diagnostics
    printed = render_findings(findings, "full", FindingsView(files=1))
    assert max(map(len, printed.splitlines())) <= LONGEST_LINE
    return findings


def rules_of(findings: list[Diagnostic]) -> list[str]:
    return [each.rule for each in findings]


LISTS = "[[[p]*999]*999]*999"
IDLE_BLOCKS = (
    "blocks:\n" + "".join(f"  b{i}: [b{i + 1}, b{i + 1}]\n" for i in range(30)) + "  b30: [{}]\nlayers: [b0]\n"
)


def test_a_number_is_rounded_at_once_to_places_that_it_does_not_have() -> None:
    (found,) = found_in("layers:\n- fc: $(round(5, -300000000))\n", 10_000)
    assert found.message == "`units` of fc must be at least 1, not 0 (`$(round(5, -300000000))`)"


@pytest.mark.parametrize(
    "layer", [f"fc: $({LISTS})", f'{{relu: , name: "$({LISTS})"}}', f'{{relu: , repeat: "$({LISTS})"}}',
              f'{{relu: , from: "$({LISTS})"}}', f'{{for: "$({LISTS})", layers: [relu]}}',
              f'{{relu: , when: "$({LISTS} == {LISTS})"}}'],
)  # fmt: skip
def test_lists_in_lists_count_together(layer: str) -> None:
    found = found_in(f"params: {{p: 1}}\nlayers:\n- {layer}\n", 30_000)
    assert "`[[p]*999]*999` is longer than 10,000" in [each.message for each in found]


def test_lists_that_parameters_double_end_at_the_limit() -> None:
    doubled = "".join(f"  p{i}: [$p{i - 1}, $p{i - 1}]\n" for i in range(1, 60))
    found = found_in(f"params:\n  p0: [1]\n{doubled}layers: [fc: $p59]\n", 1_000_000)
    assert rules_of(found)[0] == "expression"
    assert "longer than 10,000" in found[0].message


def test_one_name_in_many_rounds_is_numbered_without_recounting() -> None:
    with work() as few:
        examine_family(HEAD + "layers:\n- repeat: 500\n  layers: [{leaky_relu: 0.1, name: a}]\n")
    with work() as many:
        examine_family(HEAD + "layers:\n- repeat: 2000\n  layers: [{leaky_relu: 0.1, name: a}]\n")
    assert many.lines < 5 * few.lines


def test_blocks_that_use_the_next_one_twice() -> None:
    found = found_in(IDLE_BLOCKS.replace("{}", "dropout: 0.1"), 5_000_000, max_nodes=5000)
    assert rules_of(found) == ["expansion-limit"]


def test_blocks_without_layers_end_too() -> None:
    (found,) = found_in(IDLE_BLOCKS.replace("{}", "{relu: , when: false}"), 6_000_000)
    assert found.rule == "work-limit"
    assert found.help == ("if this is intended, raise it: --max-nodes 2000000",)


def test_variants_share_the_layers_of_their_file() -> None:
    variants = "".join(f"  v{i}: {{n: {i + 400}}}\n" for i in range(1000))
    text = f"params: {{n: 1}}\nvariants:\n{variants}layers:\n- {{dropout: 0.1, repeat: $n}}\n"
    found = found_in(text, 3_000_000, max_nodes=2000)
    (limit,) = [each for each in found if each.rule == "expansion-limit"]
    assert limit.message == "the networks of the file have together more than 2,000 layers here"
    assert limit.notes[-2:] == ("995 further variants are not checked", "in variant v4")


def test_thousands_of_small_variants() -> None:
    variants = "".join(f"  v{i}: {{n: {i + 1}}}\n" for i in range(20_000))
    found = found_in(f"params: {{n: 1}}\nvariants:\n{variants}layers: [fc: $n]\n", 9_000_000)
    assert [each.rule for each in found if each.rule == "work-limit"] == ["work-limit"]


@pytest.mark.parametrize(
    "layer",
    [
        "{fc: $(sum([1]*9999)), repeat: 100000}",
        "{relu: , when: $([1]*9999 == [1]*9999 and i < 0), repeat: 100000}",
        f"{{fc: $({'+'.join(['1'] * 240)}), repeat: 100000}}",
        "{repeat: 1000, layers: [{repeat: 1000, layers: [{relu: , when: $(i < 0)}]}]}",
    ],
)
def test_what_each_round_computes_again_is_counted(layer: str) -> None:
    found = found_in(f"layers:\n- dropout: 0.1\n- {layer}\n", 9_000_000)
    assert "work-limit" in rules_of(found)


def test_a_file_of_mistakes_ends_after_a_thousand() -> None:
    found = found_in("layers: [relu]\n" + "".join(f"abc{i}: 3\n" for i in range(30_000)), 9_000_000)
    assert len(found) == 1001
    assert "finding-limit" in rules_of(found)


@pytest.mark.parametrize("text", ["conv:{\n" * 32_000, "- conv:{\n" * 32_000, "- conv:{filters: 3\n" * 500])
def test_brackets_that_are_never_closed(text: str) -> None:
    found = found_in(f"layers:\n{text}", 20_000_000)
    assert set(rules_of(found)) <= {"yaml-syntax", "finding-limit", "unknown-operator"}


@pytest.mark.parametrize("comment", ["archspec", "archspec:", "archspec: ignore", "archspec: ignore[a"])
def test_spaces_in_a_comment(comment: str) -> None:
    source = Source("a.yaml", f"{HEAD}layers: [relu]\n# {comment}{' ' * 60_000}x\n# {' ' * 60_000}archspec:\n")
    with no_hanging(ENDLESS):
        assert parse(source, lambda _: None)
        assert len(comments(source)) == 1 + (":" in comment)


def test_many_comments_are_looked_up_and_not_tried() -> None:
    one = "- fc: 3\n- fc: 3 # archspec: ignore[missing-activation]\n"
    with work() as few:
        examine_family(f"{HEAD}layers:\n{one * 50}")
    with work() as many:
        examine_family(f"{HEAD}layers:\n{one * 200}")
    assert many.lines < 5 * few.lines


def test_a_budget_counts_steps_with_those_that_layers_allow_for() -> None:
    with spending(WorkBudget()) as budget:
        assert work_budget() is budget
        budget.spend(500_000, "all of it")
        with pytest.raises(OutOfWorkError, match="too much work: one more"):
            budget.spend(1, "one more")
        budget.layers = 100
        budget.spend(FINDING, "a finding")
    assert work_budget() is not budget


def test_a_comment_of_many_names() -> None:
    names = ", ".join(["too-large"] * 3000)
    found = found_in(f"layers: [{{dropout: 0.1}}]\n# archspec: ignore-file[{names}]\n", 500_000)
    assert len(found) == 1001
    assert found[-1].message == "the file has more than 1,000 findings: only the first are reported"


KINDS = (
    lambda n: f"layers:\n- {{relu: , repeat: {n * 1000}, when: $(i < 0)}}\n",
    lambda n: f"layers:\n- fc: $(sum([1]*{n}*999) + {'9' * n} ** {n})\n  repeat: {n * 100}\n",
    lambda n: f"layers:\n- {{fc: 3, name: {'a' * n}}}\n- {{relu: , from: {'b' * n}, repeat: {n * 100}}}\n",
    lambda n: "variants:\n" + "".join(f" v{i}: {{batch: {i}}}\n" for i in range(40 * n)) + "layers: [fc: 3]",
    lambda n: "blocks:\n" + "".join(f"  b{i}: [b{i + 1}, b{i + 1}]\n" for i in range(n)) + f"  b{n}: []\nlayers: [b0]",
    lambda n: f"layers:\n- for: [{', '.join(['{a: 1}'] * n)}]\n  layers: [{{repeat: {n * 50}, layers: []}}]\n",
    lambda n: f"layers:\n{'- covn' * n}\n" + f"- {'x' * n}\n" * n,
)  # fmt: skip
"""Texts of each kind that multiplies, larger for larger numbers."""


def test_work_of_random_files_is_bounded_by_the_budget() -> None:
    """The slow inputs that this looks for run more lines than the budget of a small file allows for."""
    random = Random(12)  # noqa: S311 - not for secrets
    for kind in KINDS:
        found_in(kind(random.randint(1, 60)), 25_000_000)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_work_of_more_random_files(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - not for secrets
    for kind in KINDS:
        found_in(kind(random.randint(1, 300)), 25_000_000)
