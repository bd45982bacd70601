"""Findings of the stages before the rules: reading YAML, reading the spec in it, and expanding that to a network.

The stages report them; this package holds their documentation, in the same form as that of rules: a new
``rule="..."`` anywhere is one class with a docstring, and one line here. Its ``Bad:`` must cause the finding, its
``Good:`` none.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.rules.stages._base import StageFinding

SYNTAX = {
    "unreadable-file": "files:UnreadableFile",
    "unwritable-file": "files:UnwritableFile",
    "unfinished-fix": "files:UnfinishedFix",
    "encoding": "files:Encoding",
    "empty-file": "files:EmptyFile",
    "several-documents": "files:SeveralDocuments",
    "control-character": "files:ControlCharacter",
    "yaml-syntax": "values:YamlSyntax",
    "yaml-ambiguity": "values:YamlAmbiguity",
    "yaml-exponent": "values:YamlExponent",
    "yaml-tag": "values:YamlTag",
    "number-range": "values:NumberRange",
    "duplicate-key": "keys:DuplicateKey",
    "complex-key": "keys:ComplexKey",
    "merge-key": "keys:MergeKey",
    "undefined-alias": "anchors:UndefinedAlias",
    "recursive-alias": "anchors:RecursiveAlias",
    "unused-anchor": "anchors:UnusedAnchor",
    "alias-limit": "limits:AliasLimit",
    "depth-limit": "limits:DepthLimit",
    "node-limit": "limits:NodeLimit",
    "finding-limit": "limits:FindingLimit",
}
"""Name of a finding of the group ``syntax`` -> "module:Class" in this folder."""

SPEC = {
    "spec-form": "form:SpecForm",
    "missing-key": "form:MissingKey",
    "unknown-key": "form:UnknownKey",
    "invalid-value": "form:InvalidValue",
    "expression": "form:Expression",
    "unknown-operator": "names:UnknownOperator",
    "unknown-volume": "names:UnknownVolume",
    "unknown-rule": "names:UnknownRule",
    "suppression-form": "suppression:SuppressionForm",
    "unused-suppression": "suppression:UnusedSuppression",
    "duplicate-name": "names:DuplicateName",
    "shadowed-name": "names:ShadowedName",
    "unusable-file": "expansion:UnusableFile",
    "recursive-block": "expansion:RecursiveBlock",
    "expansion-limit": "expansion:ExpansionLimit",
    "work-limit": "expansion:WorkLimit",
    "unknown-choice": "commands:UnknownChoice",
    "invalid-configuration": "commands:InvalidConfiguration",
    "internal-error": "commands:InternalError",
}
"""The same for the group ``spec``."""

STAGE_FINDINGS = {**SYNTAX, **SPEC}

SILENCEABLE = frozenset((
    "yaml-ambiguity", "yaml-exponent", "yaml-tag", "merge-key", "unused-anchor",
    "unknown-rule", "suppression-form", "unused-suppression",
))  # fmt: skip
"""Those that may be disabled or made lighter. Where another one is found, part of the spec is not checked."""


@cache
def stage_finding(name: str) -> StageFinding:
    """The documentation of a finding of an earlier stage; KeyError when there is none of that name."""
    module, _, attribute = STAGE_FINDINGS[name].partition(":")
    found: StageFinding = getattr(import_module(f"{__name__}.{module}"), attribute)()
    return found
