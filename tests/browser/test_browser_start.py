"""The page while its house comes up, and the sample house that it offers."""

import contextlib
from pathlib import Path

import httpx
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
    note_titles,
    notes_tab,
    serve,
    toast,
    whole,
)
from playwright.sync_api import expect

from assistant.conversation import Question, Reply
from assistant.details import AnswerDetails, QuestionDetails
from assistant.errors import AssistantError, ModelUnavailable

pytestmark = pytest.mark.browser

OFFER = "This house has no notes yet."


def test_the_page_opens_while_the_models_load_and_says_how_far_they_are_and_then_who_answers(
    fresh: Served, windows: Windows
) -> None:
    fresh.house.may_load.clear()
    fresh.startup.start()
    page = windows.open(fresh.address)
    banner = page.locator("#oh-banner")
    expect(banner).to_contain_text("scripted-1b: downloading 40%")
    expect(banner.locator("progress")).to_have_attribute("value", "0.400")
    fresh.house.may_load.set()
    expect(banner).to_contain_text("Answers by Scripted 1B, on this machine.")
    page.get_by_text("A better model?").click()
    expect(banner.locator("code")).to_have_text("ollama pull qwen3:4b")


def test_a_question_asked_while_the_models_load_is_answered_once_they_are_up(fresh: Served, windows: Windows) -> None:
    fresh.furnished().house.may_load.clear()
    fresh.startup.start()
    fresh.will_say(ANSWER)
    page = windows.open(fresh.address)
    ask(page)
    expect(page.locator("#oh-chat .oh-progress")).to_contain_text("downloading 40%")
    expect(page.locator("#oh-stop")).to_be_visible()
    fresh.house.may_load.set()
    expect(answers(page)).to_contain_text("18 April 2023")


def test_stop_ends_a_question_that_waits_for_the_models(fresh: Served, windows: Windows) -> None:
    fresh.furnished().house.may_load.clear()
    fresh.startup.start()
    page = windows.open(fresh.address)
    ask(page)
    page.locator("#oh-stop").click()
    expect(page.locator("#oh-chat .oh-trouble")).to_contain_text("Stopped.")
    expect(page.locator("#oh-stop")).to_be_hidden()
    fresh.house.may_load.set()


def test_a_failed_start_says_why_and_try_again_brings_the_house_up(fresh: Served, windows: Windows) -> None:
    fresh.furnished().house.trouble = ModelUnavailable("No source gave <b>1b</b>. Connect to the network.")
    fresh.startup.start()
    page = windows.open(fresh.address)
    expect(page.locator("#oh-banner")).to_contain_text("No source gave <b>1b</b>. Connect to the network.")
    # A question is not left hanging either.
    ask(page)
    expect(page.locator("#oh-chat .oh-trouble")).to_contain_text("Connect to the network.")
    fresh.house.trouble = None
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#oh-banner")).to_contain_text("Answers by Scripted 1B")
    expect(page.locator("#oh-try-again")).to_be_hidden()
    fresh.will_say(ANSWER)
    page.get_by_role("button", name="Retry").click()
    expect(answers(page)).to_contain_text("18 April 2023")


def test_a_note_can_be_added_before_anything_is_loaded_and_is_found_afterwards(fresh: Served, windows: Windows) -> None:
    page = windows.open(fresh.address)
    notes_tab(page)
    page.locator("#oh-title textarea").fill("Pool pump replaced")
    page.locator("#oh-text textarea").fill(NOTES[0].text)
    page.get_by_label("Date", exact=True).fill("2023-04-18")
    page.locator("#oh-save").click()
    expect(note_titles(page)).to_have_text(["Pool pump replaced"])
    fresh.started().will_say(ANSWER)
    page.get_by_role("tab", name="Chat").click()
    ask(page)
    expect(answers(page)).to_contain_text("18 April 2023")
    assert [note.title for note in fresh.house.notebook.select()] == ["Pool pump replaced"]


def test_an_empty_house_offers_the_sample_house_and_removes_it_whole(fresh: Served, windows: Windows) -> None:
    fresh.started()
    page = windows.open(fresh.address)
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.get_by_role("button", name="Try it with a sample house").click()
    toast(page, "The sample house is here: 117 notes.")
    expect(page.get_by_text("You are looking at the sample house")).to_be_visible()
    expect(page.get_by_text(OFFER)).to_be_hidden()

    # One of the questions shown, asked with one click.
    fresh.will_say("On April 18, 2023 [1].")
    page.get_by_role("button", name="When did we last replace the pool pump?").click()
    expect(bubbles(page)).to_contain_text("When did we last replace the pool pump?")
    whole(page)
    expect(page.locator("#oh-chat .oh-scope")).to_contain_text("pool notes of 117")

    # A note of one's own stays when the sample goes.
    fresh.house.library.add(NOTES[:1])
    page.get_by_role("button", name="Remove the sample house").click()
    toast(page, "The 117 sample notes are gone; your own are untouched.")
    expect(page.get_by_text("You are looking at the sample house")).to_be_hidden()
    expect(page.get_by_text(OFFER)).to_be_hidden()
    notes_tab(page)
    expect(note_titles(page)).to_have_text(["Pool pump replaced"])


def test_a_house_with_notes_is_not_offered_the_sample_house(fresh: Served, windows: Windows) -> None:
    fresh.furnished().started()
    page = windows.open(fresh.address)
    expect(page.locator("#oh-banner")).to_contain_text("Answers by")
    expect(page.get_by_text(OFFER)).to_be_hidden()
    expect(page.locator("#oh-remove-sample")).to_be_hidden()


def test_a_conversation_left_open_is_there_again_after_a_restart(tmp_path: Path, windows: Windows) -> None:
    with contextlib.closing(serve(tmp_path / "house")) as before:
        before.furnished().started().will_say(ANSWER)
        page = windows.open(before.address)
        ask(page)
        whole(page)
    with contextlib.closing(serve(tmp_path / "house", before.port)) as after:
        after.started()
        windows.reload(page)
        windows.complaints.clear()  # the page lost its server, and asked the next one for what only the first knew
        expect(bubbles(page)).to_contain_text(QUESTION)
        expect(answers(page)).to_contain_text("18 April 2023")
        expect(page.locator("#oh-chat .oh-cards .oh-card b").first).to_have_text("Pool pump replaced")
        expect(conversations(page)).to_have_text([QUESTION])
        after.will_say("It was Ray [1].")
        ask(page, "And who replaced it in the pool?")
        expect(answers(page).nth(1)).to_contain_text("It was Ray")


def test_an_answer_that_a_crash_cut_off_says_so_and_can_be_asked_again(fresh: Served, windows: Windows) -> None:
    fresh.furnished().started()
    talk, _ = fresh.house.conversations.say(None, Question(QUESTION, QuestionDetails("pool", 0.9)))
    fresh.house.conversations.say(talk, Reply("The pool pump", AnswerDetails("writing", scope="Searched")))
    page = windows.open(fresh.address)
    conversations(page).click()
    expect(answers(page)).to_have_text("The pool pump")
    expect(page.locator("#oh-chat .oh-trouble")).to_contain_text("our-house ended before the answer did")
    expect(page.locator("#oh-stop")).to_be_hidden()
    fresh.will_say(ANSWER)
    page.get_by_role("button", name="Retry").click()
    expect(answers(page)).to_contain_text("18 April 2023")


def test_a_port_that_is_taken_is_said_with_what_to_do(fresh: Served, tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=rf"Port {fresh.port} is taken.*look at {fresh.address}.*--port"):
        serve(tmp_path / "other", fresh.port)


def test_the_page_opens_where_the_machine_is_too_busy_to_ask_itself_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What Gradio finds where its own first request gets no answer for three seconds.
    monkeypatch.setattr("gradio.networking.url_ok", lambda url: False)
    with contextlib.closing(serve(tmp_path / "house")) as served:
        assert "our-house" in httpx.get(served.address).text


def test_a_page_can_be_typed_in_at_once(fresh: Served, windows: Windows) -> None:
    page = windows.open(fresh.address)
    expect(ask_box(page)).to_be_editable()
    expect(page.locator("#oh-banner")).to_contain_text("starting")


def test_the_browser_keeps_no_history_of_what_was_asked(fresh: Served, windows: Windows) -> None:
    fresh.furnished().started()
    fresh.will_say(ANSWER)
    page = windows.open(fresh.address)
    ask(page)
    whole(page)
    assert [key for key in page.evaluate("Object.keys(localStorage)") if "history" in key] == []
