"""Drafts looked at, into notes."""

import datetime as dt
from pathlib import Path

import pytest
from small_house import SmallHouse

from assistant.incoming.outcomes import Outcome
from assistant.incoming.review import amend, save
from assistant.settings import read_settings
from knowledge.errors import NoSuchNote, NoteRejected
from knowledge.note import Draft


@pytest.fixture
def house(tmp_path: Path) -> SmallHouse:
    return SmallHouse(read_settings(home=tmp_path / "house", models=tmp_path / "models"))


def saved(house: SmallHouse) -> list[Outcome]:
    return list(save(house.trail.waiting.all(), house.library, house.trail))


def put_up(house: SmallHouse, draft: Draft) -> str:
    return house.trail.waiting.put(house.trail.imports.begin("page"), draft).id


def test_what_a_person_changed_is_what_is_kept(house: SmallHouse) -> None:
    waiting_id = put_up(house, Draft("It hums.", "Pump", date=dt.date(2023, 4, 18), dated_by="text"))
    fields = {"title": "Our pump", "date": "3/4/2021", "category": "pool", "text": "It hums and leaks."}
    amend(house.trail, house.library, waiting_id, fields, day_first=True)
    (outcome,) = saved(house)
    assert outcome.note is not None
    note = house.notebook.get(outcome.note.id)
    assert (note.title, note.text, note.category, note.date) == (
        *("Our pump", "It hums and leaks.", "pool"),
        dt.date(2021, 4, 3),
    )
    assert note.dated_by == ""
    assert house.trail.waiting.count() == 0
    assert house.library.differences() == (set(), set())


def test_what_cannot_be_kept_goes_on_waiting_and_costs_the_rest_nothing(house: SmallHouse) -> None:
    put_up(house, Draft(" ", "Empty"))
    put_up(house, Draft("It hums.", "Pump"))
    assert sorted(each.status for each in saved(house)) == ["added", "refused"]
    assert [each.draft.title for each in house.trail.waiting.all()] == ["Empty"]


def test_a_wrong_date_and_a_draft_saved_elsewhere_are_said(house: SmallHouse) -> None:
    waiting_id = put_up(house, Draft("It hums.", "Pump"))
    with pytest.raises(NoteRejected, match="someday"):
        amend(house.trail, house.library, waiting_id, {"date": "someday"}, day_first=False)
    saved(house)
    with pytest.raises(NoSuchNote, match="saved"):
        amend(house.trail, house.library, waiting_id, {"title": "Late"}, day_first=False)


def test_a_change_is_applied_and_the_import_taken_back_undoes_it(house: SmallHouse) -> None:
    note = house.notebook.add(Draft("It hums.", "Pump", "pool"))
    import_id = house.trail.imports.begin("page")
    house.trail.waiting.put(import_id, Draft("It leaks.", "Pump", "pool", id=note.id), aim="update", note_id=note.id)
    assert [each.status for each in saved(house)] == ["updated"]
    assert house.notebook.get(note.id).text == "It leaks."
    house.trail.imports.undo(import_id)
    assert house.notebook.get(note.id).text == "It hums."


def test_the_list_survives_another_start(house: SmallHouse, tmp_path: Path) -> None:
    put_up(house, Draft("It hums.", "Pump", "pool", dt.date(2023, 4, 18), ("a", "b"), source="a.pdf", dated_by="text"))
    again = SmallHouse(read_settings(home=tmp_path / "house", models=tmp_path / "models"))
    assert again.trail.waiting.all() == house.trail.waiting.all()
    assert again.trail.waiting.all()[0].draft.date == dt.date(2023, 4, 18)


def test_a_save_taken_back_puts_its_drafts_on_the_list_again_and_leaves_an_earlier_one(house: SmallHouse) -> None:
    trail = house.trail
    import_id = trail.imports.begin("page")
    first, second = (trail.waiting.put(import_id, Draft(f"It {verb}.", verb)) for verb in ("hums", "leaks"))
    list(save([first], house.library, trail))
    change = trail.imports.last_change()
    list(save([second], house.library, trail))
    trail.imports.undo_since(change, [import_id])
    trail.waiting.reopen([second.id])
    assert [note.title for note in house.notebook.select()] == ["hums"]
    assert [each.draft.title for each in trail.waiting.all()] == ["leaks"]
    saved(house)
    assert sorted(note.title for note in house.notebook.select()) == ["hums", "leaks"]
    assert len(trail.imports.undo(import_id)[0]) == 2


def test_a_draft_that_was_saved_is_forgotten_with_the_next_save(house: SmallHouse) -> None:
    waiting_id = put_up(house, Draft("It hums.", "Pump"))
    saved(house)
    assert house.trail.waiting.reopenable([waiting_id])
    put_up(house, Draft("It leaks.", "Tap"))
    saved(house)
    assert not house.trail.waiting.reopenable([waiting_id])
    house.trail.waiting.reopen([waiting_id])
    assert house.trail.waiting.count() == 0
