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

from knowledge.errors import NoteRejected, Unreadable
from knowledge.note import Draft
from knowledge.notebook import MAX_CHARACTERS, parse_date
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
        return Path(self.name).stem

    @property
    def suffix(self) -> str:
        """Its ending, in small letters."""
        return Path(self.name).suffix.lower()


Reader = Callable[[Source], Iterator[Draft | Unreadable]]


def draft_of(source: Source, fields: Mapping[str, Any], text: str, where: str = "") -> Draft:
    """Return a draft of what a file says of a note; raises Unreadable where that cannot be kept.

    Args:
        fields: its title, date, category, tags and id, those that it names.
        where: the place in the file, to be named in a refusal.
    """
    where = where or source.name
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"{where}: {len(text):,} characters are more than the {MAX_CHARACTERS:,} of a note. Split it.")
    try:
        date = _as_date(fields.get("date"), source.day_first)
    except NoteRejected as error:
        raise Unreadable(f"{where}: {error}") from error
    return Draft(
        text=text,
        title=str(fields.get("title") or ""),
        category=str(fields["category"]).strip() if fields.get("category") else None,
        date=date,
        dated_by="front matter" if date else "",
        tags=_tags(fields.get("tags")),
        id=None if fields.get("id") is None else str(fields["id"]).strip() or None,
        source=source.name,
    )


def content_id(draft: Draft) -> str:
    """An id made of what the note says, the same for the same title, date and words.

    A date that was only found, not given, is no part of it: the household's setting may read it otherwise tomorrow.
    """
    date = draft.date.isoformat() if draft.date and draft.dated_by in ("", "front matter") else ""
    return hashlib.sha256("\x1f".join((draft.title, date, draft.text.strip())).encode()).hexdigest()[:12]


def title_of_name(stem: str) -> str:
    """A title from a file's name: '2023-04-18-pool-pump' becomes 'Pool pump'."""
    name = re.sub(r"^\d{4}-\d{2}-\d{2}[-_ ]+", "", stem)
    name = re.sub(r"[-_]+", " ", name).strip() or stem
    return name[:1].upper() + name[1:]


def one_line(error: Exception | str) -> str:
    """What an error of a library says, short enough for a list."""
    return " ".join(str(error).split())[:200]


def _as_date(value: Any, day_first: bool) -> dt.date | None:
    if isinstance(value, dt.date):
        value = value.isoformat()[:10]
    return parse_date("" if value is None else str(value), day_first=day_first)


def _tags(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    parts = value if isinstance(value, list) else str(value).split(",")
    return tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))
