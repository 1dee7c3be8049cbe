import datetime as dt
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import conversation
from assistant.conversation import TITLE_LENGTH, Conversations, Question, Reply
from assistant.details import AnswerDetails, Cited, FirstAnswer, NoteCard, QuestionDetails
from assistant.errors import NoSuchConversation
from knowledge.errors import NotebookUnavailable
from knowledge.note import Moment
from knowledge.record import Record

ASKED = Question("When did we replace the pool pump?")
CARD = NoteCard(
    number=1,
    note_id="pump",
    title="Pump",
    category="pool",
    date=dt.date(2023, 4, 18),
    text="New pump.",
    score=0.91,
    history=(Moment("old", "Old pump", dt.date(2016, 5, 1)), Moment("pump", "Pump", dt.date(2023, 4, 18))),
)
TOLD = Reply(
    "On 18 April 2023 [1].",
    AnswerDetails(
        state="done",
        step="looking",
        scope="Searched 1 pool note of 2",
        reason="about pool",
        notes=(CARD,),
        citations=(Cited(1, "pump", "Pump", dt.date(2023, 4, 18), "New pump."),),
        answered=True,
        model="Qwen",
        seconds={"route": 0.1, "total": 2.5},
        earlier=FirstAnswer("No note tells.", AnswerDetails("done", answered=False)),
    ),
)
LABELLED = QuestionDetails(
    category="pool",
    confidence=0.93,
    probabilities={"pool": 0.93, "none": 0.07},
    likely=("pool",),
    standalone=ASKED.content,
    router="v1",
)
CORRECTED = replace(LABELLED, category="fence", corrected=True, likely=(), before=LABELLED)


def open_conversations(home: Path) -> Conversations:
    """The conversations of a house folder, as another start or another window opens them."""
    return Conversations(Record(home / "house.db", (conversation.migrations,)))


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return open_conversations(tmp_path)


def exchange(conversations: Conversations, question: str = ASKED.content, into: str | None = None) -> str:
    conversation_id, _ = conversations.say(into, Question(question))
    conversations.say(conversation_id, TOLD)
    return conversation_id


def test_what_was_said_is_there_after_a_restart(tmp_path: Path, conversations: Conversations) -> None:
    conversation_id = exchange(conversations)
    question, answer = open_conversations(tmp_path).turns(conversation_id)
    assert question == replace(ASKED, id=question.id)
    assert answer == replace(TOLD, id=answer.id)
    assert question.id
    assert question.id != answer.id


def kept_as(conversations: Conversations, question: dict[str, Any], answer: dict[str, Any]) -> str:
    """An exchange whose details stand in the record as they are given here; returns its conversation."""
    conversation_id = exchange(conversations)
    with conversations._record.writing() as db:
        for role, details in (("user", question), ("assistant", answer)):
            db.execute("UPDATE turns SET details = ? WHERE role = ?", [json.dumps(details), role])
    return conversation_id


OLD_LABEL = {
    "category": "pool",
    "confidence": 0.93,
    "probabilities": {"pool": 0.93, "none": 0.07},
    "likely": ["pool"],
    "corrected": False,
    "learned_from": "",
    "standalone": ASKED.content,
    "router": "v1",
}
OLD_QUESTION = {**OLD_LABEL, "category": "fence", "corrected": True, "likely": [], "before": OLD_LABEL}
OLD_ANSWER = {
    "state": "done",
    "step": "looking",
    "share": None,
    "scope": "Searched 1 pool note of 2",
    "reason": "about pool",
    "notes": [
        {
            "number": 1,
            "note_id": "pump",
            "title": "Pump",
            "category": "pool",
            "date": "2023-04-18",
            "text": "New pump.",
            "score": 0.91,
            "history": [
                {"note_id": "old", "title": "Old pump", "date": "2016-05-01"},
                {"note_id": "pump", "title": "Pump", "date": "2023-04-18"},
            ],
        }
    ],
    "failure": "",
    "answered": True,
    "citations": [{"number": 1, "note_id": "pump", "title": "Pump", "date": "2023-04-18", "quote": "New pump."}],
    "model": "Qwen",
    "seconds": {"route": 0.1, "total": 2.5},
    "earlier": {"content": "No note tells.", "details": {"state": "done", "answered": False}},
}
"""As turns stood in the record before their details had types."""


def test_a_conversation_that_was_kept_long_ago_opens_as_it_was(conversations: Conversations) -> None:
    question, answer = conversations.turns(kept_as(conversations, OLD_QUESTION, OLD_ANSWER))
    assert (question.details, answer.details) == (CORRECTED, TOLD.details)
    (asked,) = conversations.asked()
    assert (asked.question, asked.label, asked.sure, asked.told) == (ASKED.content, "pool", True, False)


def telling(details: dict[str, Any]) -> dict[str, Any]:
    """Details without what tells nothing, which is not kept any more."""
    return {name: value for name, value in details.items() if value not in (None, False, "", [])}


def test_what_is_kept_today_has_the_names_it_always_had(conversations: Conversations) -> None:
    conversations.say(None, replace(ASKED, details=CORRECTED))
    conversations.say(conversations.all()[0].id, TOLD)
    question, answer = (json.loads(row["details"]) for row in conversations._record.rows("SELECT details FROM turns"))
    assert question == {**telling(OLD_QUESTION), "before": telling(OLD_LABEL)}
    assert answer == telling(OLD_ANSWER)


def test_what_another_version_kept_too_little_or_too_much_of_opens_all_the_same(conversations: Conversations) -> None:
    answer = {"state": "dreaming", "mood": 1, "notes": [{"number": 1, "title": "Pump", "date": None, "smell": "damp"}]}
    asked, told = conversations.turns(kept_as(conversations, {"category": "pool", "mood": {"good": 0.5}}, answer))
    assert asked.details == QuestionDetails("pool")
    assert told.details == AnswerDetails("waiting", notes=(NoteCard(1, "", "Pump", None, None, "", 0.0),))
    asked, told = conversations.turns(kept_as(conversations, {}, {}))
    assert (asked.details, told.details) == (QuestionDetails(), AnswerDetails())


def test_a_category_is_renamed_in_what_was_kept_long_ago_and_that_is_undone(conversations: Conversations) -> None:
    conversation_id = kept_as(conversations, OLD_QUESTION, OLD_ANSWER)
    before = conversations.turns(conversation_id)
    retold = conversations.rename_category("pool", "water")
    question, answer = conversations.turns(conversation_id)
    assert question.details == CORRECTED.renamed("pool", "water")
    assert answer.details == TOLD.details.renamed("pool", "water")
    conversations.rename_back(retold, "pool", "water")
    assert conversations.turns(conversation_id) == before


def test_a_conversation_is_named_after_its_first_question(conversations: Conversations) -> None:
    long = "When did  we replace\nthe pool pump " + "and its filter " * 20
    for question in (ASKED.content, long):
        exchange(conversations, question)
    second, first = conversations.all()
    assert first.title == ASKED.content
    assert second.title.startswith("When did we replace the pool pump and")
    assert len(second.title) <= TITLE_LENGTH
    assert second.title.endswith("…")


def test_the_last_used_conversation_is_listed_first(conversations: Conversations) -> None:
    first, second = exchange(conversations, "First?"), exchange(conversations, "Second?")
    assert [each.id for each in conversations.all()] == [second, first]
    exchange(conversations, "Again?", into=first)
    assert [each.id for each in conversations.all()] == [first, second]
    assert [each.title for each in conversations.all()] == ["First?", "Second?"]
    assert conversations.all()[0].updated_at.tzinfo is not None


def test_two_conversations_do_not_mix(conversations: Conversations) -> None:
    first, second = exchange(conversations, "First?"), exchange(conversations, "Second?")
    exchange(conversations, "First, once more?", into=first)
    assert [turn.content for turn in conversations.turns(first) if turn.role == "user"] == [
        "First?",
        "First, once more?",
    ]
    assert [turn.content for turn in conversations.turns(second) if turn.role == "user"] == ["Second?"]


def test_an_answer_grows_in_its_place(conversations: Conversations) -> None:
    conversation_id, _ = conversations.say(None, ASKED)
    _, answer_id = conversations.say(conversation_id, Reply(""))
    conversations.amend(Reply("On 18", AnswerDetails("writing"), answer_id))
    whole = Reply("On 18 April.", AnswerDetails("done"), answer_id)
    conversations.amend(whole)
    question, answer = conversations.turns(conversation_id)
    assert question.content == ASKED.content
    assert answer == whole


def test_asking_again_forgets_what_came_after(conversations: Conversations) -> None:
    conversation_id = exchange(conversations, "First?")
    other = exchange(conversations, "Elsewhere?")
    for question in ("Second?", "Third?"):
        exchange(conversations, question, into=conversation_id)
    second = conversations.turns(conversation_id)[2]
    conversations.forget_from(conversation_id, second.id)
    assert [turn.content for turn in conversations.turns(conversation_id)] == ["First?", TOLD.content]
    assert len(conversations.turns(other)) == 2


def test_forgetting_from_a_turn_that_is_not_there_forgets_nothing(conversations: Conversations) -> None:
    first, second = exchange(conversations), exchange(conversations)
    conversations.forget_from(first, conversations.turns(second)[0].id)  # a turn, but of another conversation
    conversations.forget_from(first, "nothing")
    assert len(conversations.turns(second)) == 2


def test_a_deleted_conversation_is_gone_and_can_be_restored(conversations: Conversations) -> None:
    kept, gone = exchange(conversations, "Kept?"), exchange(conversations, "Gone?")
    conversations.delete(gone)
    assert [each.id for each in conversations.all()] == [kept]
    with pytest.raises(NoSuchConversation):
        conversations.turns(gone)
    conversations.restore(gone)
    assert {each.id for each in conversations.all()} == {kept, gone}
    assert conversations.turns(gone)[0].content == "Gone?"


def test_nothing_is_said_in_a_conversation_deleted_elsewhere(tmp_path: Path, conversations: Conversations) -> None:
    conversation_id = exchange(conversations)
    open_conversations(tmp_path).delete(conversation_id)
    with pytest.raises(NoSuchConversation, match="Ask in a new one"):
        conversations.say(conversation_id, ASKED)
    with pytest.raises(NoSuchConversation):
        conversations.say("never was", ASKED)
    conversations.restore(conversation_id)
    assert len(conversations.turns(conversation_id)) == 2


def test_windows_that_talk_at_once_lose_nothing(conversations: Conversations) -> None:
    conversation_id, _ = conversations.say(None, ASKED)
    start = threading.Barrier(4)

    def talk(window: int) -> None:
        start.wait()
        for number in range(5):
            conversations.say(conversation_id, Question(f"{window}-{number}"))

    threads = [threading.Thread(target=talk, args=(window,)) for window in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [turn.content for turn in conversations.turns(conversation_id)][1:]
    assert sorted(said) == sorted(f"{window}-{number}" for window in range(4) for number in range(5))
    for window in range(4):
        of_one = [each for each in said if each.startswith(f"{window}-")]
        assert of_one == sorted(of_one)


@pytest.mark.parametrize("text", ["'; DROP TABLE turns; --", "<b>bold</b>", "Füße 🏠", "a\nb", "{}"])
def test_any_text_comes_back_as_it_was(conversations: Conversations, text: str) -> None:
    details = QuestionDetails(text, standalone=text)
    conversation_id, turn_id = conversations.say(None, Question(text, details))
    assert conversations.turns(conversation_id) == [Question(text, details, turn_id)]


def test_a_record_damaged_further_in_is_said_plainly(tmp_path: Path) -> None:
    record = Record(tmp_path / "house.db", (conversation.migrations,))
    conversation_id = exchange(Conversations(record))
    record.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    record.close()
    whole = (tmp_path / "house.db").read_bytes()
    (tmp_path / "house.db").write_bytes(whole[: 2 * 4096] + b"\xff" * (len(whole) - 2 * 4096))
    conversations = Conversations(Record(tmp_path / "house.db"))
    with pytest.raises(NotebookUnavailable, match="damaged"):
        conversations.all()
    with pytest.raises(NotebookUnavailable, match="damaged"):
        conversations.turns(conversation_id)
