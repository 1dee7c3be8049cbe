"""The sample house: notes of one invented family, put in when asked and taken out whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from knowledge.library import Library
from knowledge.note import Draft, Note, NoteFilter
from knowledge.readers import files_in, read

FOLDER = Path(__file__).parent / "sample_house"
QUESTIONS = (
    "When did we last replace the pool pump?",
    "Which paint colour is in the kitchen now?",
    "What does the furnace filter size have to be?",
    "How much was the last window cleaning?",
)
"""Shown to a newcomer, to be asked with one click."""


def drafts() -> list[Draft]:
    """Return the sample notes, marked as such."""
    return [
        replace(draft, id=f"sample-{draft.id}", sample=True)
        for file in files_in(FOLDER)
        for draft in read(file)
        if isinstance(draft, Draft)
    ]


def put_in(library: Library, on_added: Callable[[Note], None] = lambda note: None) -> list[Note]:
    """Add the sample notes, or bring back those that were taken out; returns the sample notes there are now."""
    library.restore(note.id for note in library.notebook.select(NoteFilter(deleted=True, sample=True)))
    there = {note.id for note in library.sample()}
    library.add((draft for draft in drafts() if draft.id not in there), on_added)
    return library.sample()


def take_out(library: Library) -> list[str]:
    """Delete the sample notes, restorably, and nothing else; returns their ids."""
    return library.delete(note.id for note in library.sample())
