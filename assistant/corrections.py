"""Labels that the household told, kept in the record with where they came from: what is applied and what teaches.

Applying them is `classifier.memory`'s, training on them `finetune`'s.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlite_utils import Migrations

from assistant.errors import CorrectionRefused
from assistant.question import MAX_QUESTION, tidied
from classifier.memory import Remembered, plain
from classifier.taxonomy import NONE
from knowledge.record import new_id

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

    from knowledge.record import Record

Provenance = Literal["corrected", "confirmed", "imported", "example"]
"""How a label came to be told: a wrong tag changed, a right one ticked, a file brought in, a category described."""
Relabelled = Sequence[tuple[str, str]]
"""Corrections in which a category was renamed, each by its row and its column."""
_LABELS = ("label", "overruled")
"""The columns that hold a label."""
BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before the first line of a file."""

migrations = Migrations("corrections")


@migrations()
def create_corrections(db: Database) -> None:
    """What was told of questions; a removed one stays until it is told anew, so that it can be brought back."""
    db.executescript(
        """
        CREATE TABLE corrections (
            id TEXT PRIMARY KEY,
            question TEXT NOT NULL,
            words TEXT NOT NULL,
            label TEXT NOT NULL,
            provenance TEXT NOT NULL CHECK (provenance IN ('corrected', 'confirmed', 'imported', 'example')),
            overruled TEXT,
            router TEXT NOT NULL DEFAULT '',
            turn_id TEXT,
            created_at TEXT NOT NULL,
            updated_at TEXT NOT NULL,
            removed_at TEXT
        );
        CREATE INDEX corrections_by_words ON corrections(words);
        CREATE UNIQUE INDEX corrections_by_turn ON corrections(turn_id) WHERE turn_id IS NOT NULL;
        """
    )


@dataclass(frozen=True)
class Correction:
    """A question with the label that the household told."""

    question: str
    label: str
    """A category of the house, or `none`."""
    provenance: Provenance = "corrected"
    overruled: str | None = None
    """What the router had said; None where nobody knows."""
    router: str = ""
    """The version that had said it."""
    turn_id: str | None = None
    """The turn of the conversation it was told in."""
    id: str = ""
    created_at: dt.datetime | None = None

    def fields(self) -> dict[str, Any]:
        """Return what is told of it outside the house, as JSON takes it."""
        return {
            "question": self.question,
            "category": None if self.label == NONE else self.label,
            "provenance": self.provenance,
            "overruled": self.overruled,
            "router": self.router,
            "created_at": self.created_at.isoformat() if self.created_at else None,
        }


@dataclass(frozen=True)
class Imported:
    """What became of the lines of a file."""

    kept: tuple[Correction, ...]
    known: int
    """Lines that tell what was told already, and changed nothing."""
    refused: tuple[str, ...]
    """What is wrong with each line that was not kept."""

    @property
    def summary(self) -> str:
        """How many of each, in words."""
        known = f", {self.known} told already" if self.known else ""
        return f"{len(self.kept)} brought in{known}" + (f", {len(self.refused)} refused" if self.refused else "")


class Corrections:
    """All labels that the household told; what names a category that is gone is kept, and applied no more."""

    def __init__(self, record: Record) -> None:
        """Args: the record, with this module's `migrations` applied."""
        self._record = record

    # --- telling --------------------------------------------------------------------------------------------------

    def tell(self, correction: Correction) -> Correction:
        """Keep what was told; of one turn, or in the same words with the same label, it takes the old one's place.

        Raises:
            CorrectionRefused: the question is empty or too long, or the house has no such category.
            NotebookUnavailable: the record cannot be written.
        """
        return self.tell_all([correction])[0]

    def tell_all(self, corrections: Sequence[Correction]) -> list[Correction]:
        """Keep many at once, all or none; raises as `tell` does."""
        labels = self.labels()
        told = [_checked(each, labels) for each in corrections]
        now = dt.datetime.now(dt.UTC)
        ids = []
        with self._record.writing() as db:
            for each in told:
                db.execute(
                    "DELETE FROM corrections WHERE turn_id = ? OR (words = ? AND label = ?)"
                    " OR (words = ? AND removed_at IS NOT NULL)",
                    [each.turn_id, plain(each.question), each.label, plain(each.question)],
                )
                ids.append(new_id())
                db.table("corrections").insert(
                    {
                        "id": ids[-1],
                        "question": each.question,
                        "words": plain(each.question),
                        "label": each.label,
                        "provenance": each.provenance,
                        "overruled": each.overruled,
                        "router": each.router,
                        "turn_id": each.turn_id,
                        "created_at": _text(each.created_at or now),
                        "updated_at": _text(now),
                    }
                )
        return [self.get(each) for each in ids]

    def relabel(self, correction_id: str, label: str) -> Correction:
        """Change what was told; raises CorrectionRefused."""
        before = self.get(correction_id)
        checked = _checked(Correction(before.question, label), self.labels())
        with self._record.writing() as db:
            db.execute(
                "UPDATE corrections SET label = ?, updated_at = ? WHERE id = ?", [checked.label, _now(), correction_id]
            )
        return self.get(correction_id)

    def remove(self, ids: Iterable[str]) -> None:
        """Take back what was told, restorably."""
        self._set_removed(ids, _now())

    def restore(self, ids: Iterable[str]) -> None:
        """Bring back what was taken back."""
        self._set_removed(ids, None)

    def settle(self, correction_id: str) -> list[str]:
        """Decide a contradiction for one side; returns the ids of what was taken back; raises CorrectionRefused."""
        kept = _checked(self.get(correction_id), self.labels())
        others = [
            each.id for each in self._present() if plain(each.question) == plain(kept.question) and each.id != kept.id
        ]
        self.remove(others)
        return others

    def rename_category(self, name: str, new_name: str | None) -> Relabelled:
        """Let a category be called otherwise; of one that is gone, all stays as it was told.

        Returns what `rename_back` needs.
        """
        if new_name is None:
            return []
        with self._record.writing() as db:
            found = [
                (row["id"], column)
                for column in _LABELS
                for row in db.query(f"SELECT id FROM corrections WHERE {column} = ?", [name])
            ]
            self._relabel(db, found, name, new_name)
        return found

    def rename_back(self, relabelled: Relabelled, name: str, new_name: str | None) -> None:
        """Undo a `rename_category`, but for what was told otherwise since."""
        with self._record.writing() as db:
            self._relabel(db, relabelled, new_name, name)

    # --- reading --------------------------------------------------------------------------------------------------

    def get(self, correction_id: str) -> Correction:
        """Return one of them; raises CorrectionRefused where it is gone."""
        rows = self._record.rows("SELECT * FROM corrections WHERE id = ?", [correction_id])
        if not rows:
            raise CorrectionRefused("This correction is no longer there: it was changed in another window.")
        return _correction(rows[0])

    def of_turn(self, turn_id: str) -> Correction | None:
        """Return what was told in a turn of a conversation, if anything."""
        rows = self._record.rows("SELECT * FROM corrections WHERE turn_id = ? AND removed_at IS NULL", [turn_id])
        return _correction(rows[0]) if rows else None

    def all(self) -> list[Correction]:
        """Return all that counts, in the order in which it was told."""
        rows = self._record.rows("SELECT * FROM corrections WHERE removed_at IS NULL ORDER BY updated_at, rowid")
        return [_correction(row) for row in rows]

    def teaching(self) -> list[Correction]:
        """Return what can be trained on: all but contradictions and what names a category that is gone."""
        told = self._present()
        disputed = {plain(each.question) for group in _contradictions(told) for each in group}
        return [each for each in told if plain(each.question) not in disputed]

    def contradictions(self) -> list[list[Correction]]:
        """Return the groups of the same question with different labels; a category that is gone disputes nothing."""
        return _contradictions(self._present())

    def labels(self) -> list[str]:
        """Return what a question can be told to be: the house's categories, and `none`."""
        return [*(row["name"] for row in self._record.rows("SELECT name FROM categories ORDER BY name")), NONE]

    # --- what classifier.memory asks ------------------------------------------------------------------------------

    def stamp(self) -> Hashable:
        """Return what changes whenever `remembered` does, whichever process changed it."""
        row = self._record.rows(
            "SELECT COUNT(*), MAX(rowid), MAX(updated_at), COUNT(removed_at), MAX(removed_at),"
            " (SELECT group_concat(name || code || definition) FROM categories) FROM corrections"
        )[0]
        return tuple(row)

    def remembered(self) -> list[Remembered]:
        """Return what is applied at once, the newest last."""
        return [Remembered(each.question, each.label, each.overruled) for each in self._present()]

    # --- out and in -----------------------------------------------------------------------------------------------

    def export_lines(self) -> Iterator[str]:
        """Yield everything as JSON Lines, which `read_lines` takes back."""
        for each in self.all():
            yield json.dumps(each.fields(), ensure_ascii=False)

    def read_lines(self, lines: Iterable[str]) -> Imported:
        """Keep corrections from JSON Lines; what is told already stays as it is, with where it came from."""
        told = {_matter(each) for each in self.all()}
        good: dict[tuple[str, str], Correction] = {}
        repeated, refused = 0, []
        labels = self.labels()
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                correction = _from_line(line.removeprefix(BYTE_ORDER_MARK))
                if _matter(correction) in told:
                    repeated += 1
                else:
                    correction = _checked(correction, labels)
                    good[_matter(correction)] = correction
            except (CorrectionRefused, ValueError, TypeError, KeyError, AttributeError) as error:
                refused.append(f"line {number}: {error}")
        return Imported(tuple(self.tell_all(list(good.values()))), repeated, tuple(refused))

    def _present(self) -> list[Correction]:
        """What counts of the categories that there are, in the order in which it was told."""
        labels = set(self.labels())
        return [each for each in self.all() if each.label in labels]

    def _relabel(self, db: Database, corrections: Relabelled, before: str | None, after: str) -> None:
        for correction_id, column in corrections:
            db.execute(
                f"UPDATE corrections SET {column} = ? WHERE id = ? AND {column} = ?", [after, correction_id, before]
            )

    def _set_removed(self, ids: Iterable[str], removed_at: str | None) -> None:
        with self._record.writing() as db:
            for each in ids:
                db.execute("UPDATE corrections SET removed_at = ? WHERE id = ?", [removed_at, each])


def _checked(correction: Correction, labels: Sequence[str]) -> Correction:
    question = tidied(correction.question)
    if not plain(question):
        raise CorrectionRefused("The question is empty.")
    if len(question) > MAX_QUESTION:
        raise CorrectionRefused(f"The question has {len(question):,} characters; the most is {MAX_QUESTION:,}.")
    known = next((each for each in labels if each.casefold() == correction.label.strip().casefold()), None)
    if known is None:
        raise CorrectionRefused(f"This house has no category {correction.label!r}. It has: {', '.join(labels)}.")
    return replace(correction, question=question, label=known)


def _matter(told: Correction) -> tuple[str, str]:
    """What two corrections have in common that tell the same."""
    return plain(tidied(told.question)), told.label.strip().casefold()


def _contradictions(told: Iterable[Correction]) -> list[list[Correction]]:
    groups = defaultdict(list)
    for each in told:
        groups[plain(each.question)].append(each)
    return [group for group in groups.values() if len({each.label for each in group}) > 1]


def _from_line(line: str) -> Correction:
    fields: dict[str, Any] = json.loads(line)
    if not isinstance(fields, dict) or not isinstance(fields.get("question"), str):
        raise CorrectionRefused('it needs a text as "question".')
    if "category" not in fields:
        raise CorrectionRefused('it needs a "category", null for none.')
    label = fields["category"]
    if not isinstance(label, str | None):
        raise CorrectionRefused('its "category" is no text.')
    overruled = fields.get("overruled")
    return Correction(
        fields["question"],
        NONE if label is None else label,
        "imported",
        overruled if isinstance(overruled, str) else None,
        created_at=_past(fields.get("created_at")),
    )


def _past(text: object) -> dt.datetime | None:
    """The moment that a text names, where it names one that was."""
    try:
        when = dt.datetime.fromisoformat(str(text))
        when = (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):  # the year 1, such as, may have no such hour elsewhere
        return None
    return when if when <= dt.datetime.now(dt.UTC) else None


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(
        row["question"],
        row["label"],
        row["provenance"],
        row["overruled"],
        row["router"],
        row["turn_id"],
        row["id"],
        dt.datetime.fromisoformat(row["created_at"]),
    )


def _now() -> str:
    return _text(dt.datetime.now(dt.UTC))


def _text(when: dt.datetime) -> str:
    return when.isoformat(timespec="microseconds")
