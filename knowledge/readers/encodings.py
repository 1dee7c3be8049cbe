"""Bytes to text, whatever they were written in; what the text says is the readers'."""

from __future__ import annotations

import re
from contextlib import suppress

from knowledge.errors import Unreadable
from knowledge.readers.letters import fitness

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OF_ONE_BYTE = ("cp1252", "cp1250", "cp1251", "mac_roman", "cp1254", "cp1253", "cp850")
"""What texts are written in, the likeliest first: by Windows here and further east, by old Macs, by DOS."""
_SAID_OF_ANY = frozenset({"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"})
"""What programs say of a text where nobody told them what it is."""
_FITS = 0.7
"""The share of letters that fit a language from which an encoding is believed."""
_LOOKED_AT = 100_000
"""Bytes of a file that its encoding is guessed of."""


def decoded(data: bytes, name: str, declared: str = "") -> str:
    """Return the text of a file: UTF-8, else what its mark or its letters say, line by line where they are mixed.

    Line ends are those of this system where the file has only other ones.

    Args:
        declared: the encoding that the file itself names; where that does not read it, it is as if it named none.

    Raises:
        Unreadable: it is empty, or no text.
    """
    text = _as_declared(data, declared) or _decoded(data, name)
    if "\x00" in text:
        raise Unreadable(f"{name}: holds binary data, not text.")
    if not text.strip():
        raise Unreadable(f"{name}: is empty.")
    # Where some are this system's already, the others are what a person wrote in a note.
    return re.sub(r"\r\n?", "\n", text) if text.count("\n") == text.count("\r\n") else text


def _as_declared(data: bytes, declared: str) -> str:
    if not declared or declared.lower().startswith("utf-16"):
        return ""  # which it would have to be read in before that could be found in it
    for encoding in ("utf-8", "cp1252") if declared.lower() in _SAID_OF_ANY else (declared,):
        with suppress(LookupError, UnicodeError):
            return data.decode(encoding).removeprefix("\ufeff")
    return ""


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"{name}: its text breaks off in the middle of a character. Save it again.") from error
    if b"\x00" in data:
        if (text := _unmarked_utf16(data)) is None:
            raise Unreadable(f"{name}: holds binary data, not text.")
        return text
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if sum(byte < 9 or 13 < byte < 32 for byte in data) > len(data) / 50:
        raise Unreadable(f"{name}: holds binary data, not text.")
    lines = data.splitlines(keepends=True)
    if _reads_as_utf8(lines):
        # Two programs wrote it: the lines that are UTF-8 are read so, the others in the Western one.
        return "".join(_line(line) for line in lines)
    return _guessed(data)


def _reads_as_utf8(lines: list[bytes]) -> bool:
    """Whether some line with letters beyond ASCII is UTF-8, though not all are."""
    for line in lines:
        if not line.isascii():
            try:
                line.decode()
            except UnicodeDecodeError:
                continue
            return True
    return False


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return _western(line)


def _unmarked_utf16(data: bytes) -> str | None:
    """The text of UTF-16 without its mark: the order of bytes that gives plain spaces and no noise; else None."""
    readings = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(letter.isprintable() or letter.isspace() for letter in text[:_LOOKED_AT]):
            readings.append(text)
    best = max(readings, key=lambda text: sum(map(text.count, " \n")), default="")
    return best if re.search(r"[ \n]", best) else None


def _guessed(data: bytes) -> str:
    """A text of one byte a letter: in the encoding in which its letters are those of a language."""
    start = data[:_LOOKED_AT]
    readings = {encoding: fitness(start.decode(encoding, "replace")) for encoding in _OF_ONE_BYTE}
    likeliest = max(readings, key=readings.__getitem__)
    if readings[likeliest] < _FITS:
        from charset_normalizer import from_bytes

        best = from_bytes(start).best() if len(data) >= 400 else None  # a short text tells too little
        likeliest = best.encoding if best else "cp1252"
    return _western(data) if likeliest == "cp1252" else data.decode(likeliest, "replace")


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
