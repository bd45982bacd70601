"""What the value of a setting may be: each kind takes a value as TOML has it, and tells all that is wrong with it.

What is wrong with the whole value is raised; what is wrong with a part of it is added to ``told``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from archspec.config.configuration import FAILING
from archspec.config.faults import Wrong, unknown
from archspec.config.names import check_name, check_rule
from archspec.config.thresholds import as_number, thresholds_of_rules
from archspec.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

Told = list[Wrong]


def rules_on(value: Any, told: Told) -> tuple[str, ...]:
    """Names of rules and groups to turn on."""
    return _rules(value, told, off=False)


def rules_off(value: Any, told: Told) -> tuple[str, ...]:
    """Names of rules and groups to turn off."""
    return _rules(value, told, off=True)


def _rules(value: Any, told: Told, *, off: bool) -> tuple[str, ...]:
    names = _texts(value, told, "names of rules or groups", '["design"]')
    for index, name in names.items():
        with _within(index, told):
            check_name(name, off=off)
    return tuple(names.values())


def severities(value: Any, told: Told) -> dict[str, Severity]:
    """A severity for each of some rules."""
    found = {}
    for name, severity in _table(value, "rules and their severities", '{large-filter = "warning"}').items():
        with _within(name, told, is_key=True):
            check_rule(name)
        with _within(name, told):
            found[name] = Severity(_one_of(severity, tuple(map(str, Severity)), "severity"))
    return found


def rules_by_pattern(value: Any, told: Told) -> dict[str, tuple[str, ...]]:
    """Rules to turn off in the files that a pattern matches."""
    found = {}
    example = '{"drafts/" = ["design"]}'
    for pattern, names in _table(value, "patterns of files and lists of rules", example).items():
        with _within(pattern, told, is_key=True):
            if pattern.startswith("!"):
                raise Wrong("a pattern here can't begin with `!`", "name the files in which to ignore the rules")
        parts: Told = []
        with _within(pattern, told):
            found[pattern] = rules_off(names, parts)
        for part in parts:
            with _within(pattern, told):
                raise part
    return found


def patterns(value: Any, told: Told) -> tuple[str, ...]:
    """Patterns of files, as in .gitignore."""
    return tuple(_texts(value, told, "patterns of files", '["drafts/"]').values())


def variants(value: Any, told: Told) -> tuple[str, ...]:
    """Names of variants."""
    return tuple(_texts(value, told, "names of variants", '["small"]').values())


def thresholds(value: Any, told: Told) -> dict[str, float]:
    """Numbers that rules judge by."""
    known = thresholds_of_rules()
    found = {}
    for name, number in _table(value, "thresholds and their numbers", "{channel-multiple = 16}").items():
        if name not in known:
            with _within(name, told, is_key=True):
                raise Wrong(*unknown("threshold", name, known))
        else:
            with _within(name, told):
                found[name] = as_number(number)
    return found


def fail_on(value: Any, _: Told) -> str:
    """The lightest severity that gives exit status 1."""
    return _one_of(value, tuple(FAILING), "severity")


def switch(value: Any, _: Told) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise Wrong(f"{{}} is true or false, not {_words(value)}", "write true or false, without quotes")


@contextmanager
def _within(part: str | int, told: Told, *, is_key: bool = False) -> Iterator[None]:
    """Tell what is wrong with a part of a value, with the way there."""
    try:
        yield
    except Wrong as wrong:
        told.append(Wrong(str(wrong), wrong.help, (part, *wrong.way), is_key=is_key or wrong.is_key))


def _texts(value: Any, told: Told, what: str, example: str) -> dict[int, str]:
    """The texts in a list, by their positions."""
    if not isinstance(value, list | tuple):
        raise Wrong(f"{{}} is a list of {what}, not {_words(value)}", f"write {_listed(value) or f'such as {example}'}")
    found = {}
    for index, item in enumerate(value):
        with _within(index, told):
            if not isinstance(item, str) or not item:
                raise Wrong(f"{{}} is a list of {what}, and this is {_words(item)}", f"write such as {example}")
            found[index] = item
    return found


def _listed(value: Any) -> str:
    """A text as a list of it, as it was probably meant."""
    return f'["{value}"]' if isinstance(value, str) and value.isprintable() and not set('"\\') & set(value) else ""


def _table(value: Any, what: str, example: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Wrong(f"{{}} is a table of {what}, not {_words(value)}", f"write such as {example}")


def _one_of(value: Any, valid: tuple[str, ...], what: str) -> str:
    if value in valid and isinstance(value, str):
        return value
    listed = f"write one of {', '.join(valid)}"
    if isinstance(value, str):
        raise Wrong(*unknown(what, value, valid, listed))
    raise Wrong(f"{{}} is a {what}, not {_words(value)}", listed)


def _words(value: Any) -> str:
    """A value as a message names it."""
    if isinstance(value, str):
        return f"the text `{value:.40}`" if value else "an empty text"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, list | tuple):
        return "a list"
    return "a table" if isinstance(value, dict) else f"a {type(value).__name__}"
