"""Conversations: what was said, kept in the record, and a follow-up turned into a question that stands alone."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlite_utils import Migrations

from assistant.errors import NoSuchConversation
from classifier.taxonomy import NONE
from knowledge.notebook import new_id, words_of
from knowledge.search import STOP_WORDS

if TYPE_CHECKING:
    from sqlite_utils import Database

    from classifier.decision import Decision
    from knowledge.record import Record

TITLE_LENGTH = 60

migrations = Migrations("conversations")


@migrations()
def create_conversations(db: Database) -> None:
    """Conversations and their turns."""
    db.executescript(
        """
        CREATE TABLE conversations (
            id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
            deleted_at TEXT
        );
        CREATE TABLE turns (
            id TEXT PRIMARY KEY,
            conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
            role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
            content TEXT NOT NULL,
            details TEXT NOT NULL DEFAULT '{}',
            created_at TEXT NOT NULL
        );
        CREATE INDEX turns_by_conversation ON turns(conversation_id, created_at);
        """
    )


@dataclass(frozen=True)
class Turn:
    """One question or one answer."""

    role: Literal["user", "assistant"]
    content: str
    details: Mapping[str, Any] = field(default_factory=dict)
    """Of a question: `category`, `confidence`. Of an answer: `scope`, `notes`, `citations`, `model` and the like."""
    id: str = ""


@dataclass(frozen=True)
class Conversation:
    """A conversation as the list shows it."""

    id: str
    title: str
    updated_at: dt.datetime


@dataclass(frozen=True)
class Asked:
    """A question that was labelled, whatever conversation it belongs to."""

    question: str
    """As it was searched."""
    label: str
    """The category that it had first, before anybody told another; or `none`."""
    sure: bool
    """Whether one category alone was searched."""
    told: bool
    """Whether a person's word, and not the router, gave the label."""
    router: str
    when: dt.datetime


class Conversations:
    """All conversations of a house, kept turn by turn, so that a reload or a crash loses none of them."""

    def __init__(self, record: Record) -> None:
        """Args: the record, with this module's `migrations` applied."""
        self._record = record

    def all(self) -> list[Conversation]:
        """Return the conversations, the last used first."""
        rows = self._record.rows(
            "SELECT * FROM conversations WHERE deleted_at IS NULL ORDER BY updated_at DESC, rowid DESC"
        )
        return [Conversation(row["id"], row["title"], dt.datetime.fromisoformat(row["updated_at"])) for row in rows]

    def turns(self, conversation_id: str) -> list[Turn]:
        """Return what was said, in order; raises NoSuchConversation."""
        if not self._exists(conversation_id):
            raise NoSuchConversation("This conversation was deleted. Choose another one, or start a new one.")
        rows = self._record.rows("SELECT * FROM turns WHERE conversation_id = ? ORDER BY rowid", [conversation_id])
        return [Turn(row["role"], row["content"], json.loads(row["details"]), row["id"]) for row in rows]

    def asked(self) -> list[Asked]:
        """Return every question that was labelled, oldest first, those of deleted conversations left out."""
        rows = self._record.rows(
            "SELECT turns.* FROM turns JOIN conversations ON conversations.id = conversation_id"
            " WHERE role = 'user' AND deleted_at IS NULL ORDER BY turns.created_at, turns.rowid"
        )
        found = []
        for row in rows:
            details = json.loads(row["details"])
            details = details.get("before", details)
            if "confidence" in details:
                found.append(
                    Asked(
                        question=str(details.get("standalone") or row["content"]),
                        label=str(details.get("category") or NONE),
                        sure=len(details.get("likely", [])) == 1,
                        told=bool(details.get("learned_from")),
                        router=str(details.get("router", "")),
                        when=dt.datetime.fromisoformat(row["created_at"]),
                    )
                )
        return found

    def say(self, conversation_id: str | None, turn: Turn) -> tuple[str, str]:
        """Keep a turn, in a new conversation where there is none; returns the ids of the conversation and the turn.

        Raises:
            NoSuchConversation: it was deleted meanwhile.
        """
        now = _now()
        with self._record.writing() as db:
            if conversation_id is None:
                conversation_id = new_id()
                db.table("conversations").insert(
                    {"id": conversation_id, "title": _title(turn.content), "created_at": now, "updated_at": now}
                )
            elif not self._exists(conversation_id):
                raise NoSuchConversation("This conversation was deleted in another window. Ask in a new one.")
            turn_id = new_id()
            db.table("turns").insert(
                {
                    "id": turn_id,
                    "conversation_id": conversation_id,
                    "role": turn.role,
                    "content": turn.content,
                    "details": json.dumps(turn.details),
                    "created_at": now,
                }
            )
            db.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", [now, conversation_id])
        return conversation_id, turn_id

    def amend(self, turn_id: str, content: str, details: Mapping[str, Any]) -> None:
        """Replace what a turn says, as an answer grows or a question gets its label."""
        with self._record.writing() as db:
            db.execute(
                "UPDATE turns SET content = ?, details = ? WHERE id = ?", [content, json.dumps(details), turn_id]
            )

    def forget_from(self, conversation_id: str, turn_id: str) -> None:
        """Drop a turn and those after it, to ask again from there."""
        with self._record.writing() as db:
            db.execute(
                "DELETE FROM turns WHERE conversation_id = ? AND rowid >= (SELECT rowid FROM turns WHERE id = ?)",
                [conversation_id, turn_id],
            )

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation, restorably."""
        with self._record.writing() as db:
            db.execute("UPDATE conversations SET deleted_at = ? WHERE id = ?", [_now(), conversation_id])

    def restore(self, conversation_id: str) -> None:
        """Bring a deleted conversation back."""
        with self._record.writing() as db:
            db.execute("UPDATE conversations SET deleted_at = NULL WHERE id = ?", [conversation_id])

    def _exists(self, conversation_id: str) -> bool:
        return bool(
            self._record.rows("SELECT 1 FROM conversations WHERE id = ? AND deleted_at IS NULL", [conversation_id])
        )


_BEGINNING = re.compile(
    r"^(and|or|but|also(?!,? (?:who|when|where|what|which|how|why|is|are|do|does|did|can)\b)|plus|what about|how about|"
    r"what of|same for|same question|which one(?! of (?:the|our|my)\b))\b[^?]{0,24}\??$",
    re.IGNORECASE,
)
_ACKNOWLEDGING = re.compile(
    r"^((ok(ay)?|thanks|thank you|got it|great|perfect|all ?right|right|cool|nice|good|hm+|oh|so|wait|no|i see|yes)\b"
    r"[\s,.!;:-]*)+",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(it|its|that|those|these|they|them|their|he|him|his|she|her|there|then|one|ones)\b", re.IGNORECASE
)
_POINTING_NOWHERE = re.compile(
    r"\b(?:(?:is|are|was|were|be|been|isn[’']?t|aren[’']?t) there(?! yet)|there(?: (?:is|are|was|were)|[’']s)|"
    r"(?:its|their) own|(?:the|a|an|our|my) \w+ that(?= \w)|ones? of (?:the|our|my)|"
    r"one more(?: thing| question)?(?=\s*[:,])|"
    r"(?:is|was|[’']s) it (?:ok|okay|safe|best|better|possible|necessary|allowed|legal|normal) (?:to|for|if|that)|"
    r"it(?: is|[’']s)? (?:rain|snow|freez|hail|storm)\w*)\b",
    re.IGNORECASE,
)
"""Where such a word stands for nothing that was said before: 'is there', 'one of the', 'the man that'."""
_ASKING = re.compile(r"^(why|who|where|when|how much|how long)\b", re.IGNORECASE)
_NAMING = re.compile(r"\b(?:the|our|my|a|an)\s+\w+\W*$", re.IGNORECASE)
"""An end with a thing of its own: 'where is the stopcock?'."""
_OF_ANYTHING = frozenset(
    "address after again altogether anything before bill brand charge charged color colour come company contact cost "
    "costs covered date day days deep detail details due else email ever exactly expensive explain fast first "
    "guarantee guy happened happens idea info information invoice involved kind later long made make many model month "
    "more much name new next number often old other others paid part pay person phone please pls previous price "
    "problem quote really reason receipt same say second serial since size something soon still sure then third till "
    "time times today total type under until used warranty week went while work wrong year years".split()
)
"""Words that ask something of anything, and name nothing."""
_YEAR = re.compile(r"(?:19|20)\d\d")
MANY_WORDS = 9
"""A question of more words mostly names what it is about, whatever pronouns it has."""


def standalone(question: str, history: Sequence[Turn], decide: Callable[[str], Decision] | None = None) -> str:
    """Return the question as it is searched: a follow-up gets what it leans on put in front.

    'And who did it?' after 'When did we replace the pool pump?' becomes both sentences, which route and search as the
    second one was meant. A question that leans on nothing stays as it is.

    Args:
        decide: the router; asked only of what may lean, by its words, and may not: whether it is surer of what the
            question is about with what was said before it.
    """
    earlier = [turn.content for turn in history if turn.role == "user"]
    if not earlier:
        return question
    # A follow-up to a follow-up: the question that all of them go back to, and the last one.
    subject = next((each for each in reversed(earlier) if not (_leans(each) or _names_little(each))), earlier[0])
    *before, last = dict.fromkeys([subject, earlier[-1], question])
    together = " ".join([*map(_ended, before), last])
    if _leans(question) or (_may_lean(question) and decide is not None and _clearer(together, question, decide)):
        return together
    return question


def _ended(question: str) -> str:
    """A question with a mark at its end, so that the next one begins a sentence of its own."""
    return question if question.rstrip().endswith((".", "!", "?")) else f"{question}?"


def _leans(question: str) -> bool:
    question = _ACKNOWLEDGING.sub("", question.strip())
    if not _short(question):
        return False
    return bool(
        _BEGINNING.search(question)
        or _points(question)
        or (_ASKING.search(question) and _names_little(question) and not _NAMING.search(question))
        or _names_nothing(question)
    )


def _points(question: str) -> bool:
    return bool(_POINTING.search(_POINTING_NOWHERE.sub("", question)))


def _may_lean(question: str) -> bool:
    return _short(question) or _points(question)


def _clearer(together: str, question: str, decide: Callable[[str], Decision]) -> bool:
    alone = decide(question)
    if alone.likely:
        return False
    joined = decide(together)
    return joined.category is not None and joined.confidence > alone.confidence


def _short(question: str) -> bool:
    return len(question.split()) <= MANY_WORDS


def _names_little(question: str) -> bool:
    """Whether a question has one word that means something, or none: 'the cost?', but not 'quantum mechanics'."""
    return len([word for word in words_of(question) if word not in STOP_WORDS]) <= 1


def _names_nothing(question: str) -> bool:
    """Whether every word of a question could be asked of anything: 'what was wrong the first time?'."""
    words = words_of(question)
    return bool(words) and all(word in STOP_WORDS or word in _OF_ANYTHING or _YEAR.fullmatch(word) for word in words)


def _title(question: str) -> str:
    title = " ".join(question.split())
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
