"""What kind of file it is, by its first bytes and then by its name, so that a wrong ending misleads nobody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from knowledge.errors import Unreadable
from knowledge.readers.source import Source

Kind = Literal[
    "markdown", "plain", "json lines", "json", "csv", "excel", "word", "web", "pdf", "mail", "photo", "archive"
]
ENDINGS: dict[str, Kind] = {
    ".md": "markdown", ".markdown": "markdown", ".txt": "plain", ".text": "plain",
    ".jsonl": "json lines", ".ndjson": "json lines", ".json": "json",
    ".csv": "csv", ".tsv": "csv", ".xlsx": "excel", ".xlsm": "excel", ".docx": "word",
    ".html": "web", ".htm": "web", ".xhtml": "web", ".pdf": "pdf", ".eml": "mail",
    ".jpg": "photo", ".jpeg": "photo", ".png": "photo", ".heic": "photo", ".heif": "photo", ".webp": "photo",
    ".tif": "photo", ".tiff": "photo", ".bmp": "photo", ".zip": "archive",
}  # fmt: skip
_WRITTEN = frozenset({"markdown", "plain", "json lines", "json", "csv", "web", "mail"})
"""Kinds that are text, of whatever words."""
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_HEIF = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")
_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHUT = {b"\x1f\x8b": "gzip", b"Rar!": "RAR", b"7z\xbc\xaf\x27\x1c": "7-Zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_OLD = {".doc": "as .docx", ".xls": "as .xlsx", ".ppt": "as a PDF", ".msg": "as .eml"}


def kind_of(source: Source) -> Kind:
    """Say which reader takes a file.

    Raises:
        Unreadable: none does, or the file cannot be opened.
    """
    head = _head(source)
    if not head:
        raise Unreadable(f"{source.name}: is empty.")
    named = ENDINGS.get(source.suffix)
    if kind := _by_bytes(source, head, named):
        return kind
    if named in _WRITTEN:
        return named
    if b"\x00" not in head and (kind := _by_words(head)):
        return kind
    if (named or source.suffix in _OLD) and _is_text(head):
        return "csv" if source.suffix in (".xls", ".xlsx") else "plain"
    if named:
        return named  # its reader says what is wrong with it
    known = ", ".join(sorted(ENDINGS))
    raise Unreadable(f"{source.name}: no reader for {source.suffix or 'a file without an ending'}; there are {known}.")


def _head(source: Source) -> bytes:
    try:
        with source.path.open("rb") as file:
            return file.read(4096)
    except OSError as error:
        raise Unreadable(f"{source.name}: cannot be read ({error.strerror or error}).") from error


def _by_bytes(source: Source, head: bytes, named: Kind | None) -> Kind | None:
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:1024] and named not in _WRITTEN):
        return "pdf"
    if head.startswith(b"BM") and named != "photo":
        return None  # two letters that any text may begin with
    if head.startswith(_PICTURES) or head[4:12] in [b"ftyp" + brand for brand in _HEIF]:
        return "photo"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "photo"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(source.path, named)
    if head.startswith(_OFFICE):
        if named in ("word", "excel"):
            raise Unreadable(f"{source.name}: is locked with a password. Open it, and save it without one.")
        save = _OLD.get(source.suffix, "in today's format")
        raise Unreadable(f"{source.name}: is a file of an old Office program. Open it there, and save it {save}.")
    for mark, packer in _SHUT.items():
        if head.startswith(mark):
            raise Unreadable(f"{source.name}: is packed with {packer}. Unpack it, or pack it as ZIP.")
    return None


def _zipped(path: Path, named: Kind | None) -> Kind:
    """Word and Excel write ZIP files, too."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return named if named in ("word", "excel") else "archive"
    if any(name.startswith("word/") for name in names):
        return "word"
    if any(name.startswith("xl/") for name in names):
        return "excel"
    return named if named in ("word", "excel") else "archive"


def _by_words(head: bytes) -> Kind | None:
    if re.match(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", head, re.I | re.S):
        return "web"
    lines = re.findall(rb"^(From|To|Date|Subject|Received|Message-ID|MIME-Version|Return-Path): ", head, re.I | re.M)
    return "mail" if len({line.lower() for line in lines}) >= 3 else None


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = any(byte < 9 or 13 < byte < 32 for byte in head)
    return not control and len(head.split()) > 1 and sum(byte < 128 for byte in head) > len(head) * 0.85
