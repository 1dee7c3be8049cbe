"""The assistant asked questions whose right answers are known, in several ways, and the report; no model judges.

A fact is right where one of its alternatives stands in the answer, whatever its case, commas and currency signs. Asking
is the chat's own path (`assistant.pipeline.Assistant`).
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.checking import unsupported
from assistant.conversation import Turn
from assistant.errors import QuestionRefused
from assistant.events import Answer, gathered
from assistant.exams.cases import history, read_rows, write_files
from assistant.pipeline import Assistant

WAYS = {
    "plain": "five notes of the whole house",
    "routed": "five notes of the router's scope",
    "ahead": "the category read ahead",
}
NOTES = 5
"""Shown to the model in the first two ways."""


@dataclass(frozen=True)
class Case:
    """A question whose answer is known."""

    question: str
    facts: tuple[tuple[str, ...], ...]
    """Groups of alternatives, one of each of which a right answer holds."""
    forbidden: tuple[str, ...] = ()
    """What a right answer does not hold, such as a value that is out of date."""
    notes: frozenset[str] = frozenset()
    """The notes that it may cite, by their ids; empty where nothing is known of that, or nothing answers."""
    answerable: bool = True
    kind: str = ""
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What became of a case."""

    case: Case
    answer: Answer
    label: str | None
    right: bool
    unsupported: tuple[str, ...]
    """Figures of the answer that stand in no note that it cites."""


def read_cases(path: Path) -> list[Case]:
    """Read JSON Lines of question, facts, and optionally forbidden, notes, answerable, kind and history.

    Lines that say nothing of facts, though a note answers them, are left out.

    Raises:
        QuestionRefused: a line is none, or the file cannot be read.
    """
    cases = read_rows(path, _case, '{"question": "…", "facts": [["1150", "1,150"]], "notes": ["id"]}')
    if not cases:
        raise QuestionRefused(f"{path.name} has no question whose facts are known. Give it some.")
    return cases


def _case(row: Mapping[str, Any]) -> Case | None:
    facts = tuple(tuple(map(str, group)) for group in row.get("facts", ()))
    answerable = bool(row.get("answerable", True))
    if answerable and not facts:
        return None
    return Case(
        question=str(row["question"]),
        facts=facts,
        forbidden=tuple(map(str, row.get("forbidden", ()))),
        notes=frozenset(map(str, row.get("notes", ()))) if answerable else frozenset(),
        answerable=answerable,
        kind=str(row.get("kind", "")),
        history=history(row),
    )


def examined(
    assistant: Assistant, cases: Sequence[Case], say: Callable[[int, int], None], category: str | None = None
) -> Iterator[Reply]:
    """Ask the cases one by one.

    Args:
        say: told how many of how many are done.
        category: where all are to be searched, as `Assistant.answer` takes it.
    """
    for done, case in enumerate(cases, start=1):
        routed, retrieved, answer = gathered(assistant.answer(case.question, case.history, category))
        cited = {each.note_id for each in answer.citations}
        notes = [hit for hit in retrieved.hits if hit.note_id in cited]
        stray = unsupported(answer.text, case.question, notes) if answer.answered else []
        yield Reply(case, answer, routed.category, right(answer.text, answer.answered, case), tuple(stray))
        say(done, len(cases))


def right(text: str, answered: bool, case: Case) -> bool:
    """Whether an answer holds one alternative of every fact and nothing forbidden, or rightly declines."""
    if not case.answerable:
        return not answered
    return (
        answered
        and all(any(holds(text, fact) for fact in group) for group in case.facts)
        and not any(holds(text, outdated) for outdated in case.forbidden)
    )


def holds(text: str, fact: str) -> bool:
    """Whether a text holds a fact as a whole word or number, in the plural too."""
    return re.search(rf"(?<!\w){re.escape(_squeezed(fact))}(?:e?s)?(?!\w)", _squeezed(text)) is not None


def summary(replies: Sequence[Reply]) -> dict[str, Any]:
    """Return the figures of one way of answering, shares from 0 to 1 and seconds."""
    answerable = [each for each in replies if each.case.answerable]
    others = [each for each in replies if not each.case.answerable]
    known = [each for each in answerable if each.case.notes and each.answer.answered]
    cited = [(each.case.notes, {citation.note_id for citation in each.answer.citations}) for each in known]
    waits = sorted(each.answer.seconds["first_token"] for each in replies if "first_token" in each.answer.seconds)
    kinds = sorted({each.case.kind for each in answerable if each.case.kind})
    return {
        "questions": len(replies),
        "right": _share([each.right for each in answerable]),
        "right_by_kind": {
            kind: _share([each.right for each in answerable if each.case.kind == kind]) for kind in kinds
        },
        "wrongly_declined": _share([not each.answer.answered for each in answerable]),
        "rightly_declined": _share([not each.answer.answered for each in others]),
        "citation_precision": _ratio([(len(notes & found), len(found)) for notes, found in cited]),
        "citation_recall": _ratio([(len(notes & found), len(notes)) for notes, found in cited]),
        "answers_with_stray_figures": sum(bool(each.unsupported) for each in replies),
        "first_token_median": round(statistics.median(waits), 2) if waits else None,
        "first_token_p95": round(waits[min(len(waits) - 1, int(0.95 * len(waits)))], 2) if waits else None,
        "total_median": round(statistics.median(each.answer.seconds["total"] for each in replies), 2),
    }


def write_report(outcomes: dict[str, list[Reply]], folder: Path, measured_on: str) -> dict[str, Any]:
    """Write `answers.md`, `answers.json` and `answers_cases.jsonl`; returns the figures by way of answering.

    Raises:
        OSError: the folder cannot be written.
    """
    found = {way: summary(replies) for way, replies in outcomes.items()}
    rows = [
        {
            "way": way,
            "question": each.case.question,
            "kind": each.case.kind,
            "label": each.label,
            "answer": each.answer.text,
            "answered": each.answer.answered,
            "cited": [citation.note_id for citation in each.answer.citations],
            "right": each.right,
            "stray_figures": list(each.unsupported),
            "seconds": dict(each.answer.seconds),
        }
        for way, replies in outcomes.items()
        for each in replies
    ]
    write_files(folder, "answers", found, rows, _markdown(found, outcomes, measured_on))
    return found


_COLUMNS = {
    "right": "right",
    "wrongly_declined": "wrongly declined",
    "rightly_declined": "unanswerable declined",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "answers_with_stray_figures": "answers with stray figures",
    "first_token_median": "first word, median s",
    "first_token_p95": "95 % s",
    "total_median": "whole answer, median s",
}


def _markdown(found: dict[str, dict[str, Any]], outcomes: dict[str, list[Reply]], measured_on: str) -> str:
    lines = ["# How well it answers", "", measured_on, ""]
    lines += [f"| way | questions | {' | '.join(_COLUMNS.values())} |", f"|---|{'---|' * (len(_COLUMNS) + 1)}"]
    for way, each in found.items():
        lines.append(f"| {way} | {each['questions']} | {' | '.join(_cell(each[name]) for name in _COLUMNS)} |")
    kinds = sorted({kind for each in found.values() for kind in each["right_by_kind"]})
    if kinds:
        lines += [
            "",
            "## Right, by kind of question",
            "",
            f"| way | {' | '.join(kinds)} |",
            f"|---|{'---|' * len(kinds)}",
        ]
        lines += [
            f"| {way} | {' | '.join(_cell(each['right_by_kind'].get(kind)) for kind in kinds)} |"
            for way, each in found.items()
        ]
    for way, replies in outcomes.items():
        lines += ["", f"## Wrong: {way}", ""]
        lines += [
            f"- {each.case.question} ({each.case.kind}) → {each.answer.text}" for each in replies if not each.right
        ]
    return "\n".join(lines) + "\n"


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if isinstance(value, float) and value <= 1 else f"{value}"


def _squeezed(text: str) -> str:
    """Fold case, spaces, currency signs and the commas inside numbers, so that only the fact is compared."""
    text = re.sub(r"(?<=\d),(?=\d)", "", text.casefold()).replace("$", "").replace("–", "-").replace("’", "'")
    return " ".join(re.sub(r"\[\d+\]", " ", text).split())


def _share(right: Sequence[bool]) -> float | None:
    return round(sum(right) / len(right), 4) if right else None


def _ratio(pairs: Sequence[tuple[int, int]]) -> float | None:
    whole = sum(each for _, each in pairs)
    return round(sum(part for part, _ in pairs) / whole, 4) if whole else None
