"""A file to be read, and what all readers make drafts with; which reader reads it is the package's."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from knowledge.days import parse_date
from knowledge.errors import NoteRejected, Unreadable
from knowledge.note import Draft
from knowledge.notebook import MAX_CHARACTERS
from knowledge.readers.encodings import decoded

LONG = 24_000
"""Characters from which a document becomes several notes, about ten pages."""


@dataclass(frozen=True)
class Source:
    """A file as it lies somewhere, perhaps unpacked for a moment, and as the person knows it."""

    path: Path
    name: str
    """Such as `papers.zip/pump.pdf`: what a note says it came from."""
    day_first: bool = False
    """Whether 03/04/2021 is the third of April."""
    today: dt.date = field(default_factory=dt.date.today)
    original: Path | None = None
    """What its note was first read from, where an export put that beside it."""

    @cached_property
    def data(self) -> bytes:
        """All of it, read once; raises Unreadable."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise Unreadable(f"{self.name}: cannot be read ({error.strerror or error}).") from error

    @cached_property
    def text(self) -> str:
        """The same as text, whatever it was written in; raises Unreadable."""
        return decoded(self.data, self.name)

    @property
    def stem(self) -> str:
        """The file's own name without its ending."""
        name = Path(self.name).name
        return name[: -len(self.suffix)] if self.suffix and name != self.suffix else name

    @property
    def suffix(self) -> str:
        """Its ending, in small letters; empty where it has none, as 'Invoice No.5' has."""
        match = re.search(r"\.[a-z]\w{0,7}$", Path(self.name).name.lower())
        return match[0] if match else ""


Reader = Callable[[Source], Iterator[Draft | Unreadable]]


def draft_of(source: Source, fields: Mapping[str, Any], text: str, where: str = "") -> Draft:
    """Return a draft of what a file says of a note; raises Unreadable where that cannot be kept.

    Args:
        fields: its title, date, category, tags and id, those that it names; `created`, the day that it was written,
            dates it as its file's own day would.
        where: the place in the file, to be named in a refusal.
    """
    where = where or source.name
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"{where}: {len(text):,} characters are more than the {MAX_CHARACTERS:,} of a note. Split it.")
    try:
        date = _as_date(fields.get("date"), source.day_first)
    except NoteRejected as error:
        raise Unreadable(f"{where}: {error}") from error
    created = None if date else _created(fields.get("created"), source.day_first)
    return Draft(
        text=text,
        title=" ".join(str(fields.get("title") or "").split()),
        category=str(fields["category"]).strip() if fields.get("category") else None,
        date=date or created,
        dated_by="front matter" if date else "file" if created else "",
        tags=_tags(fields.get("tags")),
        id=None if fields.get("id") is None else str(fields["id"]).strip() or None,
        source=source.name,
    )


def draft_or_refusal(source: Source, fields: Mapping[str, Any], text: str, where: str) -> Draft | Unreadable:
    """The same of one of many notes, of which a bad one costs only itself."""
    try:
        return draft_of(source, fields, text, where)
    except Unreadable as error:
        return error


def content_id(draft: Draft) -> str:
    """An id made of what the note says, the same for the same title, date and words.

    A date that was only found, not given, is no part of it: the household's setting may read it otherwise tomorrow.
    """
    date = draft.date.isoformat() if draft.date and draft.dated_by in ("", "front matter") else ""
    return hashlib.sha256("\x1f".join((draft.title, date, draft.text.strip())).encode()).hexdigest()[:12]


_DAY_BEFORE = re.compile(
    r"""^(?:19|20)\d\d(?:
        (?P<part>[-_.\ ]?)(?:0[1-9]|1[0-2])(?P=part)(?:0[1-9]|[12]\d|3[01])
        (?:\d{6}|[-_\ T](?:at\ )?\d\d(?P<colon>[.:-])\d\d(?P=colon)\d\d)?[-_\ ]+
      | [-_.\ ](?:0[1-9]|1[0-2])[-_\ ]+(?=\D)
    )""",
    re.VERBOSE,
)
"""A day or a month, perhaps with its time, before what a file is called."""
_KEY_BEHIND = re.compile(r"[-_ ]+(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")
"""The key that a program puts behind the name of a note that it exports."""


def title_of_name(stem: str) -> str:
    """A title from a file's name: '2023-04-18-pool-pump' becomes 'Pool pump'."""
    name = _DAY_BEFORE.sub("", _KEY_BEHIND.sub("", stem))
    name = re.sub(r"[-_]+", " ", name).strip() or stem
    return name[:1].upper() + name[1:]


def one_line(error: Exception | str) -> str:
    """What an error of a library says, short enough for a list."""
    return " ".join(str(error).split())[:200]


def _as_date(value: Any, day_first: bool) -> dt.date | None:
    while isinstance(value, list) and len(value) == 1:
        (value,) = value  # Obsidian's link to a day, [[2023-04-18]], is a list in a list to YAML
    if isinstance(value, dt.date):
        value = value.isoformat()[:10]
    written = "" if value is None else str(value).strip().removeprefix("[[").removesuffix("]]")
    if re.fullmatch(r"\d{10}|\d{13}|\d{16}", written):
        # Seconds since 1970, or thousandths or millionths of them.
        written = dt.datetime.fromtimestamp(int(written) / 10 ** (len(written) - 10)).date().isoformat()
    return parse_date(written, day_first=day_first)


def _created(value: Any, day_first: bool) -> dt.date | None:
    try:
        return _as_date(value, day_first)
    except NoteRejected:
        return None  # no word of the person's, that could be refused


def _tags(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    parts = value if isinstance(value, list) else re.split(r"[,;]", str(value))
    names = (str(part.get("name", "") if isinstance(part, dict) else part).strip().lstrip("#") for part in parts)
    return tuple(dict.fromkeys(filter(None, names)))
