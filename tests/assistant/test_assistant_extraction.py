import datetime as dt
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from small_house import ScriptedModel, SmallHouse

from assistant.errors import ModelUnavailable
from assistant.extraction import Extraction, Stopped, read_waiting, seek
from knowledge import record
from knowledge.facts import Fact, Name
from knowledge.note import Draft

DAY = dt.date(2023, 4, 18)
TEXT = "Ray from next door put in the new\npump,  a SuperFlo VS. It ran to $1,150 and $80 of pipe."


def say(model: ScriptedModel, /, **words: str) -> None:
    nothing = dict.fromkeys(("vendor", "person", "item", "model"), "")
    model.will_say(json.dumps(nothing | words))


def test_the_model_completes_what_the_rules_miss_with_words_of_the_note() -> None:
    model = ScriptedModel()
    say(model, item="new pump", person="ray")
    found = Extraction(model).find("Pump", TEXT, DAY)
    assert {name: (fact.value, fact.words, fact.found_by) for name, fact in found.items()} == {
        "person": ("Ray", "Ray", "model"),
        "item": ("new pump", "new\npump", "model"),
    }
    assert all(fact.words in TEXT for fact in found.values())


def test_what_was_paid_is_not_for_the_model_to_say() -> None:
    model = ScriptedModel()
    say(model, cost="It ran to $1,150")
    assert "cost" not in Extraction(model).find("Pump", TEXT, DAY)
    assert "- cost:" not in model.asked[0][-1].content


@pytest.mark.parametrize(
    "words",
    [
        {"vendor": "Bluefin Pools"},  # the note does not say it
        {"person": "put in"},
        {"model": "SuperFlo VS"},  # no number
        {"item": "$1,150"},
        {"vendor": "Ray from next door put in the new pump, a SuperFlo VS. It"},
    ],
)
def test_what_the_note_does_not_say_or_no_value_follows_from_is_dropped(words: dict[str, str]) -> None:
    model = ScriptedModel()
    say(model, **words)
    assert Extraction(model).find("Pump", TEXT, DAY) == {}


def test_the_model_is_asked_only_for_what_the_rules_left_open() -> None:
    model = ScriptedModel()
    say(model)
    Extraction(model).find("", "Vendor: Bluefin\nTotal $5.00", DAY)
    asked = model.asked[0][-1].content
    assert "- vendor:" not in asked
    assert "- cost:" not in asked
    assert "- item:" in asked


@pytest.mark.parametrize(
    "text",
    ["Quote from Summit, $14,900. We did not take it.", "Purchases $238.44\nNew balance $238.44\nCredit limit $5,000"],
)
def test_what_was_not_paid_is_not_asked_for_its_cost(text: str) -> None:
    model = ScriptedModel()
    say(model)
    Extraction(model).find("", text, DAY)
    assert "- cost:" not in model.asked[0][-1].content


def test_a_reply_that_breaks_off_leaves_what_the_rules_found() -> None:
    model = ScriptedModel()
    model.will_say('{"vendor": "Ray')
    assert list(Extraction(model).find("", "Serial: PLR36-20194", DAY)) == ["serial"]


def test_the_model_is_left_when_it_is_wanted_elsewhere_and_nothing_is_kept(house: SmallHouse) -> None:
    model = ScriptedModel()
    model.will_say("{", '"vendor"', ": ")
    note = house.notebook.add(Draft(TEXT))
    with pytest.raises(ModelUnavailable):
        list(seek(house.notebook, house.facts, Extraction(model), [note.id], stopped=lambda: True))
    assert model.closed == 1
    assert house.facts.waiting(by_model=False) == [note.id]


def test_facts_follow_their_note_except_what_a_person_corrected(house: SmallHouse) -> None:
    notebook, facts = house.notebook, house.facts
    note = notebook.add(Draft("Vendor: Bluefin\nSerial: AB-1234\nTotal $5.00", date=DAY))

    def find() -> dict[str, str]:
        list(seek(notebook, facts, Extraction(), facts.waiting(by_model=False)))
        return {name: fact.value for name, fact in facts.of(note.id).items()}

    assert find() == {"vendor": "Bluefin", "cost": "$5.00", "serial": "AB-1234"}
    facts.correct(note.id, "vendor", "Bluefin Pools")
    notebook.edit(note.id, {"text": "Vendor: Bluefin\nTotal $7.00"})
    assert find() == {"vendor": "Bluefin Pools", "cost": "$7.00"}
    notebook.undo(note.id)
    assert find() == {"vendor": "Bluefin Pools", "cost": "$5.00", "serial": "AB-1234"}


def test_a_note_in_the_same_words_is_not_read_again(house: SmallHouse) -> None:
    model = ScriptedModel()
    say(model, item="pump")
    note = house.notebook.add(Draft(TEXT))
    list(seek(house.notebook, house.facts, Extraction(model), [note.id]))
    house.notebook.edit(note.id, {"category": "pool"})
    assert house.facts.waiting(by_model=True) == [note.id]
    list(seek(house.notebook, house.facts, Extraction(model), [note.id]))
    assert len(model.asked) == 1
    assert house.facts.waiting(by_model=True) == []


class Interrupted(Extraction):
    """Somebody else does something while a note is read, once."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile: Callable[[], object] | None = meanwhile

    def find(self, title: str, text: str, date: dt.date | None, stopped: Stopped = lambda: False) -> dict[Name, Fact]:
        if meanwhile := self._meanwhile:
            self._meanwhile = None
            with ThreadPoolExecutor(1) as person:
                person.submit(meanwhile).result()
        return super().find(title, text, date, stopped)


def test_a_note_is_kept_while_the_rules_read_others(house: SmallHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "BUSY_SECONDS", 0.5)
    note = house.notebook.add(Draft("Total $5.00"))
    reading = Interrupted(lambda: house.notebook.add(Draft("Typed meanwhile.", "Typed")))
    read_waiting(house.record, house.notebook, house.facts, reading)
    assert house.facts.of(note.id)["cost"].value == "$5.00"
    (typed,) = house.facts.waiting(by_model=False)
    assert house.notebook.get(typed).title == "Typed"


def test_a_note_that_changes_while_the_rules_read_it_is_read_again(house: SmallHouse) -> None:
    note = house.notebook.add(Draft("Total $5.00"))
    reading = Interrupted(lambda: house.notebook.edit(note.id, {"text": "Total $7.00"}))
    read_waiting(house.record, house.notebook, house.facts, reading)
    assert house.facts.waiting(by_model=False) == [note.id]
    read_waiting(house.record, house.notebook, house.facts, reading)
    assert house.facts.of(note.id)["cost"].value == "$7.00"


def test_what_the_model_finds_while_the_rules_read_stays(house: SmallHouse) -> None:
    model = ScriptedModel()
    say(model, item="pump")
    note = house.notebook.add(Draft(TEXT))
    reading = Interrupted(lambda: list(seek(house.notebook, house.facts, Extraction(model), [note.id])))
    read_waiting(house.record, house.notebook, house.facts, reading)
    assert house.facts.of(note.id)["item"].value == "pump"
    assert house.facts.waiting(by_model=True) == []


def test_rules_that_are_stopped_keep_what_they_found(house: SmallHouse) -> None:
    notes = [house.notebook.add(Draft(f"Total ${number}.00")) for number in (5, 7)]
    asked = iter([False, False, True, True])
    read_waiting(house.record, house.notebook, house.facts, Extraction(), stopped=lambda: next(asked))
    assert sum(bool(house.facts.of(note.id)) for note in notes) == 1
