"""Workbooks (an invented family's notes of one category, with questions and right answers) to a reader's lessons.

The prompts are the chat's own, of a few notes that a real search finds.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import QuestionRefused
from assistant.finding import relevant
from assistant.models.chat_models import count_tokens, plain
from assistant.prompts import NO_NOTE, answer_messages
from finetune.reader import Exercise, Lesson
from knowledge.note import Draft, Hit

if TYPE_CHECKING:
    from knowledge.library import Library

WORKBOOKS = Path(__file__).parent.parent / "finetune" / "data" / "workbooks"
LIMIT = 8
"""Notes that a search returns at most, as in the chat."""
SHOWN = (2, 3, 3, 4)
"""How many notes are shown, as often as they stand here: the chat shows three."""
LONGEST = 450
"""Tokens that the notes of a lesson may have together: what an excerpt leaves of three long ones."""
FEWEST, MOST = 3, 9
"""Exercises of a lesson."""
UNANSWERED = 0.5
"""Share of the lessons that hold a question which no note of the workbook answers, beside one that found its notes."""
_ROOM = 4096
"""Tokens of a prompt: more than any lesson has."""
_MARK = re.compile(r"\[([a-z])\]")


@dataclass(frozen=True)
class Asked:
    """A question to a workbook and its right answer, whose marks name notes by their letters, such as [c]."""

    question: str
    kind: str
    answer: str

    @property
    def notes(self) -> frozenset[str]:
        """The letters of the notes that the answer stands on; none where no note tells it."""
        return frozenset(_MARK.findall(self.answer))


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
        if strange := each.notes - letters:
            raise QuestionRefused(f"{path}: “{each.answer}” names notes that are not there: {sorted(strange)}.")
        if each.kind == "unanswerable" and each.answer != NO_NOTE:
            raise QuestionRefused(f"{path}: “{each.question}” is called unanswerable, and answered.")
    return book


def lesson(book: Workbook, library: Library, seed: int = 0) -> Lesson | None:
    """Return the questions of a workbook that a few of its notes answer, in the prompts that the chat asks with.

    The notes are those that a real search finds for one of the questions, so that what stands beside the right one
    is what a search confuses with it; of four questions, the one whose notes answer most. Returns None where no
    notes of a bearable length answer several.

    Args:
        library: an empty one, which is left with the workbook's notes in it.
        seed: of what is drawn.
    """
    library.notebook.set_categories([(book.category, "ZZ", book.category)])
    library.add(book.notes)
    scope = library.scope([book.category], "it is what the workbook is about")
    drawn = random.Random(f"{seed} {book.name}")
    best: Lesson | None = None
    for asked in _drawn(book.asked, drawn):
        found = relevant(library.search(asked.question, scope, LIMIT, {}, book.today))
        hits = _bearable(found[: drawn.choice(SHOWN)])
        if not hits:
            continue  # said to be unanswerable without asking the model
        taught = _exercises(book, asked, hits, drawn)
        if len(taught) >= FEWEST and (best is None or len(taught) > len(best.exercises)):
            best = Lesson(taught)
    return best


def _drawn(asked: Sequence[Asked], drawn: random.Random) -> list[Asked]:
    """Draw the questions whose notes are tried: mostly those that need notes told apart, and one that none answers."""
    kinds = [("latest", "first-or-count"), ("two-notes",), ("unanswerable",), ("fact", "exact-token", "long-note")]
    of_kind = ([each for each in asked if each.kind in kind] for kind in kinds)
    return [drawn.choice(some) for some in of_kind if some]


def _bearable(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """As many of the best hits, whole, as take no longer to read than LONGEST."""
    kept: list[Hit] = []
    for hit in hits:
        if sum(count_tokens(each.text) for each in (*kept, hit)) <= LONGEST:
            kept.append(hit)
    return tuple(kept)


def _exercises(book: Workbook, first: Asked, hits: tuple[Hit, ...], drawn: random.Random) -> tuple[Exercise, ...]:
    """The question that found the hits, where they tell what is right, and others that they answer."""
    numbers = {hit.note_id: number for number, hit in enumerate(hits, start=1)}
    answered = [each for each in book.asked if each.notes and each.notes <= set(numbers)]
    chosen = drawn.sample(answered, min(MOST, len(answered)))
    if first.notes <= set(numbers) and first not in chosen:
        chosen = [*chosen[: MOST - 1], first]
    unanswered = [each for each in book.asked if not each.notes and each not in chosen]
    if unanswered and drawn.random() < UNANSWERED:
        chosen = [*chosen[: MOST - 1], drawn.choice(unanswered)]
    exercises = []
    for each in chosen:
        messages, _ = answer_messages(each.question, hits, book.today, _ROOM, whole=True)
        reply = _MARK.sub(lambda mark: f"[{numbers[mark[1]]}]", each.answer)
        exercises.append(Exercise(tuple(plain(messages)), reply))
    return tuple(exercises)


def workbooks(folder: Path = WORKBOOKS) -> Sequence[Workbook]:
    """Return all workbooks of a folder, by name; raises QuestionRefused."""
    return [read_workbook(path) for path in sorted(folder.glob("*.json"))]
