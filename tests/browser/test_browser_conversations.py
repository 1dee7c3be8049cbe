"""Conversations: listed, opened again, deleted and brought back, and shown by several windows at once."""

import threading

import pytest
from browser_support import (
    ANSWER,
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
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

POOL, PAINT = "Which pool pump do we have?", "Which painting did the kitchen get?"


@pytest.fixture
def home(home: Served) -> Served:
    """The shared house without the conversations of the tests before."""
    for each in home.house.conversations.all():
        home.house.conversations.delete(each.id)
    return home


def converse(page: Page, home: Served, *questions: str) -> None:
    """Ask each question in a conversation of its own."""
    for question in questions:
        page.get_by_role("button", name="New conversation").click()
        expect(bubbles(page)).to_have_count(0)
        home.will_say(f"About {question} it says so [1].")
        ask(page, question)
        whole(page)


def test_conversations_are_listed_the_last_one_first_and_opened_again(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    converse(page, home, POOL, PAINT)
    expect(conversations(page)).to_have_text([PAINT, POOL])
    expect(page.locator("#oh-past li[aria-current]")).to_have_text(f"{PAINT}×")
    conversations(page).filter(has_text=POOL).click()
    expect(bubbles(page)).to_contain_text(POOL)
    expect(answers(page)).to_contain_text(f"About {POOL}")
    expect(bubbles(page).locator(".oh-tag")).to_have_text("pool")
    expect(page.locator("#oh-past li[aria-current]")).to_have_text(f"{POOL}×")


def test_the_open_conversation_is_there_after_a_reload_and_goes_on(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    converse(page, home, PAINT, POOL)
    conversations(page).filter(has_text=PAINT).click()
    expect(bubbles(page)).to_contain_text(PAINT)
    windows.reload(page)
    expect(bubbles(page)).to_contain_text(PAINT)
    home.will_say("It was painted in 2022 [1].")
    ask(page, "When was that painting?")
    expect(bubbles(page)).to_have_count(2)
    whole(page, 1)
    assert len(home.house.conversations.all()) == 2


def test_another_browser_sees_the_list_but_opens_none(home: Served, windows: Windows) -> None:
    converse(windows.open(home.address), home, POOL)
    other = windows.open(home.address)
    expect(conversations(other)).to_have_text([POOL])
    expect(bubbles(other)).to_have_count(0)


def test_a_deleted_conversation_leaves_the_page_and_comes_back_by_undo(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    converse(page, home, PAINT, POOL)
    page.get_by_role("button", name=f"Delete {POOL}").click()
    expect(conversations(page)).to_have_text([PAINT])
    expect(bubbles(page)).to_have_count(0)
    page.locator("#oh-undo-conversation").click()
    expect(conversations(page)).to_have_text([POOL, PAINT])
    expect(page.locator("#oh-undo-conversation")).to_be_hidden()
    conversations(page).first.click()
    expect(answers(page)).to_contain_text(f"About {POOL}")


def test_deleting_another_conversation_leaves_the_open_one(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    converse(page, home, PAINT, POOL)
    page.get_by_role("button", name=f"Delete {PAINT}").click()
    expect(conversations(page)).to_have_text([POOL])
    expect(bubbles(page)).to_contain_text(POOL)


def test_a_question_in_a_conversation_deleted_elsewhere_begins_a_new_one(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    converse(page, home, POOL)
    home.house.conversations.delete(home.house.conversations.all()[0].id)
    home.will_say(ANSWER)
    ask(page)
    whole(page)
    expect(bubbles(page)).to_have_count(1)
    expect(conversations(page)).to_have_text([QUESTION])


def test_a_reload_in_the_middle_of_an_answer_goes_on_showing_it(home: Served, windows: Windows) -> None:
    gate = threading.Event()
    home.will_say("The pool pump ", gate, "was replaced [1].")
    page = windows.open(home.address)
    ask(page)
    expect(answers(page)).to_have_text("The pool pump")
    windows.reload(page)
    expect(answers(page)).to_have_text("The pool pump")
    expect(page.locator("#oh-stop")).to_be_visible()
    ask_box(page).fill("typed meanwhile")
    gate.set()
    expect(answers(page)).to_contain_text("was replaced")
    whole(page)
    expect(ask_box(page)).to_have_value("typed meanwhile")


def test_whoever_turns_to_another_conversation_is_left_there_while_the_answer_is_written(
    home: Served, windows: Windows
) -> None:
    page = windows.open(home.address)
    converse(page, home, PAINT)
    first, second = threading.Event(), threading.Event()
    page.get_by_role("button", name="New conversation").click()
    expect(bubbles(page)).to_have_count(0)
    home.will_say("The pool pump ", first, "was ", second, "replaced [1].")
    ask(page)
    expect(answers(page)).to_have_text("The pool pump")

    conversations(page).filter(has_text=PAINT).click()
    expect(bubbles(page)).to_contain_text(PAINT)
    expect(page.locator("#oh-stop")).to_be_hidden()
    first.set()
    home.will_say("In 2022 [1].")
    ask(page, "Which painting was in 2022?")
    expect(answers(page)).to_have_count(2)
    whole(page, 1)
    expect(bubbles(page).first).to_contain_text(PAINT)

    conversations(page).filter(has_text=QUESTION).click()
    expect(answers(page)).to_have_text(["The pool pump was"])
    expect(page.locator("#oh-stop")).to_be_visible()
    second.set()
    expect(answers(page)).to_contain_text("was replaced")
    whole(page)


def test_a_question_that_is_quicker_than_the_page_stays_on_it(home: Served, windows: Windows) -> None:
    page = windows.open("about:blank")
    held: list[Route] = []
    holding = True

    def hold(route: Route) -> None:
        if holding and QUESTION not in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/queue/join*", hold)
    page.goto(home.address)
    home.will_say(ANSWER)
    ask(page)
    whole(page)
    holding = False
    for route in held:
        route.continue_()
    expect(conversations(page)).to_have_text([QUESTION])
    expect(page.locator("#oh-banner")).to_contain_text("Answers by")
    expect(answers(page)).to_contain_text("18 April 2023")
    home.will_say("Ray did [1].")
    ask(page, "Who did it?")
    expect(bubbles(page)).to_have_count(2)


def test_two_windows_ask_at_once_and_each_gets_its_own_answer(home: Served, windows: Windows) -> None:
    one, two = windows.open(home.address), windows.open(home.address)
    gate = threading.Event()
    home.will_say("First ", gate, "pool answer [1].")
    ask(one, POOL)
    expect(answers(one)).to_have_text("First")
    home.will_say("Sherwin-Williams ", gate, "Alabaster [1].")
    ask(two, PAINT)
    expect(answers(two)).to_have_text("Sherwin-Williams")
    gate.set()
    expect(answers(one)).to_contain_text("First pool answer")
    expect(answers(two)).to_contain_text("Sherwin-Williams Alabaster")
    expect(bubbles(one)).to_have_count(1)
    expect(bubbles(two)).to_have_count(1)


def test_a_window_that_asks_while_another_one_is_answered_in_the_same_conversation_is_told_so(
    home: Served, windows: Windows
) -> None:
    one = windows.open(home.address)
    gate = threading.Event()
    home.will_say("The pool pump ", gate, "was replaced [1].")
    ask(one)
    expect(answers(one)).to_have_text("The pool pump")
    two = windows.beside(one.context, home.address)
    expect(answers(two)).to_have_text("The pool pump")
    ask(two, "And the pool heater?")
    toast(two, "The last question is still being answered.")
    two.get_by_role("button", name="Stop").click()
    expect(two.get_by_role("button", name="Stopping …")).to_be_visible()
    gate.set()
    expect(one.locator("#oh-chat .oh-trouble")).to_contain_text("Stopped.")
    expect(two.locator("#oh-chat .oh-trouble")).to_contain_text("Stopped.")
