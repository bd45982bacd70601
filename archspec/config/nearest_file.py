"""The file that configures a folder: the nearest, from the folder up to the root of the file system.

Every check looks for it and most folders have none, so a folder is asked about once, and costs two questions.
"""

# ruff: noqa: PTH110, PTH112, PTH113, PTH118, PTH120 -- importing pathlib takes longer than reading a spec

from __future__ import annotations

import os
import re

from archspec.source import Source
from archspec.syntax.guarded_file import UnreadableFileError, read_guarded_file

MOST_BYTES = 2**19
"""The size of a configuration, at most."""
OWN, SHARED = "archspec.toml", "pyproject.toml"
"""Our own file, and one with a table ``[tool.archspec]``. The first takes precedence."""
_TABLE = (
    rb"""(?m)^(?:\xef\xbb\xbf)?[ \t]*+(?:\[?[ \t]*+["']?tool\b.*archspec|["']?archspec["']?[ \t]*+(?:\.|=[ \t]*\{))"""
)
"""How a line in the table may begin: most projects need no TOML parser."""


def nearest_file(folder: str, known: dict[str, str | None]) -> str | None:
    """Path of the file that configures an absolute folder; None when there is none.

    ``known`` keeps what was found for each folder on the way.
    """
    way = [folder]
    while way[-1] not in known:
        here = way[-1]
        above = os.path.dirname(here)
        found = file_in(here)
        if found is not None or above == here:
            known[here] = found
        else:
            way.append(above)
    known.update(dict.fromkeys(way, known[way[-1]]))
    return known[folder]


def file_in(folder: str) -> str | None:
    """The file of a folder that configures it, if it has one."""
    own, shared = os.path.join(folder, OWN), os.path.join(folder, SHARED)
    if _is_there(own):
        return own
    return shared if _is_there(shared) and has_table(shared) else None


def _is_there(path: str) -> bool:
    """Whether there is a file, or what is none but stands in its place, such as a pipe; that is reported when read."""
    return os.path.isfile(path) or (os.path.exists(path) and not os.path.isdir(path))


def has_table(path: str) -> bool:
    """Whether a pyproject.toml has a table ``[tool.archspec]``; also when it seems to, but is no TOML."""
    try:
        data = read_guarded_file(path, MOST_BYTES)
    except UnreadableFileError as refusal:
        return not isinstance(refusal.__cause__, PermissionError)  # one that may not be read is not meant for us
    if b"archspec" not in data or not re.search(_TABLE, data):
        return False
    import tomllib  # noqa: PLC0415 - see above

    from archspec.config.toml_limits import passed_limit  # noqa: PLC0415 - as above

    try:
        text = data.decode("utf-8-sig")
        if passed_limit(Source(path, text)) is not None:
            return True
        tool = tomllib.loads(text).get("tool")
    except (ValueError, RecursionError):
        return True
    return isinstance(tool, dict) and "archspec" in tool
