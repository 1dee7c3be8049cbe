"""Files into notes: read, filed under a category, kept, and what became of each; reading is `knowledge.readers`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from classifier.decision import Router
from classifier.taxonomy import NONE
from knowledge.errors import NoSuchNote, NoteRejected, Unreadable
from knowledge.library import BATCH, Library
from knowledge.note import Draft, Note
from knowledge.readers import content_id, files_in, read, readable

Status = Literal["added", "updated", "restored", "unchanged", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What became of a file, or of a note in it."""

    status: Status
    source: str
    note: Note | None = None
    reason: str = ""
    """Why it was refused, or what was decided on the person's behalf."""


def ingest(
    paths: Iterable[Path], library: Library, router: Router | None = None, category: str | None = None
) -> Iterator[Outcome]:
    """Bring files and folders in, yielding each note's outcome once it is safe in the record.

    The same file twice adds nothing; a note that comes with an id replaces the one that has it. What cannot be read
    is an outcome too, and never stops the rest.

    Args:
        router: files notes under a category where neither they nor `category` say one; None leaves them without.
        category: where all of them belong, whatever they say themselves.

    Raises:
        NoteRejected: the house has no such category.
        NotebookUnavailable: the record cannot be written.
    """
    category = library.notebook.known_category(category)
    waiting = 0
    try:
        for path in paths:
            for outcome in _file_outcomes(path, library, router, category):
                yield outcome
                waiting += outcome.note is not None
                if waiting >= BATCH:
                    library.heal_quietly()
                    waiting = 0
    finally:
        if waiting:
            library.heal_quietly()


def file(draft: Draft, library: Library, router: Router | None, category: str | None = None) -> tuple[Draft, str]:
    """Return the draft with the category that it goes under, and what was decided on the person's behalf.

    A category that the house does not have becomes a tag, so that the word is not lost.
    """
    if category is not None:
        return replace(draft, category=category), ""
    if draft.category and draft.category.casefold() == NONE:
        return replace(draft, category=None), ""  # whoever wrote it wanted none
    if draft.category:
        known = library.notebook.category_named(draft.category)
        if known is not None:
            return replace(draft, category=known), ""
        tags = tuple(dict.fromkeys([*draft.tags, draft.category]))
        return replace(draft, category=None, tags=tags), f"no category {draft.category!r} here: kept as a tag"
    if router is None:
        return draft, ""
    (decision,) = router.classify([f"{draft.title}\n{draft.text}"[:1000]])
    if len(decision.likely) == 1:
        return replace(draft, category=decision.category), f"filed by the router ({decision.confidence:.0%} sure)"
    return draft, "no category is likely"


def _file_outcomes(path: Path, library: Library, router: Router | None, category: str | None) -> Iterator[Outcome]:
    if not path.exists():
        yield Outcome("refused", str(path), reason="there is no such file or folder")
        return
    for source in files_in(path):
        if path.is_dir() and not readable(source):
            yield Outcome("refused", source.name, reason=f"no reader for {source.suffix or 'a file without an ending'}")
            continue
        try:
            for draft in read(source):
                if isinstance(draft, Unreadable):
                    yield Outcome("refused", source.name, reason=str(draft))
                else:
                    yield _keep(draft, library, router, category)
        except Unreadable as error:
            yield Outcome("refused", source.name, reason=str(error))


def _keep(draft: Draft, library: Library, router: Router | None, category: str | None) -> Outcome:
    notebook = library.notebook
    try:
        if draft.id is not None:
            try:
                known = notebook.get(draft.id)
            except NoSuchNote:
                pass
            else:
                return _again(draft, known, library, category)
        filed, reason = file(draft, library, router, category)
        return Outcome("added", draft.source, notebook.add(filed), reason)
    except NoteRejected as error:
        return Outcome("refused", draft.source, reason=str(error))


def _again(draft: Draft, known: Note, library: Library, category: str | None) -> Outcome:
    """A note that is there already: brought back if deleted, changed if it says something else now."""
    notebook = library.notebook
    restored = bool(known.deleted and notebook.restore([known.id]))
    said = [("title", draft.title), ("text", draft.text.strip()), ("date", draft.date)]
    # An id made of these very words: whatever else the note says by now was written by the person, and stays.
    said = [] if draft.id == content_id(draft) else said
    changes = {
        name: value for name, value in [*said, ("category", category)] if value and value != getattr(known, name)
    }
    note = notebook.edit(known.id, changes) if changes else notebook.get(known.id)
    if note.revision != known.revision and changes:
        return Outcome("updated", draft.source, note, f"changed: {', '.join(changes)}")
    return Outcome("restored" if restored else "unchanged", draft.source, note)
