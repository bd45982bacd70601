"""Findings about options, configuration, and archspec itself."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class UnknownChoice(StageFinding):
    """An option names a variant or a parameter that the spec does not have, or gives a value that can't be read.

    Why: another network than the selected one would be checked.

    Source: docs/language.md, "Variants".

    Bad:
        $ archspec check zoo:resnet50 --variant resnet51

    Good:
        $ archspec check zoo:resnet50 --variant resnet50
    """

    name: ClassVar[str] = "unknown-choice"


class InvalidConfiguration(StageFinding):
    """A configuration file cannot be read, or has an unknown setting or an invalid value.

    Why: the specs that it applies to are not checked, for it is unknown by which rules. Other specs are.

    Source: docs/configuration.md, "Which file counts".

    Bad:
        $ archspec check zoo:resnet50 --config missing.toml

    Good:
        $ archspec check zoo:resnet50 --isolated
    """

    name: ClassVar[str] = "invalid-configuration"


class InternalError(StageFinding):
    """archspec itself failed at a file; the other files are still checked.

    Why: this is a bug in archspec. Please report it with the file; with the environment variable ``ARCHSPEC_DEBUG=1``
    the traceback shows where it happened.

    Source: README.md, "Exit status".

    Bad: no file is known that causes it.

    Good: every other file.
    """

    name: ClassVar[str] = "internal-error"
