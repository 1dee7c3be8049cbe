"""Workbooks (an invented family's notes of one category, with questions and right answers) to a reader's lessons.

The prompts are the chat's own: the dossier, and the pointers of a real search among the notes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dossier import dossier_of
from assistant.errors import QuestionRefused
from assistant.finding import relevant
from assistant.models.chat_models import plain
from assistant.pipeline import POINTED
from assistant.prompts import NO_NOTE
from finetune.reader import Exercise, Lesson
from knowledge.note import Draft, NoteFilter

if TYPE_CHECKING:
    from knowledge.library import Library

WORKBOOKS = Path(__file__).parent.parent / "finetune" / "data" / "workbooks"
LIMIT = 8
"""Notes that a search returns at most, as in the chat."""
_MARK = re.compile(r"\[([a-z])\]")


@dataclass(frozen=True)
class Asked:
    """A question to a workbook and its right answer, whose marks name notes by their letters, such as [c]."""

    question: str
    kind: str
    answer: str


@dataclass(frozen=True)
class Workbook:
    """The notes of one category and what is asked of them."""

    name: str
    category: str
    today: dt.date
    notes: tuple[Draft, ...]
    asked: tuple[Asked, ...]


def read_workbook(path: Path) -> Workbook:
    """Read a JSON file of category, today, notes (id, title, date, text) and questions (question, kind, answer).

    Raises:
        QuestionRefused: the file is none, or an answer names a note that is not there.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
        notes = tuple(
            Draft(
                each["text"],
                title=each["title"],
                category=told["category"],
                date=dt.date.fromisoformat(each["date"]) if each["date"] else None,
                id=each["id"],
            )
            for each in told["notes"]
        )
        asked = tuple(Asked(each["question"], each["kind"], each["answer"]) for each in told["questions"])
        book = Workbook(path.stem, told["category"], dt.date.fromisoformat(told["today"]), notes, asked)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionRefused(f"{path} is no workbook ({error!r}).") from error
    letters = {note.id for note in notes}
    for each in asked:
        if strange := set(_MARK.findall(each.answer)) - letters:
            raise QuestionRefused(f"{path}: “{each.answer}” names notes that are not there: {sorted(strange)}.")
        if each.kind == "unanswerable" and each.answer != NO_NOTE:
            raise QuestionRefused(f"{path}: “{each.question}” is called unanswerable, and answered.")
    return book


def lesson(book: Workbook, library: Library) -> Lesson:
    """Return a workbook's questions in the prompts that they are asked with, and the right replies.

    Args:
        library: an empty one, which is left with the workbook's notes in it.
    """
    library.notebook.set_categories([(book.category, "ZZ", book.category)])
    library.add(book.notes)
    dossier = dossier_of(book.category, library.notebook.select(NoteFilter(category=book.category)))
    numbers = {note.id: number for number, note in enumerate(dossier.notes, start=1)}
    scope = library.scope([book.category], "it is what the workbook is about")
    exercises = []
    for each in book.asked:
        hits = relevant(library.search(each.question, scope, LIMIT, {}, book.today))
        if not hits:
            continue  # said to be unanswerable without asking the model
        messages, _ = dossier.asked(each.question, hits[:POINTED], {}, book.today)
        reply = _MARK.sub(lambda mark: f"[{numbers[mark[1]]}]", each.answer)
        exercises.append(Exercise(tuple(plain(messages)), reply))
    return Lesson(tuple(exercises))


def workbooks(folder: Path = WORKBOOKS) -> Sequence[Workbook]:
    """Return all workbooks of a folder, by name; raises QuestionRefused."""
    return [read_workbook(path) for path in sorted(folder.glob("*.json"))]
