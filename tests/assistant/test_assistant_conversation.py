import threading
from pathlib import Path

import pytest

from assistant import conversation
from assistant.conversation import TITLE_LENGTH, Conversations, Turn
from assistant.errors import NoSuchConversation
from knowledge.errors import NotebookUnavailable
from knowledge.record import Record

ASKED = Turn("user", "When did we replace the pool pump?")
TOLD = Turn("assistant", "On 18 April 2023 [1].", {"state": "done", "notes": [{"number": 1, "date": None}]})


def open_conversations(home: Path) -> Conversations:
    """The conversations of a house folder, as another start or another window opens them."""
    return Conversations(Record(home / "house.db", (conversation.migrations,)))


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return open_conversations(tmp_path)


def exchange(conversations: Conversations, question: str = ASKED.content, into: str | None = None) -> str:
    conversation_id, _ = conversations.say(into, Turn("user", question))
    conversations.say(conversation_id, TOLD)
    return conversation_id


def test_what_was_said_is_there_after_a_restart(tmp_path: Path, conversations: Conversations) -> None:
    conversation_id = exchange(conversations)
    question, answer = open_conversations(tmp_path).turns(conversation_id)
    assert (question.role, question.content, question.details) == ("user", ASKED.content, {})
    assert (answer.role, answer.content, answer.details) == ("assistant", TOLD.content, TOLD.details)
    assert question.id
    assert question.id != answer.id


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
    _, answer_id = conversations.say(conversation_id, Turn("assistant", "", {"state": "waiting"}))
    conversations.amend(answer_id, "On 18", {"state": "writing"})
    conversations.amend(answer_id, "On 18 April.", {"state": "done"})
    question, answer = conversations.turns(conversation_id)
    assert question.content == ASKED.content
    assert (answer.content, answer.details) == ("On 18 April.", {"state": "done"})


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
            conversations.say(conversation_id, Turn("user", f"{window}-{number}"))

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
    conversation_id, turn_id = conversations.say(None, Turn("user", text, {"note": text}))
    assert conversations.turns(conversation_id) == [Turn("user", text, {"note": text}, turn_id)]


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
