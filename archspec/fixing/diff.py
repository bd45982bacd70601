"""What fixing would change, as a unified diff for ``patch``."""

from __future__ import annotations

from difflib import unified_diff


def diff(name: str, before: bytes, after: bytes) -> bytes:
    """The unified diff of one file: line ends and byte order mark as they are, for both belong to what is patched."""
    lines = unified_diff(_lines(before), _lines(after), name, name)
    return b"".join(_with_line_end(line).encode(errors="surrogateescape") for line in lines)


def _lines(data: bytes) -> list[str]:
    """Lines with their ends; only a line feed ends one."""
    *ended, rest = data.decode().split("\n")
    return [*(f"{line}\n" for line in ended), *([rest] if rest else [])]


def _with_line_end(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
