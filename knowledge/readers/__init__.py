"""A file to drafts of notes, whatever kind it is; keeping them is the library's work, and no network is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from knowledge.dating import Found, event_date, found_in, named_date
from knowledge.days import days_in
from knowledge.errors import Unreadable
from knowledge.exported import exported_originals
from knowledge.note import Draft
from knowledge.readers import cards, documents, evernote, mail, opendocument, pdf, photos, prose, rtf, tables
from knowledge.readers.archives import unpacked
from knowledge.readers.kinds import ENDINGS, Kind, hidden, kind_of, shown_again
from knowledge.readers.source import Reader, Source, content_id, one_line, title_of_name

__all__ = [
    "MAX_DOCUMENT_BYTES", "MAX_FILE_BYTES", "READERS", "Source", "content_id", "files_in", "read", "read_one",
    "readable", "unpacked",
]  # fmt: skip

MAX_FILE_BYTES = 20_000_000
"""A larger file of text is refused before it is read: no note of a house is that long."""
MAX_DOCUMENT_BYTES = 100_000_000
"""The same for papers and pictures."""
_WRITTEN = ("markdown", "plain", "json lines", "json", "csv", "web", "calendar", "contacts")
_LISTS = ("csv", "excel", "open sheet")
_FRESH = dt.timedelta(days=2)
"""A file written so lately was copied or fetched just now, and its day says nothing of when something happened."""

READERS: dict[Kind, Reader] = {
    "markdown": prose.markdown,
    "plain": prose.plain,
    "json lines": prose.json_lines,
    "json": prose.whole_json,
    "csv": tables.csv_file,
    "excel": tables.excel_book,
    "open sheet": opendocument.sheets,
    "word": documents.word,
    "open text": opendocument.text,
    "rich text": rtf.rtf,
    "web": documents.web,
    "pdf": pdf.pdf,
    "mail": mail.mail,
    "photo": photos.photo,
    "evernote": evernote.evernote,
    "calendar": cards.calendar,
    "contacts": cards.contacts,
}
"""What reads each kind of file; archives and mailboxes are unpacked first."""


def readable(path: Path) -> bool:
    """Whether some reader takes a file of this name."""
    return path.suffix.lower() in ENDINGS


def files_in(path: Path) -> list[Path]:
    """The files that a path stands for: itself, or what a folder holds, sorted; hidden ones are left out.

    So are the originals that an export put there: they come back with their notes; and pages that show a note again.
    """
    if not path.is_dir():
        return [path]
    beside = exported_originals(path)
    found = (file for file in sorted(path.rglob("*")) if file.is_file() and file not in beside)
    inside = [file for file in found if not hidden(file.relative_to(path).parts)]
    again = shown_again(map(str, inside), _content)
    return [file for file in inside if str(file) not in again]


def _content(name: str) -> bytes:
    """What a small file holds; nothing where it cannot be read."""
    try:
        path = Path(name)
        return path.read_bytes() if path.stat().st_size <= MAX_FILE_BYTES else b""
    except OSError:
        return b""


def read(path: Path, *, name: str = "", day_first: bool = False) -> Iterator[Draft | Unreadable]:
    """Turn a file into drafts, each with an id that the same words get again, so that they are not kept twice.

    What cannot be read inside a file that otherwise can, such as one bad line, comes out as an Unreadable among the
    drafts, so that the rest still goes in.

    Args:
        name: what the person calls the file, where it lies somewhere else for the moment.
        day_first: whether 03/04/2021 is the third of April.

    Raises:
        Unreadable: nothing of the file can be read.
    """
    outer = Source(path, name or path.name, day_first)
    for source in unpacked(outer):
        if isinstance(source, Unreadable):
            yield source
        elif source is outer:
            yield from read_one(source)
        else:
            try:
                yield from read_one(source)
            except Unreadable as error:
                yield error


def read_one(source: Source) -> Iterator[Draft | Unreadable]:
    """The same for one file as `unpacked` gives it."""
    kind = kind_of(source)
    most = MAX_FILE_BYTES if kind in _WRITTEN else MAX_DOCUMENT_BYTES
    size = source.path.stat().st_size
    if size > most:
        what = "a file of notes" if kind in _WRITTEN else "a paper or a picture"
        raise Unreadable(
            f"{source.name}: {size / 1e6:.0f} MB is more than the {most / 1e6:.0f} MB that {what} may have. Split it."
        )
    empty = True
    try:
        for draft in READERS[kind](source):
            empty = False
            yield _finished(draft, source, kind) if isinstance(draft, Draft) else draft
        if empty:
            raise Unreadable(f"{source.name}: holds nothing that could be a note.")
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # libraries fail in more ways than they say, and one bad file must not stop the rest
        raise Unreadable(f"{source.name}: cannot be read ({type(error).__name__}: {one_line(error)}).") from error


def _finished(draft: Draft, source: Source, kind: Kind) -> Draft:
    """A draft with an id, and with the best date that there is."""
    if draft.id is None:
        draft = replace(draft, id=content_id(draft), made_id=True)
    return _dated(draft, source, kind)


def _dated(draft: Draft, source: Source, kind: Kind) -> Draft:
    """Date a draft that does not say a date itself: by its words, its photo or mail, its file's name, its file."""
    if (draft.date and draft.dated_by not in ("photo", "mail", "file")) or kind == "contacts":
        return draft  # a contact is of no day, whatever days stand in it
    found = _event_date(draft, source, kind)
    # A message speaks of many days; only one that it names as the event's is better than the day it was sent.
    if found and (found.labelled or draft.dated_by != "mail"):
        return _dated_by("text", found, draft, source)
    if draft.date:
        return draft
    if named := named_date(source.stem, source.today, day_first=source.day_first):
        return _dated_by("file name", named, draft, source)
    made = _file_date(source, kind)
    return replace(draft, date=made, dated_by="file") if made else draft


def _event_date(draft: Draft, source: Source, kind: Kind) -> Found | None:
    """The date in the words of a draft; a title that only repeats the file's name is none of them."""
    title = draft.title if draft.title != title_of_name(source.stem) else ""
    told = f"{title}\n{draft.text}"
    found = event_date(told, source.today, day_first=source.day_first)
    # The dates of a list are its rows', unless it says which one is its own.
    many = kind in _LISTS and len({day.first for day in days_in(told)}) > 1
    return None if found and many and not found.labelled else found


def _dated_by(where: str, found: Found, draft: Draft, source: Source) -> Draft:
    said = found_in(where, doubtful=found.doubtful, day_first=source.day_first)
    return replace(draft, date=found.date, dated_by=said)


def _file_date(source: Source, kind: Kind) -> dt.date | None:
    """The day that a file was made, where that is no matter of the last days; lines of data have none."""
    if kind in ("json lines", "json", "evernote", "calendar", *_LISTS):
        return None
    made = pdf.made_on(source) if kind == "pdf" else None
    made = made or dt.date.fromtimestamp(source.path.stat().st_mtime)
    return made if dt.date(1990, 1, 1) < made <= source.today - _FRESH else None
