import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import Run

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

    assert taught is not None
    asked = {each.messages[-1]["content"]: each.reply for each in taught.exercises}
    notes = {prompt.partition("Today is 5 March 2026.\nQuestion: ")[0] for prompt in asked}
    assert len(notes) == 1  # the same for all
    told = notes.pop()
    replies = {prompt.removeprefix(told).partition("Question: ")[2]: reply for prompt, reply in asked.items()}
    (ray,), (sue,) = (re.findall(rf"\[(\d)\] {title} \(", told) for title in ("Hen house door", "Hen house door again"))
    assert replies["Who hung the hen house door last?"] == f"Sue did [{sue}]."
    assert replies["Who hung each hen house door?"] == f"Ray [{ray}], then Sue [{sue}]."
    assert replies["Who painted the hen house door?"] == NO_NOTE


def test_too_few_workbooks_to_teach_a_reader_are_refused_before_a_model_is_fetched(run: Run, tmp_path: Path) -> None:
    (folder := tmp_path / "workbooks").mkdir()
    written(folder)
    refused = run("train-reader", "--workbooks", folder, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert refused.stderr.endswith(
        "our-house: 1 workbook made 1 lesson; teaching takes 2. Give more of them, each with several questions that "
        "the same few notes answer.\n"
    )


def test_a_workbook_of_which_few_notes_answer_little_teaches_nothing(tmp_path: Path, library: Library) -> None:
    assert lesson(read_workbook(written(tmp_path, questions=BOOK["questions"][:2])), library) is None


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
