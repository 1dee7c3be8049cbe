import threading
from pathlib import Path

import pytest
from small_house import PATIENCE, SmallHouse

from assistant.errors import AssistantError, ModelUnavailable
from assistant.models.weights import Progress
from assistant.settings import read_settings
from assistant.startup import Startup, Status
from knowledge.note import Draft

PUMP = Draft("The pool pump was replaced by Ray.", "Pool pump", "pool", id="pump")


def test_a_start_ends_with_an_assistant_of_this_house(house: SmallHouse) -> None:
    startup = Startup(house)
    assert (startup.status.ready, startup.searchable, startup.ready) == (False, False, None)
    startup.start()
    assistant = startup.assistant()
    assert assistant.model is house.model
    assert assistant.finder.library is house.library
    assert startup.ready is assistant
    assert (startup.status.ready, startup.status.fraction, startup.status.failure) == (True, 1.0, "")


def test_notes_can_be_searched_before_the_model_is_there(house: SmallHouse) -> None:
    house.may_load.clear()
    startup = Startup(house)
    startup.start()
    assert startup.wait_searchable(PATIENCE)
    assert startup.searchable
    assert startup.ready is None
    house.library.add([PUMP])
    assert [hit.note_id for hit in house.library.search("pool pump", house.library.scope(None, ""))] == ["pump"]
    house.may_load.set()
    assert startup.assistant().model is house.model


def test_whoever_waits_is_told_how_far_it_is(house: SmallHouse) -> None:
    house.may_load.clear()
    startup = Startup(house)
    startup.start()
    heard: list[Status] = []

    def listen(status: Status) -> None:
        heard.append(status)
        if status.step == "scripted-1b: downloading":
            house.may_load.set()

    startup.assistant(listen)
    assert Status("scripted-1b: downloading", 0.4) in heard


def test_a_step_that_nobody_can_measure_has_no_share(house: SmallHouse) -> None:
    startup = Startup(house)
    house.report(Progress("router", 0, 1, "teaching the first router"))
    assert startup.status == Status("router: teaching the first router", None)


def test_a_start_indexes_what_a_crash_left_waiting(house: SmallHouse) -> None:
    house.notebook.add(PUMP)  # kept, but the process ended before it was indexed
    startup = Startup(house)
    startup.start()
    startup.assistant()
    assert house.notebook.unindexed() == []
    assert house.library.differences() == (set(), set())


def test_starting_twice_loads_once(house: SmallHouse) -> None:
    house.may_load.clear()
    startup = Startup(house)
    startup.start()
    assert startup.wait_searchable(PATIENCE)
    startup.start()
    house.may_load.set()
    assistant = startup.assistant()
    startup.start()
    assert startup.assistant() is assistant
    assert house.loads == 1


def test_what_stops_a_start_is_said_and_a_second_try_can_succeed(house: SmallHouse) -> None:
    house.trouble = ModelUnavailable("No source gave the weights. Connect once.")
    startup = Startup(house)
    startup.start()
    with pytest.raises(AssistantError, match=r"No source gave the weights\. Connect once\."):
        startup.assistant()
    assert (startup.status.ready, startup.status.failure) == (False, "No source gave the weights. Connect once.")
    assert startup.searchable  # the notes are of use without it
    house.trouble = None
    startup.start()
    assert startup.assistant().model is house.model
    assert startup.status.failure == ""


def test_a_failure_that_nobody_foresaw_still_ends_the_start(house: SmallHouse) -> None:
    house.trouble = RuntimeError("the moon is full")
    startup = Startup(house)
    startup.start()
    with pytest.raises(AssistantError, match=r"the moon is full.*our-house doctor"):
        startup.assistant()


def test_a_house_folder_that_cannot_be_used_stops_the_start(bare_environment: None, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    startup = Startup(SmallHouse(read_settings(home=tmp_path / "file" / "house")))
    startup.start()
    with pytest.raises(AssistantError, match=r"house\.db"):
        startup.assistant()
    assert not startup.searchable


def test_all_who_wait_get_the_same_assistant(house: SmallHouse) -> None:
    house.may_load.clear()
    startup = Startup(house)
    startup.start()
    got = []
    threads = [threading.Thread(target=lambda: got.append(startup.assistant())) for _ in range(3)]
    for thread in threads:
        thread.start()
    house.may_load.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(got) == 3
    assert len(set(map(id, got))) == 1
