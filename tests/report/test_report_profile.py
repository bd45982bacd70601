"""Plans and profiles as text, JSON and a picture, of a small network on a machine that is made up."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from archspec.engine import plan as plan_module
from archspec.engine import profile as profile_module
from archspec.engine.grades import Grade
from archspec.engine.kernels import KERNELS
from archspec.engine.limits import MachineLimits
from archspec.engine.network import plan_graph
from archspec.engine.profile import Measure, Profile, RunTiming, forecast
from archspec.examination import examine
from archspec.report.formats import render_profile
from archspec.report.profile_columns import COLUMNS, GIVEN_UP
from archspec.report.profile_flame import _COLOURS, flame
from archspec.report.schema import schema
from archspec.text.printable import cells
from archspec.text.views import ReportView

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.engine.plan import Plan

SVG = "{http://www.w3.org/2000/svg}"

SPEC = """\
name: small & <odd>
input: 28x28x16
batch: 2
blocks:
  unit:
    params: {filters: ~}
    layers:
      - add:
          main:
            - conv: {filters: $filters, kernel: 3, padding: same}
            - batch_norm
            - relu
            - conv: {filters: $filters, kernel: 3, padding: same}
          shortcut: []
      - relu
layers:
  - name: stage1
    layers:
      - unit: 16
        repeat: 2
  - conv: {filters: 32, kernel: 1}
    name: head
  - depthwise_conv: {kernel: 3}
  - global_avg_pool
  - dropout: 0.5
  - fc: 10
"""


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(profile_module, "limits", lambda *_: MachineLimits(100e9, 10e9, 1e-6, 1e-5))
    monkeypatch.setattr(plan_module, "tiles_win", lambda: True)
    graph = examine(SPEC).graph
    assert graph is not None
    return plan_graph(graph, Grade.FAST, 2)


@pytest.fixture
def planned(plan: Plan) -> Profile:
    return forecast(plan, 2)


@pytest.fixture
def profile(planned: Profile) -> Profile:
    """Every step takes twice as long as expected, the view nothing."""
    steps = tuple(
        line._replace(measure=Measure(2 * line.least_seconds, 7, "compute" if line.work.macs else "memory"))
        for line in planned.steps
    )
    return planned._replace(steps=steps, run=RunTiming(0.0025, 21, 54_321))


@pytest.mark.parametrize("width", [None, 80])
def test_a_plan_as_text(planned: Profile, width: int | None, golden: Callable[[str, str], None]) -> None:
    golden(f"plan{f'-{width}' if width else ''}.txt", render_profile(planned, "text", ReportView(width=width)))


@pytest.mark.parametrize("width", [None, 80, 160])
def test_a_profile_as_text(profile: Profile, width: int | None, golden: Callable[[str, str], None]) -> None:
    golden(f"profile{f'-{width}' if width else ''}.txt", render_profile(profile, "text", ReportView(width=width)))


def test_a_plan_and_a_profile_are_short_in_a_line(plan: Plan, profile: Profile) -> None:
    assert repr(plan) == "Plan(small & <odd>: 9 steps, fast, float32, 2 threads)"
    assert repr(profile) == f"Profile({plan!r}, batch 2, 0.0025 s, 21 runs)"
    assert repr(forecast(plan, 2)) == f"Profile({plan!r}, batch 2, not run)"


@pytest.mark.parametrize("width", range(60, 240, 9))
def test_no_line_is_longer_than_the_terminal(profile: Profile, planned: Profile, width: int) -> None:
    for each in (profile, planned):
        lines = render_profile(each, "text", ReportView(width=width)).splitlines()
        assert max(map(cells, lines)) <= width


def test_what_is_given_up_are_columns() -> None:
    assert {name for name, _ in GIVEN_UP} <= set(COLUMNS)
    kept = set(COLUMNS) - {name for name, form in GIVEN_UP if form == "gone"}
    assert kept == {"step", "name", "ms", "peak"}


def test_colours_and_plain_characters(profile: Profile) -> None:
    assert "\x1b[" in render_profile(profile, "text", ReportView(colour=True))
    assert render_profile(profile, "text", ReportView(unicode=False)).isascii()


def test_reasons_stand_in_the_legend_where_there_is_no_room_for_their_column(planned: Profile) -> None:
    wide, narrow = (render_profile(planned, "text", ReportView(width=width)) for width in (None, 80))
    reason = planned.steps[0].step.reason
    assert wide.count(reason) == sum(line.step.reason == reason for line in planned.steps)
    assert narrow.count(reason) == 1
    assert f"\n{planned.steps[0].step.kernel.name}" in narrow


def test_bfloat16_and_the_reference_say_so() -> None:
    graph = examine("name: a\ninput: 4x4x1\ndtype: bfloat16\nlayers: [relu]\n").graph
    assert graph is not None
    text = render_profile(forecast(plan_graph(graph, Grade.REFERENCE, 1), 1))
    assert "bfloat16 as float32" in text
    assert "reference, 1 thread\n" in text
    assert re.search(r"matrix tiles +not used\n", text)


def test_json_keeps_the_contract(profile: Profile, planned: Profile) -> None:
    validator = Draft202012Validator(schema("profile"))
    Draft202012Validator.check_schema(schema("profile"))
    for each in (profile, planned):
        validator.validate(json.loads(render_profile(each, "json", ReportView(width=20, colour=True))))


def test_json_has_what_the_table_has(profile: Profile, planned: Profile) -> None:
    data = json.loads(render_profile(profile, "json", ReportView()))
    assert (data["runs"], data["seconds"], data["memory"]["scratch_bytes"]) == (21, 0.0025, 54_321)
    first = data["steps"][0]
    assert first["layers"] == ["stage1.unit1.main.conv1", "stage1.unit1.main.batch_norm1", "stage1.unit1.main.relu1"]
    assert (first["macs"], first["calls"], first["bound"]) == (2 * 28 * 28 * 16 * 16 * 9, 7, "compute")
    assert first["seconds"] == pytest.approx(2 * first["expected_seconds"], abs=2e-9)
    assert sum(step["macs"] for step in data["steps"]) == profile.work.macs
    bare = json.loads(render_profile(planned, "json", ReportView()))
    assert (bare["runs"], bare["seconds"], bare["steps"][0]["seconds"]) == (0, None, None)
    assert bare["memory"] == {**data["memory"], "scratch_bytes": None}


def boxes(svg: str) -> dict[str, dict[str, float]]:
    """Every box of a picture by what it tells: where it is, and what is written in it."""
    found = {}
    for group in ET.fromstring(svg).iter(f"{SVG}g"):  # noqa: S314 - our own
        title, rectangle = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        assert title is not None
        assert title.text
        assert rectangle is not None
        found[re.split(r"[:\n]", title.text)[0]] = {
            key: float(rectangle.get(key, 0)) for key in ("x", "y", "width", "height")
        }
    return found


def test_boxes_are_as_wide_as_the_time_and_stand_below_their_block(profile: Profile) -> None:
    found = boxes(flame(profile))
    whole = found["small & <odd>"]
    assert (whole["x"], whole["width"]) == (10, 1180)
    assert set(found) == {
        "small & <odd>", "stage1", "stage1.unit1", "stage1.unit1.main", "stage1.unit2", "stage1.unit2.main",
        *(line.step.group.first.name for line in profile.steps if line.work.bytes_moved),
    }  # fmt: skip
    for line in profile.steps:
        if line.measure and line.work.bytes_moved:
            width = found[line.step.group.first.name]["width"]
            assert width == pytest.approx(1180 * line.measure.seconds / profile.seconds, abs=0.01)
    for name, box in found.items():
        above = found[name.rpartition(".")[0] or "small & <odd>"]
        if box is not whole:
            assert box["y"] == above["y"] + 22
            assert above["x"] - 0.01 <= box["x"]
            assert box["x"] + box["width"] <= above["x"] + above["width"] + 0.02
    row = sorted((box["x"], box["width"]) for box in found.values() if box["y"] == whole["y"] + 22)
    assert sum(width for _, width in row) == pytest.approx(1180, abs=0.1)


def test_the_picture_is_self_contained_and_knows_dark_pages(profile: Profile) -> None:
    svg = flame(profile)
    assert "prefers-color-scheme: dark" in svg
    assert not re.search(r"<script|href|url\(|@import|<image", svg)
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert "small &amp; &lt;odd&gt;" in svg
    assert flame(profile) == svg


def test_a_box_tells_what_the_table_does(profile: Profile) -> None:
    svg = flame(profile)
    (title,) = re.findall(r"<title>(head\n.*?)</title>", svg, re.DOTALL)
    lines = dict(line.split(": ", 1) for line in title.split("\n")[1:])
    assert (lines["kernel"], lines["operators"], lines["bound by"]) == ("gemm", "conv", "compute")
    assert lines["MACs"] == f"{2 * 28 * 28 * 16 * 32:,}"


def test_names_keep_their_number_where_they_are_cut(profile: Profile) -> None:
    svg = flame(profile)
    written = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert "stage1" in written
    assert any(re.fullmatch(r"g\w+\.\.1", text) for text in written)  # global_avg_pool1


def test_every_kernel_has_a_colour_of_its_own() -> None:
    assert len(set(_COLOURS)) == len(_COLOURS) >= len(KERNELS)
