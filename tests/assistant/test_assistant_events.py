from collections.abc import Iterator

import pytest

from assistant.events import Answer, Event, Finished, Retrieved, Routed, Token, gathered
from classifier.decision import Decision
from knowledge.note import Scope

ROUTED = Routed("Q?", "Q?", Decision("pool", 0.9, {"pool": 0.9, "none": 0.1}, "v1"), "pool", corrected=False)
RETRIEVED = Retrieved(Scope(("pool",), "because", 1, 2), ())
ANSWER = Answer("Yes.", True, (), "tiny")


def test_gathering_waits_for_the_whole_answer() -> None:
    events: list[Event] = [ROUTED, RETRIEVED, Token("Y"), Token("es."), Finished(ANSWER)]
    assert gathered(events) == (ROUTED, RETRIEVED, ANSWER)


def test_events_that_end_without_an_answer_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="without an answer"):
        gathered([ROUTED, RETRIEVED, Token("Y")])


def test_what_goes_wrong_underway_reaches_whoever_gathers() -> None:
    def events() -> Iterator[Event]:
        yield ROUTED
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        gathered(events())
