from __future__ import annotations

import copy
import pickle
from functools import cached_property
from typing import ClassVar

import pytest

from archspec.record import field, keyword_record, record, replace, workpiece


@record
class Point:
    """A place."""

    axes: ClassVar[int] = 2

    x: int
    y: int = 0
    seen: list[int] = field(default_factory=list)

    @property
    def sum(self) -> int:
        return self.x + self.y


@keyword_record
class Base:
    name: str
    size: int = 1


@keyword_record
class Derived(Base):
    parts: tuple[int, ...]


@record
class Cached:
    number: int

    @cached_property
    def double(self) -> int:
        return 2 * self.number


@workpiece
class Pile:
    height: int = 0
    items: list[int] = field(default_factory=list)


def test_fields_are_given_by_position_or_by_name() -> None:
    first, second = Point(1, 2), Point(y=2, x=1)
    assert (first.x, first.y, first.sum) == (second.x, second.y, second.sum) == (1, 2, 3)
    assert Point.axes == 2
    assert Point.__doc__ == "A place."
    assert Point.__qualname__ == "Point"
    with pytest.raises(TypeError, match="x"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="z"):
        Point(1, z=3)  # type: ignore[call-arg]


def test_a_fresh_default_is_made_for_each() -> None:
    first, second = Point(1), Point(1)
    first.seen.append(3)
    assert (first.seen, second.seen, Point(1, 2, [4]).seen) == ([3], [], [4])
    assert Pile().items is not Pile().items


def test_fields_of_a_keyword_record_follow_those_of_its_base() -> None:
    made = Derived(parts=(1,), name="a")
    assert (made.name, made.size, made.parts) == ("a", 1, (1,))
    with pytest.raises(TypeError, match="positional"):
        Derived("a", 1, (1,))  # type: ignore[call-arg]


def test_records_are_compared_by_identity() -> None:
    point = Point(1)
    assert point != Point(1)
    assert len({point, point, Point(1)}) == 2


def test_there_is_room_for_the_fields_alone() -> None:
    for made in (Point(1), Derived(parts=(), name="a")):
        assert not hasattr(made, "__dict__")
        with pytest.raises(AttributeError):
            made.other = 1  # type: ignore[union-attr]


def test_cached_properties_are_kept() -> None:
    made = Cached(2)
    assert (made.double, vars(made)) == (4, {"double": 4})


def test_a_workpiece_changes() -> None:
    pile = Pile()
    pile.height += 1
    assert (pile.height, Pile().height) == (1, 0)


def test_replaced_values() -> None:
    point = Point(1, 2, [3])
    moved = replace(point, x=5)
    assert (moved.x, moved.y, moved.seen) == (5, 2, [3])
    assert replace(Derived(parts=(), name="a"), size=3).size == 3
    with pytest.raises(TypeError):
        replace(point, z=1)


def test_records_can_be_matched_copied_and_stored() -> None:
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
    for other in (copy.deepcopy(Point(1, 2)), pickle.loads(pickle.dumps(Point(1, 2)))):  # noqa: S301 - our own
        assert (other.x, other.y, other.seen) == (1, 2, [])
