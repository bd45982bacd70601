"""From bytes to text: UTF-8, with or without a byte order mark, and a finding for anything else."""

from __future__ import annotations

import codecs

from archspec.diagnostics import Diagnostic, Sink
from archspec.source import Source, Span

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ZEROS: dict[
    tuple[bool, ...], str
] = {  # which of the first four bytes are 0 when the text begins with two ASCII characters
    (True, True, True, False): "utf-32-be",
    (False, True, True, True): "utf-32-le",
    (True, False, True, False): "utf-16-be",
    (False, True, False, True): "utf-16-le",
}


def decode(name: str, data: bytes, sink: Sink) -> Source | None:
    """The text of a file; None after a finding when it is not UTF-8."""
    if wide := _wide_encoding(data):
        sink(_wide(name, data, wide))
        return None
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(name, body.decode(), bom=len(body) < len(data))
    except UnicodeDecodeError as error:
        sink(_undecodable(name, body, error))
        return None


def _wide_encoding(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    return _ZEROS.get(tuple(byte == 0 for byte in data[:4]))


def _wide(name: str, data: bytes, encoding: str) -> Diagnostic:
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    family, _, order = encoding.rpartition("-")
    ends = {"le": "little-endian", "be": "big-endian"}[order]
    return Diagnostic(
        rule="encoding",
        message=f"the file is {family.upper()} ({ends}), and a spec is UTF-8",
        span=Span(Source(name, text), 0, 0),
        label=f"the first of {len(data):,} bytes",
        help=("save the file as UTF-8 (an editor offers this as `Save with encoding`)",),
    )


def _undecodable(name: str, data: bytes, error: UnicodeDecodeError) -> Diagnostic:
    at = len(data[: error.start].decode())
    byte = data[error.start]
    western = bytes([byte]).decode("cp1252", errors="ignore")
    return Diagnostic(
        rule="encoding",
        message=f"byte 0x{byte:02X} is not UTF-8",
        span=Span(Source(name, data.decode(errors="replace")), at, at + 1),
        label="this byte",
        notes=(f"in Windows-1252, byte 0x{byte:02X} is `{western}`",) if western else (),
        help=("save the file as UTF-8",),
    )
