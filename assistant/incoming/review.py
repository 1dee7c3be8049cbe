"""Drafts that a person has looked at, into notes; the list of them is `knowledge.waiting`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.incoming.changes import changes_of
from assistant.incoming.outcomes import Outcome
from assistant.incoming.trail import Trail
from knowledge.days import parse_date
from knowledge.errors import NoSuchNote, NoteRejected
from knowledge.imports import Change
from knowledge.library import BATCH, Library
from knowledge.note import Note
from knowledge.waiting import Waiting


def amend(trail: Trail, library: Library, waiting_id: str, fields: Mapping[str, str], *, day_first: bool) -> None:
    """Keep what a person changed in a draft: its title, date, category or text as typed.

    Raises:
        NoteRejected: the date is none, or the house lacks the category.
        NoSuchNote: the draft waits no longer.
    """
    before = trail.waiting.get(waiting_id).draft
    said: dict[str, Any] = {name: fields[name] for name in ("title", "text") if name in fields}
    if "category" in fields:
        said["category"] = library.notebook.known_category(fields["category"])
    if "date" in fields:
        said["date"] = parse_date(fields["date"], day_first=day_first)
    changes = {name: value for name, value in said.items() if value != getattr(before, name)}
    if changes:
        trail.waiting.amend(waiting_id, **changes)


def save(chosen: Sequence[Waiting], library: Library, trail: Trail) -> Iterator[Outcome]:
    """Make notes of drafts, yielding each once it is safe in the record; what cannot be kept goes on waiting.

    Raises:
        NotebookUnavailable: the record cannot be written.
    """
    fresh = 0
    trail.waiting.forget_settled()  # what was saved before is reopened no more
    try:
        for waiting in chosen:
            try:
                with trail.imports.together():
                    if not trail.waiting.waits(waiting.id):
                        continue  # saved or dropped in another window meanwhile
                    note, changes = _saved(waiting, library)
                    for change in changes:
                        trail.imports.changed(waiting.import_id, note, change)
                    if waiting.draft.original:
                        trail.imports.gave(waiting.draft.original, note, waiting.draft.exported_with)
                    trail.waiting.settle(waiting.id)
            except (NoteRejected, NoSuchNote) as error:
                yield Outcome("refused", waiting.draft.source, reason=str(error))
                continue
            yield Outcome(changes[-1] if changes else "unchanged", waiting.draft.source, library.notebook.get(note.id))
            fresh += 1
            if fresh == BATCH:
                library.heal_quietly()
                fresh = 0
    finally:
        if fresh:
            library.heal_quietly()


def _saved(waiting: Waiting, library: Library) -> tuple[Note, list[Change]]:
    """Make a draft a note, or change the one that it is about; returns it with what was done to it, in order."""
    notebook, draft = library.notebook, waiting.draft
    note = notebook.find(draft.id) if waiting.note_id is None else notebook.get(waiting.note_id)
    if note is None:
        return notebook.add(draft), ["added"]
    changes: dict[str, Any] = {}
    if waiting.note_id is None and draft.made_id:
        # The id was made of the words that the file has: where the note has others, a person wrote those.
        if {"title", "text"} & changes_of(draft, note, None)[0].keys():
            return notebook.add(replace(draft, id=None)), ["added"]
    else:
        said = waiting.before
        changes = {
            name: getattr(draft, name)
            for name in ("title", "text", "date", "category")
            if said is None or getattr(draft, name) != getattr(said, name)
        }
    done: list[Change] = ["restored"] if notebook.restore([note.id]) else []
    before = notebook.get(note.id)
    note = notebook.edit(note.id, changes) if changes else before
    return note, [*done, "updated"] if note.revision != before.revision else done
