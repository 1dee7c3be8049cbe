"""What was typed and not sent outlives a reload, once, and nothing that was sent comes back."""

import pytest
from browser_support import ANSWER, Served, Windows, ask_box, notes_tab, whole
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HALF = "When did we have the po"


def test_a_question_half_typed_is_there_after_a_reload_and_can_be_asked(home: Served, windows: Windows) -> None:
    home.will_say(ANSWER)
    page = windows.open(home.address)
    ask_box(page).press_sequentially(HALF)
    windows.reload(page)
    expect(ask_box(page)).to_have_value(HALF)
    page.wait_for_timeout(1500)  # whatever fills the page late has done so
    expect(ask_box(page)).to_have_value(HALF)
    ask_box(page).press_sequentially("ol pump replaced?")
    ask_box(page).press("Enter")
    whole(page)
    expect(page.locator("#oh-chat .user.message")).to_contain_text(f"{HALF}ol pump replaced?")
    windows.reload(page)
    expect(page.locator("#oh-chat .user.message")).to_contain_text(HALF)
    expect(ask_box(page)).to_have_value("")


def test_a_note_half_written_is_there_after_a_reload_once_its_tab_is_opened(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    notes_tab(page)
    page.locator("#oh-title input, #oh-title textarea").fill("Plumber")
    page.locator("#oh-text textarea").fill("Ask for Ruth, never for her brother.")
    windows.reload(page)
    expect(ask_box(page)).to_be_visible()
    notes_tab(page)
    expect(page.locator("#oh-text textarea")).to_have_value("Ask for Ruth, never for her brother.")
    expect(page.locator("#oh-title input, #oh-title textarea")).to_have_value("Plumber")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator("#oh-text textarea")).to_have_value("")
    assert "Ask for Ruth" in " ".join(note.text for note in home.house.notebook.select())
    windows.reload(page)
    notes_tab(page)
    page.wait_for_timeout(500)
    expect(page.locator("#oh-text textarea")).to_have_value("")


def test_a_note_that_was_only_opened_is_no_new_one_after_a_reload(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    notes_tab(page)
    page.locator("#oh-text textarea").fill("x")
    page.get_by_role("button", name="New note").click()
    page.locator("#oh-found [data-act=open]").first.click()
    expect(page.locator("#oh-text textarea")).not_to_have_value("")
    windows.reload(page)
    notes_tab(page)
    page.wait_for_timeout(500)
    expect(page.locator("#oh-text textarea")).to_have_value("")


def test_what_was_changed_in_a_note_comes_back_to_that_note(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    notes_tab(page)
    page.locator("#oh-found [data-act=open]").first.click()
    text = page.locator("#oh-text textarea")
    expect(text).not_to_have_value("")
    before = len(home.house.notebook.select())
    text.fill("It drips again.")
    windows.reload(page)
    notes_tab(page)
    expect(text).to_have_value("It drips again.")
    expect(page.locator("#oh-heading")).to_contain_text("Note")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator("#oh-done")).to_contain_text("Saved")
    notes = home.house.notebook.select()
    assert len(notes) == before
    assert [note.text for note in notes].count("It drips again.") == 1


def test_another_window_has_what_was_typed_there_alone(home: Served, windows: Windows) -> None:
    first, second = windows.open(home.address), windows.open(home.address)
    ask_box(first).fill(HALF)
    windows.reload(second)
    expect(ask_box(second)).to_have_value("")
