"""The main jobs for real: a newcomer's question answered, and a wrong tag corrected, by the packaged models."""

import re
from pathlib import Path

import pytest
from browser_support import Windows, answers, ask, bubbles, free_port, serve_house, whole
from playwright.sync_api import expect

from assistant import sample
from assistant.build import House
from assistant.models.model_choice import PACKAGED
from assistant.settings import read_settings
from finetune.examples import load

# Two starts, four answers and 80 labels by the real models, on cores that may be slow or busy: minutes, and no hang.
pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.timeout(900)]

LOADING, ANSWERING = 120_000, 180_000
"""Milliseconds on two busy cores; idle, it is a few seconds each."""


def test_a_newcomer_asks_the_sample_house_and_gets_a_cited_answer(tmp_path: Path, windows: Windows) -> None:
    house = House(read_settings(home=tmp_path / "house", model=PACKAGED))
    startup, address, close = serve_house(house, free_port())
    try:
        startup.start()
        page = windows.open(address)
        page.get_by_role("button", name="Try it with a sample house").click(timeout=LOADING)
        expect(page.get_by_role("button", name="Remove the sample house")).to_be_visible(timeout=LOADING)
        ask(page, "When did we last replace the pool pump?")
        expect(page.locator("#oh-chat .user .oh-tag")).to_have_text("pool", timeout=ANSWERING)
        expect(page.locator("#oh-chat .oh-used")).to_be_visible(timeout=ANSWERING)
        expect(page.locator("#oh-chat .oh-answer")).to_contain_text("April 18, 2023")
        expect(page.locator("#oh-chat .oh-scope")).to_contain_text(re.compile(r"Searched \d+ pool notes of 117"))
        page.locator("#oh-chat .oh-used summary").click()
        cited = page.locator("#oh-chat .oh-card:not(.oh-card-unused)").first
        expect(cited).to_contain_text("Pool pump replaced, variable speed")
        expect(cited.locator("mark")).to_contain_text("April 18, 2023")
    finally:
        windows.close()  # before the server, which the page would miss
        close()


def test_a_wrong_tag_is_corrected_in_two_clicks_and_stays_learned_after_a_restart(
    tmp_path: Path, windows: Windows
) -> None:
    question = "During what hours is the Ioniq supposed to charge at home?"
    rewording = "during which hours is the Ioniq to be charged at home"
    # Two hundred, and further rewordings, are in tests/models/test_models_router.py.
    others = [each.question for each in load()[::290]][:40]
    house = House(read_settings(home=tmp_path / "house", model=PACKAGED, read_ahead_mb=0))
    sample.put_in(house.library)
    startup, address, close = serve_house(house, free_port())
    try:
        startup.start()
        page = windows.open(address)
        ask(page, question)
        expect(bubbles(page).locator(".oh-tag").first).to_have_text("car", timeout=LOADING)
        whole(page, timeout=ANSWERING)
        before = [decision.category for decision in house.serving().classify(others)]
        bubbles(page).locator(".oh-tag").first.click()
        page.get_by_role("menu", name="Categories").get_by_role("menuitemradio", name=re.compile("^electric")).click()
        expect(page.locator("#oh-chat .oh-scope").first).to_contain_text("electric notes", timeout=ANSWERING)
        whole(page, timeout=ANSWERING)
        expect(answers(page).first).to_contain_text(re.compile("midnight|6 am", re.IGNORECASE))
        expect(bubbles(page)).to_contain_text("corrected")
        windows.close()
    finally:
        close()

    again = House(house.settings)
    startup, address, close = serve_house(again, free_port())
    try:
        startup.start()
        page = windows.open(address)
        for number, each in enumerate([question, rewording]):
            ask(page, each)
            expect(bubbles(page).nth(number).locator(".oh-tag").first).to_have_text("electric", timeout=LOADING)
            expect(bubbles(page).nth(number)).to_contain_text("learned from you")
            whole(page, number, timeout=ANSWERING)
        assert [decision.category for decision in again.serving().classify(others)] == before
        assert len(before) == 40
    finally:
        windows.close()
        close()
