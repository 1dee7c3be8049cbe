"""Bytes to text, whatever they were written in; what the text says is the readers'."""

from __future__ import annotations

from knowledge.errors import Unreadable

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file: UTF-8, else what its mark or its letters say, line by line where they are mixed.

    Raises:
        Unreadable: it is empty, or no text.
    """
    text = _decoded(data, name)
    if "\x00" in text:
        raise Unreadable(f"{name}: holds binary data, not text.")
    if not text.strip():
        raise Unreadable(f"{name}: is empty.")
    return text


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable(f"{name}: its text breaks off in the middle of a character. Save it again.") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:
        # UTF-16 without its mark has a zero beside almost every letter.
        for encoding, zeros in (("utf-16-le", data[1:400:2]), ("utf-16-be", data[0:400:2])):
            if zeros.count(0) > len(zeros) * 0.7:
                return data.decode(encoding, "replace")
        raise Unreadable(f"{name}: holds binary data, not text.")
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


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # A short text tells too little: what such files are written in nine times of ten is the better guess.
    best = from_bytes(data[:100_000], cp_isolation=["cp1252", "cp1250", "cp1251", "iso8859_15"]).best()
    if best is None or len(data) < 400 or best.encoding in ("cp1252", "latin_1"):
        return _western(data)
    return data.decode(best.encoding, "replace")


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
