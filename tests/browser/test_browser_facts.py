"""The facts on the opened note, corrected and taken back; what is due, and its calendar."""

import datetime as dt
import urllib.request

import pytest
from browser_support import Served, Windows, notes_tab, open_note
from playwright.sync_api import expect

from knowledge.note import Draft

pytestmark = pytest.mark.browser

TEXT = "New dishwasher from Fulton Appliance, sale price $749. Warranty until May 25, 2050. <b>Bold</b>"


def test_facts_are_corrected_and_taken_back_and_what_is_due_is_a_calendar(home: Served, windows: Windows) -> None:
    home.house.library.add([Draft(TEXT, "Dishwasher", "appliances", dt.date(2024, 5, 25), id="dish")])
    page = windows.open(home.address)
    notes_tab(page)
    open_note(page, "Dishwasher")
    rows = page.locator("#oh-facts-card dl > div")
    expect(rows.filter(has_text="Cost")).to_contain_text("$749.00")
    expect(rows.filter(has_text="Vendor")).to_have_attribute("title", "“Fulton Appliance”")

    page.get_by_role("button", name="Correct Cost").click()
    fact = page.locator("#oh-fact textarea")
    expect(fact).to_have_value("$749.00")
    fact.fill("a lot")
    page.locator("#oh-fact-save").click()
    expect(page.get_by_test_id("toast-text").first).to_contain_text("no amount")
    expect(fact).to_have_value("a lot")
    fact.fill("759.50")
    page.locator("#oh-fact-save").click()
    expect(rows.filter(has_text="Cost")).to_contain_text("$759.50 by you")
    assert home.house.facts.of("dish")["cost"].cents == 75950

    page.locator("#oh-fact-undo").click()
    expect(rows.filter(has_text="Cost")).to_contain_text("$749.00")

    page.get_by_role("button", name="What is due").click()
    expect(page.locator("#oh-due-card li").first).to_contain_text("25 May 2050 Warranty ends: Dishwasher")
    with urllib.request.urlopen(f"{home.address}/calendar.ics") as reply:
        assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
        assert b"DTSTART;VALUE=DATE:20500525" in reply.read()
