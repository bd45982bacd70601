"""Specs with faults of all kinds, drawn at random: fixing loses nothing, comes to an end, and makes nothing worse."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.diagnostics import Severity
from archspec.examination import examine_family
from archspec.examination.examined import Examined
from archspec.fixing.diff import diff
from archspec.fixing.repair import FixOutcome, FixSelection, repair

LAYERS = (
    "Conv2d: {out_channels: 8, kernel_size: 3, padding: same, bias: no}",
    "conv: {filters: 1_6, kernel: 3, strid: 2}",
    "conv: {filters: 8, kernel: 3, stride: 2}",
    "'conv': {filters: 9, kernel: \"3\", groups: 2}",
    "conv: {filters:8, kernel: 1}",
    "max_pool: {kernel: 2, padding: 2, ceil_mode: True}",
    "max_pol: 2",
    "ReLU",
    "leaky_relu: {negative_slope: 0.1, slop: off}",
    "batchnorm: {eps: 1e-5, momentun: 0o7}",
    "pooling: 3",
    "dropout: {rate: .5, name: on}",
    "{relu: , ignore: fractoinal-output}",
    "relu # archspec: ignore[budgt, fractional-output]",
    "fc: 012",
    "xyzzy: [1, 2]",
    "conv: &c {filters: 8, kernel: 5}",
    "pad: {amount: 1, mode: zeroes}",
)
HEADS = (
    "name: on\ninput: 33x32x3\n",
    "nane: x\ninput: 17x17x3\ndtpe: float32\n",
    "name: 'x'\nsize: 16x16x3\nbatch: 1_0\n",
)
MARK = re.compile(r"# mark \d+ \"(?:[^\"]*)\"")


@st.composite
def specs(draw: st.DrawFn) -> bytes:
    lines = [*draw(st.sampled_from(HEADS)).splitlines(), "layers:"]
    lines += [f"  - {layer}" for layer in draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=6))]
    blanks = st.sampled_from(["  ", "\t", " "])
    marked = [line if "#" in line else f'{line}{draw(blanks)}# mark {at} "ä: [no"' for at, line in enumerate(lines)]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(marked) + draw(st.sampled_from(["", end, end * 3]))
    return draw(st.sampled_from([b"", codecs.BOM_UTF8])) + text.encode()


def examine(path: str) -> Examined:
    networks = examine_family(path)
    return Examined(networks[0].diagnostics, networks)


def fixed(data: bytes, wanted: FixSelection) -> tuple[bytes, FixOutcome]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "net.yaml")
        path.write_bytes(data)
        done = repair([str(path)], examine, wanted)
    (after,) = done.data.values()
    return after, done


def patched(before: bytes, change: bytes) -> bytes:
    """What a diff makes of a text, told from its own lines alone: what it keeps must be what stands there."""
    old, new, at = before.split(b"\n"), [], 0
    for line in change.split(b"\n")[2:]:
        if header := re.match(rb"@@ -(\d+)", line):
            begin = max(int(header[1]) - 1, 0)
            new += old[at:begin]
            at = begin
        elif line[:1] in (b" ", b"-"):
            assert old[at] == line[1:]
            new += [line[1:]] * line.startswith(b" ")
            at += 1
        elif line.startswith(b"+"):
            new.append(line[1:])
    return b"\n".join([*new, *old[at:]])


@settings(max_examples=50)
@given(specs(), st.booleans())
def test_fixing(data: bytes, unsafe: bool) -> None:
    wanted = FixSelection(unsafe)
    after, done = fixed(data, wanted)
    assert MARK.findall(after.decode()) == MARK.findall(data.decode()), (
        "every comment stays, to the byte and in its order"
    )
    assert after.count(b"\n") == data.count(b"\n"), "every line stays"
    assert after.count(b"\r\n") == data.count(b"\r\n")
    assert after.startswith(codecs.BOM_UTF8) == data.startswith(codecs.BOM_UTF8)
    assert patched(data, diff("net.yaml", data, after)) == after
    assert fixed(after, wanted)[0] == after, "what was fixed needs no fixing"
    assert (done.fixed > 0) == (after != data)
    if after == data:
        return
    syntax = [found for found in done.left if found.severity is Severity.ERROR and found.rule.startswith("yaml")]
    assert all(found.fix is None or not found.fix.safe for found in syntax)
