"""The Teach and Health tabs: what was told, a training watched, a candidate judged, promoted and rolled back."""

import json
import os
import shutil
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from browser_support import NOTES, QUESTION, Served, Windows, ask, bubbles, notes_tab, toast, whole
from playwright.sync_api import Locator, Page, expect

from assistant.corrections import Correction
from assistant.retraining import STATUS_FILE, Progress
from classifier.versions import FILES_FILE, hashes
from finetune.gate import GATE_FILE, Change, Verdict
from finetune.packaged import packaged

pytestmark = pytest.mark.browser


@pytest.fixture
def taught(fresh: Served) -> Served:
    """A house in which ten questions were told, two of them at odds."""
    fresh.furnished().started()
    for number in range(8):
        fresh.house.corrections.tell(Correction(f"Which camera number {number}?", "doorbell", overruled="electric"))
    fresh.house.corrections.tell(Correction("Is it locked?", "fence"))
    fresh.house.corrections.tell(Correction("is it locked", "doorbell"))
    fresh.house.ensure_router()
    return fresh


def teach_tab(page: Page) -> None:
    page.get_by_role("tab", name="Teach").click()
    expect(page.locator("#oh-versions li")).not_to_have_count(0)


def open_categories(page: Page) -> None:
    page.locator("#oh-categories").get_by_text("Categories").click()
    expect(page.get_by_label("Name")).to_be_editable()
    page.wait_for_timeout(500)  # a field that has just been drawn may not listen yet; nobody types so fast


def lessons(page: Page) -> Locator:
    return page.locator("#oh-told li")


def status(served: Served, progress: Progress) -> None:
    (served.house.versions.folder / STATUS_FILE).write_text(json.dumps(asdict(progress)))


def candidate(served: Served, name: str, verdict: Verdict) -> None:
    """A copy of the serving router, judged as given, as a training leaves it."""
    folder = served.house.versions.folder
    shutil.copytree(served.house.versions.whole().folder, folder / name)
    (folder / name / GATE_FILE).write_text(json.dumps(verdict.fields()))
    (folder / name / FILES_FILE).write_text(json.dumps(hashes(folder / name)))
    status(served, Progress("done", version=name, steps=12))


BETTER = Verdict(610, 10, (Change("Which camera?", "doorbell", "electric", "doorbell", True),), (), 0, 0.5)
WORSE = Verdict(
    610, 10, (), (Change("Is the <b>pump</b> on?", "pool", "pool", "car", False),), 0, 1.0, reasons=("it breaks 1",)
)


def test_what_was_told_is_listed_changed_removed_and_brought_back(taught: Served, windows: Windows) -> None:
    page = windows.open(taught.address)
    teach_tab(page)
    expect(lessons(page)).to_have_count(10)
    lessons(page).filter(has_text="number 3").locator(".oh-tag").click()
    page.get_by_role("menuitemradio", name="electric").click()
    expect(lessons(page).filter(has_text="number 3").locator(".oh-tag")).to_have_text("electric")
    lessons(page).filter(has_text="number 4").locator(".oh-delete").click()
    expect(lessons(page)).to_have_count(9)
    page.locator("#oh-undo-told").click()
    expect(lessons(page)).to_have_count(10)


def test_a_contradiction_is_shown_and_decided(taught: Served, windows: Windows) -> None:
    page = windows.open(taught.address)
    teach_tab(page)
    expect(page.locator("#oh-news")).to_contain_text("8 new")
    page.locator(".oh-dispute").get_by_role("button", name="fence").click()
    expect(page.locator(".oh-dispute")).to_have_count(0)
    expect(lessons(page)).to_have_count(9)
    expect(page.locator("#oh-news")).to_contain_text(f"9 new since {packaged().name}: doorbell 8, fence 1")


def test_too_little_is_said_before_anybody_waits(fresh: Served, windows: Windows) -> None:
    fresh.started()
    page = windows.open(fresh.address)
    teach_tab(page)
    expect(page.locator("#oh-news")).to_contain_text("Too little data: 0 corrections, and a training needs 8")
    expect(page.locator("#oh-train")).to_be_disabled()


def test_what_goes_out_comes_in(taught: Served, windows: Windows, tmp_path: Path) -> None:
    page = windows.open(taught.address)
    teach_tab(page)
    with page.expect_download() as download:
        page.locator("#oh-export-told").click()
    told = tmp_path / "told.jsonl"
    download.value.save_as(told)
    lines = told.read_text("utf-8").splitlines()
    assert len(lines) == 10
    taught.house.corrections.remove([each.id for each in taught.house.corrections.all()])
    told.write_text("\n".join([*lines, '{"question": 7}']), "utf-8")
    with page.expect_file_chooser() as chooser:
        page.locator("#oh-import-told").click()
    chooser.value.set_files(told)
    expect(page.locator("#oh-told-done")).to_contain_text("10 brought in, 1 refused")
    toast(page, "line 11")
    expect(lessons(page)).to_have_count(10)
    page.locator("#oh-undo-told").click()
    expect(lessons(page)).to_have_count(0)


def test_a_training_is_watched_over_a_closed_page_and_stopped(taught: Served, windows: Windows) -> None:
    losses = ((3, 2.0), (6, 1.5), (9, 1.2))
    going = Progress("running", "teaching the language model", 9, 27, 120.0, losses, ((9, 1.1),), pid=os.getpid())
    status(taught, going)
    page = windows.open(taught.address)
    teach_tab(page)
    expect(page.locator("#oh-training")).to_contain_text("step 9 of 27")
    expect(page.locator("#oh-training")).to_contain_text("about 2 min left")
    expect(page.locator("#oh-training circle")).to_have_count(4)
    expect(page.locator("#oh-train")).to_be_hidden()
    status(taught, Progress(**{**asdict(going), "step": 15}))
    expect(page.locator("#oh-training")).to_contain_text("step 15 of 27")
    page.locator("#oh-stop-train").click()
    expect(page.locator("#oh-training")).to_contain_text("stopping, and keeping the best")


def test_a_training_that_broke_off_says_so(taught: Served, windows: Windows) -> None:
    status(taught, Progress("running", "teaching", 3, 9, pid=2**22 + 1))
    page = windows.open(taught.address)
    teach_tab(page)
    expect(page.locator("#oh-training .oh-trouble")).to_contain_text("goes on where it stopped")
    expect(page.locator("#oh-train")).to_be_enabled()


def test_a_better_candidate_serves_with_one_click_and_is_rolled_back_with_one(taught: Served, windows: Windows) -> None:
    candidate(taught, "ours", BETTER)
    page = windows.open(taught.address)
    teach_tab(page)
    expect(page.locator("#oh-verdict")).to_contain_text("ours is better: it fixes 1 questions and breaks 0")
    expect(page.locator("#oh-rollback")).to_be_disabled()
    began = time.monotonic()
    page.locator("#oh-promote").click()
    expect(page.locator("#oh-versions li").first).to_contain_text("ours")
    page.locator("#oh-rollback").click()
    expect(page.locator("#oh-versions li").first).to_contain_text(packaged().name)
    assert time.monotonic() - began < 10
    assert taught.house.versions.whole().name == packaged().name


def test_a_worse_candidate_says_why_not_and_a_person_may_still_choose(taught: Served, windows: Windows) -> None:
    candidate(taught, "poisoned", WORSE)
    page = windows.open(taught.address)
    teach_tab(page)
    expect(page.locator("#oh-verdict")).to_contain_text("poisoned should not serve: it breaks 1.")
    expect(page.locator("#oh-verdict")).to_contain_text("Is the <b>pump</b> on?")
    expect(page.locator("#oh-promote")).to_have_text("Let it serve all the same")
    page.locator("#oh-dismiss").click()
    expect(page.locator("#oh-promote")).to_be_hidden()
    page.locator("#oh-versions li", has_text="poisoned").get_by_role("button", name="Let it serve").click()
    expect(page.locator("#oh-versions li").first).to_contain_text("poisoned")


def test_a_category_of_ones_own_is_added_and_offered_at_once(taught: Served, windows: Windows) -> None:
    page = windows.open(taught.address)
    teach_tab(page)
    open_categories(page)
    page.get_by_label("Name").fill("security")
    page.get_by_label("What it covers").fill("cameras, alarm")
    page.get_by_label("A few questions").fill("Who set the alarm?\nWhere is the camera?")
    page.get_by_role("tab", name="Chat").click()
    teach_tab(page)  # what is typed is still there
    page.wait_for_timeout(1000)
    expect(page.get_by_label("Name")).to_have_value("security")
    page.locator("#oh-save-category").click()
    expect(page.locator("#oh-category-done")).to_contain_text("security is there")
    page.get_by_role("tab", name="Chat").click()
    taught.will_say("Ray [1].")
    ask(page, QUESTION)
    whole(page)
    bubbles(page).locator(".oh-tag").click()
    expect(page.get_by_role("menuitemradio", name="security")).to_be_visible()


def choose_category(page: Page, name: str) -> None:
    """Choose what the form of the categories is about, and wait until it is."""
    page.get_by_label("Change").click()
    page.get_by_role("option", name=name).click()
    expect(page.get_by_role("option")).to_have_count(0)  # the list is shut
    expect(page.locator("#oh-remove-category")).to_be_visible(visible=name != "a new category")


def test_a_category_that_cannot_be_renamed_is_not_redefined(taught: Served, windows: Windows) -> None:
    before = taught.house.taxonomy()
    page = windows.open(taught.address)
    teach_tab(page)
    open_categories(page)
    choose_category(page, "pool")
    page.get_by_label("Name").fill("fountain")
    page.get_by_label("What it covers").fill("water to swim in")
    page.locator("#oh-save-category").click()
    toast(page, "There is a category 'fountain' already.")
    assert taught.house.taxonomy() == before
    expect(page.get_by_label("What it covers")).to_have_value("water to swim in")


def test_what_is_typed_of_a_category_is_there_when_it_is_chosen_again(taught: Served, windows: Windows) -> None:
    page = windows.open(taught.address)
    teach_tab(page)
    open_categories(page)
    name, definition = page.get_by_label("Name"), page.get_by_label("What it covers")
    name.fill("security")
    page.get_by_label("A few questions").fill("Who set the alarm?")
    page.get_by_label("Change").press_sequentially("po")
    name.click()  # the menu is left, and nothing was chosen
    page.wait_for_timeout(1000)
    expect(name).to_have_value("security")
    choose_category(page, "pool")
    expect(name).to_have_value("pool")
    definition.fill("water to swim in")
    choose_category(page, "a new category")
    expect(name).to_have_value("security")
    expect(page.get_by_label("A few questions")).to_have_value("Who set the alarm?")
    choose_category(page, "pool")
    expect(definition).to_have_value("water to swim in")
    page.locator("#oh-save-category").click()
    expect(page.locator("#oh-category-done")).to_contain_text("Saved pool.")
    assert {each.name: each.definition for each in taught.house.taxonomy()}["pool"] == "water to swim in"
    choose_category(page, "fountain")
    expect(name).to_have_value("fountain")
    choose_category(page, "pool")  # what was saved is nothing that waits
    expect(definition).to_have_value("water to swim in")


def test_buttons_that_look_alike_are_told_apart_by_ear(taught: Served, windows: Windows) -> None:
    candidate(taught, "ours", BETTER)
    page = windows.open(taught.address)
    teach_tab(page)
    lessons(page).first.locator(".oh-delete").click()
    heard = page.locator("#oh-promote, #oh-undo-told, #oh-versions button")
    for name in (
        "Undo the last change of what you told",
        "Let it serve – the router taught last",
        "Let it serve: ours",
    ):
        button = page.get_by_role("button", name=name, exact=True)
        expect(button).to_be_visible()
    expect(heard).to_have_count(3)
    assert heard.evaluate_all("all => all.map(each => each.innerText)") == ["Undo", "Let it serve", "Let it serve"]


def test_a_merged_category_is_parted_again(taught: Served, windows: Windows) -> None:
    page = windows.open(taught.address)
    teach_tab(page)
    open_categories(page)
    for label, category in (("Change", "pool"), ("Merge into", "fountain")):
        page.get_by_label(label).click()
        page.get_by_role("option", name=category).click()
        expect(page.get_by_role("option")).to_have_count(0)  # the list is shut
    page.locator("#oh-merge").click()
    expect(page.locator("#oh-category-done")).to_contain_text("pool is part of fountain now")
    assert "pool" not in taught.house.taxonomy().names
    page.locator("#oh-undo-category").click()
    expect(page.locator("#oh-category-done")).to_contain_text("pool is back")
    assert taught.house.notebook.get("pump").category == "pool"


def test_a_removed_category_is_brought_back_with_its_notes(taught: Served, windows: Windows) -> None:
    page = windows.open(taught.address)
    teach_tab(page)
    open_categories(page)
    page.get_by_label("Change").click()
    page.get_by_role("option", name="pool").click()
    page.locator("#oh-remove-category").click()
    expect(page.locator("#oh-category-done")).to_contain_text("Its 2 notes are without a category now")
    assert taught.house.notebook.get("pump").category is None
    page.locator("#oh-undo-category").click()
    expect(page.locator("#oh-category-done")).to_contain_text("pool is back")
    assert taught.house.notebook.get("pump").category == "pool"
    notes_tab(page)
    expect(page.locator("#oh-found .oh-tag").filter(has_text="pool")).to_have_count(len(NOTES) - 1)


def test_health_says_in_plain_words_how_it_is_doing(taught: Served, windows: Windows) -> None:
    page = windows.open(taught.address)
    page.get_by_role("tab", name="Health").click()
    expect(page.locator(".oh-advice")).to_contain_text("8 corrections are not taught yet")
    expect(page.locator(".oh-advice")).to_contain_text("doorbell is often taken for electric (8 times)")
    expect(page.locator(".oh-panel")).to_have_count(5)
    expect(page.locator(".oh-panel").first.locator("svg rect")).to_have_count(12)
