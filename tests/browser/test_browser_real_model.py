"""The main job for real: an empty house, real notes, a real question, and the packaged language model's answer."""

import re
from pathlib import Path

import pytest
from browser_support import Windows, ask, free_port, serve_house
from playwright.sync_api import expect

from assistant.build import PACKAGED, House
from assistant.settings import read_settings

pytestmark = [pytest.mark.browser, pytest.mark.models]

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
