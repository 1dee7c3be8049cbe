"""A file to drafts of notes, whatever kind it is; keeping them is the library's work, and no network is asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from knowledge.dating import event_date, found_in_text
from knowledge.errors import NoteRejected, Unreadable
from knowledge.exported import exported_originals
from knowledge.note import Draft
from knowledge.notebook import parse_date
from knowledge.readers import documents, mail, pdf, photos, prose, tables
from knowledge.readers.archives import unpacked
from knowledge.readers.kinds import ENDINGS, Kind, kind_of
from knowledge.readers.prose import FIELDS
from knowledge.readers.source import Reader, Source, content_id, one_line

__all__ = [
    "FIELDS", "MAX_DOCUMENT_BYTES", "MAX_FILE_BYTES", "READERS", "Source", "content_id", "files_in", "read", "read_one",
    "readable", "unpacked",
]  # fmt: skip

MAX_FILE_BYTES = 20_000_000
"""A larger file of text is refused before it is read: no note of a house is that long."""
MAX_DOCUMENT_BYTES = 100_000_000
"""The same for papers and pictures."""
_WRITTEN = ("markdown", "plain", "json lines", "json", "csv", "web")
_FRESH = dt.timedelta(days=2)
"""A file written so lately was copied or fetched just now, and its day says nothing of when something happened."""

READERS: dict[Kind, Reader] = {
    "markdown": prose.markdown,
    "plain": prose.plain,
    "json lines": prose.json_lines,
    "json": prose.whole_json,
    "csv": tables.csv_file,
    "excel": tables.excel_book,
    "word": documents.word,
    "web": documents.web,
    "pdf": pdf.pdf,
    "mail": mail.mail,
    "photo": photos.photo,
}
"""What reads each kind of file; archives are unpacked first."""


def readable(path: Path) -> bool:
    """Whether some reader takes a file of this name."""
    return path.suffix.lower() in ENDINGS


def files_in(path: Path) -> list[Path]:
    """The files that a path stands for: itself, or what a folder holds, sorted; hidden ones are left out.

    So are the originals that an export put there: they come back with their notes.
    """
    if not path.is_dir():
        return [path]
    beside = exported_originals(path)
    inside = (file for file in sorted(path.rglob("*")) if file.is_file() and file not in beside)
    return [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]


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
    try:
        for draft in READERS[kind](source):
            yield _finished(draft, source, kind) if isinstance(draft, Draft) else draft
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
    if draft.date and draft.dated_by not in ("photo", "mail"):
        return draft
    found = event_date(f"{draft.title}\n{draft.text}", source.today, day_first=source.day_first)
    # A message speaks of many days; only one that it names as the event's is better than the day it was sent.
    if found and (found.labelled or draft.dated_by != "mail"):
        said = found_in_text(doubtful=found.doubtful, day_first=source.day_first)
        return replace(draft, date=found.date, dated_by=said)
    if draft.date:
        return draft
    if named := _named_date(source.stem):
        return replace(draft, date=named, dated_by="file name")
    made = _file_date(source, kind)
    return replace(draft, date=made, dated_by="file") if made else draft


def _named_date(stem: str) -> dt.date | None:
    """The day in a file's name, such as 2023-04-18-pump or IMG_20230418_1012."""
    for match in re.finditer(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)", stem):
        with suppress(NoteRejected):
            return parse_date("-".join(match.groups()))
    return None


def _file_date(source: Source, kind: Kind) -> dt.date | None:
    """The day that a file was made, where that is no matter of the last days; lines of data have none."""
    if kind in ("json lines", "json", "csv", "excel"):
        return None
    made = pdf.made_on(source) if kind == "pdf" else None
    made = made or dt.date.fromtimestamp(source.path.stat().st_mtime)
    return made if dt.date(1990, 1, 1) < made <= source.today - _FRESH else None
