"""The Notes tab: add, search, filter, edit, delete and take back; files are test_browser_review's."""

import pytest
from browser_support import NOTES, Served, Windows, note_titles, notes_tab, open_note, toast
from playwright.sync_api import Page, expect

from knowledge.note import Draft

pytestmark = pytest.mark.browser

POOL, OPENING, PAINT = "Pool pump replaced", "Opening", "Kitchen paint"


@pytest.fixture
def page(home: Served, windows: Windows) -> Page:
    """The Notes tab of the shared house, with its three notes as they were."""
    notebook, library = home.house.notebook, home.house.library
    library.delete([note.id for note in notebook.select()])
    library.add([Draft(note.text, note.title, note.category, note.date) for note in NOTES])
    page = windows.open(home.address)
    notes_tab(page)
    expect(note_titles(page)).to_have_text([OPENING, POOL, PAINT])  # newest first
    return page


def write(page: Page, title: str = "", text: str = "", date: str = "", category: str = "") -> None:
    """Type into the form; what is not given stays."""
    for field, value in (("#oh-title", title), ("#oh-text", text), ("#oh-date", date)):
        if value:
            page.locator(f"{field} textarea").fill(value)
    if category:
        choose(page, "#oh-category", category)


def choose(page: Page, dropdown: str, choice: str) -> None:
    page.locator(f"{dropdown} input").click()
    page.get_by_role("option", name=choice, exact=True).click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()


def field(page: Page, name: str, value: str) -> None:
    """Wait until a field of the form holds a value."""
    expect(page.locator(f"#oh-{name} :is(textarea, input)")).to_have_value(value)


def open_note_again(page: Page, title: str, text: str) -> None:
    page.locator("#oh-found li .oh-open").filter(has_text=title).click()
    field(page, "text", text)


def done(page: Page, text: str) -> None:
    expect(page.locator("#oh-done")).to_contain_text(text)


def undo(page: Page) -> None:
    page.locator("#oh-undo").click()
    expect(page.locator("#oh-undo")).to_be_hidden()


# --- adding -------------------------------------------------------------------------------------------------------


def test_a_note_is_added_and_the_form_is_ready_for_the_next_one(home: Served, page: Page) -> None:
    write(page, "New tyres", "Four Michelin tyres, $612.", "3 March 2025", "car")
    save(page)
    done(page, "Kept “New tyres” under car.")
    expect(note_titles(page)).to_have_text(["New tyres", OPENING, POOL, PAINT])
    expect(page.locator("#oh-found li").first).to_contain_text("3 March 2025")
    field(page, "title", "")
    field(page, "text", "")
    note = home.house.notebook.select()[0]
    assert (note.category, str(note.date), note.text) == ("car", "2025-03-03", "Four Michelin tyres, $612.")
    undo(page)
    expect(note_titles(page)).to_have_text([OPENING, POOL, PAINT])


def test_the_house_chooses_the_category_of_a_note_that_has_none(page: Page) -> None:
    write(page, text="Ordered a new pool cover.")
    save(page)
    done(page, "Kept “Ordered a new pool cover.” under pool: filed by the router (96% sure).")


def test_a_date_that_is_none_is_refused_and_what_was_typed_stays(home: Served, page: Page) -> None:
    write(page, "Tyres", "Four new tyres.", "the 45th of May")
    save(page)
    toast(page, "'the 45th of May' is not a date. Write it like 2024-03-15.")
    field(page, "title", "Tyres")
    field(page, "text", "Four new tyres.")
    field(page, "date", "the 45th of May")
    assert home.house.notebook.count() == 3
    write(page, date="45-05-2024", text="Four new tyres. Rotate them.")
    page.locator("#oh-date textarea").fill("2024-05-04")
    save(page)
    done(page, "Kept “Tyres”")


def test_an_empty_note_is_refused_and_its_title_stays(home: Served, page: Page) -> None:
    write(page, "Only a title")
    save(page)
    toast(page, "The note is empty. Write what should be remembered.")
    field(page, "title", "Only a title")
    assert home.house.notebook.count() == 3


def test_two_windows_add_notes_at_once_and_both_are_kept(home: Served, windows: Windows, page: Page) -> None:
    other = windows.open(home.address)
    notes_tab(other)
    write(page, "From one window", "One.", category="car")
    write(other, "From another", "Two.", category="car")
    page.get_by_role("button", name="Save").click(no_wait_after=True)
    save(other)
    done(page, "Kept “From one window”")
    done(other, "Kept “From another”")
    assert home.house.notebook.count() == 5


# --- finding ------------------------------------------------------------------------------------------------------


def test_words_typed_narrow_the_list(page: Page) -> None:
    search = page.get_by_role("textbox", name="Search")
    search.fill("alabaster")
    expect(note_titles(page)).to_have_text([PAINT])
    search.fill("nothing like it")
    expect(page.locator("#oh-found")).to_contain_text("No note matches. Clear the search")
    search.fill("")
    expect(note_titles(page)).to_have_text([OPENING, POOL, PAINT])


def test_a_category_narrows_the_list_also_to_the_notes_without_one(home: Served, page: Page) -> None:
    home.house.library.add([Draft("Who am I?", "Stray")])
    choose(page, "#oh-filter", "pool")
    expect(note_titles(page)).to_have_text([OPENING, POOL])
    choose(page, "#oh-filter", "no category")
    expect(note_titles(page)).to_have_text(["Stray"])
    choose(page, "#oh-filter", "all categories")
    expect(note_titles(page)).to_have_text([OPENING, POOL, PAINT, "Stray"])


# --- changing -----------------------------------------------------------------------------------------------------


def test_an_opened_note_fills_the_form_and_a_change_can_be_taken_back(home: Served, page: Page) -> None:
    open_note(page, PAINT)
    field(page, "category", "painting")
    field(page, "date", "2022-01-09")
    field(page, "text", "Sherwin-Williams Alabaster in the kitchen.")
    expect(page.locator("#oh-found li[aria-current]")).to_contain_text(PAINT)
    write(page, "Kitchen paint, second coat", "Now it is Repose Gray.")
    save(page)
    done(page, "Saved “Kitchen paint, second coat”.")
    expect(note_titles(page)).to_have_text([OPENING, POOL, "Kitchen paint, second coat"])
    undo(page)
    expect(note_titles(page)).to_have_text([OPENING, POOL, PAINT])
    field(page, "text", "Sherwin-Williams Alabaster in the kitchen.")


def test_saving_an_unchanged_note_changes_nothing(home: Served, page: Page) -> None:
    open_note(page, PAINT)
    before = home.house.notebook.select()
    save(page)
    done(page, "Nothing had changed.")
    assert home.house.notebook.select() == before


def test_a_change_made_in_another_window_is_not_overwritten_and_what_was_typed_stays(
    home: Served, windows: Windows, page: Page
) -> None:
    other = windows.open(home.address)
    notes_tab(other)
    open_note(page, PAINT)
    open_note(other, PAINT)
    write(other, text="It is Repose Gray.")
    save(other)
    done(other, "Saved")
    write(page, text="It is Swiss Coffee.")
    save(page)
    toast(page, "The note 'Kitchen paint' was changed elsewhere meanwhile.")
    field(page, "text", "It is Swiss Coffee.")
    assert [note.text for note in home.house.notebook.select()][-1] == "It is Repose Gray."


def test_a_note_whose_tag_is_changed_beside_its_form_is_saved_all_the_same(home: Served, page: Page) -> None:
    open_note(page, POOL)
    page.locator("#oh-found li", has_text=POOL).locator(".oh-tag").click()
    page.get_by_role("menuitemradio", name="fountain").click()
    field(page, "category", "fountain")
    write(page, text="It hums.")
    save(page)
    done(page, f"Saved “{POOL}”.")
    (note,) = (note for note in home.house.notebook.select() if note.title == POOL)
    assert (note.text, note.category) == ("It hums.", "fountain")


def test_words_brought_back_to_a_note_that_another_window_changed_can_be_saved(home: Served, page: Page) -> None:
    open_note(page, POOL)
    write(page, text="My words.")
    (note,) = (note for note in home.house.notebook.select() if note.title == POOL)
    home.house.library.edit(note.id, {"text": "Their words."})
    save(page)
    toast(page, "changed")
    open_note_again(page, POOL, "Their words.")
    undo(page)
    toast(page, "Saving puts your words in its place")
    field(page, "text", "My words.")
    save(page)
    done(page, "Saved")
    assert home.house.notebook.get(note.id).text == "My words."


def test_a_note_that_was_deleted_elsewhere_is_offered_back(home: Served, page: Page) -> None:
    page.wait_for_timeout(1500)  # the list is drawn anew once more, and would leave the deleted one out
    (note,) = (note for note in home.house.notebook.select() if note.title == POOL)
    home.house.library.delete([note.id])
    page.locator("#oh-found li .oh-open").filter(has_text=POOL).click()
    done(page, f"“{POOL}” was deleted. Undo brings it back.")
    field(page, "title", "")
    undo(page)
    field(page, "title", POOL)
    assert not home.house.notebook.get(note.id).deleted


def test_an_undo_takes_back_no_later_change_of_another_window(home: Served, windows: Windows, page: Page) -> None:
    open_note(page, PAINT)
    write(page, text="It is Swiss Coffee.")
    save(page)
    done(page, "Saved")
    other = windows.open(home.address)
    notes_tab(other)
    open_note(other, PAINT)
    write(other, text="It is Repose Gray.")
    save(other)
    done(other, "Saved")
    undo(page)
    toast(page, "The note 'Kitchen paint' was changed elsewhere since, so your change was not taken back.")
    assert [note.text for note in home.house.notebook.select()][-1] == "It is Repose Gray."


def test_a_note_deleted_in_another_window_is_not_saved_and_what_was_typed_stays(home: Served, page: Page) -> None:
    open_note(page, PAINT)
    home.house.library.delete([note.id for note in home.house.notebook.select() if note.title == PAINT])
    write(page, text="It is Swiss Coffee.")
    save(page)
    toast(page, "The note 'Kitchen paint' is deleted.")
    field(page, "text", "It is Swiss Coffee.")


def test_a_deleted_note_comes_back_by_undo(home: Served, page: Page) -> None:
    open_note(page, POOL)
    page.get_by_role("button", name="Delete", exact=True).click()
    done(page, "Deleted “Pool pump replaced”.")
    expect(note_titles(page)).to_have_text([OPENING, PAINT])
    expect(page.locator("#oh-delete")).to_be_hidden()
    undo(page)
    expect(note_titles(page)).to_have_text([OPENING, POOL, PAINT])
    field(page, "title", POOL)
    assert home.house.library.differences() == (set(), set())


def test_new_note_empties_the_form(page: Page) -> None:
    open_note(page, POOL)
    page.get_by_role("button", name="New note").click()
    field(page, "title", "")
    field(page, "text", "")
    field(page, "category", "choose for me")
    expect(page.locator("#oh-delete")).to_be_hidden()
    expect(page.locator("#oh-found li[aria-current]")).to_have_count(0)


# --- nothing typed is lost ----------------------------------------------------------------------------------------


def test_a_note_being_written_is_put_aside_when_another_one_is_opened(home: Served, page: Page) -> None:
    write(page, "Sauna", "The sauna's stove takes nine kilos of stones.", "2024-05-06")
    open_note(page, POOL)
    field(page, "title", POOL)
    done(page, "What you were writing is put aside: “Sauna”.")
    undo(page)
    for name, typed in (("title", "Sauna"), ("text", "The sauna's stove takes nine kilos of stones.")):
        field(page, name, typed)
    field(page, "date", "2024-05-06")
    save(page)
    done(page, "Kept “Sauna”")
    assert len(home.house.notebook.select()) == 4


def test_a_change_that_was_not_saved_comes_back_to_its_note(home: Served, page: Page) -> None:
    open_note(page, PAINT)
    field(page, "title", PAINT)
    write(page, text="Now it is Repose Gray.")
    page.get_by_role("button", name="New note").click()
    field(page, "text", "")
    done(page, "What you were writing is put aside")
    undo(page)
    field(page, "text", "Now it is Repose Gray.")
    save(page)
    done(page, f"Saved “{PAINT}”.")
    assert len(home.house.notebook.select()) == 3


def test_a_change_comes_back_as_a_new_note_where_its_note_was_deleted_meanwhile(home: Served, page: Page) -> None:
    open_note(page, PAINT)
    field(page, "title", PAINT)
    write(page, text="Now it is Repose Gray.")
    page.get_by_role("button", name="New note").click()
    done(page, "What you were writing is put aside")
    home.house.library.delete([note.id for note in home.house.notebook.select() if note.title == PAINT])
    undo(page)
    field(page, "text", "Now it is Repose Gray.")
    expect(page.locator("#oh-delete")).to_be_hidden()
    save(page)
    done(page, f"Kept “{PAINT}”")
    assert len(home.house.notebook.select()) == 3


def test_what_stood_in_the_form_when_something_was_brought_back_is_put_aside_in_turn(page: Page) -> None:
    write(page, "First", "one")
    page.get_by_role("button", name="New note").click()
    field(page, "title", "")
    write(page, "Second", "two")
    page.locator("#oh-undo").click()
    field(page, "title", "First")
    done(page, "“Second”")
    page.locator("#oh-undo").click()
    field(page, "title", "Second")
    done(page, "“First”")


def test_a_note_that_was_only_looked_at_is_not_put_aside(page: Page) -> None:
    open_note(page, POOL)
    field(page, "title", POOL)
    open_note(page, PAINT)
    field(page, "title", PAINT)
    expect(page.locator("#oh-done")).to_be_hidden()


# --- hostile notes ------------------------------------------------------------------------------------------------


def test_a_hostile_note_is_text_in_the_list_in_the_form_and_in_what_is_said_of_it(
    home: Served, windows: Windows, page: Page
) -> None:
    hostile = '<img src=http://evil.example/a.png onerror="window.hacked = 1"> ![i](http://evil.example/b.png) ${1 + 1}'
    home.house.library.add([Draft(f"Body {hostile}", hostile, source=f"{hostile}.md", id='"><img src=x>')])
    page.get_by_role("textbox", name="Search").fill("evil")
    expect(note_titles(page)).to_have_text([hostile])
    open_note(page, hostile)
    expect(page.locator("#oh-heading")).to_contain_text(hostile)
    home.house.library.edit('"><img src=x>', {"text": "changed elsewhere"})
    write(page, text="changed here")
    save(page)
    toast(page, f"The note '{hostile}' was changed elsewhere")
    page.get_by_role("button", name="Delete", exact=True).click()
    done(page, f"Deleted “{hostile}”.")
    assert page.locator(":is(#oh-found, #oh-heading, #oh-done, .toast-wrap) img").count() == 0
    assert page.evaluate("window.hacked") is None
    home.house.notebook.delete(['"><img src=x>'])
