"""Rich text (RTF), as WordPad and TextEdit write it, to drafts: its words and paragraphs."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.documents import document
from knowledge.readers.source import Source

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<plain>[^\\{}\r\n]+)",
    re.DOTALL,
)
_SIGNS = {
    b"par": "\n", b"sect": "\n\n", b"page": "\n\n", b"line": "\n", b"row": "\n", b"cell": "\t", b"tab": "\t",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
"""Words that stand for a sign."""
_ESCAPED = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\xa0", b"_": "-", b"\n": "\n", b"\r": "\n"}
_NO_WORDS = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"fldinst", b"themedata", b"datastore",
    b"listtable", b"listoverridetable", b"rsidtbl", b"xmlnstbl", b"filetbl", b"revtbl", b"annotation", b"nonshppict",
})  # fmt: skip
"""Groups that hold no words of the text."""


def rtf(source: Source) -> Iterator[Draft | Unreadable]:
    """One note; a long one is a note a section."""
    text = re.sub(r"[ \t]+\n", "\n", words_of(source.data))
    yield from document(source, re.sub(r"\n{3,}", "\n\n", text).strip())


@dataclass
class _Group:
    """What counts between two braces."""

    silent: bool = False
    """Whether its words are none of the text."""
    instead: int = 1
    """How many letters stand behind one in Unicode, for programs that do not know it."""


def words_of(data: bytes) -> str:
    """Return the words of an RTF file."""
    words = list[str | bytes]()
    groups, skip = [_Group()], 0
    for match in _TOKEN.finditer(data):
        group, word, number = groups[-1], match["word"], int(match["number"] or 1)
        if match["brace"]:
            groups = [*groups, replace(group)] if match["brace"] == b"{" else groups[:-1] or [_Group()]
            skip = 0
        elif match["sign"] == b"*" or word in _NO_WORDS:
            group.silent = True
        elif word == b"uc":
            group.instead = number
        elif group.silent:
            continue
        elif word == b"u":
            words.append(chr(number % 65536))
            skip = group.instead
        elif match["hex"] or match["plain"]:
            letters = bytes.fromhex(match["hex"].decode()) if match["hex"] else match["plain"]
            words.append(letters[skip:])
            skip = max(0, skip - len(letters))
        else:
            words.append(_SIGNS.get(word, "") if word else _ESCAPED.get(match["sign"], ""))
    return _joined(words, _encoding(data))


def _encoding(data: bytes) -> str:
    """What the letters beyond ASCII are written in."""
    page = re.search(rb"\\ansicpg(\d+)", data[:400])
    named = "mac_roman" if rb"\mac" in data[:40] else f"cp{page[1].decode()}" if page else "cp1252"
    try:
        return codecs.lookup(named).name
    except LookupError:
        return "cp1252"


def _joined(words: list[str | bytes], encoding: str) -> str:
    """Texts, and bytes between them that make letters together, as one text."""
    parts = [
        b"".join(run).decode(encoding, "replace") if kind is bytes else "".join(run)  # type: ignore[arg-type]
        for kind, run in groupby(words, type)
    ]
    # Letters beyond the first 65,536 come as two halves.
    return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
