import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_house import ScriptedModel, WordRouter

from assistant.errors import QuestionRefused
from assistant.events import Answer
from assistant.exams.answers import Case, Reply, examined, holds, read_cases, right, summary, write_report
from assistant.finding import Finder
from assistant.pipeline import Assistant
from assistant.prompts import NO_NOTE
from assistant.support import Support
from knowledge.library import Library
from knowledge.note import Draft

ROWS: list[Mapping[str, Any]] = [
    {
        "question": "What did the pool pump cost?",
        "facts": [["1150", "1,150"], ["Ray"]],
        "forbidden": ["900"],
        "notes": ["pump"],
        "kind": "fact",
    },
    {"question": "Who sold the pool slide?", "answerable": False, "notes": [], "kind": "unanswerable"},
    {"question": "Nothing is known of this one.", "notes": ["pump"]},
]


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in ROWS) + "\n\n")
    return read_cases(file)


def test_a_question_whose_facts_nobody_knows_is_left_out(cases: list[Case]) -> None:
    assert [(case.kind, case.answerable) for case in cases] == [("fact", True), ("unanswerable", False)]
    assert cases[0].facts == (("1150", "1,150"), ("Ray",))


@pytest.mark.parametrize("text", ["{", '{"facts": [["a"]]}', '"a question"', ""])
def test_a_file_that_is_no_exam_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(text)
    with pytest.raises(QuestionRefused, match=r"Line 1|no question whose facts are known"):
        read_cases(file)


@pytest.mark.parametrize(
    ("text", "fact", "held"),
    [
        ("It cost $1,150 [1].", "1150", True),
        ("It cost 1150.", "$1,150", True),
        ("Two BELTS, says Ray", "belt", True),
        ("It cost 21150.", "1150", False),
        ("In May 2021 [2].", "2", False),
    ],
)
def test_a_fact_stands_whatever_its_case_commas_and_currency(text: str, fact: str, held: bool) -> None:
    assert holds(text, fact) is held


def test_right_is_every_fact_and_nothing_outdated_or_a_decline_where_nothing_answers(cases: list[Case]) -> None:
    fact, unanswerable = cases
    assert right("Ray asked $1,150.", True, fact)
    assert not right("It cost $1,150.", True, fact)
    assert not right("Ray asked $1,150, before that $900.", True, fact)
    assert not right("Ray asked $1,150.", False, fact)
    assert right(NO_NOTE, False, unanswerable)
    assert not right("Bob sold it.", True, unanswerable)


def test_the_assistant_is_asked_as_in_the_chat_and_a_report_is_written(
    library: Library, cases: list[Case], tmp_path: Path
) -> None:
    library.add([Draft("Ray asked $1,150 for the pool pump.", "Pool pump", "pool", id="pump")])
    model = ScriptedModel()
    model.will_say("Ray asked $1,150 for the pool pump [1].")
    model.will_say("Ray sold the pool slide [1].")
    assistant = Assistant(Finder(WordRouter(["pool"]), library, 5), model, support=Support())
    heard: list[tuple[int, int]] = []

    replies = list(examined(assistant, cases, lambda done, total: heard.append((done, total))))
    found = write_report({"the chat's way": replies}, tmp_path / "report", "On a test.")

    assert heard == [(1, 2), (2, 2)]
    figures = found["the chat's way"]
    assert (figures["right"], figures["rightly_declined"], figures["wrongly_declined"]) == (1.0, 0.0, 0.0)
    assert (figures["citation_precision"], figures["citation_recall"]) == (1.0, 1.0)
    assert figures["right_by_kind"] == {"fact": 1.0}
    assert json.loads((tmp_path / "report" / "answers.json").read_text()) == found
    rows = [json.loads(line) for line in (tmp_path / "report" / "answers_cases.jsonl").read_text().splitlines()]
    assert [row["right"] for row in rows] == [True, False]
    told = (tmp_path / "report" / "answers.md").read_text()
    assert "| the chat's way | 2 |" in told
    assert "- Who sold the pool slide?" in told


def test_figures_that_no_cited_note_holds_are_counted(cases: list[Case]) -> None:
    answer = Answer("It cost $900.", True, (), "", {"total": 1.0})
    figures = summary([Reply(cases[0], answer, "pool", False, ("900",))])
    assert figures["answers_with_stray_figures"] == 1
    assert figures["first_token_median"] is None
