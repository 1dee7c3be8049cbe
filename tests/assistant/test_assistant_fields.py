import datetime as dt
import json
from typing import Any

from assistant.events import Answer, Citation, Retrieved, Routed
from assistant.fields import answer_fields, decision_fields, hit_fields, note_fields, outcome_fields, scope_fields
from assistant.incoming.outcomes import Outcome
from classifier.decision import Decision
from knowledge.note import Hit, Note, Passage, Scope

DAY = dt.date(2023, 4, 18)
PASSAGES = tuple(Passage(f"pump#{at}", "pump", "Pool pump", "pool", DAY, "", f"Part {at}.") for at in (0, 2))
HIT = Hit("pump", "Pool pump", "pool", DAY, PASSAGES, 0.123456, 0.9, 0.8)
DECISION = Decision("pool", 0.987654, {"pool": 0.987654, "none": 0.012346}, "v1", ("pool",))
SCOPE = Scope(("pool",), "because", 16, 220, 4)
SCOPE_PRINTED = {"categories": ["pool"], "reason": "because", "searched": 16, "total": 220, "uncategorised": 4}
ROUTED = Routed("And who?", "When? And who?", DECISION, "pool", corrected=False)
ANSWER = Answer(
    "Ray [1].", True, (Citation(1, "pump", "Pool pump", "pool", DAY, "Part 0."),), "tiny", {"route": 0.1, "total": 0.2}
)
WHEN = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
NOTE = Note("pump", "Pool pump", "Part 0.", "pool", DAY, ("a", "b"), "pump.md", False, WHEN, WHEN, 2)


def as_json(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as a script reads them."""
    read: dict[str, Any] = json.loads(json.dumps(fields))
    assert read == fields
    return read


def test_classify_prints_what_scripts_were_promised() -> None:
    assert as_json(decision_fields("Q?", DECISION, 0.01234567)) == {
        "question": "Q?",
        "category": "pool",
        "confidence": 0.9877,
        "probabilities": {"pool": 0.9877, "none": 0.0123},
        "router": "v1",
        "learned_from": None,
        "seconds": 0.0123,
    }
    assert as_json(decision_fields("Q?", Decision(None, 0.9, {"none": 0.9}, "v1"), 0))["category"] is None


def test_search_prints_what_scripts_were_promised() -> None:
    assert as_json(scope_fields(SCOPE)) == SCOPE_PRINTED
    assert as_json(scope_fields(Scope(None, "all", 3, 3)))["categories"] is None
    assert as_json(hit_fields(HIT)) == {
        "note_id": "pump",
        "title": "Pool pump",
        "category": "pool",
        "date": "2023-04-18",
        "text": "Part 0.\n\nPart 2.",
        "score": 0.1235,
    }


def test_ask_prints_what_scripts_were_promised() -> None:
    assert as_json(answer_fields(ROUTED, Retrieved(SCOPE, (HIT,)), ANSWER)) == {
        "question": "And who?",
        "standalone": "When? And who?",
        "category": "pool",
        "confidence": 0.9877,
        "scope": SCOPE_PRINTED,
        "answer": "Ray [1].",
        "answered": True,
        "citations": [{"note_id": "pump", "title": "Pool pump", "date": "2023-04-18", "quote": "Part 0."}],
        "hits": ["pump"],
        "model": "tiny",
        "seconds": {"route": 0.1, "search": None, "first_token": None, "total": 0.2},
    }


def test_an_answer_that_broke_off_says_why() -> None:
    broken = Answer("Ray", False, (), "tiny", {}, "Ollama went away.")
    assert as_json(answer_fields(ROUTED, Retrieved(SCOPE, ()), broken))["error"] == "Ollama went away."


def test_a_note_is_printed_with_all_that_is_known_of_it() -> None:
    assert as_json(note_fields(NOTE)) == {
        "note_id": "pump",
        "title": "Pool pump",
        "category": "pool",
        "date": "2023-04-18",
        "dated_by": "",
        "tags": ["a", "b"],
        "text": "Part 0.",
        "source": "pump.md",
        "gone": False,
        "sample": False,
        "deleted": False,
        "revision": 2,
        "updated_at": "2026-01-02T03:04:05+00:00",
    }


def test_what_became_of_a_file_is_printed_whether_or_not_it_became_a_note() -> None:
    assert as_json(outcome_fields(Outcome("added", "pump.md", NOTE, "filed"))) == {
        "status": "added",
        "source": "pump.md",
        "note_id": "pump",
        "title": "Pool pump",
        "category": "pool",
        "date": "2023-04-18",
        "dated_by": "",
        "reason": "filed",
    }
    refused = as_json(outcome_fields(Outcome("refused", "photo.png", reason="no reader")))
    assert (refused["status"], refused["note_id"], refused["reason"]) == ("refused", None, "no reader")


def test_a_missing_date_is_null_everywhere() -> None:
    undated = Hit("n", "T", None, None, PASSAGES, 0.5, 0.5, 0.5)
    assert as_json(hit_fields(undated))["date"] is None
    assert as_json(hit_fields(undated))["category"] is None
