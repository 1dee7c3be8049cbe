"""What the command line prints as JSON: stable names that others script against; pure."""

from __future__ import annotations

from typing import Any

from assistant.corrections import Correction
from assistant.events import Answer, Citation, Retrieved, Routed
from assistant.incoming.outcomes import Outcome
from classifier.decision import Decision
from classifier.versions import Version
from knowledge.facts import Fact
from knowledge.note import Hit, Note, Scope

Fields = dict[str, Any]
LAPS = ("route", "search", "first_token", "total")
"""What `seconds` of an answer holds, always: null where the model was not asked, or said nothing."""


def decision_fields(question: str, decision: Decision, seconds: float) -> Fields:
    """What `classify` prints of a question."""
    return {
        "question": question,
        "category": decision.category,
        "confidence": round(decision.confidence, 4),
        "probabilities": {name: round(share, 4) for name, share in decision.probabilities.items()},
        "router": decision.version,
        "learned_from": decision.learned_from or None,
        "seconds": round(seconds, 4),
    }


def correction_fields(correction: Correction) -> Fields:
    """What the household told of a question."""
    return {"id": correction.id, **correction.fields()}


def scope_fields(scope: Scope) -> Fields:
    """Which notes were searched, and why."""
    return {
        "categories": None if scope.categories is None else list(scope.categories),
        "reason": scope.reason,
        "searched": scope.searched,
        "total": scope.total,
        "uncategorised": scope.uncategorised,
    }


def hit_fields(hit: Hit) -> Fields:
    """A note that a search found."""
    return {
        "note_id": hit.note_id,
        "title": hit.title,
        "category": hit.category,
        "date": hit.date.isoformat() if hit.date else None,
        "text": hit.text,
        "score": round(hit.score, 4),
    }


def citation_fields(citation: Citation) -> Fields:
    """A note that an answer stands on."""
    return {
        "note_id": citation.note_id,
        "title": citation.title,
        "date": citation.date.isoformat() if citation.date else None,
        "quote": citation.quote,
    }


def answer_fields(routed: Routed, retrieved: Retrieved, answer: Answer) -> Fields:
    """What `ask` prints of a question."""
    fields: Fields = {
        "question": routed.question,
        "standalone": routed.standalone,
        "category": routed.category,
        "confidence": round(routed.decision.confidence, 4),
        "scope": scope_fields(retrieved.scope),
        "answer": answer.text,
        "answered": answer.answered,
        "citations": [citation_fields(citation) for citation in answer.citations],
        "hits": [hit.note_id for hit in retrieved.hits],
        "model": answer.model,
        "seconds": {lap: answer.seconds.get(lap) for lap in LAPS},
    }
    return fields | ({"error": answer.failure} if answer.failure else {})


def note_fields(note: Note) -> Fields:
    """A note of the record."""
    return {
        "note_id": note.id,
        "title": note.title,
        "category": note.category,
        "date": note.date.isoformat() if note.date else None,
        "dated_by": note.dated_by,
        "tags": list(note.tags),
        "text": note.text,
        "source": note.source,
        "gone": note.gone,
        "sample": note.sample,
        "deleted": note.deleted,
        "revision": note.revision,
        "updated_at": note.updated_at.isoformat(),
    }


def fact_fields(fact: Fact) -> Fields:
    """A fact of a note."""
    fields: Fields = {"value": fact.value, "words": fact.words, "found_by": fact.found_by}
    return fields | ({"cents": fact.cents, "currency": fact.currency} if fact.cents is not None else {})


def outcome_fields(outcome: Outcome) -> Fields:
    """What became of a file, or of a note in it."""
    note = outcome.note
    return {
        "status": outcome.status,
        "source": outcome.source,
        "note_id": note.id if note else None,
        "title": note.title if note else None,
        "category": note.category if note else None,
        "date": note.date.isoformat() if note and note.date else None,
        "dated_by": note.dated_by if note else None,
        "reason": outcome.reason,
    }


def version_fields(version: Version) -> Fields:
    """A router of the house, with its figures on questions that it was not trained on."""
    report = version.report.get("fused", version.report)
    return {
        "name": version.name,
        "kind": version.config.get("kind", "encoder"),
        "serving": version.serving,
        "base": version.config.get("base", {}).get("name"),
        "data_hash": version.config.get("data_hash"),
        "figures": report,
    }
