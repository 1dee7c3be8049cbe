"""What kind of file it is, by its first bytes and then by its name, so that a wrong ending misleads nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal
from zipfile import BadZipFile, ZipFile

from knowledge.errors import Unreadable
from knowledge.readers.source import Source

Kind = Literal[
    "markdown", "plain", "json lines", "json", "csv", "excel", "open sheet", "word", "open text", "rich text", "web",
    "pdf", "mail", "mailbox", "photo", "evernote", "calendar", "contacts", "archive",
]  # fmt: skip
ENDINGS: dict[str, Kind] = {
    ".md": "markdown", ".markdown": "markdown", ".txt": "plain", ".text": "plain", ".log": "plain", ".org": "plain",
    ".rst": "plain", ".adoc": "plain", ".yaml": "plain", ".yml": "plain",
    ".jsonl": "json lines", ".ndjson": "json lines", ".json": "json",
    ".csv": "csv", ".tsv": "csv", ".xlsx": "excel", ".xlsm": "excel", ".ods": "open sheet",
    ".docx": "word", ".odt": "open text", ".rtf": "rich text", ".html": "web", ".htm": "web", ".xhtml": "web",
    ".pdf": "pdf", ".eml": "mail", ".mht": "mail", ".mhtml": "mail", ".mbox": "mailbox",
    ".enex": "evernote", ".ics": "calendar", ".vcf": "contacts",
    ".jpg": "photo", ".jpeg": "photo", ".png": "photo", ".heic": "photo", ".heif": "photo", ".webp": "photo",
    ".tif": "photo", ".tiff": "photo", ".bmp": "photo", ".gif": "photo", ".zip": "archive",
}  # fmt: skip
_WRITTEN = frozenset({
    "markdown", "plain", "json lines", "json", "csv", "web", "mail", "mailbox", "evernote", "calendar", "contacts",
})  # fmt: skip
"""Kinds that are text, of whatever words."""
_OFFICE_ZIPS = frozenset({"word", "excel", "open text", "open sheet"})
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_HEIF = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif")
_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WINMAIL = b"\x78\x9f\x3e\x22"
_SHUT = {b"\x1f\x8b": "gzip", b"Rar!": "RAR", b"7z\xbc\xaf\x27\x1c": "7-Zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_ELSEWHERE = {".pages": "Pages", ".numbers": "Numbers", ".key": "Keynote", ".pptx": "PowerPoint", ".odp": "Impress"}
"""Programs whose files are ZIP files that only they can read."""
_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
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
    if named == "mail" and re.match(rb"From \S+ ", head):
        return "mailbox"
    if named in _WRITTEN:
        return named
    if b"\x00" not in head and (kind := _by_words(head)):
        return kind
    if (named or not source.suffix or source.suffix in _OLD) and _is_text(head):
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
        return _zipped(source, named)
    if head.startswith(_OFFICE):
        if named in ("word", "excel"):
            raise Unreadable(f"{source.name}: is locked with a password. Open it, and save it without one.")
        save = _OLD.get(source.suffix, "in today's format")
        raise Unreadable(f"{source.name}: is a file of an old Office program. Open it there, and save it {save}.")
    if head.startswith(_WINMAIL):
        raise Unreadable(f"{source.name}: is how Outlook packs attachments. Ask who sent it to send them as they are.")
    for mark, packer in _SHUT.items():
        if head.startswith(mark):
            raise Unreadable(f"{source.name}: is packed with {packer}. Unpack it, or pack it as ZIP.")
    return None


def _zipped(source: Source, named: Kind | None) -> Kind:
    """Word, Excel and LibreOffice write ZIP files, too."""
    if program := _ELSEWHERE.get(source.suffix):
        raise Unreadable(f"{source.name}: is a file of {program}. Open it there, and save or export it as a PDF.")
    try:
        with ZipFile(source.path) as archive:
            names = archive.namelist()
            told = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return named if named in _OFFICE_ZIPS else "archive"
    if any(name.startswith("word/") for name in names):
        return "word"
    if any(name.startswith("xl/") for name in names):
        return "excel"
    if match := re.match(rb"application/vnd\.oasis\.opendocument\.(text|spreadsheet)", told):
        return "open text" if match[1] == b"text" else "open sheet"
    return named if named in _OFFICE_ZIPS else "archive"


def _by_words(head: bytes) -> Kind | None:
    if head.startswith(b"{\\rtf"):
        return "rich text"
    if match := re.match(rb"(?:\xef\xbb\xbf)?\s*BEGIN:(VCALENDAR|VCARD)\b", head, re.I):
        return "calendar" if match[1].upper() == b"VCALENDAR" else "contacts"
    if re.match(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", head, re.I | re.S):
        return "web"
    if re.search(rb"<en-export\b", head):
        return "evernote"
    lines = re.findall(rb"^(From|To|Date|Subject|Received|Message-ID|MIME-Version|Return-Path): ", head, re.I | re.M)
    if len({line.lower() for line in lines}) < 3:
        return None
    return "mailbox" if re.match(rb"From \S+ ", head) else "mail"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = any(byte < 9 or 13 < byte < 32 for byte in head)
    return not control and len(head.split()) > 1 and sum(byte < 128 for byte in head) > len(head) * 0.85


def shown_again(names: Iterable[str], content: Callable[[str], bytes]) -> set[str]:
    """The pages among files in which Google Keep shows what it tells beside them in JSON, what was thrown away, too.

    Args:
        content: what a file holds, by its name.
    """
    known = set(names)
    notes = {name: f"{name[:-5]}.json" for name in known if name.endswith(".html")}
    return {page for page, note in notes.items() if note in known and b'"userEditedTimestampUsec"' in content(note)}


def hidden(parts: Iterable[str]) -> bool:
    """Whether a path within a folder or an archive is none of a person's files, by the names along it."""
    return any((part.startswith(".") and part != "..") or part.casefold() in _SYSTEMS for part in parts)
