from __future__ import annotations

import pickle

import pydantic
import pytest

from archspec.config.settings import KEYS, ConfigSettings, read_settings
from archspec.config.tree import value_tree


def test_settings_are_a_model() -> None:
    settings = ConfigSettings.model_validate({"fail-on": "never", "per-file-ignores": {"a/": ("shape",)}})
    assert (settings.fail_on, settings.per_file_ignores) == ("never", {"a/": ("shape",)})
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - our own
    assert settings.model_dump(by_alias=True, exclude_unset=True, mode="json") == {
        "per-file-ignores": {"a/": ["shape"]},
        "fail-on": "never",
    }
    with pytest.raises(pydantic.ValidationError, match="there is no rule or group `zzz`"):
        ConfigSettings(ignore=("zzz",))


def test_a_json_schema_says_what_each_setting_means() -> None:
    schema = ConfigSettings.model_json_schema()
    assert {key: each["title"] for key, each in schema["properties"].items()} == {
        key: info.title for key, info in KEYS.items()
    }
    assert schema["properties"]["fail-on"]["enum"] == ["error", "warning", "info", "never"]


def test_only_what_is_given_is_set() -> None:
    assert read_settings(
        value_tree({"ignore": ["shape"], "thresholds": {}}), "x", lambda each: pytest.fail(each.message)
    ) == {
        "ignore": ("shape",),
        "thresholds": {},
    }


def test_values_in_no_file_are_shown_as_they_are() -> None:
    found: list[str] = []
    read_settings(
        value_tree({"exclude": ["a", 3, None, {"b": 1}], "ignore": True, "other": 1}),
        "x",
        lambda each: found.append(each.message),
    )
    assert found == [
        "`ignore` of x must be a list, not true",
        "`exclude[1]` of x must be text, not 3",
        "`exclude[2]` of x must be text, not nothing",
        "`exclude[3]` of x must be text, not {b: 1}",
        "x has no `other`",
    ]
