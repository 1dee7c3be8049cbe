"""Facts found in notes: by rules at once, completed by the answer model; a model's word counts only as the note's own.

What the model says is looked for in the note, and the value is read from the note's words, never from the model's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError, create_model

from assistant.errors import ModelUnavailable
from assistant.fact_rules import read_facts
from assistant.models.chat_models import ChatModel, Message
from knowledge.days import days_in
from knowledge.facts import MAX_VALUE, NAMES, Fact, Facts, Name
from knowledge.money import DOLLARS, amounts_in
from knowledge.note import Note

if TYPE_CHECKING:
    from knowledge.notebook import Notebook
    from knowledge.record import Record

logger = logging.getLogger(__name__)

ASKED: Mapping[Name, str] = {
    "vendor": "the company or craftsman that sold something or did the work, not the customer",
    "person": "the first and last name of the person who came or served, not the customer",
    "item": "the one thing that was bought, repaired or serviced",
    "model": "its model number",
}
"""What the model is asked for where the rules found nothing, and in which words.

Phone numbers, serial numbers and days it makes up, and what the rules miss of them is seldom there. Where the rules
cannot tell what was paid, it copies one of several amounts, which a sum must not rest on.
"""
MOST_CHARACTERS = 2_400
"""Of a note that the model reads: what an invoice says of itself stands at its top, and every word takes time."""
MOST_TOKENS = 160
BATCH = 50
"""Notes whose facts are kept in one transaction: one for each would wait for the disk as often."""
SYSTEM = (
    "You copy facts out of a household's note. Copy the exact words of the note, as few as possible. "
    'Write "" for what the note does not say. Answer in JSON.'
)
Stopped = Callable[[], bool]


class Extraction:
    """Finds the facts of notes."""

    def __init__(self, model: ChatModel | None = None, *, currency: str = DOLLARS, day_first: bool = False) -> None:
        """Args: who completes what the rules find, if anybody; what bare numbers and 03/04/2021 mean here."""
        self.model = model
        self._currency = currency
        self._day_first = day_first

    def read(self, title: str, text: str, date: dt.date | None) -> dict[Name, Fact]:
        """Return what the rules find, at once."""
        return read_facts(title, text, date, currency=self._currency, day_first=self._day_first)

    def find(self, title: str, text: str, date: dt.date | None, stopped: Stopped = lambda: False) -> dict[Name, Fact]:
        """Return what the rules and the model find in a note, in the order of `NAMES`.

        Args:
            date: the note's own.
            stopped: asked between two words whether the model is wanted elsewhere.

        Raises:
            ModelUnavailable: the model cannot say, or was stopped.
        """
        found = self.read(title, text, date)
        if self.model is not None:
            wanted = {name: words for name, words in ASKED.items() if name not in found}
            for name, words in self._asked(title, text, wanted, stopped).items():
                if fact := self._follows(name, words, title, text):
                    found[name] = fact
        return {name: found[name] for name in NAMES if name in found}

    def _asked(self, title: str, text: str, wanted: Mapping[Name, str], stopped: Stopped) -> dict[Name, str]:
        """The words that the model copies for each fact."""
        assert self.model is not None
        schema = _schema(wanted)
        note = f"{title}\n{text}".strip()[:MOST_CHARACTERS]
        asked = "\n".join(f"- {name}: {words}" for name, words in wanted.items())
        messages = [Message("system", SYSTEM), Message("user", f"{note}\n\nCopy from this note:\n{asked}")]
        said = ""
        with closing(self.model.structured(messages, schema.model_json_schema(), MOST_TOKENS)) as pieces:  # type: ignore[type-var]
            for piece in pieces:
                said += piece
                if stopped():
                    raise ModelUnavailable("The model is wanted for a question.")
        try:
            copied = schema.model_validate_json(said)
        except ValidationError:
            logger.info("the model's facts of a note were no JSON: %s", said)
            return {}
        return {name: words for name in wanted if (words := getattr(copied, name).strip())}

    def _follows(self, name: Name, words: str, title: str, text: str) -> Fact | None:
        """The fact that the model's words are, where the note says them and a value follows; else None."""
        own = _own_words(words, text) or _own_words(words, title)
        if own is None or len(own) > MAX_VALUE:
            return None
        value = " ".join(own.split())
        match name:
            case "person":
                named = re.fullmatch(r"[^\W\d_][\w.’'-]*(?: [^\W\d_][\w.’'-]*){0,3}", value)
                fits = bool(named and value[0].isupper())
            case "model":
                fits = bool(re.search(r"\d", value)) and not days_in(value)
            case _:
                fits = bool(len(value.split()) <= 8 and re.search(r"[^\W\d_]{2}", value) and not amounts_in(value))
        return Fact(name, value, own, "model") if fits else None


def holds(fact: Fact, title: str, text: str) -> bool:
    """Whether a fact's words still occur in its note."""
    return not fact.words or fact.words in text or fact.words in title


def seek(
    notebook: Notebook,
    facts: Facts,
    extraction: Extraction,
    note_ids: list[str],
    *,
    afresh: bool = False,
    stopped: Stopped = lambda: False,
) -> Iterator[tuple[Note, dict[Name, Fact]]]:
    """Find and keep the facts of notes, yielding each note with its facts once they are kept.

    A note whose title, words and date are as they were when its facts were found is passed over quickly.

    Args:
        afresh: whether even such a note is read again.

    Raises:
        ModelUnavailable: the model cannot say, or was stopped; what was kept before stays.
        NoSuchNote: there is no such note.
    """
    by_model = extraction.model is not None
    for note_id in note_ids:
        note = notebook.get(note_id)
        text_hash = _hash(note)
        known = facts.sought(note.id, note.revision, text_hash)
        if afresh or known is None or (by_model and not known):
            found = extraction.find(note.title, note.text, note.date, stopped)
            facts.keep(note.id, found.values(), note.revision, text_hash, by_model=by_model)
        yield note, facts.of(note.id)


def read_waiting(
    record: Record,
    notebook: Notebook,
    facts: Facts,
    extraction: Extraction,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    stopped: Stopped = lambda: False,
) -> None:
    """Let the rules read every note that was changed since its facts were sought, and keep many notes' facts at once.

    While they read, others can write: long tables take the rules seconds each.

    Args:
        extraction: one without a model.

    Raises:
        NotebookUnavailable: the record cannot be written.
    """
    waiting = facts.waiting(by_model=False)
    for start in range(0, len(waiting), BATCH):
        if stopped():
            return
        on_progress(start, len(waiting))
        batch = waiting[start : start + BATCH]
        with record.writing():
            unread = [note for note_id in batch if _is_news(note := notebook.get(note_id), facts)]
        found = []
        for note in unread:
            if stopped():
                break
            found.append((note, extraction.find(note.title, note.text, note.date)))
        with record.writing():
            for note, told in found:
                # A note that was changed meanwhile waits again; one that the model read meanwhile keeps its facts.
                if notebook.get(note.id).revision == note.revision and _is_news(note, facts):
                    facts.keep(note.id, told.values(), note.revision, _hash(note), by_model=False)


def _is_news(note: Note, facts: Facts) -> bool:
    """Whether nobody has sought facts in a note as it is; what was found in the same words counts for it from now."""
    return facts.sought(note.id, note.revision, _hash(note)) is None


def _hash(note: Note) -> str:
    said = json.dumps([note.title, note.text, str(note.date)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _schema(wanted: Mapping[Name, str]) -> type[BaseModel]:
    """The form of the model's answer: the words of each fact that it is asked for."""
    fields: dict[str, Any] = {
        name: (str, Field(max_length=MAX_VALUE, description=told)) for name, told in wanted.items()
    }
    return create_model("Facts", **fields)


def _own_words(words: str, text: str) -> str | None:
    """The piece of a text that says these words, whatever its blanks, case and curly quotes; None where it does not."""
    parts = [re.escape(part).replace("'", "['’]") for part in words.strip(' .,;:"“”').split()]
    if not parts:
        return None
    match = re.search(r"(?<![^\W_])" + r"\s+".join(parts) + r"(?![^\W_])", text, re.IGNORECASE)
    return match[0] if match else None
