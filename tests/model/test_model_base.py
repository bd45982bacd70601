from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pydantic
import pytest

from archspec.model import Field, Model, ValidationError
from archspec.ops.convolution import Conv
from archspec.ops.pooling import MaxPool


class Part(Model):
    number: int = 1


class Whole(Part):
    """A model of models."""

    text: str
    part: Part | None = None
    other: str = Field(default="x", key="another")


def test_fields_come_in_order_those_of_bases_first() -> None:
    assert list(Whole.model_fields) == ["number", "text", "part", "other"]
    assert [name for name, info in Whole.model_fields.items() if info.is_required()] == ["text"]
    assert list(Part.model_fields) == ["number"]


def test_values_are_validated_and_kept() -> None:
    made = Whole.model_validate({"text": "a", "part": {"number": 3}, "another": "y"})
    assert (made.number, made.text, made.part, made.other) == (1, "a", Part(number=3), "y")
    assert made.model_fields_set == {"text", "part", "other"}
    assert repr(made) == "Whole(number=1, text='a', part=Part(number=3), other='y')"
    assert Whole.model_validate({"text": "a", "part": made.part}).part is made.part


def test_errors_are_those_of_pydantic() -> None:
    assert ValidationError is pydantic.ValidationError
    with pytest.raises(pydantic.ValidationError, match="2 validation errors for Whole"):
        Whole.model_validate({"text": "a", "other": "y", "part": {"number": "1"}})
    with pytest.raises(pydantic.ValidationError, match="1 validation error for Part"):
        Part(number="1")  # type: ignore[arg-type]


def test_a_copy_differs_in_what_is_replaced() -> None:
    first = Conv(filters=2, kernel=3)
    second = first.model_copy(update={"fit": "crop"})
    assert (first.fit, second.fit, second.kernel) == (None, "crop", 3)
    assert second.model_fields_set == {"filters", "kernel", "fit"}
    assert first.model_fields_set == {"filters", "kernel"}
    assert second == Conv(filters=2, kernel=3, fit="crop")
    assert first != second


def test_models_of_different_kinds_differ() -> None:
    assert Conv(filters=2, kernel=3) != MaxPool(kernel=3)
    assert len({Part(), Part(number=1), Part(number=2)}) == 2


def test_what_is_constructed_is_taken_as_it_is() -> None:
    made = Whole.model_construct(text=3, another="y")
    assert vars(made) == {"number": 1, "text": 3, "part": None, "other": "y"}
    assert made.model_fields_set == {"text", "other"}
    with pytest.raises(AttributeError):
        _ = Whole.model_construct().text


def test_a_model_never_changes() -> None:
    for name in ("number", "unknown"):
        with pytest.raises(ValidationError, match="Instance is frozen"):
            setattr(Part(), name, 3)


def test_a_model_can_be_copied_and_stored() -> None:
    made = Conv(filters=2, kernel=3)
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):  # noqa: S301 - our own
        assert other == made
        assert other.model_fields_set == made.model_fields_set


def test_a_model_of_pydantic_is_made_of_it() -> None:
    theirs = Whole.pydantic()
    assert issubclass(theirs, pydantic.BaseModel)
    assert theirs is Whole.pydantic()
    assert theirs.model_validate({"text": "a", "part": {"number": 3}}).model_dump()["part"] == {"number": 3}
    assert theirs.__doc__ == "A model of models."


WITHOUT_THE_SHORT_WAY = """
import importlib.machinery as machinery
finder = machinery.PathFinder
machinery.PathFinder = type("None", (), {"find_spec": staticmethod(lambda *_: None)})
from archspec.model import ValidationError
machinery.PathFinder = finder
assert "pydantic_core" in sys.modules
"""


@pytest.mark.parametrize(
    "code",
    [
        "from archspec.model import ValidationError; assert 'pydantic_core' not in sys.modules; import pydantic",
        "import pydantic; from archspec.model import ValidationError",
        WITHOUT_THE_SHORT_WAY,
    ],
    ids=["before pydantic", "after pydantic", "without the short way"],
)
def test_the_engine_is_the_one_that_pydantic_has(code: str) -> None:
    check = (
        "\nimport pydantic, archspec.ops.convolution as c\n"
        "assert ValidationError is pydantic.ValidationError\n"
        "class Own(pydantic.BaseModel):\n    number: int\n"
        "for make in (lambda: Own(number='x'), lambda: c.Conv(kernel=3)):\n"
        "    try: make()\n    except pydantic.ValidationError as error: print(len(error.errors()))"
    )
    process = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}{check}"], capture_output=True, text=True, check=False
    )
    assert (process.stderr, process.stdout) == ("", "1\n1\n")
