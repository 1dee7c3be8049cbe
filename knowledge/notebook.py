"""The record of notes: SQLite tables, full text and undo, every change in one transaction; vectors are the index's."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlite_utils import Migrations

from knowledge.codes import codes_in
from knowledge.errors import NoSuchNote, NoteChanged, NoteRejected
from knowledge.note import Draft, Note, NoteFilter, Passage
from knowledge.record import new_id, now
from knowledge.split import split
from knowledge.words import words_of

if TYPE_CHECKING:
    from sqlite_utils import Database

    from knowledge.record import Record

MAX_CHARACTERS = 200_000
"""The longest note, about a hundred pages: more is a book, and belongs in several notes."""
MAX_TITLE = 200
_FIELDS = ("title", "text", "category", "date", "tags")

migrations = Migrations("knowledge")


@migrations()
def create_notes(db: Database) -> None:
    """Categories, notes, their earlier versions, and passages with their full text."""
    db.executescript(
        """
        CREATE TABLE categories (
            name TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, definition TEXT NOT NULL
        );
        CREATE TABLE notes (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            text TEXT NOT NULL,
            category TEXT REFERENCES categories(name) ON UPDATE CASCADE ON DELETE SET NULL,
            date TEXT,
            tags TEXT NOT NULL DEFAULT '[]',
            source TEXT NOT NULL DEFAULT '',
            sample INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            deleted_at TEXT,
            revision INTEGER NOT NULL DEFAULT 1,
            indexed INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX notes_by_category ON notes(category, deleted_at);
        CREATE INDEX notes_unindexed ON notes(indexed) WHERE indexed = 0;
        CREATE TABLE note_versions (
            note_id TEXT NOT NULL REFERENCES notes(id) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            title TEXT NOT NULL, text TEXT NOT NULL, category TEXT, date TEXT, tags TEXT NOT NULL,
            replaced_at TEXT NOT NULL,
            PRIMARY KEY (note_id, revision)
        );
        CREATE TABLE passages (
            id TEXT PRIMARY KEY,
            note_id TEXT NOT NULL REFERENCES notes(id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            title TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL
        );
        CREATE INDEX passages_by_note ON passages(note_id, position);
        """
    )
    db.table("passages").enable_fts(
        ["title", "heading", "text"],
        create_triggers=True,
        tokenize="porter unicode61 remove_diacritics 2",
    )


@migrations()
def create_passage_codes(db: Database) -> None:
    """The codes that passages hold, to be found however they are retyped, and the words, to find slips of them."""
    # A stop in the middle leaves tables behind; the next start goes on from there.
    db.executescript(
        """
        CREATE TABLE IF NOT EXISTS passage_codes (
            code TEXT NOT NULL,
            passage_id TEXT NOT NULL REFERENCES passages(id) ON DELETE CASCADE,
            PRIMARY KEY (code, passage_id)
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS codes_by_passage ON passage_codes(passage_id);
        CREATE VIRTUAL TABLE IF NOT EXISTS passages_vocabulary USING fts5vocab('passages_fts', 'row');
        """
    )
    _find_codes(db)


@migrations()
def create_origins(db: Database) -> None:
    """Where a note's date was found, the file that it was read from, and whether that is still there."""
    there = {column.name for column in db.table("notes").columns}
    for column, kind in (
        ("dated_by", "TEXT NOT NULL DEFAULT ''"),
        ("original", "TEXT NOT NULL DEFAULT ''"),
        ("gone_at", "TEXT"),
    ):
        if column not in there:
            db.execute(f"ALTER TABLE notes ADD COLUMN {column} {kind}")


@migrations()
def index_deleted(db: Database) -> None:
    """Deleted notes are few, and every search counts what is left without them."""
    db.execute("CREATE INDEX IF NOT EXISTS notes_deleted ON notes(id) WHERE deleted_at IS NOT NULL")


@migrations()
def count_refilings(db: Database) -> None:
    """How often a note got another category while its revision stayed, as it does where a whole category changes."""
    if "refiled" not in {column.name for column in db.table("notes").columns}:
        db.execute("ALTER TABLE notes ADD COLUMN refiled INTEGER NOT NULL DEFAULT 0")


@migrations()
def find_codes_anew(db: Database) -> None:
    """Sizes and telephone numbers count as codes now, in whatever groups they are written."""
    _find_codes(db)


_OF_DELETED = "FROM notes JOIN passages ON note_id = notes.id WHERE deleted_at IS NOT NULL"
"""The passages that count for nothing, found by their own index."""


@dataclass(frozen=True)
class Refiled:
    """What followed a category into another, or out of it."""

    notes: tuple[str, ...]
    versions: tuple[tuple[str, int], ...]
    """Earlier versions of notes, each by its note and its revision."""


class Notebook:
    """The notes of one house."""

    def __init__(self, record: Record) -> None:
        """Args: the record, with this module's `migrations` applied."""
        self._record = record

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
        return self._number(f"SELECT count(*) FROM notes WHERE {where}", values)

    def count_in(self, categories: Sequence[str] | None) -> int:
        """How many notes a scope holds: those of the categories and those without one; None for all."""
        scope, within = _in_scope(categories)
        return self._number(f"SELECT count(*) FROM notes WHERE deleted_at IS NULL AND {scope}", within)

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

    def passages(self, ids: Sequence[str] | None = None, *, note_id: str | None = None) -> list[Passage]:
        """Return passages of notes not deleted: those with these ids, or one note's, or all, in reading order."""
        where, values = "notes.deleted_at IS NULL", list[Any]()
        if ids is not None:
            where += " AND passages.id IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(list(ids)))
        if note_id is not None:
            where += " AND note_id = ?"
            values.append(note_id)
        rows = self._record.rows(
            "SELECT passages.*, notes.category, notes.date FROM passages JOIN notes ON notes.id = note_id "
            f"WHERE {where} ORDER BY note_id, position",
            values,
        )
        return [
            Passage(
                id=row["id"],
                note_id=row["note_id"],
                title=row["title"],
                category=row["category"],
                date=_date(row["date"]),
                heading=row["heading"],
                text=row["text"],
            )
            for row in rows
        ]

    def lexical(self, words: Sequence[str], categories: Sequence[str] | None, limit: int) -> list[tuple[str, float]]:
        """Full-text search for any of the words within a scope.

        Returns: (passage id, BM25 score), best first; a higher score is better. Notes without a category are in
        every scope.
        """
        query = " OR ".join(_quoted(word) for word in words if words_of(word))
        if not query:
            return []
        scope, within = _in_scope(categories)
        rows = self._record.rows(
            f"""
            SELECT passages.id, -bm25(passages_fts, 2.0, 1.0, 1.0) AS score
            FROM passages_fts JOIN passages ON passages.rowid = passages_fts.rowid
            JOIN notes ON notes.id = passages.note_id
            WHERE passages_fts MATCH ? AND notes.deleted_at IS NULL AND {scope}
            ORDER BY score DESC LIMIT ?
            """,
            [query, *within, limit],
        )
        return [(row[0], float(row[1])) for row in rows]

    def coded(self, codes: Iterable[str], categories: Sequence[str] | None) -> dict[str, list[str]]:
        """Return the passages of a scope that hold each of the squeezed codes, by their ids; only codes that occur."""
        scope, within = _in_scope(categories)
        rows = self._record.rows(
            f"""
            SELECT code, passage_id FROM passage_codes
            JOIN passages ON passages.id = passage_id JOIN notes ON notes.id = note_id
            WHERE code IN (SELECT value FROM json_each(?)) AND deleted_at IS NULL AND {scope}
            ORDER BY code, passage_id
            """,
            [json.dumps(sorted(codes)), *within],
        )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["code"], []).append(row["passage_id"])
        return found

    def vocabulary(self, beginning: str) -> list[str]:
        """Return the words of the house that begin so, as the full text has stemmed them, the commonest first."""
        rows = self._record.rows(
            "SELECT term FROM passages_vocabulary WHERE term >= ? AND term < ? ORDER BY doc DESC LIMIT 5000",
            [beginning, beginning + "\U0010ffff"],
        )
        return [row["term"] for row in rows]

    def document_frequency(self, words: Sequence[str]) -> dict[str, int]:
        """In how many passages of the house each word occurs, by its stem."""
        # Joining every passage that holds a common word is slow; those of deleted notes are few.
        deleted = [row[0] for row in self._record.rows(f"SELECT passages.rowid {_OF_DELETED}")]
        counts = {}
        for word in words:
            if not words_of(word):
                continue
            match = "SELECT count(*) FROM passages_fts WHERE passages_fts MATCH ?"
            counts[word] = self._number(match, [_quoted(word)])
            if deleted and counts[word]:
                among = f"{match} AND rowid IN (SELECT value FROM json_each(?))"
                counts[word] -= self._number(among, [_quoted(word), json.dumps(deleted)])
        return counts

    def passage_count(self) -> int:
        """How many passages the index should hold."""
        # Joining all of them with their notes takes a hundred times as long.
        return self._number("SELECT count(*) FROM passages") - self._number(f"SELECT count(*) {_OF_DELETED}")

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
            self._write_passages(db, note_id, title, text)
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

    def _number(self, sql: str, values: Sequence[Any] = ()) -> int:
        ((number,),) = self._record.rows(sql, values)
        return int(number)

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
        self._write_passages(db, before.id, after["title"], after["text"])

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

    def _write_passages(self, db: Database, note_id: str, title: str, text: str) -> None:
        db.execute("DELETE FROM passages WHERE note_id = ?", [note_id])
        pieces = split(text)
        db.conn.executemany(
            "INSERT INTO passages (id, note_id, position, title, heading, text) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (f"{note_id}#{position}", note_id, position, title, piece.heading, piece.text)
                for position, piece in enumerate(pieces)
            ],
        )
        for position, piece in enumerate(pieces):
            _write_codes(db, f"{note_id}#{position}", f"{title}\n{piece.heading}\n{piece.text}")


def _find_codes(db: Database) -> None:
    """Find the codes of all passages that are there; those that are known stay."""
    for passage_id, *told in db.execute("SELECT id, title, heading, text FROM passages").fetchall():
        _write_codes(db, passage_id, "\n".join(told))


def _write_codes(db: Database, passage_id: str, text: str) -> None:
    db.conn.executemany(
        "INSERT OR IGNORE INTO passage_codes (code, passage_id) VALUES (?, ?)",
        [(code, passage_id) for code in codes_in(text)],
    )


def _quoted(word: str) -> str:
    return '"' + re.sub('["\\x00]', " ", word) + '"'


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


def _in_scope(categories: Sequence[str] | None) -> tuple[str, list[Any]]:
    """The condition that a note's category lies in a scope, with its values; notes without one lie in every scope."""
    if categories is None:
        return "TRUE", []
    return f"(category IS NULL OR category IN ({', '.join('?' * len(categories))}))", list(categories)


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
        values.append(_quoted(word) + "*")
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
