"""The passages of the record's notes, found by words and by codes; the notes themselves are the notebook's."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from knowledge.codes import codes_in
from knowledge.note import Passage
from knowledge.split import split
from knowledge.words import words_of

if TYPE_CHECKING:
    from sqlite_utils import Database

    from knowledge.record import Record

_OF_DELETED = "FROM notes JOIN passages ON note_id = notes.id WHERE deleted_at IS NOT NULL"
"""The passages that count for nothing, found by their own index."""


class Passages:
    """The passages of one house's notes."""

    def __init__(self, record: Record) -> None:
        """Args: the record, with the migrations of `knowledge.schema` applied."""
        self._record = record

    def select(self, ids: Sequence[str] | None = None, *, note_id: str | None = None) -> list[Passage]:
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
                date=dt.date.fromisoformat(row["date"]) if row["date"] else None,
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
        query = " OR ".join(quoted(word) for word in words if words_of(word))
        if not query:
            return []
        scope, within = in_scope(categories)
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
        scope, within = in_scope(categories)
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
            counts[word] = self._record.number(match, [quoted(word)])
            if deleted and counts[word]:
                among = f"{match} AND rowid IN (SELECT value FROM json_each(?))"
                counts[word] -= self._record.number(among, [quoted(word), json.dumps(deleted)])
        return counts

    def count(self) -> int:
        """How many passages the index should hold."""
        # Joining all of them with their notes takes a hundred times as long.
        return self._record.number("SELECT count(*) FROM passages") - self._record.number(
            f"SELECT count(*) {_OF_DELETED}"
        )

    def write(self, db: Database, note_id: str, title: str, text: str) -> None:
        """Put the passages of a note in the place of those it had, within a transaction on `db`."""
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


def find_codes(db: Database) -> None:
    """Find the codes of all passages that are there; those that are known stay."""
    for passage_id, *told in db.execute("SELECT id, title, heading, text FROM passages").fetchall():
        _write_codes(db, passage_id, "\n".join(told))


def _write_codes(db: Database, passage_id: str, text: str) -> None:
    db.conn.executemany(
        "INSERT OR IGNORE INTO passage_codes (code, passage_id) VALUES (?, ?)",
        [(code, passage_id) for code in codes_in(text)],
    )


def quoted(word: str) -> str:
    """Return a word as FTS5 matches it, whatever signs it holds."""
    return '"' + re.sub('["\\x00]', " ", word) + '"'


def in_scope(categories: Sequence[str] | None) -> tuple[str, list[Any]]:
    """Return the condition that a note lies in a scope, with its values; one without a category lies in every scope."""
    if categories is None:
        return "TRUE", []
    return f"(category IS NULL OR category IN ({', '.join('?' * len(categories))}))", list(categories)
