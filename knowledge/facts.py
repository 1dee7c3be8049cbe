"""Facts of notes in the record: vendor, cost, serial number and the like, each with its words; finding is for others.

A note has at most one fact of each name. What a person corrected stays when the note's facts are found anew.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from sqlite_utils import Migrations

from knowledge.days import period
from knowledge.errors import FactRejected, NoteRejected
from knowledge.money import DOLLARS, money, written
from knowledge.note import NoteFilter
from knowledge.notebook import conditions

if TYPE_CHECKING:
    from sqlite_utils import Database

    from knowledge.record import Record

Name = Literal["vendor", "person", "phone", "cost", "item", "model", "serial", "warranty_end", "next_due"]
NAMES: tuple[Name, ...] = get_args(Name)
DATES: tuple[Name, ...] = ("warranty_end", "next_due")
MAX_VALUE = 200
FoundBy = Literal["reading", "model", "person"]
"""Who found a fact: the rules, the language model, or a person, who is believed."""

migrations = Migrations("facts")


@migrations()
def create_facts(db: Database) -> None:
    """Facts, which state of a note they were found in, and what stood before a person's corrections."""
    db.executescript(
        """
        CREATE TABLE facts (
            note_id TEXT NOT NULL REFERENCES notes(id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            cents INTEGER,
            currency TEXT NOT NULL DEFAULT '',
            words TEXT NOT NULL DEFAULT '',
            found_by TEXT NOT NULL CHECK (found_by IN ('reading', 'model', 'person')),
            PRIMARY KEY (note_id, name)
        ) WITHOUT ROWID;
        CREATE INDEX facts_by_name ON facts(name, value);
        CREATE TABLE facts_sought (
            note_id TEXT PRIMARY KEY REFERENCES notes(id) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            text_hash TEXT NOT NULL,
            by_model INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE fact_changes (
            id INTEGER PRIMARY KEY,
            note_id TEXT NOT NULL REFERENCES notes(id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            before TEXT,
            changed_at TEXT NOT NULL
        );
        CREATE INDEX fact_changes_by_note ON fact_changes(note_id, id);
        """
    )


@migrations()
def read_anew(db: Database) -> None:
    """Have the rules read again what they alone have read: they read more costs rightly than before."""
    db.execute("DELETE FROM facts_sought WHERE by_model = 0")


@migrations()
def read_costs_anew(db: Database) -> None:
    """Have the notes read again that a cost was found in, and those that rules alone have read.

    They tell two payments of one note, and what was not spent, from what a thing cost, and alone say so now.
    """
    costly = "SELECT note_id FROM facts WHERE name = 'cost' AND found_by != 'person'"
    db.execute(f"DELETE FROM facts_sought WHERE by_model = 0 OR note_id IN ({costly})")


@dataclass(frozen=True)
class Fact:
    """One fact of a note."""

    name: Name
    value: str
    """As it is shown; a day as 2024-03-15, an amount as $1,150.00. Empty where a person says that there is none."""
    words: str = ""
    """The words of the note that it follows from; empty where a person said it."""
    found_by: FoundBy = "reading"
    cents: int | None = None
    """Of a cost, in the smallest coin; less than nothing where money came back."""
    currency: str = ""

    @property
    def date(self) -> dt.date | None:
        """The day, of a fact that is one."""
        return dt.date.fromisoformat(self.value) if self.name in DATES and self.value else None


@dataclass(frozen=True)
class Sum:
    """What notes cost together, in one currency."""

    currency: str
    cents: int
    notes: int
    """How many notes it is the sum of."""


@dataclass(frozen=True)
class Total:
    """What the notes that pass a filter cost."""

    sums: tuple[Sum, ...]
    """One a currency, the largest part of the notes first; never added up across currencies."""
    notes: int
    """How many notes passed, whether they tell a cost or not."""

    @property
    def counted(self) -> int:
        """How many of them tell a cost."""
        return sum(each.notes for each in self.sums)


class Facts:
    """The facts of all notes."""

    def __init__(self, record: Record) -> None:
        """Args: the record, with this module's `migrations` applied after the notebook's."""
        self._record = record

    # --- reading --------------------------------------------------------------------------------------------------

    def of(self, note_id: str) -> dict[Name, Fact]:
        """Return a note's facts by their names, in the order of `NAMES`; those taken away by a person are left out."""
        rows = self._record.rows("SELECT * FROM facts WHERE note_id = ? AND value != ''", [note_id])
        found: dict[Name, Fact] = {row["name"]: _fact(row) for row in rows}
        return {name: found[name] for name in NAMES if name in found}

    def of_all(self, note_ids: Iterable[str]) -> dict[str, dict[Name, Fact]]:
        """Return the same of many notes, by their ids."""
        rows = self._record.rows(
            "SELECT * FROM facts WHERE value != '' AND note_id IN (SELECT value FROM json_each(?))",
            [json.dumps(list(note_ids))],
        )
        found: dict[str, dict[Name, Fact]] = {}
        for row in rows:
            found.setdefault(row["note_id"], {})[row["name"]] = _fact(row)
        return found

    def named(self, names: Sequence[Name]) -> list[tuple[str, Fact]]:
        """Return all facts of these names with the ids of their notes, of notes not deleted, by their values."""
        rows = self._record.rows(
            "SELECT facts.* FROM facts JOIN notes ON notes.id = note_id WHERE deleted_at IS NULL AND value != '' "
            "AND name IN (SELECT value FROM json_each(?)) ORDER BY value, note_id",
            [json.dumps(list(names))],
        )
        return [(row["note_id"], _fact(row)) for row in rows]

    def of_vendor(self, vendor: str, *, whole: bool = False) -> tuple[str, ...]:
        """Return the ids of the notes whose vendor has these words in its name, side by side.

        Args:
            whole: whether they are whole words, as those of a question are: neither 'ac' nor 'car' is in Ace Carpets,
                and Ray is in Ray's Pools. What is typed into a filter may be half of a word.
        """
        vendors = [(note_id, fact.value) for note_id, fact in self.named(["vendor"])]
        if whole:
            wanted = f" {_plain(_unowned(vendor))} "
            return tuple(note_id for note_id, value in vendors if wanted in f" {_plain(_unowned(value))} ")
        return tuple(note_id for note_id, value in vendors if _plain(vendor) in _plain(value))

    def total(self, wanted: NoteFilter | None = None, vendor: str = "") -> Total:
        """Return what the notes that pass a filter cost, added up by SQLite in whole cents.

        Args:
            wanted: the category, the dates and the words of the notes; its limit counts for nothing.
            vendor: words of the vendor's name; empty for any.
        """
        where, values = conditions(wanted or NoteFilter())
        if vendor.strip():
            where += " AND id IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(self.of_vendor(vendor)))
        rows = self._record.rows(
            "SELECT currency, sum(cents) AS cents, count(*) AS notes FROM facts WHERE name = 'cost' AND value != '' "
            f"AND note_id IN (SELECT id FROM notes WHERE {where}) GROUP BY currency ORDER BY notes DESC, currency",
            values,
        )
        ((notes,),) = self._record.rows(f"SELECT count(*) FROM notes WHERE {where}", values)
        return Total(tuple(Sum(row["currency"], row["cents"], row["notes"]) for row in rows), notes)

    def waiting(self, *, by_model: bool) -> list[str]:
        """Return the ids of the notes whose facts were not sought since they were changed, the newest first.

        Args:
            by_model: whether those count, too, that only the rules have read so far.
        """
        rows = self._record.rows(
            "SELECT id FROM notes LEFT JOIN facts_sought ON note_id = id AND facts_sought.revision = notes.revision "
            "WHERE deleted_at IS NULL AND (note_id IS NULL OR by_model < ?) ORDER BY updated_at DESC, id",
            [int(by_model)],
        )
        return [row["id"] for row in rows]

    # --- changing -------------------------------------------------------------------------------------------------

    def sought(self, note_id: str, revision: int, text_hash: str) -> bool | None:
        """Say that a note has come to a revision; returns whether a model sought in the same text, None in no such."""
        with self._record.writing() as db:
            row = db.execute(
                "UPDATE facts_sought SET revision = ? WHERE note_id = ? AND text_hash = ? RETURNING by_model",
                [revision, note_id, text_hash],
            ).fetchone()
        return None if row is None else bool(row[0])

    def keep(self, note_id: str, found: Iterable[Fact], revision: int, text_hash: str, *, by_model: bool) -> None:
        """Let these be a note's facts; what a person said of it stays.

        Args:
            revision, text_hash: the state of the note that they were found in.
            by_model: whether the language model sought, too.
        """
        with self._record.writing() as db:
            db.execute("DELETE FROM facts WHERE note_id = ? AND found_by != 'person'", [note_id])
            for fact in found:
                db.execute(
                    "INSERT OR IGNORE INTO facts (note_id, name, value, cents, currency, words, found_by) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    _row(note_id, fact),
                )
            db.execute(
                "INSERT OR REPLACE INTO facts_sought (note_id, revision, text_hash, by_model) VALUES (?, ?, ?, ?)",
                [note_id, revision, text_hash, int(by_model)],
            )

    def correct(
        self, note_id: str, name: Name, value: str, *, currency: str = DOLLARS, day_first: bool = False
    ) -> Fact:
        """Keep what a person says of a note; empty for there being no such fact.

        Args:
            currency: what a bare number means.
            day_first: whether 03/04/2021 is the third of April.

        Raises:
            FactRejected: it is no amount or no day, where it has to be, or far too long.
        """
        fact = said(name, value, currency, day_first=day_first)
        with self._record.writing() as db:
            row = db.execute("SELECT * FROM facts WHERE note_id = ? AND name = ?", [note_id, name]).fetchone()
            before = None if row is None else _fact(row)
            if before is not None and (before.value, before.cents) == (fact.value, fact.cents):
                return before
            stamp = dt.datetime.now(dt.UTC).isoformat()
            kept = None if before is None else json.dumps(_row(note_id, before))
            db.table("fact_changes").insert({"note_id": note_id, "name": name, "before": kept, "changed_at": stamp})
            self._put(db, note_id, fact)
        return fact

    def undo(self, note_id: str) -> Name:
        """Take a person's last correction of a note back; returns of what. Raises FactRejected where there is none."""
        with self._record.writing() as db:
            row = db.execute(
                "SELECT * FROM fact_changes WHERE note_id = ? ORDER BY id DESC LIMIT 1", [note_id]
            ).fetchone()
            if row is None:
                raise FactRejected("No fact of this note was corrected.")
            name: Name = row["name"]
            db.execute("DELETE FROM fact_changes WHERE id = ?", [row["id"]])
            db.execute("DELETE FROM facts WHERE note_id = ? AND name = ?", [note_id, name])
            if row["before"]:
                db.execute(
                    "INSERT INTO facts (note_id, name, value, cents, currency, words, found_by) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    json.loads(row["before"]),
                )
            # What was found before may come from words that are gone by now.
            db.execute("UPDATE facts_sought SET text_hash = '', revision = -1 WHERE note_id = ?", [note_id])
        return name

    def _put(self, db: Database, note_id: str, fact: Fact) -> None:
        db.execute(
            "INSERT OR REPLACE INTO facts (note_id, name, value, cents, currency, words, found_by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            _row(note_id, fact),
        )


def said(name: Name, value: str, currency: str = DOLLARS, *, day_first: bool = False) -> Fact:
    """Return what a person says as a fact; raises FactRejected where it cannot be one."""
    value = " ".join(value.split())
    if len(value) > MAX_VALUE:
        raise FactRejected(f"That is longer than {MAX_VALUE} characters. Write it shorter, or put it into the note.")
    if name not in NAMES:
        raise FactRejected(f"A note has no {name!r}; there are {', '.join(NAMES)}.")
    if value and name == "cost":
        amount = money(value, currency)
        if amount is None:
            raise FactRejected(f"{value!r} is no amount of money. Write it like 1,150.00 or 80 EUR.")
        return Fact(name, written(*amount), found_by="person", cents=amount[0], currency=amount[1])
    if value and name in DATES:
        try:
            days = period(value, day_first=day_first)
        except NoteRejected as error:
            raise FactRejected(str(error)) from error
        assert days is not None
        return Fact(name, (days[1] if name == "warranty_end" else days[0]).isoformat(), found_by="person")
    return Fact(name, value, found_by="person")


def _row(note_id: str, fact: Fact) -> list[object]:
    return [note_id, fact.name, fact.value, fact.cents, fact.currency, fact.words, fact.found_by]


def _fact(row: sqlite3.Row) -> Fact:
    return Fact(row["name"], row["value"], row["words"], row["found_by"], row["cents"], row["currency"])


def _plain(text: str) -> str:
    """A name without case and marks; Ray and Sons are Ray & Sons."""
    return " ".join(word for word in re.findall(r"\w+", text.casefold()) if word != "and")


def _unowned(text: str) -> str:
    """A name without its 's."""
    return re.sub(r"[’']s\b", "", text, flags=re.IGNORECASE)
