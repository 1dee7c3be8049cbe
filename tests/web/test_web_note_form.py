"""What the form of a note holds after each of its events, without a browser."""

from typing import Any

import pytest
from small_house import SmallHouse

from assistant.incoming.arrivals import Arrivals
from assistant.startup import Startup
from assistant.web.facts import Opened
from assistant.web.note_form import CHOOSE, Form, NoteForm
from assistant.web.review import Review
from assistant.web.views import Offer, unchanged
from knowledge.note import Draft

AS_IT_WAS = unchanged(Form)
PUMP: Opened = ("pump", 1)
WORDS = ("Tyres", CHOOSE, "", "Four new tyres.")


@pytest.fixture
def form(house: SmallHouse) -> NoteForm:
    """The form of a house with one note."""
    house.notebook.add(Draft("Ray replaced the pool pump.", "Pool pump replaced", "pool", id="pump"))
    startup = Startup(house)
    return NoteForm(house, startup, Review(house, startup, Arrivals(house, startup)))


def parted(answer: tuple[Any, ...]) -> tuple[Form, Offer]:
    """What an event answers, as the form and the offer that it is for."""
    count = len(Form._fields)
    return Form(*answer[:count]), Offer(*answer[count:])


def test_a_note_that_is_refused_stays_in_the_form_as_it_was_typed(form: NoteForm) -> None:
    assert parted(form._save(None, "Tyres", CHOOSE, "the 45th of May", "Four.")) == (AS_IT_WAS, unchanged(Offer))
    assert parted(form._save(("pump", 7), *WORDS)) == (AS_IT_WAS, unchanged(Offer))


def test_what_was_being_written_is_put_aside_and_comes_back_as_it_was(form: NoteForm) -> None:
    emptied, offer = parted(form._blank(None, *WORDS))
    assert (emptied.title, emptied.text) == ("", "")
    assert "“Tyres”" in offer.said
    back, offer = parted(form._undo(offer.undoable, None, "", CHOOSE, "", ""))
    assert back.typed == (None, *WORDS)
    assert offer == Offer.of("")


def test_a_note_opened_and_left_as_it_is_is_not_put_aside(form: NoteForm, house: SmallHouse) -> None:
    opened = form._filled(house.notebook.get("pump"))
    assert form._aside(opened.typed) == unchanged(Offer)
    assert "put aside" in form._aside(opened.typed._replace(text="It hums.")).said


def test_a_deletion_is_taken_back_into_the_form(form: NoteForm, house: SmallHouse) -> None:
    emptied, offer = parted(form._delete(PUMP))
    assert (emptied.opened, house.notebook.count()) == (None, 0)
    back, offer = parted(form._undo(offer.undoable, None, "", CHOOSE, "", ""))
    assert back == form._filled(house.notebook.get("pump"))
    assert (offer, house.notebook.count()) == (Offer.of(""), 1)


def test_taking_back_what_came_in_leaves_the_form_alone(form: NoteForm) -> None:
    assert parted(form._undo(("dropped", []), None, *WORDS)) == (AS_IT_WAS, Offer.of(""))
