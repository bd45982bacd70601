"""Findings about a file as a whole."""

from __future__ import annotations

from typing import ClassVar

from archspec.diagnostics import Severity
from archspec.rules.stages._base import StageFinding


class UnreadableFile(StageFinding):
    """A file does not exist, is not a file or cannot be read, or the zoo does not have a network of that name.

    Why: a file that was not checked is not a clean one. ``archspec check`` exits with status 2, so that a script with a
    misspelt path fails; the other files are still checked.

    Source: README.md, "Exit status".

    Bad:
        $ archspec check zoo:resnet51

    Good:
        $ archspec check zoo:resnet50
    """

    name: ClassVar[str] = "unreadable-file"


class UnwritableFile(StageFinding):
    """A file with fixes cannot be written: it is read-only, its folder is, or it changed meanwhile.

    Why: the fixes were not applied. The file on disk is unchanged: a file is replaced in one step, and only if it has
    not changed since it was read.

    Source: docs/fixing.md, "What is kept".

    Bad: it needs a file that cannot be written.

    Good: every other file.
    """

    name: ClassVar[str] = "unwritable-file"


class UnfinishedFix(StageFinding):
    """Fixing was ended although there was still something to fix.

    Why: each fix brought a new finding with a fix, and no end of that was in sight. The fixes so far are kept.

    Source: docs/fixing.md, "A fix is checked".

    Bad: it needs thousands of fixes, each of which brings the next one to light.

    Good: every other file.
    """

    name: ClassVar[str] = "unfinished-fix"
    severity: ClassVar[Severity] = Severity.WARNING


class Encoding(StageFinding):
    """The file is not UTF-8.

    The bad example is written as Windows-1252, the good one as UTF-8.

    Why: bytes of another encoding are other characters, or none, on the next machine.

    Source: YAML 1.2.2, section 5.2 (character encodings); of those it allows, specs use UTF-8 alone.

    Bad:
        name: café
        input: 8x8x3
        layers: [relu]

    Good:
        name: café
        input: 8x8x3
        layers: [relu]
    """

    name: ClassVar[str] = "encoding"
    encoding: ClassVar[str] = "cp1252"


class EmptyFile(StageFinding):
    """The file is empty, or has only comments.

    Why: there is nothing to check; usually it was not saved, or all of it was commented out.

    Source: docs/language.md, "The file".

    Bad:
        # name: example

    Good:
        name: example
        input: 8x8x3
        layers: [relu]
    """

    name: ClassVar[str] = "empty-file"


class SeveralDocuments(StageFinding):
    """A line ``---`` begins a second YAML document in the file.

    Why: a spec is one document, so the others would not be checked.

    Source: YAML 1.2.2, section 9.2 (streams); docs/language.md, "Variants" (a family in one file).

    Bad:
        name: example
        input: 8x8x3
        layers: [relu]
        ---
        name: another

    Good:
        name: example
        input: 8x8x3
        layers: [relu]
    """

    name: ClassVar[str] = "several-documents"


class ControlCharacter(StageFinding):
    r"""The file has a control character, or an invisible one where it would become part of a value.

    Why: it is not visible, and programs read it differently: for one a no-break space ends a word, for another it is a
    part of it. Such characters come with text that is copied from web pages and terminals.

    Source: YAML 1.2.2, section 5.1 (character set).

    Bad:
        name: "exam\x07ple"
        input: 8x8x3
        layers: [relu]

    Good:
        name: "example"
        input: 8x8x3
        layers: [relu]
    """

    name: ClassVar[str] = "control-character"
