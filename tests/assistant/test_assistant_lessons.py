import json
from pathlib import Path
from typing import Any

import pytest

from assistant.checking import unsupported
from assistant.errors import QuestionRefused
from assistant.lessons import lesson, read_workbook, workbooks
from assistant.prompts import NO_NOTE
from knowledge.library import Library
from knowledge.note import Draft, whole

BOOK: dict[str, Any] = {
    "category": "hen house",
    "today": "2026-03-05",
    "notes": [
        {"id": "a", "title": "Hen house roof", "date": None, "text": "The hen house roof is tin."},
        {"id": "b", "title": "Hen house door", "date": "2023-04-18", "text": "Ray hung the hen house door for $115."},
        {"id": "c", "title": "Hen house door again", "date": "2025-06-01", "text": "Sue hung a hen house door, $140."},
    ],
    "questions": [
        {"question": "Who hung the hen house door last?", "kind": "latest", "answer": "Sue did [c]."},
        {"question": "Who hung each hen house door?", "kind": "two-notes", "answer": "Ray [b], then Sue [c]."},
        {"question": "Who painted the hen house door?", "kind": "unanswerable", "answer": NO_NOTE},
    ],
}


def written(folder: Path, **changes: Any) -> Path:
    file = folder / "hens.json"
    file.write_text(json.dumps({**BOOK, **changes}))
    return file


def test_a_workbook_becomes_the_chat_s_own_prompts_with_the_notes_numbers_in_the_replies(
    tmp_path: Path, library: Library
) -> None:
    taught = lesson(read_workbook(written(tmp_path)), library)

    assert [each.reply for each in taught.exercises] == ["Sue did [3].", "Ray [2], then Sue [3].", NO_NOTE]
    first, second = (each.messages[-1]["content"] for each in taught.exercises[:2])
    told = first.index("Look first at")
    assert first[:told] == second[:told]
    assert "[2] Hen house door (18 April 2023)\nRay hung" in first[:told]
    assert first[told:].endswith("Today is 5 March 2026.\nQuestion: Who hung the hen house door last?")
    assert "[3]" in first[told:]


@pytest.mark.parametrize(
    "changes",
    [
        {"questions": [{"question": "Who?", "kind": "fact", "answer": "Bob [q]."}]},
        {"questions": [{"question": "Who?", "kind": "unanswerable", "answer": "Bob [a]."}]},
        {"today": "tomorrow"},
        {"notes": [{"id": "a"}]},
    ],
)
def test_a_workbook_that_teaches_something_wrong_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(QuestionRefused, match=r"hens\.json"):
        read_workbook(written(tmp_path, **changes))


def test_the_packaged_workbooks_teach_no_figure_that_their_notes_do_not_hold() -> None:
    books = workbooks()
    assert len(books) > 90
    for book in books:
        notes = {note.id: note for note in book.notes}
        for each in book.asked:
            cited = [_hit(notes[letter]) for letter in sorted({*_marks(each.answer)})]
            assert (each.answer == NO_NOTE) is (not cited), (book.name, each.question)
            if each.kind not in ("unanswerable", "first-or-count"):  # a count is no figure of a note
                assert unsupported(each.answer, "", cited) == [], (book.name, each.answer)


def _marks(answer: str) -> list[str]:
    return [answer[at + 1] for at in range(len(answer) - 2) if answer[at] == "[" and answer[at + 2] == "]"]


def _hit(draft: Draft) -> Any:
    import datetime as dt

    from knowledge.note import Note

    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return whole(Note(str(draft.id), draft.title, draft.text, None, draft.date, (), "", False, now, now, 1))
