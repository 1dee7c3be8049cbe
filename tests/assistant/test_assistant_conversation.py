import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import conversation
from assistant.conversation import TITLE_LENGTH, Conversations, Turn, standalone
from assistant.errors import NoSuchConversation
from classifier.decision import Decision
from classifier.taxonomy import NONE
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


# --- follow-ups -------------------------------------------------------------------------------------------------------

HISTORY = [ASKED, TOLD]


@pytest.mark.parametrize(
    "question",
    [
        *("And who did it?", "How much was it?", "why?", "What about the filter?", "Which one was that?", "Who?"),
        *("what was wrong the first time", "Which model number?", "the time before last?"),
        *("the cost?", "For how long, and what time of day?"),
        *("still under warranty?", "any idea why", "invoice number", "tell me more", "are you sure?", "in 2021?"),
        *("what of the heater", "right, and the filter?", "is there a receipt?", "was that the same guy"),
    ],
)
def test_a_follow_up_is_searched_together_with_what_it_leans_on(question: str) -> None:
    assert standalone(question, HISTORY) == f"{ASKED.content} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "What colour is the kitchen?",
        "When was the furnace filter changed?",
        *("Where is the stopcock?", "who is the electrician", "Is there a shutoff valve in the garage?"),
        *("When is it best to prune the roses?", "Does the fridge have its own breaker?", "which one of the cars"),
        *("also when is bin day", "what was the paint that we used in the den", "one more thing: the boiler service"),
        "when it rains the cellar floods",
        "Who is the electrician that rewired the garage and put in its subpanel?",  # it names what it is about
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert standalone(question, HISTORY) == question


def test_each_question_ends_before_the_next_one() -> None:
    history = [Turn("user", "pool costs in 2024"), TOLD, Turn("user", "and 2023"), TOLD]
    assert standalone("and 2022", history) == "pool costs in 2024? and 2023? and 2022"


def test_the_first_question_leans_on_nothing() -> None:
    assert standalone("And who did it?", []) == "And who did it?"
    assert standalone("And who did it?", [TOLD]) == "And who did it?"


def test_a_follow_up_to_a_follow_up_keeps_the_subject() -> None:
    second = "What about the filter?"
    history = [*HISTORY, Turn("user", second), TOLD]
    assert standalone("How much was it?", history) == f"{ASKED.content} {second} How much was it?"


@pytest.mark.parametrize("second", ["ok, and the filter?", "what was the total?", "Thanks! And the one before?"])
def test_what_hardly_names_anything_is_no_subject(second: str) -> None:
    history = [*HISTORY, Turn("user", second), TOLD]
    assert standalone("And who did it?", history) == f"{ASKED.content} {second} And who did it?"


def test_a_follow_up_leans_on_the_last_question_only() -> None:
    later = [*HISTORY, Turn("user", "What colour is the kitchen?"), TOLD]
    assert standalone("Who painted it?", later) == "What colour is the kitchen? Who painted it?"


def test_a_long_talk_does_not_grow_its_questions_without_end() -> None:
    talk = [Turn("user", f"And who did it in {2000 + number}?") for number in range(50)]
    assert standalone("And who did it?", [*HISTORY, *talk]) == (
        f"{ASKED.content} And who did it in 2049? And who did it?"
    )
    assert standalone("And who did it?", [*HISTORY, *[Turn("user", "And who did it?")] * 9]).count("did it") == 1


def router(alone: Decision, together: Decision) -> Callable[[str], Decision]:
    """A router that knows the question by itself, and whatever is said before it."""
    return lambda asked: together if asked.startswith(ASKED.content) else alone


def decision(category: str | None, confidence: float, *likely: str) -> Decision:
    return Decision(category, confidence, {category or NONE: confidence}, "", likely)


UNSURE = decision("water heater", 0.5)
POOL = decision("pool", 0.9, "pool")


@pytest.mark.parametrize(
    "question",
    [
        "the gasket?",
        "Is the labor still under warranty?",
        "For how long, and which season?",
        "Got it. One of the nuts looks odd to me, where did we keep the thing for it?",
    ],
)
def test_what_is_unclear_alone_leans_where_it_is_clearer_with_what_was_said(question: str) -> None:
    assert standalone(question, HISTORY, router(UNSURE, POOL)) == f"{ASKED.content} {question}"
    assert standalone(question, HISTORY, router(decision("car", 0.8, "car"), POOL)) == question  # another subject


@pytest.mark.parametrize("question", ["Quantum mechanics, general relativity", "Who wrote Don Quixote?"])
def test_a_subject_that_the_house_knows_nothing_of_is_no_follow_up(question: str) -> None:
    sure = decision(None, 0.97)
    assert standalone(question, HISTORY, router(sure, POOL)) == question
    assert standalone(question, HISTORY, router(UNSURE, decision(None, 0.9))) == question


def test_the_router_is_not_asked_of_what_surely_stands_alone() -> None:
    def never(question: str) -> Decision:
        raise AssertionError(question)

    long = "Who is the electrician for the new subpanel in the garage behind the workshop?"
    assert standalone(long, HISTORY, never) == long
    assert standalone("And who did it?", HISTORY, never) == f"{ASKED.content} And who did it?"
