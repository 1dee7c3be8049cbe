"""How the router is doing: weeks, confusions, repeats, drift, and the advice that follows."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from conftest import WordEmbedder
from small_house import SmallHouse

from assistant.conversation import Asked, Question, Reply
from assistant.corrections import Correction
from assistant.details import QuestionDetails
from assistant.health import Drift, drift_of, health

TODAY = dt.date(2026, 11, 20)  # a Friday
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


def asked(question: str = "q", label: str = "pool", *, sure: bool = True, told: bool = False, weeks: int = 0) -> Asked:
    return Asked(question, label, sure, told, "v1", NOON - dt.timedelta(weeks=weeks))


def corrected(label: str = "fence", overruled: str = "pool", weeks: int = 0) -> Correction:
    return Correction("q", label, "corrected", overruled, created_at=NOON - dt.timedelta(weeks=weeks))


def test_weeks_count_what_was_asked_corrected_unsure_and_of_none() -> None:
    found = health(
        [asked(weeks=20), asked(weeks=1), asked(sure=False), asked(label="none", sure=False)],
        [corrected(), corrected(weeks=1), corrected(weeks=30)],
        0,
        TODAY,
    )
    assert len(found.weeks) == 12
    before, last = found.weeks[-2:]
    assert (last.monday, before.monday) == (dt.date(2026, 11, 16), dt.date(2026, 11, 9))
    assert (last.questions, last.corrected, last.unsure, last.none) == (2, 1, 1, 1)
    assert (before.questions, before.corrected, before.unsure) == (1, 1, 0)
    assert sum(week.questions for week in found.weeks) == 3


def test_the_same_question_is_measured_unless_somebody_told_its_tag() -> None:
    again = [asked("Is it?"), asked("is it "), asked("When?"), asked("When?", "fence"), asked("Who?"), asked("Once?")]
    found = health([*again, asked("Who?", "car", told=True)], [], 0, TODAY)
    assert (found.repeated, found.repeated_same) == (2, 1)


def test_confusions_are_counted_and_a_confirmed_tag_is_none() -> None:
    told = [corrected(), corrected(), corrected("car"), Correction("q", "pool", "confirmed", "pool")]
    assert health([], told, 0, TODAY).confusions == (("pool", "fence", 2), ("pool", "car", 1))


@pytest.mark.parametrize(
    ("untaught", "corrections", "said"),
    [
        (0, [], "All is well"),
        (1, [], "1 correction is not taught yet"),
        (8, [], "worth its minutes"),
        (0, [corrected()] * 3, "fence is often taken for pool (3 times)"),
        (0, [corrected(overruled="none")] * 3, "fence is often taken for no category (3 times)"),
        (0, [corrected("none")] * 3, "What no category fits is often taken for pool (3 times)"),
    ],
)
def test_the_advice_says_what_to_do(untaught: int, corrections: list[Correction], said: str) -> None:
    assert said in " ".join(health([], corrections, untaught, TODAY).advice)


def test_many_unsure_questions_are_said() -> None:
    many = [asked(sure=number % 2 == 0) for number in range(30)]
    assert "50% of the last weeks' questions" in " ".join(health(many, [], 0, TODAY).advice)
    assert "All is well" in health(many[:10], [], 0, TODAY).advice[0]


def test_drift_is_seen_in_questions_unlike_the_training_data() -> None:
    training = [f"pool pump number {number}" for number in range(20)]
    held_out = [f"pool pump number {number} please" for number in range(20)]
    embed = WordEmbedder().embed
    strange = drift_of([f"quantum entropy {number} tensor" for number in range(25)], training, held_out, embed)
    usual = drift_of([f"the pool pump number {number}" for number in range(25)], training, held_out, embed)
    assert strange.far == 1.0 and strange.drifted
    assert not usual.drifted
    assert list(usual.nearness) == sorted(usual.nearness)
    assert "unlike what the router was taught" in " ".join(health([], [], 0, TODAY, strange).advice)
    assert drift_of([], training, held_out, embed) == Drift(0, 0.0, ())
    assert not drift_of(["quantum entropy"], training, held_out, embed).drifted  # one question is no drift
    assert np.all(np.array(strange.nearness) < 0.5)


def test_what_was_asked_is_read_from_the_record_by_its_first_tag(house: SmallHouse) -> None:
    details = QuestionDetails("pool", 0.9, likely=("pool",), router="v1", standalone="The pump?")
    corrected = replace(details, category="fence", corrected=True, before=details)
    first, _ = house.conversations.say(None, Question("it?", corrected))
    house.conversations.say(first, Reply("yes"))
    house.conversations.say(first, Question("not labelled yet"))
    gone, _ = house.conversations.say(None, Question("deleted?", details))
    house.conversations.delete(gone)
    (found,) = house.conversations.asked()
    assert (found.question, found.label, found.sure, found.told) == ("The pump?", "pool", True, False)
