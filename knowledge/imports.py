"""What came in from where: imports that can be undone, files known by place and content, and the notes they gave."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlite_utils import Migrations

from knowledge.errors import NoteRejected
from knowledge.note import Note
from knowledge.notebook import Notebook
from knowledge.record import new_id, now

if TYPE_CHECKING:
    from sqlite_utils import Database

    from knowledge.record import Record

migrations = Migrations("imports")
Change = Literal["added", "updated", "restored"]


@migrations()
def create_imports(db: Database) -> None:
    """Imports with what they changed, the files that are known, and which notes each content gave."""
    db.executescript(
        """
        CREATE TABLE imports (
            id TEXT PRIMARY KEY, origin TEXT NOT NULL, started_at TEXT NOT NULL, undone_at TEXT
        );
        CREATE TABLE import_changes (
            import_id TEXT NOT NULL REFERENCES imports(id) ON DELETE CASCADE,
            note_id TEXT NOT NULL REFERENCES notes(id) ON DELETE CASCADE,
            change TEXT NOT NULL,
            revision INTEGER NOT NULL,
            original TEXT NOT NULL
        );
        CREATE INDEX changes_by_import ON import_changes(import_id);
        CREATE TABLE import_refusals (
            import_id TEXT NOT NULL REFERENCES imports(id) ON DELETE CASCADE,
            name TEXT NOT NULL, reason TEXT NOT NULL
        );
        CREATE INDEX refusals_by_import ON import_refusals(import_id);
        CREATE TABLE known_files (
            place TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            gone_at TEXT
        );
        CREATE INDEX known_by_digest ON known_files(digest);
        CREATE TABLE file_notes (
            digest TEXT NOT NULL,
            note_id TEXT NOT NULL REFERENCES notes(id) ON DELETE CASCADE,
            said TEXT NOT NULL,
            PRIMARY KEY (digest, note_id)
        );
        CREATE INDEX file_notes_by_note ON file_notes(note_id);
        """
    )


@dataclass(frozen=True)
class Import:
    """One time that files came in."""

    id: str
    origin: str
    """Where from: `page`, `command line` or `inbox`."""
    started_at: dt.datetime
    undone: bool
    notes: int
    """How many notes it added, changed or brought back."""


@dataclass(frozen=True)
class KnownFile:
    """A file that came in before, as it lay then."""

    place: str
    """Its path; for a file that was dropped into the page `page:` and its name."""
    name: str
    digest: str
    bytes: int
    modified: int
    """When it was last written, in nanoseconds, as its file system says."""
    gone: bool


@dataclass(frozen=True)
class Said:
    """What a file said of a note when it came in, to tell a person's changes from the file's."""

    note_id: str
    title: str
    text: str
    """The SHA-256 of its words."""
    date: str

    @classmethod
    def of(cls, note: Note) -> Said:
        """What a note says now."""
        return cls(note.id, note.title, fingerprint(note.text), note.date.isoformat() if note.date else "")


def fingerprint(text: str) -> str:
    """The SHA-256 of a note's words."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


class Imports:
    """The record of what came in."""

    def __init__(self, record: Record, notebook: Notebook) -> None:
        """Args: the record, with this module's `migrations` applied after the notebook's; the notes in it."""
        self._record = record
        self._notebook = notebook

    # --- imports ----------------------------------------------------------------------------------------------

    def begin(self, origin: str) -> str:
        """Open an import; returns its id."""
        import_id = new_id()
        with self._record.writing() as db:
            db.table("imports").insert({"id": import_id, "origin": origin, "started_at": now()})
        return import_id

    def changed(self, import_id: str, note: Note, change: Change) -> None:
        """Say that an import made, changed or brought back a note, which is now as it is here.

        It is said before `gave`, so that the file that the note had until then can be given back to it.
        """
        with self._record.writing() as db:
            row = {"import_id": import_id, "note_id": note.id, "change": change, "revision": note.revision}
            db.table("import_changes").insert(row | {"original": note.original})

    def refused(self, import_id: str, name: str, reason: str) -> None:
        """Say that an import could not read a file, or something in it."""
        with self._record.writing() as db:
            db.table("import_refusals").insert({"import_id": import_id, "name": name, "reason": reason})

    def refusals(self, import_id: str) -> list[tuple[str, str]]:
        """Return (name, reason) of what an import could not read."""
        rows = self._record.rows(
            "SELECT name, reason FROM import_refusals WHERE import_id = ? ORDER BY rowid", [import_id]
        )
        return [(row["name"], row["reason"]) for row in rows]

    def recent(self, limit: int = 20) -> list[Import]:
        """Return the imports, the latest first."""
        rows = self._record.rows(
            "SELECT imports.*, (SELECT count(*) FROM import_changes WHERE import_id = imports.id) AS notes "
            "FROM imports ORDER BY rowid DESC LIMIT ?",
            [limit],
        )
        return [
            Import(
                row["id"],
                row["origin"],
                dt.datetime.fromisoformat(row["started_at"]),
                row["undone_at"] is not None,
                row["notes"],
            )
            for row in rows
        ]

    def undoable(self) -> Import | None:
        """The latest import that changed notes and was not undone."""
        return next((each for each in self.recent(200) if each.notes and not each.undone), None)

    def undo(self, import_id: str) -> tuple[list[Note], list[Note]]:
        """Take an import back as a whole: what it added is deleted, restorably, what it changed says what it said.

        Returns: (the notes taken back, those that a person changed since and that stay as they are).

        Raises:
            NoteRejected: there is no such import, or it was undone already.
        """
        with self._record.writing() as db:
            row = next(db.query("SELECT undone_at FROM imports WHERE id = ?", [import_id]), None)
            if row is None or row["undone_at"]:
                raise NoteRejected("This import was undone already, or there is none of this name.")
            db.execute("UPDATE imports SET undone_at = ? WHERE id = ?", [now(), import_id])
            return self._taken_back(db, "import_id = ?", [import_id])

    def last_change(self) -> int:
        """The number of the latest change of a note that was told of; `undo_since` takes back what comes after."""
        return self._record.number("SELECT coalesce(max(rowid), 0) FROM import_changes")

    def undo_since(self, change: int, import_ids: Iterable[str]) -> tuple[list[Note], list[Note]]:
        """Take back what some imports changed after a change, and nothing that they did before; returns as `undo`."""
        with self._record.writing() as db:
            where, values = (
                "rowid > ? AND import_id IN (SELECT value FROM json_each(?))",
                [change, json.dumps([*import_ids])],
            )
            taken_back = self._taken_back(db, where, values)
            db.execute(f"DELETE FROM import_changes WHERE {where}", values)
            return taken_back

    def _taken_back(self, db: Database, where: str, values: list[Any]) -> tuple[list[Note], list[Note]]:
        """Take changes back, the latest first."""
        done, left = dict[str, Note](), dict[str, Note]()
        at = dict[str, int]()
        for change in list(db.query(f"SELECT * FROM import_changes WHERE {where} ORDER BY rowid DESC", values)):
            note = self._notebook.get(change["note_id"])
            if note.deleted or note.id in left:
                continue
            if change["change"] == "updated" and note.revision != at.get(note.id, change["revision"]):
                left[note.id] = note
                continue
            if change["change"] == "updated":
                self._notebook.undo(note.id)
                self._give_back(db, note, change["original"])
            else:
                self._notebook.delete([note.id])
            done[note.id] = self._notebook.get(note.id)
            at[note.id] = done[note.id].revision
        return list(done.values()), list(left.values())

    def _give_back(self, db: Database, note: Note, original: str) -> None:
        """Let a note be the one of its earlier file again, so that the later one is news when it comes once more."""
        if original == note.original:
            return
        db.execute("DELETE FROM file_notes WHERE digest = ? AND note_id = ?", [note.original, note.id])
        db.execute("UPDATE notes SET original = ? WHERE id = ?", [original, note.id])
        db.execute(
            "UPDATE known_files SET digest = ?, modified = 0 WHERE digest = ? "
            "AND digest NOT IN (SELECT digest FROM file_notes)",
            [original, note.original],
        )

    # --- files ------------------------------------------------------------------------------------------------

    def at(self, place: str) -> KnownFile | None:
        """The file that lay at a place when it last came in."""
        rows = self._record.rows("SELECT * FROM known_files WHERE place = ?", [place])
        return _known(rows[0]) if rows else None

    def places_of(self, digest: str) -> list[KnownFile]:
        """Where this content came from, all of it read to its end."""
        rows = self._record.rows("SELECT * FROM known_files WHERE digest = ? ORDER BY place", [digest])
        return [_known(row) for row in rows]

    def within(self, folder: str) -> list[KnownFile]:
        """The files known to have lain in a folder that are not marked as gone."""
        inside = folder.rstrip("/\\").replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "_%"
        rows = self._record.rows(
            r"SELECT * FROM known_files WHERE place LIKE ? ESCAPE '\' AND gone_at IS NULL ORDER BY place", [inside]
        )
        return [_known(row) for row in rows]

    def saw(self, file: KnownFile) -> None:
        """Say that a file lies at a place, and was read to its end."""
        with self._record.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO known_files (place, name, digest, bytes, modified) VALUES (?, ?, ?, ?, ?)",
                [file.place, file.name, file.digest, file.bytes, file.modified],
            )
            self._mark(db, file.digest)

    def moved(self, old: KnownFile, new: KnownFile) -> None:
        """Say that a file lies elsewhere now, with the same content."""
        with self._record.writing() as db:
            db.execute("DELETE FROM known_files WHERE place = ?", [old.place])
            self.saw(new)

    def missing(self, file: KnownFile) -> list[Note]:
        """Say that a file is gone from its place; returns its notes that are marked: those with no copy elsewhere."""
        with self._record.writing() as db:
            db.execute("UPDATE known_files SET gone_at = ? WHERE place = ?", [now(), file.place])
            self._mark(db, file.digest)
        return [note for said in self.notes_of(file.digest) if (note := self._notebook.get(said.note_id)).gone]

    def left_out(self, note_ids: Iterable[str]) -> None:
        """Say that a changed file tells no more of these notes; they stay, marked."""
        with self._record.writing() as db:
            db.conn.executemany("UPDATE notes SET gone_at = ? WHERE id = ?", [(now(), each) for each in note_ids])

    def together(self) -> AbstractContextManager[Database]:
        """One transaction for a note and what is said of it."""
        return self._record.writing()

    def gave(self, digest: str, note: Note, original: str = "") -> None:
        """Say that a file of this content gave a note, which says now what the file said.

        Args:
            original: the content of the note's original, where the file is no more than an export of the note.
        """
        said = Said.of(note)
        with self._record.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO file_notes (digest, note_id, said) VALUES (?, ?, ?)",
                [digest, note.id, json.dumps({"title": said.title, "text": said.text, "date": said.date})],
            )
            db.execute("UPDATE notes SET original = ? WHERE id = ?", [original or digest, note.id])
            self._mark(db, digest)

    def notes_of(self, digest: str) -> list[Said]:
        """What a file of this content said of each of its notes."""
        rows = self._record.rows(
            "SELECT note_id, said FROM file_notes WHERE digest = ? ORDER BY file_notes.rowid", [digest]
        )
        return [Said(row["note_id"], **json.loads(row["said"])) for row in rows]

    def last_said(self, note_id: str) -> Said | None:
        """What the file that a note came from said of it last; None where no file did."""
        rows = self._record.rows(
            "SELECT note_id, said FROM file_notes WHERE note_id = ? ORDER BY rowid DESC LIMIT 1", [note_id]
        )
        return Said(rows[0]["note_id"], **json.loads(rows[0]["said"])) if rows else None

    def _mark(self, db: Database, digest: str) -> None:
        """Mark the notes of a content as gone where it lies nowhere any more, and as there where it does."""
        db.execute(
            """
            UPDATE notes SET gone_at = CASE WHEN EXISTS (
                SELECT 1 FROM known_files WHERE digest = :digest AND gone_at IS NULL
            ) OR NOT EXISTS (SELECT 1 FROM known_files WHERE digest = :digest) THEN NULL ELSE :now END
            WHERE original = :digest
            """,
            {"digest": digest, "now": now()},
        )


def known_file(path: Path, place: str, name: str, digest: str) -> KnownFile:
    """A file as it lies now; raises OSError."""
    stat = path.stat()
    return KnownFile(place, name, digest, stat.st_size, stat.st_mtime_ns, gone=False)


def _known(row: Any) -> KnownFile:
    return KnownFile(
        row["place"], row["name"], row["digest"], row["bytes"], row["modified"], gone=row["gone_at"] is not None
    )
