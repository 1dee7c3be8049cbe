"""Correcting a tag: two clicks, the right notes, the first answer kept, undone, and learned."""

import re

import pytest
from browser_support import (
    ANSWER,
    NOTES,
    QUESTION,
    Served,
    Windows,
    answers,
    ask,
    bubbles,
    note_titles,
    notes_tab,
    open_note,
    serve,
    toast,
    whole,
)
from playwright.sync_api import Locator, Page, expect

from knowledge.note import Draft

pytestmark = pytest.mark.browser

OTHER = "Alabaster, by Sherwin-Williams [1]."
PAINTED = Draft(
    "We did the pool pump house in Alabaster by Sherwin-Williams.", "Pool pump paint", "painting", id="house"
)


@pytest.fixture
def asked(fresh: Served, windows: Windows) -> tuple[Served, Page]:
    """A question that was answered under `pool`."""
    fresh.furnished([*NOTES, PAINTED]).started()
    fresh.will_say(ANSWER)
    page = windows.open(fresh.address)
    ask(page)
    whole(page)
    return fresh, page


def tag(page: Page, number: int = 0) -> Locator:
    return bubbles(page).nth(number).locator(".oh-tag").first


def menu(page: Page) -> Locator:
    return page.get_by_role("menu", name="Categories")


def choose(page: Page, label: str, number: int = 0) -> None:
    """The two clicks; the question is being asked anew once its tag is another one."""
    tag(page, number).click()
    menu(page).get_by_role("menuitemradio", name=re.compile(f"^{label}")).click()
    expect(tag(page, number)).to_have_text(label)


def test_the_menu_offers_the_likeliest_first_with_its_share_and_none_last(asked: tuple[Served, Page]) -> None:
    _, page = asked
    tag(page).click()
    items = menu(page).get_by_role("menuitemradio")
    expect(items).to_have_count(19)
    expect(items.first).to_contain_text("pool")
    expect(items.first).to_contain_text(re.compile(r"9\d%|100%"))
    expect(items.first).to_have_attribute("aria-checked", "true")
    expect(items.last).to_contain_text("none of these")
    page.mouse.click(5, 300)
    expect(menu(page)).to_have_count(0)


def test_two_clicks_ask_again_in_the_right_category_and_keep_the_first_answer(asked: tuple[Served, Page]) -> None:
    served, page = asked
    served.will_say(OTHER)
    choose(page, "painting")
    expect(answers(page).first).to_contain_text("Alabaster")
    expect(tag(page)).to_have_text("painting")
    expect(bubbles(page)).to_contain_text("corrected")
    expect(page.locator("#oh-chat .oh-scope").first).to_contain_text("Searched 2 painting notes of 4")
    page.get_by_text("The first answer").click()
    expect(page.locator(".oh-earlier .oh-answer")).to_contain_text("The pool pump was replaced")
    expect(bubbles(page)).to_have_count(1)


def test_a_correction_is_undone_with_its_answer(asked: tuple[Served, Page]) -> None:
    served, page = asked
    served.will_say(OTHER)
    choose(page, "painting")
    whole(page)
    bubbles(page).get_by_role("button", name="undo").click()
    expect(tag(page)).to_have_text("pool")
    expect(answers(page)).to_contain_text("The pool pump was replaced")
    expect(page.locator(".oh-earlier")).to_have_count(0)
    assert served.house.corrections.all() == []


def test_what_was_corrected_is_learned_at_once_and_after_a_restart(
    asked: tuple[Served, Page], windows: Windows
) -> None:
    served, page = asked
    served.will_say(OTHER)
    choose(page, "painting")
    whole(page)
    served.will_say(OTHER)
    ask(page, QUESTION.upper())
    whole(page, 1)
    expect(bubbles(page).nth(1)).to_contain_text("learned from you")
    served.close()
    again = serve(served.house.settings.home)
    try:
        again.started()
        again.will_say(OTHER)
        page = windows.open(again.address)
        ask(page)
        whole(page)
        expect(tag(page)).to_have_text("painting")
        expect(bubbles(page)).to_contain_text("learned from you")
    finally:
        again.close()
        windows.complaints.clear()  # the first page lost its server


def test_the_keyboard_does_all_of_it(asked: tuple[Served, Page]) -> None:
    served, page = asked
    served.will_say(OTHER)
    tag(page).focus()
    page.keyboard.press("Enter")
    expect(menu(page).get_by_role("menuitemradio").first).to_be_focused()
    page.keyboard.press("End")
    expect(menu(page).get_by_role("menuitemradio").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu(page)).to_have_count(0)
    expect(tag(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("pai")
    page.keyboard.press("Enter")
    expect(tag(page)).to_have_text("painting")


def test_the_second_chip_is_one_click(fresh: Served, windows: Windows) -> None:
    fresh.furnished([*NOTES, PAINTED]).started()
    fresh.will_say(OTHER)
    page = windows.open(fresh.address)
    ask(page, "Did the kitchen painting or the pool opening cost more?")
    whole(page)
    fresh.will_say(ANSWER)
    bubbles(page).locator(".oh-tag-second").click()
    expect(page.locator("#oh-chat .oh-scope").first).to_contain_text("Searched 2 pool notes of 4")
    expect(bubbles(page).locator(".oh-tag")).to_have_text("pool")


def test_a_tick_confirms_a_tag_and_a_second_one_takes_that_back(asked: tuple[Served, Page]) -> None:
    served, page = asked
    page.get_by_role("button", name="✓").click()
    expect(page.locator(".oh-tick-on")).to_have_count(1)
    assert [(each.label, each.provenance) for each in served.house.corrections.all()] == [("pool", "confirmed")]
    page.get_by_role("button", name="✓").click()
    expect(page.locator(".oh-tick-on")).to_have_count(0)
    assert served.house.corrections.all() == []


def test_two_windows_that_correct_one_question_end_with_the_last_word(
    asked: tuple[Served, Page], windows: Windows
) -> None:
    served, first = asked
    second = windows.beside(windows.usual, served.address)
    whole(second)
    for page, label in ((first, "painting"), (second, "fence")):
        served.will_say("Nothing.")
        choose(page, label)
        whole(page)
    assert [each.label for each in served.house.corrections.all()] == ["fence"]


def test_a_category_that_is_gone_meanwhile_is_refused_and_the_answer_stays(asked: tuple[Served, Page]) -> None:
    served, page = asked
    tag(page).click()
    with served.house.record.writing() as db:
        db.execute("DELETE FROM categories WHERE name = 'fountain'")
    menu(page).get_by_role("menuitemradio", name="fountain").click()
    toast(page, "no category 'fountain'")
    expect(tag(page)).to_have_text("pool")
    expect(answers(page)).to_contain_text("The pool pump was replaced")


def test_a_note_is_filed_elsewhere_from_its_card_and_brought_back(asked: tuple[Served, Page]) -> None:
    served, page = asked
    page.locator("#oh-chat .oh-used summary").click()
    card = page.locator("#oh-chat .oh-card .oh-tag").first
    card.click()
    menu(page).get_by_role("menuitemradio", name="fountain").click()
    expect(page.locator("#oh-filed")).to_contain_text("is filed under fountain now")
    expect(page.locator("#oh-chat .oh-card .oh-tag").first).to_have_text("fountain")
    assert served.house.notebook.get("pump").category == "fountain"
    page.locator("#oh-undo-filing").click()
    expect(page.locator("#oh-chat .oh-card .oh-tag").first).to_have_text("pool")
    assert served.house.notebook.get("pump").category == "pool"


def test_a_note_is_filed_elsewhere_in_the_list(asked: tuple[Served, Page]) -> None:
    served, page = asked
    notes_tab(page)
    expect(note_titles(page)).to_have_count(4)
    page.locator("#oh-found li", has_text="Kitchen paint").locator(".oh-tag").click()
    menu(page).get_by_role("menuitemradio", name="none of these").click()
    expect(page.locator("#oh-found li", has_text="Kitchen paint").locator(".oh-tag")).to_have_text("no category")
    assert served.house.notebook.get("paint").category is None
    open_note(page, "Kitchen paint")


def test_by_touch_on_a_small_screen(fresh: Served, windows: Windows) -> None:
    fresh.furnished([*NOTES, PAINTED]).started()
    fresh.will_say(ANSWER)
    page = windows.open(fresh.address, viewport={"width": 390, "height": 760}, has_touch=True)
    ask(page)
    whole(page)
    fresh.will_say(OTHER)
    tag(page).tap()
    box = menu(page).bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 760
    menu(page).get_by_role("menuitemradio", name="painting").tap()
    expect(tag(page)).to_have_text("painting")
