"""Conversations: what was said, kept in the record; what a follow-up leans on is `assistant.followups`'."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sqlite_utils import Migrations

from assistant.details import AnswerDetails, QuestionDetails
from assistant.errors import NoSuchConversation
from classifier.taxonomy import NONE
from knowledge.record import new_id

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

    from knowledge.record import Record

TITLE_LENGTH = 60
Retold = Sequence[tuple[str, str, str]]
"""Turns in which a category was renamed: what was kept of each before and after."""

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
class Question:
    """A turn of the person's."""

    content: str
    details: QuestionDetails = field(default_factory=QuestionDetails)
    id: str = ""
    role: ClassVar[Literal["user"]] = "user"


@dataclass(frozen=True)
class Reply:
    """A turn of the assistant's: what it answers to the question before."""

    content: str
    details: AnswerDetails = field(default_factory=AnswerDetails)
    id: str = ""
    role: ClassVar[Literal["assistant"]] = "assistant"


Turn = Question | Reply
"""What was said, by whom, and what is known of it."""


def said_by(role: str, content: str) -> Turn:
    """Return a turn of which no more is known than who said what; `role` is 'user' for the person."""
    return Question(content) if role == Question.role else Reply(content)


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
        return [_turn(row) for row in rows]

    def asked(self) -> list[Asked]:
        """Return every question that was labelled, oldest first, those of deleted conversations left out."""
        rows = self._record.rows(
            "SELECT turns.* FROM turns JOIN conversations ON conversations.id = conversation_id"
            " WHERE role = 'user' AND deleted_at IS NULL ORDER BY turns.created_at, turns.rowid"
        )
        found = []
        for row in rows:
            details = QuestionDetails.from_json(json.loads(row["details"])).at_first
            if details.confidence is not None:
                found.append(
                    Asked(
                        question=details.standalone or row["content"],
                        label=details.category or NONE,
                        sure=len(details.likely) == 1,
                        told=bool(details.learned_from),
                        router=details.router,
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
                    "details": _kept(turn),
                    "created_at": now,
                }
            )
            db.execute("UPDATE conversations SET updated_at = ? WHERE id = ?", [now, conversation_id])
        return conversation_id, turn_id

    def amend(self, turn: Turn) -> None:
        """Keep a turn in the place of what it was, as an answer grows or a question gets its label."""
        with self._record.writing() as db:
            db.execute("UPDATE turns SET content = ?, details = ? WHERE id = ?", [turn.content, _kept(turn), turn.id])

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

    def rename_category(self, name: str, new_name: str | None) -> Retold:
        """Let a category be called otherwise in what is kept of the turns, or be none; their words stay.

        Returns what `rename_back` needs.
        """
        with self._record.writing() as db:
            naming = list(db.query("SELECT * FROM turns WHERE details LIKE ?", [f"%{json.dumps(name)}%"]))
            retold = [
                (row["id"], row["details"], json.dumps(_turn(row).details.renamed(name, new_name).to_json()))
                for row in naming
            ]
            for turn_id, _, after in retold:
                db.execute("UPDATE turns SET details = ? WHERE id = ?", [after, turn_id])
        return retold

    def rename_back(self, retold: Retold, name: str, new_name: str | None) -> None:
        """Undo a `rename_category`, but for turns that were amended since."""
        with self._record.writing() as db:
            for turn_id, before, after in retold:
                db.execute("UPDATE turns SET details = ? WHERE id = ? AND details = ?", [before, turn_id, after])

    def _exists(self, conversation_id: str) -> bool:
        return bool(
            self._record.rows("SELECT 1 FROM conversations WHERE id = ? AND deleted_at IS NULL", [conversation_id])
        )


def _turn(row: sqlite3.Row | Mapping[str, Any]) -> Turn:
    """A turn as the record holds it."""
    kept = json.loads(row["details"])
    if row["role"] == Question.role:
        return Question(row["content"], QuestionDetails.from_json(kept), row["id"])
    return Reply(row["content"], AnswerDetails.from_json(kept), row["id"])


def _kept(turn: Turn) -> str:
    """What the record holds of what is known of a turn."""
    return json.dumps(turn.details.to_json())


def _title(question: str) -> str:
    title = " ".join(question.split())
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
