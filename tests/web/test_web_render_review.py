import datetime as dt
import re

import pytest

from assistant.incoming.arrivals import Arriving
from assistant.incoming.outcomes import Outcome
from assistant.web import render_review
from knowledge.imports import Import
from knowledge.note import Draft
from knowledge.waiting import Waiting

DRAFT = Draft("The pool pump hums.", "Pump", "pool", dt.date(2023, 4, 18), source="a.pdf", dated_by="text, month first")
HOSTILE = "\"'><script>alert(1)</script></textarea>"


def waiting(draft: Draft = DRAFT, *, sure: bool = True, confidence: float | None = 0.961, reason: str = "") -> Waiting:
    return Waiting("w1", "i1", "add", None, draft, confidence, sure, reason)


def test_a_draft_shows_what_was_found_and_how_sure_that_is() -> None:
    html = render_review.review([waiting()], ["fence", "pool"], {})
    assert 'value="2023-04-18"' in html
    assert "from its text, month first" in html
    assert '<option selected value="pool">' in html
    assert "96% sure" in html
    assert "1 note waits for you</h3>" in html
    assert 'data-review="sure"' not in html  # all of them are


def test_those_that_ask_for_a_look_are_marked_and_the_others_can_be_saved_alone() -> None:
    odd = waiting(Draft("Ask Ray.", "Odd"), sure=False)
    html = render_review.review([odd, waiting()], ["pool"], {})
    assert "2 notes wait for you; 1 asks for a look" in html
    assert "Save the 1 sure one<" in html
    assert html.count("oh-look") == 1
    assert "no date found" in html
    assert "none is likely" in html


def test_a_change_names_the_note_that_it_changes() -> None:
    change = Waiting("w1", "i1", "update", "n1", DRAFT, None, False, "changed: text")
    assert "changes “Our pump” (text)" in render_review.review([change], ["pool"], {"n1": "Our pump"})


def test_a_long_list_is_drawn_in_part_and_says_so() -> None:
    html = render_review.review([waiting()] * (render_review.SHOWN + 5), ["pool"], {})
    assert html.count("data-waiting=") == render_review.SHOWN
    assert "… and 5 more" in html


@pytest.mark.parametrize(
    "draft",
    [
        Draft("It hums.", HOSTILE),
        Draft(HOSTILE),
        Draft("It hums.", source=HOSTILE),
        Draft("It hums.", date=dt.date(2023, 4, 18), dated_by=HOSTILE),
    ],
)
def test_nothing_foreign_is_markup(draft: Draft) -> None:
    html = render_review.review([waiting(draft, reason=HOSTILE)], [HOSTILE], {})
    assert "<script>" not in html
    assert html.count("</textarea>") == 1


def test_how_far_it_is_is_said_with_the_time_left() -> None:
    html = render_review.arriving(Arriving(11, 500, "pump.pdf", "about 40 s left", busy=True))
    assert "Reading 12 of 500: pump.pdf, about 40 s left" in html
    assert render_review.arriving(Arriving()) == ""


def test_the_report_holds_what_is_not_in_the_review() -> None:
    found = [Outcome("waiting", "a.pdf"), Outcome("unchanged", "b.pdf"), Outcome("refused", "c.pdf", reason="is empty")]
    html = render_review.report(found)
    assert "c.pdf: is empty" in html
    assert "a.pdf" not in html
    assert "1 note was here already." in html


def test_imports_can_be_undone_once() -> None:
    when = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
    html = render_review.imports([Import("i1", "page", when, False, 3), Import("i2", "inbox", when, True, 1)])
    assert html.count('data-act="remove"') == 1
    assert "3 notes from the page" in html
    assert "undone" in html
    assert re.search(r'aria-label="Undo: 3 notes from the page, [^"]+">Undo</button>', html)
    assert render_review.imports([Import("i3", "page", when, False, 0)]) == ""
