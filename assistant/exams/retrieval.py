"""The search asked questions whose notes are known, without a filter, with the router's own, and with the true one.

It takes the chat's own path (`assistant.finding.Finder`); the figures are `knowledge.figures`, and the report is
written here.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant.conversation import Turn
from assistant.errors import QuestionRefused
from assistant.exams.cases import history, read_rows, write_files
from assistant.finding import Finder
from classifier.taxonomy import NONE
from knowledge.figures import Ranking, figures

Filter = Literal["none", "routed", "true"]
FILTERS: tuple[Filter, ...] = ("none", "routed", "true")
TITLES = {"none": "no filter", "routed": "the router's filter", "true": "the true filter"}
DEPTH = 5


@dataclass(frozen=True)
class Case:
    """A question whose category and notes are known."""

    question: str
    category: str | None
    notes: frozenset[str]
    """Their ids in the house; none where no note answers."""
    kind: str = ""
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Found:
    """What became of a case under one filter."""

    case: Case
    notes: tuple[str, ...]
    label: str | None
    """The router's, whatever the filter."""
    relevance: float
    """Probability that the house answers it at all."""
    seconds: float


def read_cases(path: Path) -> list[Case]:
    """Read JSON Lines of question, category, notes, and optionally kind, history and answerable.

    Raises:
        QuestionRefused: a line is none, or the file cannot be read.
    """
    cases = read_rows(path, _case, '{"question": "…", "category": "pool", "notes": ["id"]}')
    if not any(case.notes for case in cases):
        raise QuestionRefused(f"{path.name} has no question that a note answers. Give it some.")
    return cases


def _case(row: Mapping[str, Any]) -> Case:
    category = row["category"]
    return Case(
        question=str(row["question"]),
        category=None if category in (None, NONE) else str(category),
        notes=frozenset(map(str, row["notes"])) if row.get("answerable", True) else frozenset(),
        kind=str(row.get("kind", "")),
        history=history(row),
    )


def examined(finder: Finder, cases: Sequence[Case], by: Filter, say: Callable[[int, int], None]) -> Iterator[Found]:
    """Ask the cases one by one under a filter.

    Args:
        finder: the house's, with a limit of `DEPTH` notes.
        say: told how many of how many are done.
    """
    for done, case in enumerate(cases, start=1):
        began = time.perf_counter()
        asked, decision = finder.understood(case.question, case.history)
        chosen = {"none": NONE, "routed": None, "true": case.category or NONE}[by]
        _, hits = finder.ranked(asked, decision, chosen)
        seconds = time.perf_counter() - began
        yield Found(
            case,
            tuple(hit.note_id for hit in hits),
            decision.category,
            finder.relevance.probability(hits),
            seconds,
        )
        say(done, len(cases))


def summary(found: Sequence[Found]) -> dict[str, Any]:
    """Return the figures of one filter: in all, by kind of question, of the labels, of relevance, and of time."""
    answerable = [each for each in found if each.case.notes]
    kinds = sorted({each.case.kind for each in answerable if each.case.kind})
    seconds = sorted(each.seconds for each in found)
    return {
        "questions": len(answerable),
        **figures([_ranking(each) for each in answerable]),
        "by_kind": {
            kind: {
                "questions": sum(each.case.kind == kind for each in answerable),
                **figures([_ranking(each) for each in answerable if each.case.kind == kind]),
            }
            for kind in kinds
        },
        "right_category": _share([each.label == each.case.category for each in found]),
        "right_category_by_kind": {
            kind: _share([each.label == each.case.category for each in found if each.case.kind == kind])
            for kind in sorted({each.case.kind for each in found if each.case.kind})
        },
        "relevance_auroc": _auroc(found),
        "seconds_median": round(statistics.median(seconds), 4),
        "seconds_p95": round(seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], 4),
    }


def write_report(outcomes: dict[Filter, list[Found]], folder: Path, measured_on: str) -> dict[Filter, Any]:
    """Write `retrieval.md`, `retrieval.json` and `retrieval_cases.jsonl`; returns the figures by filter.

    Raises:
        OSError: the folder cannot be written.
    """
    found = {by: summary(each) for by, each in outcomes.items()}
    rows = [
        {
            "filter": by,
            "question": each.case.question,
            "kind": each.case.kind,
            "expected_category": each.case.category,
            "predicted_category": each.label,
            "expected_notes": sorted(each.case.notes),
            "found_notes": list(each.notes),
            "relevance": round(each.relevance, 4),
            "seconds": round(each.seconds, 4),
        }
        for by, outcome in outcomes.items()
        for each in outcome
    ]
    write_files(folder, "retrieval", found, rows, _markdown(found, outcomes, measured_on))
    return found


def _markdown(found: dict[Filter, dict[str, Any]], outcomes: dict[Filter, list[Found]], measured_on: str) -> str:
    names = ("any@1", "all@1", "all@3", "all@5", "mrr", "ndcg@5")
    lines = ["# How well the search finds", "", measured_on, ""]
    lines += [
        f"| filter | {' | '.join(names)} | right category | relevance AUROC | median s | 95 % s |",
        f"|---|{'---|' * (len(names) + 4)}",
    ]
    for by, each in found.items():
        shares = " | ".join(f"{each[name]:.3f}" for name in names)
        auroc = "–" if each["relevance_auroc"] is None else f"{each['relevance_auroc']:.3f}"
        lines.append(
            f"| {TITLES[by]} | {shares} | {each['right_category']:.3f} | {auroc} "
            f"| {each['seconds_median']:.3f} | {each['seconds_p95']:.3f} |"
        )
    for by, each in found.items():
        lines += ["", f"## By kind of question, with {TITLES[by]}", "", f"| kind | questions | {' | '.join(names)} |"]
        lines.append(f"|---|---|{'---|' * len(names)}")
        for kind, of_kind in each["by_kind"].items():
            shares = " | ".join(f"{of_kind[name]:.3f}" for name in names)
            lines.append(f"| {kind} | {of_kind['questions']} | {shares} |")
    if "routed" in outcomes:
        lines += ["", "## Not all found among the first five, with the router's filter", ""]
        lines += [
            f"- {each.case.question} ({each.case.kind}; {each.case.category} → {each.label}; "
            f"wanted {', '.join(sorted(each.case.notes))}, found {', '.join(each.notes) or 'nothing'})"
            for each in outcomes["routed"]
            if not each.case.notes <= set(each.notes)
        ]
    return "\n".join(lines) + "\n"


def _ranking(found: Found) -> Ranking:
    return Ranking(found.notes, found.case.notes)


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / len(right), 4) if right else 0.0


def _auroc(found: Sequence[Found]) -> float | None:
    from sklearn.metrics import roc_auc_score

    answerable = [bool(each.case.notes) for each in found]
    if len(set(answerable)) < 2:
        return None
    return round(float(roc_auc_score(answerable, [each.relevance for each in found])), 4)
