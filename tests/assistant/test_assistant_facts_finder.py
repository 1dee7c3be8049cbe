import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from small_house import PATIENCE, SmallHouse

from assistant.facts_finder import FactsFinder
from assistant.startup import Startup
from knowledge.note import Draft

TEXT = "Ray put in the new pump. It ran to $1,150 and $80 of pipe."
SAID = json.dumps({"vendor": "", "person": "Ray", "item": "new pump", "model": ""})


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


@pytest.fixture
def startup(house: SmallHouse) -> Startup:
    startup = Startup(house)
    startup.start()
    startup.assistant()
    return startup


@pytest.fixture
def finder(house: SmallHouse, startup: Startup) -> Iterator[FactsFinder]:
    finder = FactsFinder(house, startup, quiet=0.2, look_every=0.05)
    yield finder
    finder.stop()


def test_new_notes_are_read_at_once_and_completed_while_the_house_is_idle(
    house: SmallHouse, finder: FactsFinder
) -> None:
    house.model.will_say(SAID)
    note = house.notebook.add(Draft(TEXT))
    finder.start()
    until(lambda: house.facts.waiting(by_model=True) == [])
    assert house.facts.of(note.id)["item"].value == "new pump"


def test_an_answer_stops_it_and_it_begins_again_later(house: SmallHouse, startup: Startup, finder: FactsFinder) -> None:
    gate = threading.Event()
    house.model.will_say("{", gate, '"vendor"', ": ")
    note = house.notebook.add(Draft(TEXT))
    finder.start()
    until(lambda: len(house.model.asked) == 1)
    house.model.will_say(SAID)
    with startup.assistant().questions.question():
        gate.set()
        until(lambda: house.model.closed == 1)
        time.sleep(0.5)
        assert house.facts.waiting(by_model=True) == [note.id]  # it waits for the answer to end
    until(lambda: house.facts.waiting(by_model=True) == [])


def test_a_note_that_the_model_fails_on_does_not_keep_it_busy(house: SmallHouse, finder: FactsFinder) -> None:
    from assistant.errors import ModelUnavailable

    house.model.will_say(ModelUnavailable("out of memory"))
    house.notebook.add(Draft(TEXT))
    finder.start()
    until(lambda: house.model.closed == 1)
    time.sleep(0.5)
    assert len(house.model.asked) == 1
