"""What is true of the drawer: what each file must become, what it cost, and which file answers which question."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from benchmarks.drawer.source import outer

FOLDER = Path(__file__).parent
Verdict = Literal["read", "refused", "either"]


@dataclass(frozen=True)
class Paid:
    """What an invoice, a receipt or a note of a service says of money."""

    kind: Literal["invoice", "receipt", "service"]
    cents: int
    """What it cost in the end, with tax; negative where money came back."""
    currency: str
    vendor: str


@dataclass(frozen=True)
class NoteTruth:
    """What is true of one note that a file must become."""

    category: str | None
    dates: frozenset[dt.date]
    """The right ones: mostly one; two where a document was written on one day and the work done on another."""
    year: int
    """Of the document's own date."""
    dated_by: str
    """Where the date is to be found: text, front matter, photo, file name or file."""
    paid: Paid | None
    holds: str = ""
    """Words that this note alone of its file holds; empty where the whole file is one matter."""


@dataclass(frozen=True)
class FileTruth:
    """What must become of a file, or of one inside a ZIP or a mail."""

    path: PurePosixPath
    verdict: Verdict
    """`either` where a careful reader may take or refuse it, if only it says so and goes on."""
    notes: tuple[NoteTruth, ...] = ()
    why: str = ""
    """What is wrong with it."""

    @property
    def names(self) -> frozenset[str]:
        """The names that a note's source may give: its own, and the file's that holds it."""
        return frozenset({self.path.name, outer(self.path).name})


@dataclass(frozen=True)
class Question:
    """What the family asks, and the files that tell."""

    question: str
    files: tuple[PurePosixPath, ...]
    holds: str = ""
    """Words of the one note that tells, where the first file holds many."""


def read_truth(path: Path = FOLDER / "truth.jsonl") -> list[FileTruth]:
    """Read what is true of every file."""
    return [
        FileTruth(
            PurePosixPath(row["file"]),
            row["verdict"],
            tuple(_note(each) for each in row.get("notes", ())),
            row.get("why", ""),
        )
        for row in _lines(path)
    ]


def read_questions(path: Path = FOLDER / "questions.jsonl") -> list[Question]:
    """Read the questions with the files that answer them."""
    return [
        Question(
            row["question"],
            tuple(PurePosixPath(file) for file in (row["file"], *row.get("also", ()))),
            row.get("holds", ""),
        )
        for row in _lines(path)
    ]


def read_ledger(path: Path = FOLDER / "ledger.csv") -> dict[tuple[str, int, str], tuple[int, int]]:
    """Read the ledger: cents and number of amounts by category (`none` for no one's), year and currency."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["category"], int(row["year"]), row["currency"]): (
                round(float(row["amount"]) * 100),
                int(row["notes"]),
            )
            for row in csv.DictReader(file)
        }


def summed(truths: Iterable[FileTruth]) -> dict[tuple[str, int, str], tuple[int, int]]:
    """Return the amounts of the truth as the ledger has them."""
    cents: Counter[tuple[str, int, str]] = Counter()
    notes: Counter[tuple[str, int, str]] = Counter()
    for note in (note for truth in truths for note in truth.notes if note.paid is not None):
        assert note.paid is not None
        key = note.category or "none", note.year, note.paid.currency
        cents[key] += note.paid.cents
        notes[key] += 1
    return {key: (cents[key], notes[key]) for key in notes}


def same_vendor(said: str, true: str) -> bool:
    """Whether two names mean the same firm: letters alone count, and what its legal form is called does not."""
    return _folded(said) == _folded(true)


def _folded(name: str) -> str:
    words = re.findall(r"\w+", name.casefold().replace("&", " and "))
    return " ".join(word for word in words if word not in {"ltd", "llc", "inc", "gmbh", "co", "the", "company"})


def _note(row: dict[str, Any]) -> NoteTruth:
    date = dt.date.fromisoformat(row["date"])
    return NoteTruth(
        category=row["category"],
        dates=frozenset({date, *map(dt.date.fromisoformat, row.get("or", ()))}),
        year=date.year,
        dated_by=row["dated_by"],
        paid=Paid(row["kind"], row["cents"], row["currency"], row["vendor"]) if "cents" in row else None,
        holds=row.get("holds", ""),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text("utf-8").splitlines())
