import threading
import time
from collections.abc import Callable

import pytest
from small_house import PATIENCE, SmallHouse

from assistant.conversation import Conversations, Question, Reply, Turn
from assistant.details import AnswerDetails, QuestionDetails
from assistant.dialogue import BUSY, KEEP_EVERY, Dialogues, Run
from assistant.errors import (
    AssistantError,
    CorrectionRefused,
    ModelStopped,
    ModelUnavailable,
    NoSuchConversation,
    QuestionRefused,
)
from assistant.prompts import NO_NOTE
from assistant.settings import read_settings
from assistant.startup import Startup
from knowledge.note import Draft

QUESTION = "When was the pool pump replaced?"
ANSWER = "The pool pump was replaced by Ray [1]."


@pytest.fixture
def dialogues(house: SmallHouse) -> Dialogues:
    """A house with one note, its assistant up."""
    house.library.add([Draft("The pool pump was replaced by Ray.", "Pool pump", "pool", id="pump")])
    return opened(house)


def opened(house: SmallHouse) -> Dialogues:
    startup = Startup(house)
    startup.start()
    startup.assistant()
    return Dialogues(house.conversations, house.corrections, startup)


def whole(run: Run) -> list[Turn]:
    """Follow an answer to its end."""
    for turns in run.follow():
        last = turns
    return last


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what other threads are about to do."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def said(turns: list[Turn]) -> list[str]:
    return [turn.content for turn in turns]


def tagged(turn: Turn) -> QuestionDetails:
    """What is known of a question."""
    assert isinstance(turn, Question)
    return turn.details


def answered(turn: Turn) -> AnswerDetails:
    """What is known of an answer."""
    assert isinstance(turn, Reply)
    return turn.details


def first_answer(turn: Turn) -> str:
    """What an answer said before its question was corrected."""
    first = answered(turn).earlier
    assert first is not None
    return first.content


def test_asking_streams_the_two_turns_and_keeps_them(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say("The pool pump", gate, " was replaced by Ray [1].")
    run = dialogues.ask(QUESTION)
    seen = []
    for turns in run.follow():
        seen.append(turns[-1].content)
        if turns[-1].content == "The pool pump":
            assert tagged(turns[0]).category == "pool"
            assert answered(turns[-1]).state == "writing"
            assert not run.done
            gate.set()
    assert "The pool pump" in seen
    assert seen[-1] == ANSWER
    assert run.done
    question, answer = house.conversations.turns(run.conversation_id)
    assert [question, answer] == run.turns == dialogues.turns(run.conversation_id)
    assert (question.role, question.content) == ("user", QUESTION)
    assert tagged(question).category == "pool"
    assert 0.96 <= (tagged(question).confidence or 0) <= 1
    assert answered(answer).state == "done"
    assert answered(answer).answered is True
    assert answered(answer).scope == "Searched 1 pool note of 1"
    assert [note.note_id for note in answered(answer).notes] == ["pump"]
    assert [(each.number, each.note_id) for each in answered(answer).citations] == [(1, "pump")]
    assert answered(answer).model == "Scripted 1B"
    assert answered(answer).seconds["total"] >= 0


def test_the_question_is_kept_before_anything_is_answered(house: SmallHouse) -> None:
    house.may_load.clear()
    startup = Startup(house)
    startup.start()
    run = Dialogues(house.conversations, house.corrections, startup).ask(QUESTION)
    assert said(house.conversations.turns(run.conversation_id)) == [QUESTION, ""]
    house.may_load.set()
    assert whole(run)[-1].content == NO_NOTE


def test_while_models_load_the_answer_says_how_far_they_are(house: SmallHouse) -> None:
    house.may_load.clear()
    startup = Startup(house)
    startup.start()
    run = Dialogues(house.conversations, house.corrections, startup).ask(QUESTION)
    steps = []
    for turns in run.follow():
        steps.append((answered(turns[-1]).state, answered(turns[-1]).step, answered(turns[-1]).share))
        if steps[-1] == ("waiting", "scripted-1b: downloading", 0.4):
            house.may_load.set()
    assert ("waiting", "scripted-1b: downloading", 0.4) in steps
    assert steps[-1][0] == "done"


def test_what_follows_is_asked_with_what_was_said_before(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say(ANSWER)
    first = dialogues.ask(QUESTION)
    whole(first)
    house.model.will_say("Ray [1].")
    second = dialogues.ask("And who did it?", first.conversation_id)
    turns = whole(second)
    assert said(turns) == [QUESTION, ANSWER, "And who did it?", "Ray [1]."]
    assert tagged(turns[2]).category == "pool"
    assert QUESTION in tagged(turns[2]).standalone
    assert turns == dialogues.turns(first.conversation_id)


def test_an_answer_nobody_watches_is_whole_all_the_same(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say("The pool pump", " was replaced by Ray [1].")
    run = dialogues.ask(QUESTION)
    wait_until(lambda: run.done)
    assert said(house.conversations.turns(run.conversation_id)) == [QUESTION, ANSWER]


def test_a_page_that_is_closed_in_the_middle_stops_nothing(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say("The pool pump", gate, " was replaced by Ray [1].")
    run = dialogues.ask(QUESTION)
    for turns in run.follow():
        if turns[-1].content:
            break  # the page is gone
    gate.set()
    wait_until(lambda: run.done)
    assert said(dialogues.turns(run.conversation_id)) == [QUESTION, ANSWER]


def test_two_windows_can_follow_one_answer(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say("The pool pump", gate, " was replaced by Ray [1].")
    run = dialogues.ask(QUESTION)
    ends: list[list[str]] = []
    threads = [threading.Thread(target=lambda: ends.append(said(whole(run)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert dialogues.running(run.conversation_id) is run
    gate.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert ends == [[QUESTION, ANSWER]] * 2
    assert said(whole(run)) == [QUESTION, ANSWER]  # whoever comes late sees the end at once
    assert dialogues.running(run.conversation_id) is None


def test_a_page_opened_in_the_middle_sees_what_is_written_so_far(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say("The pool pump", gate, " was replaced by Ray [1].")
    run = dialogues.ask(QUESTION)
    wait_until(lambda: said(dialogues.turns(run.conversation_id)) == [QUESTION, "The pool pump"])
    gate.set()
    whole(run)


def test_stop_keeps_what_was_written(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say("The pool pump", gate, " was replaced", " by Ray [1].")
    run = dialogues.ask(QUESTION)
    wait_until(lambda: run.turns[-1].content == "The pool pump")
    run.stop()
    gate.set()
    answer = whole(run)[-1]
    assert answer.content.startswith("The pool pump")
    assert "by Ray" not in answer.content
    assert answered(answer).state == "stopped"
    assert "retry" in answered(answer).failure
    assert house.conversations.turns(run.conversation_id)[-1] == answer
    assert house.model.closed == 1
    house.model.will_say(ANSWER)
    assert whole(dialogues.ask(QUESTION, run.conversation_id))[-1].content == ANSWER


def test_stop_works_while_the_models_still_load(house: SmallHouse) -> None:
    house.may_load.clear()
    startup = Startup(house)
    startup.start()
    run = Dialogues(house.conversations, house.corrections, startup).ask(QUESTION)
    run.stop()
    answer = whole(run)[-1]
    assert (answer.content, answered(answer).state) == ("", "stopped")
    house.may_load.set()
    startup.assistant()


def test_a_model_that_fails_in_the_middle_keeps_the_text_and_says_so(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say("The pool pump was replaced", ModelStopped("Ollama went away. Press retry."))
    run = dialogues.ask(QUESTION)
    answer = whole(run)[-1]
    assert answer.content.startswith("The pool pump was replaced")
    assert (answered(answer).state, answered(answer).failure) == ("failed", "Ollama went away. Press retry.")
    assert house.conversations.turns(run.conversation_id)[-1] == answer


def test_an_assistant_that_cannot_come_up_fails_the_question_with_its_reason(house: SmallHouse) -> None:
    house.trouble = ModelUnavailable("No source gave the weights. Connect once.")
    startup = Startup(house)
    startup.start()
    run = Dialogues(house.conversations, house.corrections, startup).ask(QUESTION)
    answer = whole(run)[-1]
    assert (answer.content, answered(answer).state) == ("", "failed")
    assert answered(answer).failure == "No source gave the weights. Connect once."
    assert said(house.conversations.turns(run.conversation_id)) == [QUESTION, ""]


def test_a_failure_nobody_foresaw_ends_the_answer_too(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say("The pool", RuntimeError("the moon is full"))
    run = dialogues.ask(QUESTION)
    answer = whole(run)[-1]
    assert answered(answer).state == "failed"
    assert "the moon is full" in answered(answer).failure
    assert dialogues.running(run.conversation_id) is None


def test_retry_asks_the_same_question_again_and_drops_its_answer(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say("Nonsense.")
    run = dialogues.ask(QUESTION)
    whole(run)
    conversation_id = run.conversation_id
    house.model.will_say(ANSWER)
    assert said(whole(dialogues.retry(conversation_id, 0))) == [QUESTION, ANSWER]
    assert said(dialogues.turns(conversation_id)) == [QUESTION, ANSWER]


def test_a_window_that_is_behind_drops_nothing_that_another_one_asked(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say(ANSWER)
    run = dialogues.ask(QUESTION)
    whole(run)
    conversation_id = run.conversation_id
    house.model.will_say("Ray [1].")
    whole(dialogues.ask("And who did it?", conversation_id))
    with pytest.raises(AssistantError, match="nothing was dropped"):
        dialogues.retry(conversation_id, 0)
    assert said(dialogues.turns(conversation_id)) == [QUESTION, ANSWER, "And who did it?", "Ray [1]."]


def test_retry_of_a_later_question_keeps_what_was_before(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say(ANSWER)
    conversation_id = dialogues.ask(QUESTION).conversation_id
    wait_until(lambda: dialogues.running(conversation_id) is None)
    house.model.will_say(ModelUnavailable("not now"))
    whole(dialogues.ask("And who did it?", conversation_id))
    house.model.will_say("Ray [1].")
    run = dialogues.retry(conversation_id, 1)
    assert said(whole(run)) == [QUESTION, ANSWER, "And who did it?", "Ray [1]."]


def test_retry_of_a_question_that_is_gone_is_refused(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say(ANSWER)
    run = dialogues.ask(QUESTION)
    whole(run)
    with pytest.raises(NoSuchConversation):
        dialogues.retry(run.conversation_id, 1)
    with pytest.raises(NoSuchConversation):
        dialogues.retry("", 0)
    assert said(dialogues.turns(run.conversation_id)) == [QUESTION, ANSWER]


def test_a_second_question_waits_for_the_first_answer(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say(gate, ANSWER)
    run = dialogues.ask(QUESTION)
    with pytest.raises(AssistantError, match="still being answered"):
        dialogues.ask("And who did it?", run.conversation_id)
    with pytest.raises(AssistantError, match="still being answered"):
        dialogues.retry(run.conversation_id, 0)
    wait_until(lambda: bool(house.model.asked))  # the first reply is the first question's
    house.model.will_say("Replaced by Ray [1].")
    other = dialogues.ask(QUESTION)  # another conversation is another matter
    assert said(whole(other)) == [QUESTION, "Replaced by Ray [1]."]
    gate.set()
    assert said(whole(run)) == [QUESTION, ANSWER]


class Raced(Conversations):
    """Another window does something at the worst moment: before what is retried is forgotten."""

    def __init__(self, house: SmallHouse) -> None:
        super().__init__(house.record)
        self.meanwhile: Callable[[], object] | None = None

    def forget_from(self, conversation_id: str, turn_id: str) -> None:
        if self.meanwhile is not None:
            other_window = threading.Thread(target=self.meanwhile)
            other_window.start()
            other_window.join(0.5)
        super().forget_from(conversation_id, turn_id)


def test_a_question_asked_at_the_instant_of_a_retry_is_refused_or_kept(house: SmallHouse) -> None:
    conversations = Raced(house)
    house.library.add([Draft("The pool pump was replaced by Ray.", "Pool pump", "pool")])
    startup = Startup(house)
    startup.start()
    startup.assistant()
    dialogues = Dialogues(conversations, house.corrections, startup)
    house.model.will_say(ANSWER)
    conversation_id = dialogues.ask(QUESTION).conversation_id
    wait_until(lambda: dialogues.running(conversation_id) is None)
    heard: list[str] = []

    def ask() -> None:
        try:
            dialogues.ask("And who did it?", conversation_id)
            heard.append("asked")
        except AssistantError as error:
            heard.append(str(error))

    conversations.meanwhile = ask
    gate = threading.Event()
    house.model.will_say(gate, ANSWER)
    run = dialogues.retry(conversation_id, 0)
    wait_until(lambda: bool(heard))
    gate.set()
    assert said(whole(run)) == [QUESTION, ANSWER]
    assert heard == [BUSY]


def test_a_question_that_cannot_be_asked_leaves_no_trace(house: SmallHouse, dialogues: Dialogues) -> None:
    for question in ("", " \n", "a" * 10_000):
        with pytest.raises(QuestionRefused):
            dialogues.ask(question)
    assert house.conversations.all() == []


def test_a_conversation_deleted_elsewhere_takes_no_question(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say(ANSWER)
    run = dialogues.ask(QUESTION)
    whole(run)
    house.conversations.delete(run.conversation_id)
    with pytest.raises(NoSuchConversation):
        dialogues.ask("And who did it?", run.conversation_id)
    with pytest.raises(NoSuchConversation):
        dialogues.turns(run.conversation_id)


def test_a_conversation_deleted_while_it_is_answered_still_ends(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say(gate, ANSWER)
    run = dialogues.ask(QUESTION)
    house.conversations.delete(run.conversation_id)
    gate.set()
    whole(run)
    house.conversations.restore(run.conversation_id)
    assert said(dialogues.turns(run.conversation_id)) == [QUESTION, ANSWER]


def test_a_restart_shows_what_was_said(house: SmallHouse, dialogues: Dialogues) -> None:
    house.model.will_say(ANSWER)
    run = dialogues.ask(QUESTION)
    turns = whole(run)
    again = opened(SmallHouse(read_settings()))
    assert again.turns(run.conversation_id) == turns
    assert again.running(run.conversation_id) is None


def test_a_restart_in_the_middle_of_an_answer_says_that_it_broke_off(house: SmallHouse, dialogues: Dialogues) -> None:
    gate = threading.Event()
    house.model.will_say("The pool pump", gate)
    run = dialogues.ask(QUESTION)
    wait_until(lambda: run.turns[-1].content == "The pool pump")
    # As a new process finds it: the record as it is now, and nobody at work.
    second = SmallHouse(read_settings())
    again = opened(second)
    _, answer = again.turns(run.conversation_id)
    assert answered(answer).state == "stopped"
    assert "etry" in answered(answer).failure
    second.model.will_say(ANSWER)
    assert said(whole(again.retry(run.conversation_id, 0))) == [QUESTION, ANSWER]
    gate.set()
    whole(run)


def test_a_growing_answer_reaches_the_record_now_and_then(house: SmallHouse, dialogues: Dialogues) -> None:
    gate, end = threading.Event(), threading.Event()
    house.model.will_say("The pool pump", gate, " was replaced", end, " by Ray [1].")
    run = dialogues.ask(QUESTION)
    wait_until(lambda: run.turns[-1].content == "The pool pump")
    time.sleep(KEEP_EVERY)
    gate.set()
    wait_until(lambda: house.conversations.turns(run.conversation_id)[-1].content == "The pool pump was replaced")
    end.set()
    whole(run)


# --- what is told of a tag ------------------------------------------------------------------------------------


def asked(house: SmallHouse, dialogues: Dialogues, reply: str = ANSWER, conversation_id: str | None = None) -> Run:
    house.model.will_say(reply)
    run = dialogues.ask(QUESTION, conversation_id)
    whole(run)
    return run


def test_a_corrected_question_is_asked_again_in_its_place_and_in_the_category_that_was_told(
    house: SmallHouse, dialogues: Dialogues
) -> None:
    house.library.add([Draft("Painted the pool pump black.", "Pump house", "painting", id="paint")])
    run = asked(house, dialogues)
    asked(house, dialogues, "Later by Ray [1].", run.conversation_id)
    house.model.will_say("Painted black [1].")
    again = whole(dialogues.correct(run.conversation_id, run.turns[0].id, "painting"))
    assert said(again) == [QUESTION, "Painted black [1].", QUESTION, "Later by Ray [1]."]
    assert (tagged(again[0]).category, tagged(again[0]).corrected) == ("painting", True)
    assert [each.note_id for each in answered(again[1]).notes] == ["paint"]
    assert answered(again[1]).scope == "Searched 1 painting note of 2"
    assert first_answer(again[1]) == ANSWER
    assert said(dialogues.turns(run.conversation_id)) == said(again)
    (told,) = house.corrections.all()
    assert (told.question, told.label, told.overruled, told.provenance) == (QUESTION, "painting", "pool", "corrected")


def test_retry_of_a_corrected_question_keeps_its_tag_and_its_first_answer(
    house: SmallHouse, dialogues: Dialogues
) -> None:
    house.library.add([Draft("Painted the pool pump black.", "Pump house", "painting", id="paint")])
    earlier = asked(house, dialogues)
    run = asked(house, dialogues, conversation_id=earlier.conversation_id)
    question_id = run.turns[2].id
    gate = threading.Event()
    house.model.will_say("Painted", gate, " in", " black [1].")
    again = dialogues.correct(run.conversation_id, question_id, "painting")
    wait_until(lambda: again.turns[-1].content == "Painted")
    again.stop()
    gate.set()
    assert answered(whole(again)[-1]).state == "stopped"
    house.model.will_say("Painted black [1].")
    turns = whole(dialogues.retry(run.conversation_id, 1))
    assert said(turns) == [QUESTION, ANSWER, QUESTION, "Painted black [1]."]
    assert turns == dialogues.turns(run.conversation_id)
    assert (turns[2].id, tagged(turns[2]).category, tagged(turns[2]).corrected) == (question_id, "painting", True)
    assert [each.note_id for each in answered(turns[3]).notes] == ["paint"]
    assert first_answer(turns[3]) == ANSWER
    dialogues.undo_correction(run.conversation_id, question_id)
    assert said(dialogues.turns(run.conversation_id)) == [QUESTION, ANSWER] * 2
    assert house.corrections.all() == []


def test_retry_of_a_question_whose_category_is_gone_asks_the_router(house: SmallHouse, dialogues: Dialogues) -> None:
    house.library.add([Draft("Painted the pool pump black.", "Pump house", "painting", id="paint")])
    run = asked(house, dialogues)
    house.model.will_say("Painted black [1].")
    whole(dialogues.correct(run.conversation_id, run.turns[0].id, "painting"))
    house.categories.remove("painting")
    house.model.will_say(ANSWER)
    turns = whole(dialogues.retry(run.conversation_id, 0))
    assert tagged(turns[0]).category == "pool"
    assert "you said" not in answered(turns[1]).scope
    assert first_answer(turns[1]) == ANSWER


def test_after_a_correction_the_same_question_is_labelled_right_at_once(
    house: SmallHouse, dialogues: Dialogues
) -> None:
    run = asked(house, dialogues)
    house.model.will_say("Nothing.")
    whole(dialogues.correct(run.conversation_id, run.turns[0].id, "fence"))
    later = tagged(asked(house, dialogues).turns[0])
    assert (later.category, later.corrected, later.learned_from) == ("fence", False, QUESTION)


def test_an_undone_correction_leaves_the_first_answer_and_teaches_nothing(
    house: SmallHouse, dialogues: Dialogues
) -> None:
    run = asked(house, dialogues)
    before = dialogues.turns(run.conversation_id)
    for label in ("fence", "none"):
        house.model.will_say("Other.")
        whole(dialogues.correct(run.conversation_id, run.turns[0].id, label))
    assert [each.label for each in house.corrections.all()] == ["none"]
    dialogues.undo_correction(run.conversation_id, run.turns[0].id)
    assert dialogues.turns(run.conversation_id) == before
    assert house.corrections.all() == []
    assert tagged(asked(house, dialogues).turns[0]).category == "pool"


def test_none_of_these_searches_all_and_says_why(house: SmallHouse, dialogues: Dialogues) -> None:
    run = asked(house, dialogues)
    house.model.will_say(ANSWER)
    again = whole(dialogues.correct(run.conversation_id, run.turns[0].id, "none"))
    assert tagged(again[0]).category is None
    assert answered(again[1]).reason == "you said that no category fits"


def test_a_tag_is_confirmed_and_that_is_taken_back(house: SmallHouse, dialogues: Dialogues) -> None:
    run = asked(house, dialogues)
    here = run.conversation_id, run.turns[0].id
    assert house.corrections.all() == []  # what nobody spoke of teaches nothing
    assert dialogues.confirm(*here)
    assert [(each.label, each.provenance) for each in house.corrections.all()] == [("pool", "confirmed")]
    assert tagged(dialogues.turns(run.conversation_id)[0]).confirmed is True
    assert not dialogues.confirm(*here)
    assert house.corrections.all() == []


def test_a_follow_up_is_told_as_it_was_searched(house: SmallHouse, dialogues: Dialogues) -> None:
    run = asked(house, dialogues)
    house.model.will_say("Ray.")
    second = dialogues.ask("And who did it?", run.conversation_id)
    whole(second)
    house.model.will_say("Ray.")
    whole(dialogues.correct(run.conversation_id, second.turns[2].id, "fence"))
    assert house.corrections.all()[0].question == f"{QUESTION} And who did it?"


def test_what_cannot_be_corrected_is_refused_and_nothing_is_kept(house: SmallHouse, dialogues: Dialogues) -> None:
    run = asked(house, dialogues)
    here = run.conversation_id, run.turns[0].id
    with pytest.raises(CorrectionRefused, match="spaceship"):
        dialogues.correct(*here, "spaceship")
    with pytest.raises(NoSuchConversation, match="no longer there"):
        dialogues.correct(run.conversation_id, run.turns[1].id, "fence")  # an answer has no tag
    with pytest.raises(NoSuchConversation, match="deleted"):
        dialogues.correct("nobody", "nothing", "fence")
    gate = threading.Event()
    house.model.will_say(gate, "Later.")
    going = dialogues.ask("Another?", run.conversation_id)
    with pytest.raises(AssistantError, match="still being answered"):
        dialogues.correct(*here, "fence")
    gate.set()
    whole(going)
    assert house.corrections.all() == []
    assert tagged(dialogues.turns(run.conversation_id)[0]).category == "pool"


def test_two_windows_that_correct_one_question_leave_the_last_word(house: SmallHouse, dialogues: Dialogues) -> None:
    run = asked(house, dialogues)
    other_window = Dialogues(house.conversations, house.corrections, dialogues._startup)
    for window, label in ((dialogues, "fence"), (other_window, "car")):
        house.model.will_say("Nothing.")
        whole(window.correct(run.conversation_id, run.turns[0].id, label))
    assert [each.label for each in house.corrections.all()] == ["car"]
    assert first_answer(dialogues.turns(run.conversation_id)[1]) == ANSWER


def test_a_correction_whose_answer_fails_is_kept_all_the_same(house: SmallHouse, dialogues: Dialogues) -> None:
    run = asked(house, dialogues)
    house.library.add([Draft("The pool pump fence.", "Fence", "fence", id="fence")])
    house.model.will_say(ModelUnavailable("gone"))
    again = whole(dialogues.correct(run.conversation_id, run.turns[0].id, "fence"))
    assert answered(again[1]).state == "failed"
    assert first_answer(again[1]) == ANSWER
    assert [each.label for each in house.corrections.all()] == ["fence"]


def test_a_refiled_note_shows_its_new_category_in_the_cards(house: SmallHouse, dialogues: Dialogues) -> None:
    run = asked(house, dialogues)
    dialogues.refile(run.conversation_id, "pump", "fence")
    assert answered(dialogues.turns(run.conversation_id)[1]).notes[0].category == "fence"
