"""What can be wrong with a configuration, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archspec.diagnostics import Diagnostic
from archspec.syntax.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archspec.source import Span


class Wrong(ValueError):  # noqa: N818 - it carries the words of a finding
    """A value is no setting's; ``way`` leads from the setting to the part that is wrong, to its key if ``is_key``.

    A message begins with ``{}`` where the setting is to be named.
    """

    def __init__(self, message: str, help_: str = "", way: tuple[str | int, ...] = (), *, is_key: bool = False) -> None:
        super().__init__(message)
        self.help = help_
        self.way = way
        self.is_key = is_key

    def about(self, key: str) -> str:
        """The message with the name of the setting in its place, which is ``{}``."""
        name = ".".join((key, *(part for part in self.way if isinstance(part, str))))
        message = str(self)
        return f"`{name}`{message[2:]}" if message.startswith("{}") else message


def unknown(kind: str, word: str, valid: Iterable[str], listed: str = "") -> tuple[str, str]:
    """Message and help for a name that there is none of; ``listed`` replaces a list that would be too long."""
    names = list(valid)
    near = nearest(word, names)
    message = f"there is no {kind} `{word:.60}`" + (f"; did you mean `{near}`?" if near else "")
    return message, f"write `{near}`" if near else listed or f"{kind}s are {', '.join(names) or 'none'}"


def fault(message: str, span: Span | None, help_: str = "", path: str | None = None) -> Diagnostic:
    """The finding about a configuration: nothing that it governs can be checked."""
    help_lines = (help_,) if help_ else ()
    return Diagnostic(
        rule="invalid-configuration", message=message, span=span, help=help_lines, path=path, unusable=True
    )  # fmt: skip
