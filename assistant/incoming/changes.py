"""What a file that says something else now changes of its note, and what of it a person wrote, which stays; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knowledge.imports import Said, fingerprint
from knowledge.note import Draft, Note


def changes_of(draft: Draft, note: Note, said: Said | None) -> tuple[dict[str, Any], str]:
    """What a draft changes of a note, and how that is said.

    Args:
        said: what the file said before: only what differs from that is the file's change, and where the note says
            something else by now, a person wrote it. None where the draft's word counts whatever the note says.
    """
    new: dict[str, Any] = {"title": " ".join(draft.title.split()), "text": draft.text.strip(), "date": draft.date}
    changes = {name: value for name, value in new.items() if value and value != getattr(note, name)}
    if said is None:
        if draft.dated_by != "front matter":
            changes.pop("date", None)  # only a date that the file gives is its word on the note
        return changes, as_told(changes)
    before = {"title": said.title, "text": said.text, "date": said.date}
    written = {"title": note.title, "text": fingerprint(note.text), "date": note.date.isoformat() if note.date else ""}
    mine = [name for name in changes if written[name] != before[name]]
    changes = {name: value for name, value in changes.items() if name not in mine}
    parts = [as_told(changes)] if changes else []
    parts += [f"your own {' and '.join(mine)} stays"] if mine else []
    return changes, "; ".join(parts)


def as_told(changes: Iterable[str]) -> str:
    """How it is said that these fields of a note changed; nothing where none did."""
    fields = ", ".join(changes)
    return f"changed: {fields}" if fields else ""
