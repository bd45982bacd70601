"""Every setting as a field of a model: type, default and meaning."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator

from archspec.config.names import check_rule, check_rule_or_group, check_rules_to_ignore
from archspec.config.thresholds import as_number, check_threshold
from archspec.diagnostics import Severity, Sink
from archspec.files.discovery import EXCLUDE
from archspec.model import Model, Refusal
from archspec.spec.validate import Named, validate
from archspec.syntax.nodes import by_name

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic
    from archspec.syntax.nodes import Mapping


def _check_pattern(pattern: str) -> str:
    if pattern.startswith("!"):
        raise Refusal("a pattern here can't begin with `!`", "list the files in which to ignore the rules")
    return pattern


def _severity(name: str) -> Severity:
    return Severity(name)


Text = Annotated[str, Field(min_length=1)]
_RULE_LIST = 'a list of names of rules or groups, such as ["design"]'
RulesOn = Annotated[tuple[Annotated[Text, AfterValidator(check_rule_or_group)], ...], Field(description=_RULE_LIST)]
RulesOff = Annotated[tuple[Annotated[Text, AfterValidator(check_rules_to_ignore)], ...], Field(description=_RULE_LIST)]
PatternList = Annotated[tuple[Text, ...], Field(description='a list of patterns of files, such as ["drafts/"]')]
RulesByPattern = Annotated[
    dict[Annotated[str, AfterValidator(_check_pattern)], RulesOff],
    Field(description='a table of patterns of files and lists of rules, such as {"drafts/" = ["design"]}'),
]
Severities = Annotated[
    dict[
        Annotated[str, AfterValidator(check_rule)],
        Annotated[Literal["error", "warning", "info"], AfterValidator(_severity)],
    ],
    Field(description='a table of rules and their severities, such as {large-filter = "warning"}'),
]
Thresholds = Annotated[
    dict[Annotated[str, AfterValidator(check_threshold)], Annotated[float, PlainValidator(as_number)]],
    Field(description="a table of thresholds and their values, such as {channel-multiple = 16}"),
]


class ConfigSettings(Model):
    """The settings of a configuration; the title of each is what it means."""

    select: RulesOn | None = Field(
        default=None, title="rules to report, instead of those that are on by default", description=_RULE_LIST
    )
    extend_select: RulesOn = Field(default=(), alias="extend-select", title="further rules to report")
    ignore: RulesOff = Field(default=(), title="rules not to report")
    severity: Severities = Field(default={}, title="severities of rules, instead of their defaults")
    per_file_ignores: RulesByPattern = Field(
        default={},
        alias="per-file-ignores",
        title="rules not to report in files that match a pattern, including files that a spec uses",
    )
    exclude: PatternList = Field(default=EXCLUDE, title="files to skip in folders")
    extend_exclude: PatternList = Field(default=(), alias="extend-exclude", title="more files to skip in folders")
    respect_gitignore: bool = Field(
        default=True,
        alias="respect-gitignore",
        title="whether to skip files that .gitignore excludes",
        description="true or false, without quotes",
    )
    thresholds: Thresholds = Field(default={}, title="thresholds of rules, instead of their defaults")
    variants: Annotated[tuple[Text, ...], Field(description='a list of names of variants, such as ["small"]')] = Field(
        default=(), title="the variants to check in families that have any of them; by default all"
    )
    fail_on: Literal["error", "warning", "info", "never"] = Field(
        default="error", alias="fail-on", title="the lowest severity that makes the command fail"
    )


KEYS = {info.alias or name: info for name, info in ConfigSettings.model_fields.items()}
"""The settings by the keys that they have in a file."""


def read_settings(node: "Mapping", owner: str, sink: Sink) -> dict[str, Any]:
    """The settings that a tree describes, by key; every fault is reported to ``sink``, in the order of the places."""
    found: list[Diagnostic] = []
    made, _ = validate(ConfigSettings, node, by_name(node), Named(owner, node.span, each_part=True), found.append)
    for each in sorted(found, key=lambda each: each.span.start if each.span else 0):
        sink(each._replace(rule="invalid-configuration", fix=None, unusable=True))
    names = zip(KEYS, ConfigSettings.model_fields, strict=True)
    return {key: getattr(made, name) for key, name in names if made and name in made.model_fields_set}
