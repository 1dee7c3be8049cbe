"""The events that an answer streams, and what travels inside them; whoever shows them picks their look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from classifier.decision import Decision
from knowledge.note import Hit, Scope

BELOW = "\n\n"
"""What parts a note's words, which an answer opens with, from the model's."""


@dataclass(frozen=True)
class Citation:
    """A note that an answer stands on, with the words that support it."""

    number: int
    """As the answer writes it: [1], [2] …"""
    note_id: str
    title: str
    category: str | None
    date: dt.date | None
    quote: str


@dataclass(frozen=True)
class Answer:
    """A whole answer, as it is shown and kept."""

    text: str
    answered: bool
    """False where it says that no note tells."""
    citations: tuple[Citation, ...]
    model: str
    """The language model that wrote it; empty where none was needed."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """`route`, `search`, `first_token` and `total`, each counted from the question's arrival.

    `first_token` is when its first words are there: those of a note that it opens with, else the model's; it is missing
    where there are none."""
    failure: str = ""
    """Why it broke off, and what to do; empty where it did not."""


@dataclass(frozen=True)
class Routed:
    """The question has its label."""

    question: str
    standalone: str
    """The question as it is searched: a follow-up made to stand alone."""
    decision: Decision
    category: str | None
    """The label that is obeyed: the person's where there is one, else the router's."""
    corrected: bool


@dataclass(frozen=True)
class Retrieved:
    """The notes have been found."""

    scope: Scope
    hits: tuple[Hit, ...]
    """In the numbering that the person sees, the first being [1]; told anew where the answer cites others."""
    says: Mapping[str, str] = field(default_factory=dict)
    """The sentences of the best hits that surely answer, by their notes' ids: for whoever waits for the answer."""


@dataclass(frozen=True)
class Token:
    """A piece of the answer's text."""

    text: str


@dataclass(frozen=True)
class Quoted:
    """What the answer opens with: the words of the note that surely answers, before the model's own."""

    text: str
    citation: Citation


@dataclass(frozen=True)
class Doubted:
    """What was written is dropped, and the best notes alone are read once more.

    It says what no note does, or it passes over a newer note that surely answers.
    """


@dataclass(frozen=True)
class Finished:
    """The answer is whole, or has broken off."""

    answer: Answer


Event = Routed | Retrieved | Quoted | Token | Doubted | Finished


def gathered(events: Iterable[Event]) -> tuple[Routed, Retrieved, Answer]:
    """Wait for a whole answer; returns how it was routed, what was found, and the answer."""
    for event in events:
        match event:
            case Routed():
                routed = event
            case Retrieved():
                retrieved = event
            case Finished(answer):
                return routed, retrieved, answer
    raise ValueError("the events ended without an answer")
