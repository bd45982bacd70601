"""A profile as a picture: the network above its blocks, these above their layers, each as wide as the time it takes.

One file of SVG without a script or a font, for light and dark pages; each box has a tooltip.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from archspec.engine.kernels import KERNELS
from archspec.report.profile_columns import COLUMNS, Turn, milliseconds
from archspec.report.profile_text import caption
from archspec.text.printable import printable
from archspec.text.summary import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archspec.engine.profile import Profile

_WIDTH, _ROW, _HEAD, _EDGE = 1200.0, 22.0, 52.0, 10.0
_LETTER = 6.7
"""Width of a letter of 11 pixels."""
_THINNEST = 0.05
"""Width below which nothing is drawn."""
_COLOURS = (
    "#c8c8c8", "#7cb5ec", "#f4a261", "#8fd19e", "#e5989b", "#f2cc8f", "#b8a9e0", "#9ad1d4",
    "#d4a5c9", "#e0b68a", "#c5d86d", "#a9b4c2", "#f7b2c4", "#6fc3a8", "#e3dd7a", "#cfc3a5",
    "#dba98f", "#b4d3a0", "#f0a0e0", "#7fd0f5", "#d0b3ff", "#94a8f0", "#ff9f8a", "#a0e0c0",
)  # fmt: skip
"""Those of the kernels, in the order of their table; dark text reads well on each."""
_STYLE = """\
.page { fill: #ffffff } .block { fill: #e4e7eb } text { fill: #1f2328 }
text { font: 11px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }
rect { stroke: #ffffff; stroke-width: 0.7 } .on { fill: #16191d } .title { font-size: 15px; font-weight: bold }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 } .block { fill: #2d333b } text { fill: #e6edf3 } rect { stroke: #0d1117 } .on { fill: #16191d }
}
"""


class _Box(NamedTuple):
    """A block or a step (``turn``) with its children by name; ``seconds`` is a list that grows."""

    path: str
    inside: dict[tuple[str, bool], _Box]
    seconds: list[float]
    turn: Turn | None = None

    @property
    def total(self) -> float:
        return sum(self.seconds)


def flame(profile: Profile) -> str:
    """The picture of a measured profile."""
    root = _tree(profile)
    depth = _depth(root)
    below = _HEAD + depth * _ROW + 24
    shapes = [*_draw(root, _EDGE, _HEAD, (_WIDTH - 2 * _EDGE) / (root.total or 1)), *_key(profile, below)]
    height = below + 16 * -(-len(_kernel_seconds(profile)) // _A_LINE) + 8
    title = printable(profile.plan.graph.header.name or "unnamed")
    return "\n".join(
        (
            f'<svg viewBox="0 0 {_WIDTH:g} {height:g}" xmlns="http://www.w3.org/2000/svg">',
            f"<style>\n{_STYLE}</style>",
            f'<rect class="page" width="{_WIDTH:g}" height="{height:g}"/>',
            f'<text class="title" x="{_EDGE:g}" y="22">{escape(title)}</text>',
            f'<text x="{_EDGE:g}" y="40">{escape(caption(profile))}; {_summary(profile)}</text>',
            *shapes,
            "</svg>\n",
        )
    )


def _summary(profile: Profile) -> str:
    runs = number_of(profile.run.runs, "run") if profile.run else "no run"
    return (
        f"{milliseconds(profile.seconds).full} ms, the median of {runs}, "
        f"{profile.plan.grade}, {number_of(profile.plan.threads, 'thread')}"
    )


def _tree(profile: Profile) -> _Box:
    """Steps in their blocks, by the paths of their first layers, in execution order."""
    root = _Box(printable(profile.plan.graph.header.name or "unnamed"), {}, [])
    for number, line in enumerate(profile.steps, 1):
        seconds = line.measure.seconds if line.measure else 0.0
        *blocks, last = line.step.group.first.name.split(".")
        box = root
        box.seconds.append(seconds)
        for index, block in enumerate(blocks):
            box = box.inside.setdefault((block, False), _Box(".".join(blocks[: index + 1]), {}, []))
            box.seconds.append(seconds)
        name = line.step.group.first.name
        box.inside[last, True] = _Box(name, {}, [seconds], Turn(number, line, profile))
    return root


def _depth(box: _Box) -> int:
    return 1 + max(map(_depth, box.inside.values()), default=0)


def _draw(box: _Box, left: float, top: float, scale: float) -> Iterator[str]:
    width = box.total * scale
    if width < _THINNEST:
        return
    yield _rectangle(box, left, top, width)
    for each in box.inside.values():
        yield from _draw(each, left, top + _ROW, scale)
        left += each.total * scale


def _rectangle(box: _Box, left: float, top: float, width: float) -> str:
    fill = f'fill="{_colour(box.turn.line.step.kernel.name)}"' if box.turn else 'class="block"'
    shape = f'<rect {fill} x="{left:.2f}" y="{top:g}" width="{width:.2f}" height="{_ROW:g}" rx="2"/>'
    text = _shorten(printable(box.path.rpartition(".")[2]), int((width - 6) / _LETTER))
    style = ' class="on"' if box.turn else ""
    written = f'<text{style} x="{left + 4:.2f}" y="{top + 15:g}">{escape(text)}</text>' if text else ""
    return f"<g><title>{escape(_tooltip(box))}</title>{shape}{written}</g>"


def _shorten(label: str, letters: int) -> str:
    """``bot..12``: the beginning and the number at the end if there is room, else an empty text."""
    number = label[len(label.rstrip("0123456789")) :]
    begin = letters - len(number) - 2
    return label if len(label) <= letters else f"{label[:begin]}..{number}" if begin > 0 else ""


def _tooltip(box: _Box) -> str:
    """The tooltip of a box: the time of a block, or all columns of a step."""
    if box.turn is None:
        return f"{printable(box.path)}: {milliseconds(box.total).full} ms"
    lines = ((column.title, column.cell(box.turn).full) for name, column in COLUMNS.items() if name != "name")
    return "\n".join((printable(box.path), *(f"{title}: {text}" for title, text in lines if text)))


def _colour(kernel: str) -> str:
    return _COLOURS[list(KERNELS).index(kernel) % len(_COLOURS)]


_A_LINE = 5
"""Kernels in a line of the key."""
_SEEN = 0.0005
"""Share of the time below which a kernel is not in the key."""


def _kernel_seconds(profile: Profile) -> list[tuple[str, float]]:
    """The time of each visible kernel, longest first."""
    found: dict[str, float] = {}
    for line in profile.steps:
        found[line.step.kernel.name] = found.get(line.step.kernel.name, 0) + (
            line.measure.seconds if line.measure else 0
        )
    seen = ((kernel, seconds) for kernel, seconds in found.items() if seconds >= _SEEN * profile.seconds)
    return sorted(seen, key=lambda pair: -pair[1])


def _key(profile: Profile, top: float) -> Iterator[str]:
    """The key of the colours."""
    whole = profile.seconds or 1
    for number, (kernel, seconds) in enumerate(_kernel_seconds(profile)):
        left = _EDGE + number % _A_LINE * (_WIDTH - 2 * _EDGE) / _A_LINE
        y = top + number // _A_LINE * 16
        yield f'<rect fill="{_colour(kernel)}" x="{left:g}" y="{y - 9:g}" width="11" height="11"/>'
        text = f"{kernel} {seconds / whole:.1%}"
        yield f'<text x="{left + 16:g}" y="{y:g}">{text}</text>'
