"""The notes in the record: kept, changed and taken back, each change in one transaction; vectors are the index's."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.errors import NoSuchNote, NoteChanged, NoteRejected
from knowledge.note import Draft, Note, NoteFilter
from knowledge.passages import Passages, in_scope, quoted
from knowledge.record import new_id, now
from knowledge.words import words_of

if TYPE_CHECKING:
    from sqlite_utils import Database

    from knowledge.record import Record

MAX_CHARACTERS = 200_000
"""The longest note, about a hundred pages: more is a book, and belongs in several notes."""
MAX_TITLE = 200
_FIELDS = ("title", "text", "category", "date", "tags")


@dataclass(frozen=True)
class Refiled:
    """What followed a category into another, or out of it."""

    notes: tuple[str, ...]
    versions: tuple[tuple[str, int], ...]
    """Earlier versions of notes, each by its note and its revision."""


class Notebook:
    """The notes of one house."""

    def __init__(self, record: Record) -> None:
        """Args: the record, with the migrations of `knowledge.schema` applied."""
        self._record = record
        self.passages = Passages(record)

    # --- categories -------------------------------------------------------------------------------------------

    def categories(self) -> list[tuple[str, str, str]]:
        """Return the household's categories as (name, code, definition), by name."""
        rows = self._record.rows("SELECT name, code, definition FROM categories ORDER BY name")
        return [(row["name"], row["code"], row["definition"]) for row in rows]

    def set_categories(self, categories: Iterable[tuple[str, str, str]]) -> None:
        """Add the (name, code, definition) rows that are not there yet; those there stay as they are."""
        with self._record.writing() as db:
            db.conn.executemany(
                "INSERT INTO categories (name, code, definition) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                categories,
            )

    def category_named(self, name: str) -> str | None:
        """The household's own spelling of a category, whatever the case and the dashes; None when it has none."""
        wanted = _squeezed(name)
        return next((known for known, _, _ in self.categories() if _squeezed(known) == wanted), None)

    def known_category(self, name: str | None) -> str | None:
        """The same, where nothing stays nothing, and a category that the house lacks raises NoteRejected."""
        if name is None or not name.strip():
            return None
        known = self.category_named(name)
        if known is None:
            names = ", ".join(each for each, _, _ in self.categories())
            raise NoteRejected(f"This house has no category {name!r}. It has: {names}.")
        return known

    # --- reading ----------------------------------------------------------------------------------------------

    def get(self, note_id: str) -> Note:
        """Return the note, deleted or not; raises NoSuchNote."""
        rows = self._record.rows("SELECT * FROM notes WHERE id = ?", [note_id])
        if not rows:
            raise NoSuchNote(f"No note has the id {note_id!r}. `our-house notes list` shows the ids there are.")
        return _note(rows[0])

    def find(self, note_id: str | None) -> Note | None:
        """Return one note, deleted or not; None where there is none of this id."""
        try:
            return None if note_id is None else self.get(note_id)
        except NoSuchNote:
            return None

    def select(self, wanted: NoteFilter | None = None) -> list[Note]:
        """Return the notes that pass the filter, newest date first, undated ones last."""
        wanted = wanted or NoteFilter()
        where, values = conditions(wanted)
        limit = "" if wanted.limit is None else f" LIMIT {int(wanted.limit)}"
        rows = self._record.rows(
            f"SELECT * FROM notes WHERE {where} ORDER BY date IS NULL, date DESC, created_at DESC, id{limit}",
            values,
        )
        return [_note(row) for row in rows]

    def count(self, wanted: NoteFilter | None = None) -> int:
        """How many notes pass the filter."""
        where, values = conditions(wanted or NoteFilter())
        return self._record.number(f"SELECT count(*) FROM notes WHERE {where}", values)

    def count_in(self, categories: Sequence[str] | None) -> int:
        """How many notes a scope holds: those of the categories and those without one; None for all."""
        scope, within = in_scope(categories)
        return self._record.number(f"SELECT count(*) FROM notes WHERE deleted_at IS NULL AND {scope}", within)

    def per_category(self) -> dict[str | None, int]:
        """How many notes each category holds; None for those without."""
        rows = self._record.rows(
            "SELECT category, count(*) AS notes FROM notes WHERE deleted_at IS NULL GROUP BY category"
        )
        return {row["category"]: row["notes"] for row in rows}

    def state(self) -> tuple[int | str | None, ...]:
        """Return what is different after any change of a note or a category; for who follows the record."""
        (row,) = self._record.rows(
            "SELECT count(*), sum(revision), sum(deleted_at IS NOT NULL), max(updated_at), "
            "(SELECT group_concat(name) FROM categories) FROM notes"
        )
        return tuple(row)

    # --- changing ---------------------------------------------------------------------------------------------

    def add(self, draft: Draft) -> Note:
        """Keep a draft as a note; a draft whose id is taken is refused.

        Raises:
            NoteRejected: it is empty, too long, or its id or category cannot be used.
            NotebookUnavailable: the record cannot be written.
        """
        title, text = _checked(draft.title, draft.text)
        note_id = draft.id or new_id()
        created = now()
        with self._record.writing() as db:
            if db.execute("SELECT 1 FROM notes WHERE id = ?", [note_id]).fetchone():
                raise NoteRejected(f"The id {note_id!r} is taken by another note. Give this one an id of its own.")
            row = {
                "id": note_id,
                "title": title,
                "text": text,
                "category": self.known_category(draft.category),
                "date": draft.date.isoformat() if draft.date else None,
                "tags": json.dumps(draft.tags),
                "source": draft.source,
                "sample": int(draft.sample),
                "dated_by": draft.dated_by if draft.date else "",
                "original": draft.original,
                "created_at": created,
                "updated_at": created,
            }
            db.table("notes").insert(row)
            self.passages.write(db, note_id, title, text)
        return self.get(note_id)

    def edit(self, note_id: str, changes: Mapping[str, Any], revision: int | None = None) -> Note:
        """Change some of a note's title, text, category, date and tags; the earlier state is kept for undo.

        Args:
            changes: new values by field name; a date is a `datetime.date` or None.
            revision: the revision that the person saw, where an unseen change of somebody else must not be lost.

        Raises:
            NoSuchNote: there is no such note, or it is deleted.
            NoteChanged: the note is no longer at `revision`.
            NoteRejected: what it would become cannot be kept.
        """
        if unknown := set(changes) - set(_FIELDS):
            raise NoteRejected(f"A note has no {', '.join(sorted(unknown))}.")
        with self._record.writing() as db:
            before = self.get(note_id)
            if before.deleted:
                raise NoSuchNote(f"The note {before.title!r} is deleted. Restore it before changing it.")
            if revision is not None and before.revision != revision:
                raise NoteChanged(
                    f"The note {before.title!r} was changed elsewhere meanwhile. "
                    "Open it again to see how, then save yours."
                )
            after = {name: getattr(before, name) for name in _FIELDS} | dict(changes)
            after["title"], after["text"] = _checked(after["title"], after["text"])
            after["category"] = self.known_category(after["category"])
            if all(after[name] == getattr(before, name) for name in _FIELDS):
                return before
            self._replace(db, before, after)
        return self.get(note_id)

    def undo(self, note_id: str, revision: int | None = None) -> Note:
        """Take the last edit of a note back.

        Args:
            revision: the revision that the edit made, where a later change of somebody else must not be lost.

        Raises:
            NoSuchNote: there is no such note, or it is deleted.
            NoteChanged: the note is no longer at `revision`.
            NoteRejected: there is nothing to undo.
        """
        with self._record.writing() as db:
            note = self.get(note_id)
            if note.deleted:
                raise NoSuchNote(f"The note {note.title!r} is deleted. Restore it before changing it.")
            if revision is not None and note.revision != revision:
                raise NoteChanged(
                    f"The note {note.title!r} was changed elsewhere since, so your change was not taken back. "
                    "Open it again to see how, then change it yourself."
                )
            row = next(
                db.query("SELECT * FROM note_versions WHERE note_id = ? ORDER BY revision DESC LIMIT 1", [note_id]),
                None,
            )
            if row is None:
                raise NoteRejected(f"The note {note.title!r} has no earlier version.")
            db.execute("DELETE FROM note_versions WHERE note_id = ? AND revision = ?", [note_id, row["revision"]])
            category = row["category"] and self.category_named(row["category"])
            after = {
                "title": row["title"],
                "text": row["text"],
                "category": category,
                "date": _date(row["date"]),
                "tags": tuple(json.loads(row["tags"])),
            }
            self._replace(db, note, after, keep=False)
        return self.get(note_id)

    def delete(self, note_ids: Iterable[str]) -> list[str]:
        """Delete notes, restorably; returns the ids that were there to delete."""
        return self._set_deleted(note_ids, now())

    def restore(self, note_ids: Iterable[str]) -> list[str]:
        """Bring deleted notes back; returns the ids that were deleted."""
        return self._set_deleted(note_ids, None)

    def rename_category(self, name: str, new_name: str | None) -> Refiled:
        """File all notes of a category, deleted ones too, under another one's name, or under none.

        The category itself is the caller's to rename, within the same transaction. Earlier versions keep the name of
        one that is gone: who undoes a change finds it again where it came back. Returns what `rename_back` needs.
        """
        with self._record.writing() as db:
            db.execute("PRAGMA defer_foreign_keys = ON")  # until the category follows
            notes = [row["id"] for row in db.query("SELECT id FROM notes WHERE category = ?", [name])]
            versions = [] if new_name is None else self._versions_filed(db, name)
            self._refile(db, name, new_name, notes, versions)
        return Refiled(tuple(notes), tuple(versions))

    def rename_back(self, refiled: Refiled, name: str, new_name: str | None) -> None:
        """Undo a `rename_category` for whatever was not filed elsewhere since."""
        with self._record.writing() as db:
            self._refile(db, new_name, name, refiled.notes, refiled.versions)

    # --- keeping the index in step ------------------------------------------------------------------------------

    def unindexed(self) -> list[tuple[str, int]]:
        """Return (id, state) of the notes whose vectors may not agree with the record, deleted ones too.

        The state grows with every change of what the index holds: with the revision, and with every refiling.
        """
        rows = self._record.rows(
            "SELECT id, revision + refiled AS state FROM notes WHERE indexed = 0 ORDER BY created_at"
        )
        return [(row["id"], row["state"]) for row in rows]

    def mark_indexed(self, notes: Iterable[tuple[str, int]]) -> None:
        """Say that the index agrees with these (id, state) of `unindexed`; a note changed since stays unmarked."""
        with self._record.writing() as db:
            db.conn.executemany("UPDATE notes SET indexed = 1 WHERE id = ? AND revision + refiled = ?", notes)

    def mark_all_unindexed(self) -> None:
        """Say that nothing is known of the index, so that all of it is made again."""
        with self._record.writing() as db:
            db.execute("UPDATE notes SET indexed = 0")

    # --- inside -----------------------------------------------------------------------------------------------

    def _replace(self, db: Database, before: Note, after: Mapping[str, Any], *, keep: bool = True) -> None:
        if keep:
            db.table("note_versions").insert(
                {
                    "note_id": before.id,
                    "revision": before.revision,
                    "title": before.title,
                    "text": before.text,
                    "category": before.category,
                    "date": before.date.isoformat() if before.date else None,
                    "tags": json.dumps(before.tags),
                    "replaced_at": now(),
                }
            )
        db.table("notes").update(
            before.id,
            {
                "title": after["title"],
                "text": after["text"],
                "category": after["category"],
                "date": after["date"].isoformat() if after["date"] else None,
                "dated_by": before.dated_by if after["date"] == before.date else "",
                "tags": json.dumps(tuple(after["tags"])),
                "updated_at": now(),
                "revision": before.revision + 1,
                "indexed": 0,
            },
        )
        self.passages.write(db, before.id, after["title"], after["text"])

    def _versions_filed(self, db: Database, category: str) -> list[tuple[str, int]]:
        rows = db.query("SELECT note_id, revision FROM note_versions WHERE category = ?", [category])
        return [(row["note_id"], row["revision"]) for row in rows]

    def _refile(
        self,
        db: Database,
        before: str | None,
        after: str | None,
        notes: Iterable[str],
        versions: Iterable[tuple[str, int]],
    ) -> None:
        """Give those another category that have the one before; the index is to learn it, were it told just now."""
        db.conn.executemany(
            "UPDATE notes SET category = ?, indexed = 0, refiled = refiled + 1 WHERE id = ? AND category IS ?",
            [(after, note_id, before) for note_id in notes],
        )
        db.conn.executemany(
            "UPDATE note_versions SET category = ? WHERE note_id = ? AND revision = ? AND category IS ?",
            [(after, note_id, revision, before) for note_id, revision in versions],
        )

    def _set_deleted(self, note_ids: Iterable[str], deleted_at: str | None) -> list[str]:
        changed = []
        with self._record.writing() as db:
            for note_id in note_ids:
                cursor = db.execute(
                    "UPDATE notes SET deleted_at = ?, revision = revision + 1, indexed = 0 "
                    "WHERE id = ? AND (deleted_at IS NULL) = ?",
                    [deleted_at, note_id, deleted_at is not None],
                )
                if cursor.rowcount:
                    changed.append(note_id)
        return changed


def _squeezed(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", name.strip().casefold()))


def _checked(title: str, text: str) -> tuple[str, str]:
    text = text.replace("\x00", "").strip()
    title = " ".join(title.replace("\x00", "").split())
    try:
        (title + text).encode()
    except UnicodeEncodeError as error:
        raise NoteRejected(f"The note holds half a character ({error.object[error.start]!r}). Type it anew.") from error
    if not text:
        raise NoteRejected("The note is empty. Write what should be remembered.")
    if len(text) > MAX_CHARACTERS:
        raise NoteRejected(
            f"The note has {len(text):,} characters; the most is {MAX_CHARACTERS:,}. Split it into several notes."
        )
    if not title:
        first = next(line for line in text.splitlines() if line.strip())
        title = first.strip("#*-_ \t") or first.strip()
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 1].rstrip() + "…"
    return title, text


def conditions(wanted: NoteFilter) -> tuple[str, list[Any]]:
    """Return the condition that a row of `notes` passes a filter, with its values; its limit is not among them."""
    conditions, values = ["deleted_at IS NOT NULL" if wanted.deleted else "deleted_at IS NULL"], list[Any]()
    if wanted.uncategorised:
        conditions.append("category IS NULL")
    elif wanted.category is not None:
        conditions.append("category = ?")
        values.append(wanted.category)
    for clause, date in (("date >= ?", wanted.since), ("date <= ?", wanted.until)):
        if date is not None:
            conditions.append(clause)
            values.append(date.isoformat())
    if wanted.sample is not None:
        conditions.append("sample = ?")
        values.append(int(wanted.sample))
    if wanted.ids is not None:
        conditions.append("id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(wanted.ids))
    # Every word must occur somewhere in the note; the last one may still be half typed.
    for word in words_of(wanted.text):
        conditions.append(
            "id IN (SELECT note_id FROM passages JOIN passages_fts ON passages_fts.rowid = passages.rowid "
            "WHERE passages_fts MATCH ?)"
        )
        values.append(quoted(word) + "*")
    return " AND ".join(conditions), values


def _note(row: Mapping[str, Any] | sqlite3.Row) -> Note:
    return Note(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        category=row["category"],
        date=_date(row["date"]),
        tags=tuple(json.loads(row["tags"])),
        source=row["source"],
        sample=bool(row["sample"]),
        created_at=dt.datetime.fromisoformat(row["created_at"]),
        updated_at=dt.datetime.fromisoformat(row["updated_at"]),
        revision=row["revision"],
        deleted=row["deleted_at"] is not None,
        dated_by=row["dated_by"],
        original=row["original"],
        gone=row["gone_at"] is not None,
    )


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
