"""Drafts that wait for a person to look at them: kept in the record, editable, and no notes yet."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlite_utils import Migrations

from knowledge.errors import NoSuchNote
from knowledge.note import Draft
from knowledge.record import new_id, now

if TYPE_CHECKING:
    from sqlite_utils import Database

    from knowledge.record import Record

migrations = Migrations("waiting")
_WAITS = "dropped_at IS NULL AND saved_at IS NULL"
_STORED = ("id", "import_id", "aim", "note_id", "confidence", "sure", "reason")
"""The fields of a draft that stand in the record as they are."""
_DRAFTS = ("draft", "before")
"""The columns that hold a draft."""
Aim = Literal["add", "update", "restore"]
Recategorised = Sequence[tuple[str, str]]
"""Drafts whose category was renamed, each by its row and its column."""


@migrations()
def create_waiting(db: Database) -> None:
    """The drafts, each with the import that brought it and what saving it does."""
    db.executescript(
        """
        CREATE TABLE waiting (
            id TEXT PRIMARY KEY,
            import_id TEXT NOT NULL,
            aim TEXT NOT NULL,
            note_id TEXT,
            draft TEXT NOT NULL,
            confidence REAL,
            sure INTEGER NOT NULL,
            reason TEXT NOT NULL,
            came_at TEXT NOT NULL,
            dropped_at TEXT
        );
        CREATE INDEX waiting_by_import ON waiting(import_id);
        """
    )


@migrations()
def remember_what_it_changes(db: Database) -> None:
    """What a note said when the draft that changes it came, when one was saved, and whether a person wrote in it."""
    there = {column.name for column in db.table("waiting").columns}
    for column in ("before TEXT", "saved_at TEXT", "amended INTEGER NOT NULL DEFAULT 0"):
        if column.split()[0] not in there:
            db.execute(f"ALTER TABLE waiting ADD COLUMN {column}")
    # Every file that comes in asks for the drafts of its content.
    db.execute("CREATE INDEX IF NOT EXISTS waiting_by_original ON waiting(draft ->> 'original')")


@dataclass(frozen=True)
class Waiting:
    """A draft before its review."""

    id: str
    import_id: str
    aim: Aim
    """What saving does: keep a new note, change one, or bring a deleted one back."""
    note_id: str | None
    """The note that is there already, for an update or a return."""
    draft: Draft
    confidence: float | None
    """How sure the router is of the category, 0 to 1; None where the file or a person says it."""
    sure: bool
    """Whether nothing about it asks for a second look."""
    reason: str
    """What was decided on the person's behalf, or what would change."""
    before: Draft | None = None
    """What the note said when the draft came; what differs from it is what saving changes. None for a new note."""
    number: int = 0
    """Grows from draft to draft as they come."""


class WaitingDrafts:
    """The review list of one house."""

    def __init__(self, record: Record) -> None:
        """Args: the record, with this module's `migrations` applied."""
        self._record = record

    def put(
        self,
        import_id: str,
        draft: Draft,
        *,
        aim: Aim = "add",
        note_id: str | None = None,
        confidence: float | None = None,
        sure: bool = True,
        reason: str = "",
        before: Draft | None = None,
    ) -> Waiting:
        """Add a draft to the list; raises NotebookUnavailable.

        Args:
            before: what the note that it changes says now.
        """
        waiting = Waiting(new_id(), import_id, aim, note_id, draft, confidence, sure, reason, before)
        row = {name: getattr(waiting, name) for name in _STORED}
        row |= {"draft": _to_json(draft), "before": _to_json(before) if before else None, "came_at": now()}
        with self._record.writing() as db:
            number = db.table("waiting").insert(row).last_rowid
        return replace(waiting, number=int(number or 0))

    def all(self) -> list[Waiting]:
        """Return the list: those that ask for a look first, then as they came."""
        return self._select(f"{_WAITS} ORDER BY sure, confidence, came_at, rowid")

    def of_import(self, import_id: str) -> list[Waiting]:
        """Return what waits of one import, as it came."""
        return self._select(f"{_WAITS} AND import_id = ? ORDER BY rowid", [import_id])

    def count(self) -> int:
        """How many drafts wait."""
        return self._record.number(f"SELECT count(*) FROM waiting WHERE {_WAITS}")

    def holds(self, digest: str) -> bool:
        """Whether a draft of a file of this content waits."""
        rows = self._record.rows(f"SELECT 1 FROM waiting WHERE {_WAITS} AND draft ->> 'original' = ? LIMIT 1", [digest])
        return bool(rows)

    def ids_of(self, digest: str) -> frozenset[str]:
        """Return the drafts' own ids of all that a file of this content put on the list, dropped ones too."""
        rows = self._record.rows(
            "SELECT draft ->> 'id' FROM waiting WHERE saved_at IS NULL AND draft ->> 'original' = ?", [digest]
        )
        return frozenset(row[0] for row in rows if row[0])

    def notes_of(self, digest: str) -> list[str]:
        """Return the ids of the notes that a file of this content was to change, whatever became of that."""
        rows = self._record.rows(
            "SELECT DISTINCT note_id FROM waiting WHERE note_id IS NOT NULL AND draft ->> 'original' = ?", [digest]
        )
        return [row[0] for row in rows]

    def supersede(self, digest: str) -> None:
        """Forget what waits of a file whose content is another one now, but for what a person wrote in."""
        with self._record.writing() as db:
            db.execute(f"DELETE FROM waiting WHERE {_WAITS} AND NOT amended AND draft ->> 'original' = ?", [digest])

    def waits(self, waiting_id: str) -> bool:
        """Whether a draft is on the list still."""
        return bool(self._record.rows(f"SELECT 1 FROM waiting WHERE {_WAITS} AND id = ?", [waiting_id]))

    def get(self, waiting_id: str) -> Waiting:
        """Return one, dropped or not; raises NoSuchNote where it was saved, or never was."""
        found = self._select("id = ? AND saved_at IS NULL", [waiting_id])
        if not found:
            raise NoSuchNote("This draft waits no longer: it was saved, perhaps in another window.")
        return found[0]

    def amend(self, waiting_id: str, **changes: Any) -> Waiting:
        """Change a draft's title, text, category or date, as a person does; raises NoSuchNote."""
        with self._record.writing() as db:
            before = self.get(waiting_id)
            if "date" in changes and changes["date"] != before.draft.date:
                changes["dated_by"] = ""
            confidence = None if "category" in changes else before.confidence
            draft = replace(before.draft, **changes)
            row = {"draft": _to_json(draft), "confidence": confidence, "amended": 1}
            db.table("waiting").update(waiting_id, row)
        return replace(before, draft=draft, confidence=confidence)

    def suggest(
        self, waiting_id: str, category: str | None, confidence: float | None, reason: str, *, sure: bool
    ) -> None:
        """Give a draft the category that a router takes it for, unless a person was quicker, or it waits no longer."""
        with self._record.writing() as db:
            found = self._select("id = ? AND saved_at IS NULL", [waiting_id])
            if not found:
                return
            draft = found[0].draft
            if draft.category is not None:
                confidence, sure = None, True
            draft = replace(draft, category=draft.category or category)
            row = {"draft": _to_json(draft), "confidence": confidence, "sure": sure, "reason": reason}
            db.table("waiting").update(waiting_id, row)

    def drop(self, waiting_ids: Iterable[str]) -> None:
        """Take drafts off the list; `take_back` puts them there again."""
        self._mark("dropped_at", waiting_ids, now())

    def take_back(self, waiting_ids: Iterable[str]) -> None:
        """Put dropped drafts on the list again."""
        self._mark("dropped_at", waiting_ids, None)

    def settle(self, waiting_id: str) -> None:
        """Take a draft that became a note off the list; `reopen` puts it there again, until `forget_settled`."""
        self._mark("saved_at", [waiting_id], now())

    def reopen(self, waiting_ids: Iterable[str]) -> None:
        """Put saved drafts on the list again."""
        self._mark("saved_at", waiting_ids, None)

    def reopenable(self, waiting_ids: Iterable[str]) -> bool:
        """Whether all these drafts can be put on the list again: none was forgotten since it was saved."""
        ids = {*waiting_ids}
        held = self._record.rows(
            "SELECT id FROM waiting WHERE id IN (SELECT value FROM json_each(?))", [json.dumps([*ids])]
        )
        return len(held) == len(ids)

    def rename_category(self, name: str, new_name: str | None) -> Recategorised:
        """Let a category be called otherwise in the drafts and in what they change, or be none of theirs.

        Returns what `rename_back` needs.
        """
        with self._record.writing() as db:
            found = [
                (row["id"], column)
                for column in _DRAFTS
                for row in db.query(f"SELECT id FROM waiting WHERE {column} ->> 'category' = ?", [name])
            ]
            self._recategorise(db, found, name, new_name)
        return found

    def rename_back(self, recategorised: Recategorised, name: str, new_name: str | None) -> None:
        """Undo a `rename_category`, but for drafts that a person filed elsewhere since."""
        with self._record.writing() as db:
            self._recategorise(db, recategorised, new_name, name)

    def forget_settled(self) -> None:
        """Forget the drafts that became notes."""
        with self._record.writing() as db:
            db.execute("DELETE FROM waiting WHERE saved_at IS NOT NULL")

    def _mark(self, column: Literal["dropped_at", "saved_at"], waiting_ids: Iterable[str], at: str | None) -> None:
        with self._record.writing() as db:
            db.conn.executemany(f"UPDATE waiting SET {column} = ? WHERE id = ?", [(at, each) for each in waiting_ids])

    def _recategorise(self, db: Database, drafts: Recategorised, before: str | None, after: str | None) -> None:
        for waiting_id, column in drafts:
            db.execute(
                f"UPDATE waiting SET {column} = json_set({column}, '$.category', ?)"
                f" WHERE id = ? AND {column} ->> 'category' IS ?",
                [after, waiting_id, before],
            )

    def _select(self, where: str, values: Iterable[Any] = ()) -> list[Waiting]:
        return [
            Waiting(
                id=row["id"],
                import_id=row["import_id"],
                aim=row["aim"],
                note_id=row["note_id"],
                draft=_from_json(row["draft"]),
                confidence=row["confidence"],
                sure=bool(row["sure"]),
                reason=row["reason"],
                before=_from_json(row["before"]) if row["before"] else None,
                number=row["number"],
            )
            for row in self._record.rows(f"SELECT *, rowid AS number FROM waiting WHERE {where}", list(values))
        ]


def _to_json(draft: Draft) -> str:
    return json.dumps(asdict(draft) | {"date": draft.date.isoformat() if draft.date else None}, ensure_ascii=False)


def _from_json(text: str) -> Draft:
    fields = json.loads(text)
    date = dt.date.fromisoformat(fields["date"]) if fields["date"] else None
    return Draft(**fields | {"date": date, "tags": tuple(fields["tags"])})
