"""What is known of a turn beside its words, as it is shown and kept; keeping turns is the conversations'."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any, Literal, get_args

from classifier.taxonomy import NONE
from knowledge.note import Moment

State = Literal["waiting", "reading", "writing", "rereading", "done", "failed", "stopped"]
"""How far an answer is."""
ENDED: tuple[State, ...] = ("done", "failed", "stopped")
"""Where nothing more is written."""
Kept = Mapping[str, Any]
"""What the record holds of something, which another version may have written: with less in it, or with more."""


@dataclass(frozen=True)
class QuestionDetails:
    """How a question is labelled, and what was told of that."""

    category: str | None = None
    confidence: float | None = None
    """The router's, 0 to 1; None before the question is labelled."""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    likely: tuple[str, ...] = ()
    """The categories that were searched; none where all were, or where a person told which."""
    several: bool = False
    """Whether it asks of matters of different categories, so that no one label is right."""
    corrected: bool = False
    """Whether a person told the category."""
    confirmed: bool = False
    """Whether a person said that it is right."""
    learned_from: str = ""
    """The question whose category a person told, where this one means the same."""
    standalone: str = ""
    """The question as it was searched; empty before it was."""
    router: str = ""
    """The version that decided."""
    before: QuestionDetails | None = None
    """How it was labelled before a person told another category."""

    @property
    def at_first(self) -> QuestionDetails:
        """How it was labelled before anybody told another category, or as it is where nobody did."""
        return self.before or self

    def renamed(self, name: str, new_name: str | None) -> QuestionDetails:
        """Return it with a category called otherwise, or taken out."""
        return replace(
            self,
            category=_label(self.category, name, new_name),
            probabilities=_shares(self.probabilities, name, new_name),
            likely=_labels(self.likely, name, new_name),
            before=self.before.renamed(name, new_name) if self.before else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what is kept of it: the fields that tell something."""
        return _telling(self)

    @classmethod
    def from_json(cls, kept: Kept) -> QuestionDetails:
        """Return what `to_json` had kept, in this version or another one."""
        confidence = kept.get("confidence")
        return cls(
            category=kept.get("category"),
            confidence=None if confidence is None else float(confidence),
            probabilities=kept.get("probabilities") or {},
            likely=tuple(kept.get("likely") or ()),
            several=bool(kept.get("several")),
            corrected=bool(kept.get("corrected")),
            confirmed=bool(kept.get("confirmed")),
            learned_from=_text(kept, "learned_from"),
            standalone=_text(kept, "standalone"),
            router=_text(kept, "router"),
            before=cls.from_json(kept["before"]) if kept.get("before") is not None else None,
        )


@dataclass(frozen=True)
class NoteCard:
    """A note that an answer was written from, as it was when it was found."""

    number: int
    """As the answer cites it: [1], [2] …"""
    note_id: str
    title: str
    category: str | None
    date: dt.date | None
    text: str
    score: float
    history: tuple[Moment, ...] = ()
    """All notes that tell of the same thing, itself among them, oldest first."""

    @classmethod
    def from_json(cls, kept: Kept) -> NoteCard:
        """Return what was kept of a note."""
        return cls(
            number=int(kept.get("number") or 0),
            note_id=_text(kept, "note_id"),
            title=_text(kept, "title"),
            category=kept.get("category"),
            date=_day(kept),
            text=_text(kept, "text"),
            score=float(kept.get("score") or 0.0),
            history=tuple(
                Moment(_text(each, "note_id"), _text(each, "title"), day)
                for each in kept.get("history") or ()
                if (day := _day(each)) is not None
            ),
        )


@dataclass(frozen=True)
class Cited:
    """A note that an answer cites, with the words that support it."""

    number: int
    note_id: str
    title: str
    date: dt.date | None
    quote: str

    @classmethod
    def from_json(cls, kept: Kept) -> Cited:
        """Return what was kept of a citation."""
        return cls(
            number=int(kept.get("number") or 0),
            note_id=_text(kept, "note_id"),
            title=_text(kept, "title"),
            date=_day(kept),
            quote=_text(kept, "quote"),
        )


@dataclass(frozen=True)
class AnswerDetails:
    """How far an answer is, and what it stands on."""

    state: State = "waiting"
    step: str = ""
    """What it waits for."""
    share: float | None = None
    """How far that is, 0 to 1; None where nobody can tell."""
    scope: str = ""
    """Which notes were searched, as a sentence; empty before they were."""
    reason: str = ""
    """Why those."""
    notes: tuple[NoteCard, ...] = ()
    says: Mapping[str, str] = field(default_factory=dict)
    """What the best of them say that surely answers, by their ids, while the answer is being written, or where it never
    came."""
    citations: tuple[Cited, ...] = ()
    answered: bool | None = None
    """False where it says that no note tells; None before it is whole."""
    model: str = ""
    """The language model that wrote it; empty where none was needed."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    failure: str = ""
    """Why it broke off, and what to do."""
    earlier: FirstAnswer | None = None
    """What was answered before a person told another category."""

    @property
    def ended(self) -> bool:
        """Whether nothing more is written."""
        return self.state in ENDED

    @property
    def cited(self) -> dict[int, Cited]:
        """What it cites, by number."""
        return {each.number: each for each in self.citations}

    def refiled(self, note_id: str, category: str | None) -> AnswerDetails:
        """Return it with a note under another category, or none."""
        return replace(
            self,
            notes=tuple(replace(note, category=category) if note.note_id == note_id else note for note in self.notes),
        )

    def renamed(self, name: str, new_name: str | None) -> AnswerDetails:
        """Return it with a category called otherwise, or taken out; its words stay."""
        first = self.earlier
        return replace(
            self,
            notes=tuple(replace(note, category=_label(note.category, name, new_name)) for note in self.notes),
            earlier=replace(first, details=first.details.renamed(name, new_name)) if first else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what is kept of it: its state, and the other fields that tell something."""
        return {"state": self.state, **_telling(self)}

    @classmethod
    def from_json(cls, kept: Kept) -> AnswerDetails:
        """Return what `to_json` had kept, in this version or another one."""
        states: tuple[State, ...] = get_args(State)
        return cls(
            state=next((each for each in states if each == kept.get("state")), "waiting"),
            step=_text(kept, "step"),
            share=kept.get("share"),
            scope=_text(kept, "scope"),
            reason=_text(kept, "reason"),
            notes=tuple(map(NoteCard.from_json, kept.get("notes") or ())),
            says=kept.get("says") or {},
            citations=tuple(map(Cited.from_json, kept.get("citations") or ())),
            answered=kept.get("answered"),
            model=_text(kept, "model"),
            seconds=kept.get("seconds") or {},
            failure=_text(kept, "failure"),
            earlier=FirstAnswer.from_json(kept["earlier"]) if kept.get("earlier") is not None else None,
        )


@dataclass(frozen=True)
class FirstAnswer:
    """An answer that another one took the place of when a person told another category."""

    content: str
    details: AnswerDetails

    @classmethod
    def from_json(cls, kept: Kept) -> FirstAnswer:
        """Return what was kept of it."""
        return cls(_text(kept, "content"), AnswerDetails.from_json(kept.get("details") or {}))


# --- as JSON ----------------------------------------------------------------------------------------------------------


def _telling(details: QuestionDetails | AnswerDetails) -> dict[str, Any]:
    """The fields that are not as they are where nothing is known yet."""
    nothing = vars(type(details)())
    return {name: _plain(value) for name, value in vars(details).items() if value != nothing[name]}


def _plain(value: Any) -> Any:
    """A value as JSON knows it."""
    match value:
        case QuestionDetails() | AnswerDetails():
            return value.to_json()
        case dt.date():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in value]
        case _ if is_dataclass(value):
            return {name: _plain(each) for name, each in vars(value).items()}
        case _:
            return value


def _text(kept: Kept, name: str) -> str:
    return str(kept.get(name) or "")


def _day(kept: Kept) -> dt.date | None:
    return dt.date.fromisoformat(kept["date"]) if kept.get("date") else None


# --- categories that are called otherwise -----------------------------------------------------------------------------


def _label(label: str | None, name: str, new_name: str | None) -> str | None:
    return new_name if label == name else label


def _labels(labels: Sequence[str], name: str, new_name: str | None) -> tuple[str, ...]:
    now = [_label(label, name, new_name) for label in labels]
    return tuple(dict.fromkeys(label for label in now if label is not None))


def _shares(probabilities: Mapping[str, float], name: str, new_name: str | None) -> dict[str, float]:
    """What a category had is another one's now, or no category's."""
    shares: dict[str, float] = {}
    for label, share in probabilities.items():
        now = (new_name or NONE) if label == name else label
        shares[now] = shares.get(now, 0.0) + share
    return shares
