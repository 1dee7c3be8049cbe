"""Asking and answering: the bubble and its tag, the growing text, the notes behind it, and what is refused."""

import itertools
import re
import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest
from browser_support import (
    ANSWER,
    NOTES,
    QUESTION,
    Served,
    Windows,
    answers,
    ask,
    ask_box,
    bubbles,
    conversations,
    toast,
    whole,
)
from numpy.typing import NDArray
from playwright.sync_api import expect

from assistant.conversation import Conversation
from assistant.errors import ModelStopped
from assistant.sample import QUESTIONS
from assistant.support import Support
from knowledge.note import Draft

pytestmark = pytest.mark.browser


def test_a_question_stands_in_a_blue_bubble_with_its_tag_and_the_box_is_empty_again(
    home: Served, windows: Windows
) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask(page)
    expect(bubbles(page)).to_contain_text(QUESTION)
    expect(bubbles(page).locator(".oh-tag")).to_have_text("pool")
    expect(bubbles(page).locator(".oh-tag")).to_have_attribute("title", re.compile(r"(9\d|100)% sure"))
    expect(ask_box(page)).to_have_value("")
    red, green, blue = page.locator("#oh-chat .user.message").evaluate(
        "bubble => getComputedStyle(bubble).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert blue > 200 and blue > 1.5 * green and blue > 2 * red


def test_an_example_leaves_a_half_typed_question_where_it_is(home: Served, windows: Windows) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask_box(page).fill("When did we have the po")
    page.locator("#oh-chat").get_by_text(QUESTIONS[0]).click()
    expect(bubbles(page)).to_contain_text(QUESTIONS[0])
    whole(page)
    expect(ask_box(page)).to_have_value("When did we have the po")


def test_a_question_between_two_categories_carries_both_and_searches_both(home: Served, windows: Windows) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask(page, "Did the kitchen painting or the pool opening cost more?")
    expect(bubbles(page).locator(".oh-tag")).to_have_text(["painting", "pool"])
    whole(page)
    expect(page.locator("#oh-chat .oh-scope")).to_contain_text("Searched 3 painting and pool notes of 3")


def test_the_answer_grows_while_it_is_written(home: Served, windows: Windows) -> None:
    first, second = threading.Event(), threading.Event()
    home.will_say(first, "The pool pump ", second, "was replaced on 18 April 2023 [1].")
    page = windows.open(home.address)
    ask(page)
    expect(page.locator("#oh-chat .oh-progress")).to_contain_text("reading 1 note")
    expect(page.locator("#oh-chat .oh-scope")).to_contain_text("Searched 2 pool notes of 3")
    first.set()
    expect(answers(page)).to_have_text("The pool pump")
    expect(page.locator("#oh-chat .oh-progress")).to_have_count(0)
    second.set()
    expect(answers(page)).to_contain_text("was replaced on 18 April 2023")


class Verdict:
    """Finds that every sentence surely answers."""

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """As of `knowledge.reranker.Reranker`."""
        return np.full(len(sentences), 4.0, np.float32)


def test_an_answer_opens_with_the_words_of_the_note_that_surely_answers(
    home: Served, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(home.house.library, "reranker", Verdict())
    home.will_say(gate, "It was on 18 April 2023 [1].")
    page = windows.open(home.address)
    ask(page)
    expect(answers(page)).to_contain_text("says: “")
    expect(answers(page).locator(".oh-cite")).to_have_count(1)
    expect(page.locator("#oh-chat .oh-progress")).to_contain_text("reading")
    gate.set()
    whole(page)
    expect(answers(page)).to_contain_text("It was on 18 April 2023")
    expect(answers(page).locator("button.oh-cite")).to_have_count(2)
    page.reload()
    expect(answers(page)).to_contain_text("says: “")


def test_what_the_best_note_says_is_shown_until_the_answer_is_there(
    home: Served, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(home.house.library, "reranker", Verdict())
    home.will_say(gate, ANSWER)
    page = windows.open(home.address)
    ask(page, "When was the pool pump replaced, and who replaced the pool pump?")
    expect(page.locator("#oh-chat .oh-glance")).to_contain_text("18 April 2023")
    expect(page.locator("#oh-chat .oh-progress")).to_contain_text("reading")
    gate.set()
    whole(page)
    expect(page.locator("#oh-chat .oh-glance")).to_have_count(0)


@pytest.mark.parametrize("slow", [1, 2, 3])
def test_a_question_asked_while_the_page_still_opens_is_not_wiped_out(
    fresh: Served, windows: Windows, monkeypatch: pytest.MonkeyPatch, slow: int
) -> None:
    fresh.furnished().started()
    conversations_of, calls = fresh.house.conversations.all, itertools.count(1)

    def dawdling() -> list[Conversation]:
        found = conversations_of()
        if next(calls) == slow and not found:
            deadline = time.monotonic() + 10
            while not conversations_of() and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(0.5)  # as long as the answer takes to be shown
        return found

    monkeypatch.setattr(fresh.house.conversations, "all", dawdling)
    fresh.will_say(ANSWER)
    page = windows.open(fresh.address)
    ask(page)
    whole(page)
    page.wait_for_timeout(1500)  # whatever was late has come
    expect(bubbles(page)).to_contain_text(QUESTION)
    expect(conversations(page)).to_contain_text(QUESTION[:20])


def test_stop_keeps_what_was_written_and_retry_asks_again(home: Served, windows: Windows) -> None:
    gate = threading.Event()
    home.will_say("The pool pump ", gate, "was never ", "replaced.")
    page = windows.open(home.address)
    ask(page)
    expect(answers(page)).to_have_text("The pool pump")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Stopping …")).to_be_disabled()
    gate.set()
    expect(page.locator("#oh-chat .oh-trouble")).to_contain_text("Stopped.")
    expect(page.locator("#oh-stop")).to_be_hidden()
    expect(answers(page)).to_contain_text("The pool pump")
    expect(answers(page)).not_to_contain_text("replaced.")

    home.will_say(ANSWER)
    page.get_by_role("button", name="Retry").click()
    expect(answers(page)).to_contain_text("18 April 2023")
    expect(bubbles(page)).to_have_count(1)
    whole(page)
    expect(page.locator("#oh-chat .oh-trouble")).to_have_count(0)


def test_the_notes_used_open_as_cards_with_the_quote_marked(home: Served, windows: Windows) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask(page)
    badge = answers(page).locator(".oh-cite")
    expect(badge).to_have_text("1")
    expect(badge).to_have_attribute("title", "Pool pump replaced")
    card = page.locator("#oh-chat .oh-card")
    expect(card).to_be_hidden()
    page.get_by_text("1 note used").click()
    expect(card).to_be_visible()
    expect(card.locator("b")).to_have_text("Pool pump replaced")
    expect(card.locator("time")).to_have_text("18 April 2023")
    expect(card.locator(".oh-tag")).to_have_text("pool")
    expect(card).to_contain_text("The old single-speed pump seized.")
    expect(card.locator("mark")).to_have_text("Ray replaced the pool pump with a Pentair SuperFlo for $1,150.")


def test_a_mark_leads_to_its_card_and_the_card_to_its_note(home: Served, windows: Windows) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask(page)
    whole(page)
    answers(page).locator(".oh-cite").click()
    card = page.locator("#oh-chat .oh-card")
    expect(card).to_be_visible()
    expect(card).to_have_class(re.compile("oh-led"))
    card.get_by_role("button", name="Pool pump replaced").click()
    expect(page.locator("#oh-title input, #oh-title textarea")).to_have_value("Pool pump replaced")
    expect(page.locator("#oh-save")).to_be_visible()


def test_what_no_note_tells_can_be_written_at_once(fresh: Served, windows: Windows) -> None:
    fresh.furnished().started()
    page = windows.open(fresh.address)
    ask(page, "Who won the world cup of 1966?")
    page.get_by_role("button", name="add a note about it").click()
    title, text = (page.locator(f"#oh-{name} input, #oh-{name} textarea") for name in ("title", "text"))
    expect(title).to_have_value("Who won the world cup of 1966")
    text.fill("England did.")
    # Asked again while a note is being written, what is typed stays.
    page.get_by_role("tab", name="Chat").click()
    page.get_by_role("button", name="add a note about it").click()
    expect(page.locator("#oh-save")).to_be_visible()
    expect(text).to_have_value("England did.")
    page.locator("#oh-save").click()
    expect(page.locator("#oh-done")).to_contain_text("Kept “Who won the world cup of 1966”")


def test_the_scope_line_says_what_was_searched_who_wrote_and_how_long(home: Served, windows: Windows) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask(page)
    scope = page.locator("#oh-chat .oh-scope")
    expect(scope).to_have_text(re.compile(r"^Searched 2 pool notes of 3 · Scripted 1B · \d+\.\d s$"))
    expect(scope.locator("span")).to_have_attribute("title", "the question is about pool")


def test_a_question_that_no_note_answers_is_told_so_without_asking_the_model(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    ask(page, "Who won the world cup of 1966?")
    expect(answers(page)).to_have_text("I have no note about that.")
    expect(bubbles(page).locator(".oh-tag")).to_have_text("no category")
    expect(page.locator("#oh-chat .oh-scope")).to_contain_text("Searched all 3 notes")
    expect(page.locator("#oh-chat .oh-hint")).to_contain_text("add a note about it")
    expect(page.locator("#oh-chat .oh-used")).to_have_count(0)


def test_an_answer_that_no_note_supports_is_taken_back_and_the_nearest_note_is_named(
    fresh: Served, windows: Windows
) -> None:
    fresh.house.support = Support(enough=1.1)  # nothing is ever supported enough
    fresh.furnished().started()
    gate = threading.Event()
    fresh.will_say("Aunt Hilda ", gate, "replaced the pool pump in 1987.")
    page = windows.open(fresh.address)
    ask(page)
    expect(answers(page)).to_have_text("Aunt Hilda")
    gate.set()
    expect(answers(page)).to_have_text("I have no note about that. The nearest is “Pool pump replaced”.")
    expect(page.locator("#oh-chat .oh-hint")).to_contain_text("add a note about it")
    page.get_by_text("1 note read").click()
    expect(page.locator("#oh-chat .oh-card b")).to_have_text("Pool pump replaced")


def test_what_stands_in_no_note_goes_and_the_best_notes_are_read_once_more_in_sight(
    fresh: Served, windows: Windows
) -> None:
    fresh.furnished([*NOTES, Draft("The pool pump hums.", "Pool pump noise", "pool", id="noise")]).started()
    gate = threading.Event()
    fresh.will_say("The pool pump was replaced for $9,999 [1].")
    fresh.will_say(gate, ANSWER)
    page = windows.open(fresh.address)
    ask(page)
    expect(page.locator("#oh-chat .oh-progress")).to_contain_text("unsure of what it wrote")
    expect(page.locator("#oh-chat")).not_to_contain_text("9,999")
    gate.set()
    expect(answers(page)).to_contain_text("for $1,150")
    whole(page)


def test_a_model_that_breaks_off_is_reported_in_place_and_the_text_stays(home: Served, windows: Windows) -> None:
    home.will_say("The pool pump ", ModelStopped("The <model> stopped in the middle. Press retry to ask again."))
    page = windows.open(home.address)
    ask(page)
    expect(page.locator("#oh-chat .oh-trouble")).to_have_text(
        "The <model> stopped in the middle. Press retry to ask again."
    )
    expect(answers(page)).to_contain_text("The pool pump")
    expect(page.locator("#oh-stop")).to_be_hidden()


def test_a_follow_up_is_searched_as_it_was_meant(home: Served, windows: Windows) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask(page)
    whole(page)
    home.will_say("Ray did [1].")
    ask(page, "Who did it?")
    expect(bubbles(page).nth(1).locator(".oh-tag")).to_have_text("pool")
    expect(answers(page).nth(1)).to_contain_text("Ray did")


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_question_is_refused_and_nothing_is_kept(home: Served, windows: Windows, question: str) -> None:
    before = len(home.house.conversations.all())
    page = windows.open(home.address)
    ask(page, question)
    toast(page, "The question is empty.")
    expect(bubbles(page)).to_have_count(0)
    assert len(home.house.conversations.all()) == before


def test_a_question_of_10_000_characters_is_refused_and_stays_in_the_box(home: Served, windows: Windows) -> None:
    long = "pool " * 2_000
    page = windows.open(home.address)
    ask(page, long)
    toast(page, "The question has 9,999 characters; the most is 2,000.")
    expect(ask_box(page)).to_have_value(long)
    expect(bubbles(page)).to_have_count(0)


def test_a_second_question_during_an_answer_is_refused_and_stays_in_the_box(home: Served, windows: Windows) -> None:
    gate = threading.Event()
    home.will_say("The pool pump ", gate, "was replaced.")
    page = windows.open(home.address)
    ask(page)
    expect(answers(page)).to_have_text("The pool pump")
    ask(page, "And the pool heater?")
    toast(page, "The last question is still being answered.")
    expect(ask_box(page)).to_have_value("And the pool heater?")
    gate.set()
    expect(answers(page)).to_contain_text("was replaced")
    expect(ask_box(page)).to_have_value("And the pool heater?")
    expect(bubbles(page)).to_have_count(1)


# --- hostile text -------------------------------------------------------------------------------------------------

HOSTILE = (
    '<img src=x onerror="window.hacked = 1"> <script>window.hacked = 2</script> ${window.hacked = 3} {{value}} '
    "![i](http://evil.example/i.png) <img src=http://evil.example/j.png> [l](http://evil.example) "
    "<style>body { display: none }</style> </div></details>"
)


def test_hostile_text_in_question_answer_and_note_is_shown_as_text(fresh: Served, windows: Windows) -> None:
    fresh.furnished([Draft(f"The pool pump. {HOSTILE}\n\n# pump {HOSTILE}", f"Pump {HOSTILE}"[:200], "pool")]).started()
    fresh.will_say("The pool pump ", HOSTILE[:60], HOSTILE[60:], " [1].")
    page = windows.open(fresh.address)
    ask(page, f"pool pump {HOSTILE}")
    whole(page)
    page.locator("#oh-chat summary").click()
    for place in (bubbles(page), answers(page), page.locator("#oh-chat .oh-card")):
        expect(place).to_contain_text("<script>window.hacked = 2</script>")
        expect(place).to_contain_text("![i](http://evil.example/i.png)")
    # The very text of a conversation's title, cut to its length.
    expect(conversations(page)).to_contain_text("<img src=x onerror=")
    assert page.locator(".oh-question :is(img, script, style, a), .bot :is(img, script, style, a)").count() == 0
    assert page.evaluate("window.hacked") is None
    # That no other host was asked, and nothing complained, is what `windows` sees to.


def test_even_html_that_slipped_through_could_not_ask_another_host(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    expect(page.locator("#oh-banner")).to_contain_text("Answers by")
    blocked = page.evaluate(
        """() => new Promise(resolve => {
            document.addEventListener('securitypolicyviolation', event => resolve(event.blockedURI));
            setTimeout(() => resolve('nothing was blocked'), 5000);
            document.body.insertAdjacentHTML('beforeend', '<img src="http://evil.example/k.png">');
        })"""
    )
    assert blocked == "http://evil.example/k.png"
    # What the browser itself says of the request that it began and blocked.
    windows.foreign.remove("http://evil.example/k.png")
    windows.complaints.clear()
