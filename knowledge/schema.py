"""The tables of notes in the record, as one version after another made them; what is kept in them is for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from knowledge.passages import find_codes

if TYPE_CHECKING:
    from sqlite_utils import Database

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
    find_codes(db)


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
    find_codes(db)
