"""Which input sizes fit, for all sizes at once: classes ``first + step * k``, each proven from a few of its members.

Along sizes ``a``, ``a + P``, ``a + 2P`` ... every figure of a network is a polynomial: a window whose stride divides
how much its input grows adds the same number of outputs each time; every other operator adds, multiplies by a constant
or gives a constant; ``tokens`` and ``flatten`` multiply axes. A polynomial of degree ``d`` is known from ``d + 1``
values, and Newton's forward differences say of all its values at once whether they are equal, grow, or leave the same
remainder. So whether a layer fits is decided for a whole class; where it is not, nothing is claimed.
"""

from __future__ import annotations

from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

from archspec.analysis.misfit import misfits
from archspec.graph.operator_call import takes_axes
from archspec.ops._padding import is_allowed
from archspec.ops._sliding import Sliding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archspec.analysis.fitting import FittingInference, SizeRun
    from archspec.analysis.infer import InferredLayer
    from archspec.graph.operator_call import OperatorCall
    from archspec.ops._base import Operator
    from archspec.ops._window import Window
    from archspec.volume import Volume

    RunAt = Callable[[int], SizeRun]


class Congruence(NamedTuple):
    """The sizes ``first``, ``first + step``, ``first + 2 * step`` and so on."""

    first: int
    step: int

    def __contains__(self, size: object) -> bool:
        return isinstance(size, int) and size >= self.first and (size - self.first) % self.step == 0

    def next(self, size: int, sign: int) -> int | None:
        """The nearest member above ``size``, or below when the sign is negative; None when there is none."""
        if sign > 0:
            return max(self.first, size + self.step - (size - self.first) % self.step)
        member = size - 1 - (size - 1 - self.first) % self.step
        return member if member >= self.first else None

    def __str__(self) -> str:
        return f"{self.first} + {'' if self.step == 1 else self.step}k"


def joined_classes(classes: Sequence[Congruence]) -> list[str]:
    """Classes as text; neighbours become one: ``63..65 + 32k``."""
    rows: list[list[Congruence]] = []
    for each in classes:
        if rows and each.first == rows[-1][-1].first + 1:
            rows[-1].append(each)
        else:
            rows.append([each])
    return [str(row[0]) if len(row) == 1 else f"{row[0].first}..{row[-1].first} + {row[0].step}k" for row in rows]


class _Verdict(NamedTuple):
    """The verdict on a layer for all sizes of a class: whether it fits (None: not decided), and has a known output."""

    fits: bool | None
    is_steady: bool


_UNDECIDED = _Verdict(None, is_steady=False)


def period(inference: FittingInference, run_at: RunAt, base: int, most: int) -> int | None:
    """The growth of the input that every stride and divisor down the network divides; None when it is too long."""
    found = 1
    while found <= most:
        missing = _missing_factor(inference, run_at(base).volumes, run_at(base + found).volumes)
        if missing == 1:
            return found
        found *= missing
    return None


def _missing_factor(inference: FittingInference, small: list[Volume | None], large: list[Volume | None]) -> int:
    """By how much more the input must grow for the first layer that it does not grow by whole steps."""
    for layer in inference.layers:
        before, after = small[layer.sources[0]], large[layer.sources[0]]
        if before is None or after is None or layer.operator is None or not takes_axes(layer.operator, (before,)):
            continue
        for divisor, number, other in _divisors(layer.operator, before, after):
            if (other - number) % divisor:
                return divisor // gcd(divisor, other - number)
    return 1


def _divisors(operator: Operator, before: Volume, after: Volume) -> list[tuple[int, int, int]]:
    """Divisors of growth: a divisor, and the figure whose growth it must divide, for both volumes."""
    found = []
    if isinstance(operator, Sliding):
        windows = zip(operator.windows([before]) or (), operator.windows([after]) or (), strict=True)
        found = [(window.stride, window.size, other.size) for window, other in windows]
    divisions = zip(operator.divisions([before]), operator.divisions([after]), strict=True)
    return [*found, *((division.by, division.number, other.number) for division, other in divisions)]


class Prover:
    """Decides for classes of sizes, of steps ``step``, whether they fit; ``degree`` is how many axes grow."""

    def __init__(self, inference: FittingInference, run_at: RunAt, step: int, degree: int) -> None:
        self.inference, self.run_at, self.step, self.points = inference, run_at, step, degree + 2
        self.verdicts: dict[Any, _Verdict] = {}

    def fits(self, size: int) -> bool | None:
        """Whether ``size`` and all larger ones of its class fit (True) or none does (False); None: not decided."""
        runs = [self.run_at(size + turn * self.step).volumes for turn in range(self.points)]
        begin = self.inference.given
        steady = [_is_regular([run[place] for run in runs]) for place in range(begin)]
        decided: bool | None = True
        for layer in self.inference.layers:
            if not all(steady[place] for place in self._places_read(layer)):
                steady.append(False)
                continue
            verdict = self._verdict(layer, runs)
            if verdict.fits is False:
                return False
            decided = verdict.fits and decided
            steady.append(verdict.is_steady)
        return decided if all(steady) else None

    def _places_read(self, layer: InferredLayer) -> tuple[int, ...]:
        """The places of all volumes that a verdict on a layer depends on."""
        begin = self.inference.given
        shared = () if layer.tied is None or layer.tied < begin else self.inference.layers[layer.tied - begin].sources
        return (*layer.sources, *(() if layer.like is None else (layer.like,)), *shared)

    def _verdict(self, layer: InferredLayer, runs: list[list[Volume | None]]) -> _Verdict:
        is_lenient = self.inference.is_lenient(layer)
        key = (
            layer.key,
            is_lenient,
            layer.tied,
            *(tuple(run[place] for run in runs) for place in self._places_read(layer)),
        )
        if key not in self.verdicts:
            self.verdicts[key] = self._class_verdict(layer, runs, is_lenient=is_lenient)
        return self.verdicts[key]

    def _class_verdict(self, layer: InferredLayer, runs: list[list[Volume | None]], *, is_lenient: bool) -> _Verdict:
        """Of one layer and a whole class, from its first members.

        The volumes that the layer reads are polynomials of the number of the member: ``fits`` made sure of it.
        1. Where they are constant, all members get the same answer, which the first gives.
        2. Where all first members fit, the later ones do: strides and divisors divide by how much their numbers grow
           (``is_steady``), so remainders stay as they are, limits never fall below, and an output that is a polynomial
           in the first members is one in all. A claim or a merge that held for more members than the degree says is an
           equation of two equal polynomials.
        3. Where none fits, the later ones need not be like that; ``_never_fits`` looks for one thing that is wrong
           with the first and stays so.
        4. Where some fit, nothing follows for the others. Weights that are shared compare two layers: only 2 holds.
        """
        calls = [self.inference.call(layer, run) for run in runs]
        fits = [self.inference.fits(layer, call, run) for call, run in zip(calls, runs, strict=True)]
        inputs = {tuple(run[place] for place in self._places_read(layer)) for run in runs}
        if len(inputs) == 1 and layer.tied is None:
            return _Verdict(fits[0], calls[0].output is not None)
        facts = _Facts(self.inference, calls, is_lenient=is_lenient)
        is_steady = facts.is_steady and _is_regular([call.output for call in calls])
        if all(fits):
            return _Verdict(True, is_steady) if is_steady else _UNDECIDED
        if not any(fits) and layer.tied is None and facts.never_fits():
            return _Verdict(False, is_steady)
        return _Verdict(None, is_steady)


class _Facts:
    """Facts about an operator for the first members of a class."""

    def __init__(self, inference: FittingInference, calls: list[OperatorCall], *, is_lenient: bool) -> None:
        operators = [call.operator for call in calls if call.operator is not None]
        self.inference, self.operator, self.is_lenient = inference, operators[0], is_lenient
        self.input_volumes = [call.known_inputs for call in calls]
        volumes = [each[0] for each in self.input_volumes]
        is_known = takes_axes(self.operator, tuple(volumes))
        asked = list(zip(operators, volumes, strict=True)) if is_known else []
        self.divisions = [operator.divisions([volume]) for operator, volume in asked]
        self.limits = [operator.limits([volume]) for operator, volume in asked]
        self.claims = [operator.claims([volume]) for operator, volume in asked]
        self.windows = [operator.windows([volume]) or () for operator, volume in asked]
        self.is_known = is_known

    @property
    def is_steady(self) -> bool:
        """Whether the output grows by the same step each time, wherever there is one."""
        return (
            self._strides_divide()
            and all(_divides(of[0].by, [each.number for each in of]) for of in _columns(self.divisions))
            and all(_never_falls([each.most - each.number for each in of]) for of in _columns(self.limits))
        )

    def _strides_divide(self) -> bool:
        """Whether every window moves on by whole strides."""
        return not isinstance(self.operator, Sliding) or all(
            of[0].reach >= 0 and _divides(of[0].stride, [window.size for window in of]) for of in _columns(self.windows)
        )

    def never_fits(self) -> bool:
        """Whether something is wrong with all members of the class, given that it is with the first ones."""
        return (
            not self.is_known
            or any(
                self._never_slides(of)
                for of in _columns([self.inference.judged_windows(each) for each in self.windows])
            )
            or any(_never_divides(of[0].by, [each.number for each in of]) for of in _columns(self.divisions))
            or any(_stays_above_zero([each.number - each.most for each in of]) for of in _columns(self.limits))
            or any(_never_zero([each.actual - each.stated for each in of]) for of in _columns(self.claims))
            or self._never_written()
            or self._never_merges()
        )

    def _never_slides(self, windows: Sequence[Window]) -> bool:
        first = windows[0]
        if not isinstance(self.operator, Sliding):
            return False
        if self.operator.half_padded and not is_allowed(self.operator, first):
            return True
        if first.reach < 0:
            return len({window.size for window in windows}) == 1
        is_regular = _divides(first.stride, [window.size for window in windows])
        return is_regular and not self.is_lenient and misfits(first, self.inference.fitting)

    def _never_written(self) -> bool:
        """Whether weights that the spec writes out suit none of the members, which have the same channels."""
        volumes = [each[0] for each in self.input_volumes]
        claims = [claim for volume in volumes for claim in self.operator.shape_claims([volume])]
        return len({volume.channels for volume in volumes}) == 1 and any(c.stated not in c.allowed for c in claims)

    def _never_merges(self) -> bool:
        """Whether two of the volumes that meet differ in all members of the class, and neither is a gate."""
        if self.operator.merge is None:
            return False
        is_gated = self.operator.merge == "product"
        without_channels = self.operator.merge == "concatenation"
        first, *others = zip(*self.input_volumes, strict=True)
        for other in others:
            for axis, pairs in enumerate(_columns([_numbers(pair) for pair in zip(first, other, strict=True)])):
                is_channels = axis == len(first[0].spatial)
                is_gate = is_gated and not is_channels and min(pairs[0]) == 1
                counts = not (is_gate or (is_channels and without_channels))
                if counts and _never_zero([one - two for one, two in pairs]):
                    return True
        return False


def _numbers(pair: tuple[Volume, Volume]) -> list[tuple[int, int]]:
    """Pairs of the axes and channels of two volumes with the same number of axes."""
    one, two = pair
    return list(zip(one.shape, two.shape, strict=True)) if len(one.shape) == len(two.shape) else []


def _columns(rows: list[Any]) -> list[tuple[Any, ...]]:
    """The facts of the same kind over all members; none when members differ in what they have."""
    return list(zip(*rows, strict=True)) if len({len(row) for row in rows}) == 1 else []


def _is_regular(volumes: Sequence[Volume | None]) -> bool:
    """Whether volumes are known and grow as polynomials, in their axes or in their channels but not in both."""
    known = [volume for volume in volumes if volume is not None]
    if len(known) != len(volumes) or len({len(volume.shape) for volume in known}) > 1:
        return False
    numbers = list(zip(*(volume.shape for volume in known), strict=True))
    grows = [len(set(values)) > 1 for values in numbers]
    return not (grows[-1] and any(grows[:-1])) and all(_is_polynomial(values) for values in numbers)


def _differences(values: Sequence[int]) -> list[int]:
    """Newton's forward differences at the first value: the value, the first difference, the second ..."""
    found, row = [], list(values)
    while row:
        found.append(row[0])
        row = [after - before for before, after in pairwise(row)]
    return found


def _is_polynomial(values: Sequence[int]) -> bool:
    """Whether values that never fall are of a polynomial of lower degree than there are differences."""
    differences = _differences(values)
    return differences[-1] == 0 and min(differences[1:]) >= 0


def _divides(divisor: int, values: Sequence[int]) -> bool:
    """Whether all values, also the later ones, leave the remainder of the first."""
    return all(difference % divisor == 0 for difference in _differences(values)[1:])


def _never_divides(divisor: int, values: Sequence[int]) -> bool:
    """Whether no value is a multiple of the divisor, none of the later ones either."""
    return values[0] % divisor != 0 and _divides(divisor, values)


def _never_falls(values: Sequence[int]) -> bool:
    """Whether values are never below 0, nor fall."""
    return min(_differences(values)) >= 0


def _stays_above_zero(values: Sequence[int]) -> bool:
    """Whether values are above 0, all the later ones too."""
    return values[0] > 0 and _never_falls(values)


def _never_zero(values: Sequence[int]) -> bool:
    """Whether no value is 0, none of the later ones either."""
    return _stays_above_zero(values) or _stays_above_zero([-value for value in values])
