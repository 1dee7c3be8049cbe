"""Files into the Notes tab: dropped, read, reviewed, saved, taken back; and their originals opened."""

import base64
import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser_support import Served, Windows, note_titles, notes_tab, open_note, serve, toast
from papers import INVOICE, packed, pdf
from playwright.sync_api import Locator, Page, expect

from knowledge.note import Draft

pytestmark = pytest.mark.browser

DROP = """
([names, contents]) => {
  const transfer = new DataTransfer();
  names.forEach((name, number) => {
    const bytes = Uint8Array.from(atob(contents[number]), letter => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  });
  const zone = document.querySelector('#oh-files button');
  for (const type of ['dragenter', 'dragover', 'drop']) {
    zone.dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
  }
}
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """The page of an empty house, ready to answer."""
    with contextlib.closing(serve(tmp_path / "house")) as served:
        yield served.started()


@pytest.fixture
def page(empty: Served, windows: Windows) -> Page:
    page = windows.open(empty.address)
    notes_tab(page)
    return page


def drop(page: Page, *files: Path) -> None:
    """Drag files onto the page, as from a folder."""
    expect(page.locator("#oh-files button").first).to_be_visible()
    page.evaluate(
        DROP, [[path.name for path in files], [base64.b64encode(path.read_bytes()).decode() for path in files]]
    )


def drafts(page: Page) -> Locator:
    return page.locator(".oh-draft")


def titled(page: Page, titles: list[str]) -> None:
    """Wait until the review lists these drafts."""
    expect(drafts(page)).to_have_count(len(titles))
    for number, title in enumerate(titles):
        expect(drafts(page).nth(number).locator("input[name=title]")).to_have_value(title)


def test_files_are_dropped_reviewed_saved_and_taken_back(
    tmp_path: Path, empty: Served, windows: Windows, page: Page
) -> None:
    invoice = pdf(tmp_path / "scan1.pdf", INVOICE)
    archive = packed(
        tmp_path / "drawer.zip", {"fence.md": "# Fence stained\nTwo coats on 2 May 2022.", "x.mp3": b"ID3"}
    )
    odd, torn = tmp_path / "odd.txt", tmp_path / "torn.pdf"
    odd.write_text("Ask Ray perhaps.", "utf-8")
    torn.write_bytes(b"%PDF-1.4 torn")
    drop(page, invoice, archive, odd, torn)

    titled(page, ["Odd", "Blue Heron Pools: Invoice 4471", "Fence stained"])  # what asks for a look comes first
    expect(drafts(page).nth(0)).to_contain_text("no date found")
    expect(drafts(page).nth(1).locator("[name=date]")).to_have_value("2023-04-18")
    expect(drafts(page).nth(2).locator("select")).to_have_value("fence")
    expect(drafts(page).nth(2)).to_contain_text("96% sure")
    expect(page.locator("#oh-report")).to_contain_text("torn.pdf: is a damaged PDF")
    expect(page.locator("#oh-report")).to_contain_text("no reader for .mp3")
    assert empty.house.notebook.count() == 0

    # What was typed is kept though nothing was saved, in this window and in another.
    drafts(page).nth(0).locator("[name=title]").fill("A question for Ray")
    drafts(page).nth(0).locator("[name=date]").fill("3 March 2025")
    drafts(page).nth(0).locator("[name=date]").press("Tab")
    other = windows.open(empty.address)
    notes_tab(other)
    expect(drafts(other).nth(0).locator("[name=title]")).to_have_value("A question for Ray")
    expect(drafts(other).nth(0).locator("[name=date]")).to_have_value("2025-03-03")
    other.close()

    drafts(page).filter(has_text="scan1.pdf").get_by_role("button", name="Drop").click()
    expect(page.locator("#oh-done")).to_contain_text("Dropped.")
    expect(drafts(page)).to_have_count(2)
    page.locator("#oh-undo").click()
    expect(drafts(page)).to_have_count(3)
    page.get_by_role("button", name="Save all").click()
    expect(page.locator("#oh-done")).to_contain_text("Kept 3 notes.")
    expect(drafts(page)).to_have_count(0)
    expect(note_titles(page)).to_have_text(["A question for Ray", "Blue Heron Pools: Invoice 4471", "Fence stained"])
    assert empty.house.library.differences() == (set(), set())

    drop(page, invoice)
    expect(page.locator("#oh-report")).to_contain_text("1 note was here already.")
    expect(drafts(page)).to_have_count(0)

    page.locator("#oh-undo").click()
    expect(page.locator("#oh-found")).to_contain_text("No notes here.")
    assert empty.house.notebook.count() == 0
    expect(drafts(page)).to_have_count(3)  # they wait again, as they were before they were saved


def test_a_save_leaves_what_was_typed_and_what_came_in_another_window(
    tmp_path: Path, empty: Served, windows: Windows, page: Page
) -> None:
    first = tmp_path / "fence.txt"
    first.write_text("The fence was stained on 2 May 2022.", "utf-8")
    drop(page, first)
    titled(page, ["Fence"])
    other = windows.open(empty.address)
    notes_tab(other)
    titled(other, ["Fence"])
    with other.expect_response("**/queue/join*"):
        drafts(other).locator("[name=title]").fill("Our old fence")
        drafts(other).locator("[name=title]").press("Tab")
    empty.house.trail.waiting.put(empty.house.trail.imports.begin("inbox"), Draft("It came unseen.", "Unseen"))
    page.get_by_role("button", name="Save all").click()
    expect(page.locator("#oh-done")).to_contain_text("Kept 1 note.")
    expect(note_titles(page)).to_have_text(["Our old fence"])
    titled(page, ["Unseen"])


def test_a_date_that_is_none_is_said_and_nothing_is_saved(tmp_path: Path, empty: Served, page: Page) -> None:
    path = tmp_path / "fence.txt"
    path.write_text("The fence was stained on 2 May 2022.", "utf-8")
    drop(page, path)
    titled(page, ["Fence"])
    drafts(page).locator("[name=date]").fill("the 45th of May")
    page.get_by_role("button", name="Save all").click()
    toast(page, "'the 45th of May' is not a date.")
    expect(drafts(page).locator("[name=date]")).to_have_value("the 45th of May")
    assert empty.house.notebook.count() == 0


def test_what_is_typed_in_a_draft_stays_with_it_when_the_one_above_is_dropped(
    tmp_path: Path, empty: Served, page: Page
) -> None:
    for name in ("Gate", "Hose", "Lamp"):
        (tmp_path / f"{name}.txt").write_text(f"{name} lies in the shed.", "utf-8")
    drop(page, *(tmp_path / f"{name}.txt" for name in ("Gate", "Hose", "Lamp")))
    titled(page, ["Gate", "Hose", "Lamp"])
    hose = drafts(page).nth(1)
    hose.locator("[name=date]").fill("2024-05-06")
    hose.locator("summary").click()
    hose.locator("textarea").fill("Hose lies in the cellar.")
    drafts(page).nth(0).locator("[data-review=drop]").click()
    titled(page, ["Hose", "Lamp"])
    for number, (date, text) in enumerate([("2024-05-06", "Hose lies in the cellar."), ("", "Lamp lies in the shed.")]):
        expect(drafts(page).nth(number).locator("[name=date]")).to_have_value(date)
        expect(drafts(page).nth(number).locator("textarea")).to_have_value(text)
    expect(drafts(page).nth(0).locator("textarea")).to_be_visible()
    page.get_by_role("button", name="Save all").click()
    expect(drafts(page)).to_have_count(0)
    kept = {note.title: (note.text, note.date) for note in empty.house.notebook.select()}
    assert kept == {"Hose": ("Hose lies in the cellar.", dt.date(2024, 5, 6)), "Lamp": ("Lamp lies in the shed.", None)}


def test_a_save_is_not_taken_back_with_what_another_window_saved_since(
    tmp_path: Path, empty: Served, windows: Windows, page: Page
) -> None:
    paths = [tmp_path / f"{name}.txt" for name in ("Gate", "Hose")]
    for path in paths:
        path.write_text(f"{path.stem} lies in the shed.", "utf-8")
    drop(page, paths[0])
    titled(page, ["Gate"])
    page.get_by_role("button", name="Save all").click()
    expect(page.locator("#oh-done")).to_contain_text("Kept 1 note.")
    other = windows.open(empty.address)
    notes_tab(other)
    drop(other, paths[1])
    titled(other, ["Hose"])
    other.get_by_role("button", name="Save all").click()
    expect(other.locator("#oh-done")).to_contain_text("Kept 1 note.")
    page.locator("#oh-undo").click()
    toast(page, "Take the whole import back")
    assert sorted(note.title for note in empty.house.notebook.select()) == ["Gate", "Hose"]


def test_drafts_that_go_with_an_undone_import_come_back_with_it(tmp_path: Path, empty: Served, page: Page) -> None:
    archive = packed(
        tmp_path / "drawer.zip",
        {"fence.md": "# Fence stained\nTwo coats on 2 May 2022.", "odd.txt": "Ask Ray perhaps."},
    )
    drop(page, archive)
    expect(drafts(page)).to_have_count(2)
    page.locator("[data-review=sure]").click()
    expect(drafts(page)).to_have_count(1)
    page.locator("#oh-imports summary").click()
    page.locator("#oh-imports [data-act=remove]").first.click()
    expect(page.locator("#oh-done")).to_contain_text("Took back 1 note and dropped 1 draft.")
    expect(drafts(page)).to_have_count(0)
    page.locator("#oh-undo").click()
    expect(drafts(page)).to_have_count(1)
    assert empty.house.notebook.count() == 1


def test_an_import_is_undone_from_the_list_of_imports(tmp_path: Path, empty: Served, page: Page) -> None:
    path = tmp_path / "fence.txt"
    path.write_text("The fence was stained on 2 May 2022.", "utf-8")
    drop(page, path)
    titled(page, ["Fence"])
    page.get_by_role("button", name="Save all").click()
    expect(note_titles(page)).to_have_text(["Fence"])
    page.locator(".oh-imports summary").click()
    page.locator(".oh-imports").get_by_role("button", name="Undo").click()
    expect(page.locator("#oh-done")).to_contain_text("Took back 1 note.")
    expect(page.locator("#oh-found")).to_contain_text("No notes here.")
    page.locator("#oh-undo").click()
    expect(note_titles(page)).to_have_text(["Fence"])


def test_the_original_opens_from_its_note_and_nothing_in_it_runs(tmp_path: Path, empty: Served, page: Page) -> None:
    evil = tmp_path / "evil.html"
    evil.write_text("<p>The fence was stained.</p><script>document.title = 'hacked'</script>", "utf-8")
    drop(page, pdf(tmp_path / "invoice.pdf", INVOICE), evil)
    expect(drafts(page)).to_have_count(2)
    page.get_by_role("button", name="Save all").click()
    expect(note_titles(page)).to_have_count(2)
    open_note(page, "Blue Heron Pools: Invoice 4471")
    expect(page.locator("#oh-heading")).to_contain_text("dated by the text")
    link = page.locator("#oh-heading a")
    expect(link).to_have_text("invoice.pdf")
    shown = httpx.get(f"{empty.address}/{link.get_attribute('href')}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "application/pdf")
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.content == (tmp_path / "invoice.pdf").read_bytes()
    open_note(page, "The fence was stained.")
    saved = httpx.get(f"{empty.address}/{page.locator('#oh-heading a').get_attribute('href')}")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert (saved.headers["content-type"], saved.headers["x-content-type-options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert httpx.get(f"{empty.address}/original/no-such-note").status_code == 404


def test_a_hostile_file_is_text_in_the_review(tmp_path: Path, empty: Served, page: Page) -> None:
    hostile = "<img src=x onerror='window.hacked = 1'>"
    path = tmp_path / "a.md"
    path.write_text(f"# Title {hostile}\n</textarea><script>window.hacked = 1</script> \"' {hostile}", "utf-8")
    drop(page, path)
    titled(page, [f"Title {hostile}"])
    assert page.locator("#oh-review :is(img, script)").count() == 0
    assert page.evaluate("window.hacked") is None
