"""The base of all models: pydantic's, strict and frozen."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Values that are valid and never change.

    Nothing is converted, except a whole number where any number will do, and nothing unknown is passed over. Its
    validator is built when it is first used: that takes longer than all else, and most models of a run are not used.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Refusal(ValueError):  # noqa: N818 - not an error of the program: it carries the words of a finding
    """The error of a validator that refuses a value, with ``help`` on what to write instead."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_
