"""What can be wrong with a command's choice, and with archspec itself."""

from __future__ import annotations

from typing import ClassVar

from archspec.rules.stages._base import StageFinding


class UnknownChoice(StageFinding):
    """An option names a variant or a parameter that the spec does not have, or gives a value that can't be read.

    Why: another network than the one that was asked for would be checked.

    Source: docs/language.md, "Variants".

    Bad:
        $ archspec check zoo:resnet50 --variant resnet51

    Good:
        $ archspec check zoo:resnet50 --variant resnet50
    """

    name: ClassVar[str] = "unknown-choice"


class InvalidConfiguration(StageFinding):
    """A configuration file cannot be read, or has a setting that there is none of, or a value that means nothing.

    Why: the specs that it governs are not checked, for nobody can tell by which rules. Other specs are.

    Source: docs/configuration.md, "Which file counts".

    Bad:
        $ archspec check zoo:resnet50 --config missing.toml

    Good:
        $ archspec check zoo:resnet50 --isolated
    """

    name: ClassVar[str] = "invalid-configuration"


class InternalError(StageFinding):
    """archspec itself failed at a file; the other files are still checked.

    Why: this is a fault of archspec. Please report it with the file; with the environment variable ``ARCHSPEC_DEBUG=1``
    the traceback shows where it happened.

    Source: README.md, "Exit status".

    Bad: no file is known that brings it about.

    Good: every other file.
    """

    name: ClassVar[str] = "internal-error"
