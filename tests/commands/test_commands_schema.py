"""``archspec schema``: printed, or in a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archspec.commands import Status
from archspec.commands.schema import write_schema
from archspec.schema import json_schema

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", [None, "-"])
def test_it_is_printed(path: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert write_schema(path) is Status.OK
    out, err = capsys.readouterr()
    assert json.loads(out) == json_schema()
    assert out.endswith("}\n")
    assert err == ""


def test_it_names_its_draft_and_fetches_nothing() -> None:
    found = json_schema()
    assert found["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert "$id" not in found
    references = {part.split('"')[0] for part in json.dumps(found).split('"$ref": "')[1:]}
    assert {reference.removeprefix("#/definitions/") for reference in references} <= set(found["definitions"])


def test_it_is_written_over_an_older_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "archspec.schema.json"
    path.write_text("an older one")
    assert write_schema(str(path)) is Status.OK
    assert json.loads(path.read_text("utf-8")) == json_schema()
    assert capsys.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, why in (
        (tmp_path, f"cannot write {tmp_path}: it is a directory; choose a file in it"),
        (tmp_path / "no" / "s.json", f"cannot write {tmp_path}/no/s.json: there is no directory {tmp_path}/no; "),
    ):
        assert write_schema(str(path)) is Status.UNUSABLE
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"error: {why}")
