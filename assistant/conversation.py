"""Conversations: what was said, kept in the record; what a follow-up leans on is `assistant.followups`'."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlite_utils import Migrations

from assistant.errors import NoSuchConversation
from classifier.taxonomy import NONE
from knowledge.notebook import new_id

if TYPE_CHECKING:
    from sqlite_utils import Database

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


def _title(question: str) -> str:
    title = " ".join(question.split())
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
