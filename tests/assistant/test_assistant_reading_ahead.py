import datetime as dt
import time
from collections.abc import Callable, Sequence

import pytest
from small_house import PATIENCE

from assistant import reading_ahead
from assistant.models.chat_models import Message, ReadOutcome, ReadsAhead
from assistant.reading_ahead import ReadingAhead
from assistant.under_way import UnderWay
from knowledge.library import Library
from knowledge.note import Draft

PUMP = Draft("Replaced by Ray.", "Pool pump", "pool", dt.date(2023, 4, 18), id="pump")
FILTER = Draft("Grids cleaned.", "Pool filter", "pool", dt.date(2024, 4, 18), id="filter")
GATE = Draft("Cedar boards.", "Fence gate", "fence", dt.date(2022, 5, 1), id="gate")


class Reader:
    """Reads at once, as much as it has room for, until it is interrupted."""

    def __init__(self, room: int = 9) -> None:
        self.kept: list[list[Message]] = []
        self.room = room
        self.interruptions = 0

    def has_read(self, beginning: Sequence[Message]) -> bool:
        return list(beginning) in self.kept

    def read_ahead(self, beginning: Sequence[Message], go_on: Callable[[], bool]) -> ReadOutcome:
        if self.has_read(beginning):
            return "kept"
        if self.interruptions or not go_on():
            self.interruptions -= 1
            return "interrupted"
        if len(self.kept) == self.room:
            return "no room"
        self.kept.append(list(beginning))
        return "kept"

    def forget_all_but(self, beginnings: Sequence[Sequence[Message]]) -> None:
        self.kept = [each for each in self.kept if each in [list(wanted) for wanted in beginnings]]


@pytest.fixture
def reader() -> Reader:
    reader = Reader()
    assert isinstance(reader, ReadsAhead)
    return reader


@pytest.fixture
def questions() -> UnderWay:
    return UnderWay()


@pytest.fixture
def reading(library: Library, reader: Reader, questions: UnderWay) -> ReadingAhead:
    library.add([PUMP, FILTER, GATE])
    return ReadingAhead(library.notebook, reader, 8192, questions)


def ids(reading: ReadingAhead, category: str) -> list[str] | None:
    dossier = reading.dossier(category)
    return None if dossier is None else [note.id for note in dossier.notes]


def test_nothing_can_be_asked_before_it_is_read(reading: ReadingAhead) -> None:
    assert ids(reading, "pool") is None
    assert reading.catch_up()
    assert ids(reading, "pool") == ["pump", "filter"]
    assert ids(reading, "fence") == ["gate"]
    assert ids(reading, "hvac") is None


def test_another_start_finds_what_was_read(reading: ReadingAhead, library: Library, reader: Reader) -> None:
    reading.catch_up()
    assert ids(ReadingAhead(library.notebook, reader, 8192), "pool") == ["pump", "filter"]


def test_a_note_that_came_since_leaves_what_was_read_in_use_until_it_is_read_too(
    reading: ReadingAhead, library: Library
) -> None:
    reading.catch_up()
    library.add([Draft("New seal.", "Pool pump sealed", "pool", dt.date(2025, 1, 1), id="seal")])
    assert ids(reading, "pool") == ["pump", "filter"]
    reading.catch_up()
    assert ids(reading, "pool") == ["pump", "filter", "seal"]


@pytest.mark.parametrize("change", ["edit", "delete", "move"])
def test_what_a_note_no_longer_says_is_never_answered_from(
    reading: ReadingAhead, library: Library, reader: Reader, change: str
) -> None:
    reading.catch_up()
    match change:
        case "edit":
            library.notebook.edit("pump", {"text": "Replaced by Sue."})
        case "delete":
            library.notebook.delete(["pump"])
        case _:
            library.notebook.edit("pump", {"category": "fence"})
    assert ids(reading, "pool") is None
    reading.catch_up()
    assert ids(reading, "pool") == (["pump", "filter"] if change == "edit" else ["filter"])
    reading.catch_up()
    told = "".join(message.content for beginning in reader.kept for message in beginning)
    assert ("Replaced by Ray" in told) == (change == "move")


def test_what_was_asked_in_vain_is_read_first(library: Library) -> None:
    library.add([PUMP, FILTER, GATE])
    reader = Reader(room=1)
    reading = ReadingAhead(library.notebook, reader, 8192)
    assert reading.dossier("fence") is None
    assert reading.catch_up()
    assert ids(reading, "fence") == ["gate"]
    assert ids(reading, "pool") is None


def test_an_interruption_leaves_the_rest_for_later(reading: ReadingAhead, reader: Reader) -> None:
    reader.interruptions = 1
    assert not reading.catch_up()
    assert reader.kept == []
    assert reading.catch_up()
    assert len(reader.kept) == 2


def test_a_category_that_no_prompt_can_hold_is_left_alone(library: Library, reader: Reader) -> None:
    library.add([PUMP, Draft("word " * 5000, "Manual", "fence", id="manual")])
    reading = ReadingAhead(library.notebook, reader, 2000)
    assert reading.catch_up()
    assert ids(reading, "pool") == ["pump"]
    assert ids(reading, "fence") is None


def test_a_thread_of_its_own_follows_the_record(
    reading: ReadingAhead, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_ahead, "PAUSE", 0.01)
    reading.start()
    try:
        until(lambda: ids(reading, "pool") == ["pump", "filter"])
        library.add([Draft("New seal.", "Pool pump sealed", "pool", dt.date(2025, 1, 1), id="seal")])
        until(lambda: ids(reading, "pool") == ["pump", "filter", "seal"])
    finally:
        reading.stop()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_nothing_is_read_while_a_question_is_under_way(
    reading: ReadingAhead, reader: Reader, questions: UnderWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_ahead, "PAUSE", 0.01)
    with questions.question():
        reading.start()
        time.sleep(0.2)
        assert reader.kept == []
    try:
        until(lambda: reading.caught_up)
        assert len(reader.kept) == 2
    finally:
        reading.stop()
