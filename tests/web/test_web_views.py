"""Gradio takes a view for the tuple of its widgets, and the page's events answer for as many widgets as they have."""

import asyncio
import typing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import gradio as gr
import pytest
from gradio.state_holder import SessionState
from small_house import SmallHouse

from assistant.incoming.arrivals import Arrivals
from assistant.startup import Startup
from assistant.web.page import page
from assistant.web.views import Offer, unchanged

AS_IT_IS = {"__type__": "update"}


class Pair(NamedTuple):
    left: Any
    right: Any


def pair() -> Pair:
    return Pair("one", "two")


def pair_streamed() -> Iterator[Pair]:
    yield Pair("one", "two")


def pair_and_offer() -> tuple[Any, ...]:
    return *unchanged(Pair)._replace(right="two"), *Offer.of("Done.", ("delete", ["pump"]))


def drawn(event: Callable[[], Any], offered: bool) -> gr.Blocks:
    """A page whose button puts what an event returns into a pair of boxes, and into an offer where there is one."""
    with gr.Blocks() as blocks:
        boxes, offer = Pair(gr.Textbox(), gr.Textbox()), Offer.drawn("said", "undo")
        gr.Button().click(event, None, [*boxes, *offer] if offered else boxes)
    return blocks


def pressed(blocks: gr.Blocks) -> list[Any]:
    """What the browser is sent when the button is pressed; None for what stays with the server."""
    (event,) = blocks.fns.values()

    def answer() -> dict[str, Any]:
        return asyncio.run(blocks.process_api(event, [], state=SessionState(blocks)))

    # In a thread of its own: once a browser test has run, this one has a loop of Playwright's.
    with ThreadPoolExecutor(1) as pool:
        return list(pool.submit(answer).result()["data"])


@pytest.mark.parametrize("event", [pair, pair_streamed])
def test_a_view_is_taken_for_its_widgets(event: Callable[[], Any]) -> None:
    assert pressed(drawn(event, offered=False)) == ["one", "two"]


def test_a_view_and_an_offer_after_it_are_taken_for_the_widgets_of_both() -> None:
    left, right, row, said, undo, undoable = pressed(drawn(pair_and_offer, offered=True))
    assert (left, right, undoable) == (AS_IT_IS, "two", None)
    assert (row["visible"], undo["visible"]) == (True, True)
    assert "Done." in said


def test_an_unchanged_view_leaves_every_widget_as_it_is() -> None:
    assert pressed(drawn(lambda: unchanged(Pair), offered=False)) == [AS_IT_IS, AS_IT_IS]


def test_an_offer_of_nothing_hides_its_row_and_its_button() -> None:
    offer = Offer.of("")
    assert (offer.row["visible"], offer.undo["visible"], offer.undoable) == (False, False, None)


def test_every_event_of_the_page_that_answers_with_a_view_has_the_widgets_of_that_view(house: SmallHouse) -> None:
    startup = Startup(house)
    answers = {
        event.fn.__qualname__: (len(event.outputs), len(view._fields))
        for event in page(house, startup, Arrivals(house, startup)).fns.values()
        if event.fn is not None and (view := answered(event.fn)) is not None
    }
    assert {"Chat._ask", "Welcome._look", "FactsCard._choose", "Tags._file", "Review._look"} <= set(answers)
    assert {name: counts for name, counts in answers.items() if counts[0] != counts[1]} == {}


def answered(event: Callable[..., Any]) -> Any:
    """The view that an event is annotated to answer with, at once or bit by bit; None where it is none."""
    answer = typing.get_type_hints(event).get("return")
    answer = next(iter(typing.get_args(answer)), None) if typing.get_origin(answer) is Iterator else answer
    return answer if hasattr(answer, "_fields") else None
