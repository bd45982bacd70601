"""Findings wrapped for a terminal: between words, and nothing is lost."""

from __future__ import annotations

import pytest

import archspec
from archspec.report.formats import render_findings
from archspec.text.views import FindingsView

TEXT = "name: x\ninput: 32x32x3\nlayers:\n  - max_pool: {kernel: 3, stride: 2}\n  - lstm: 8\n  - xyzzy\n  - fc: 10\n"


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_and_all_words_are_there(width: int) -> None:
    found = archspec.check(TEXT)
    whole = render_findings(found, "full", FindingsView(1))
    text = render_findings(found, "full", FindingsView(1, width=width))
    assert max(map(len, whole.splitlines())) > width
    assert max(map(len, text.splitlines())) <= width
    assert text.split() == whole.split()
