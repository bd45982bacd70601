"""From bytes to text: UTF-8, with or without a byte order mark, and a finding for anything else."""

from __future__ import annotations

import codecs

from archspec.diagnostics import Diagnostic, Sink
from archspec.source import Source, Span

_PICTURE = "a picture"
_SIGNATURES = (
    (b"\x89PNG\r\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF87a", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"PK\x03\x04", "an archive, such as .npz, .pt and .keras files are"),
    (b"\x89HDF\r\n", "an HDF5 file, as Keras writes"),
    (b"%PDF-", "a PDF"),
)
"""What files of other kinds begin with; Wikipedia, "List of file signatures"."""
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
    if kind := next((kind for mark, kind in _SIGNATURES if data.startswith(mark)), None):
        sink(_other_kind(name, kind))
        return None
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


def _other_kind(name: str, kind: str) -> Diagnostic:
    """A file that is no text."""
    is_input = kind == _PICTURE or "NumPy" in kind
    return Diagnostic(
        rule="encoding",
        message=f"this is {kind}, not a spec",
        path=name,
        help=(f"to run a network on it: `archspec run SPEC --input {name}`",) if is_input else ("name a YAML file",),
    )


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
