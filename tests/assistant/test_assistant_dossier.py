import datetime as dt
from dataclasses import replace

from assistant.dossier import QUESTION_TOKENS, Dossier, dossier_of
from assistant.prompts import TEMPLATE_TOKENS
from knowledge.note import Hit, Note, Passage

NOW = dt.datetime(2026, 3, 5, tzinfo=dt.UTC)
TODAY = NOW.date()
OLD = Note("old", "Pump put in", "By Hal.", "pool", dt.date(2015, 5, 2), (), "", False, NOW, NOW, 1)
NEW = replace(OLD, id="new", title="Pump replaced", text="By Ray for $1,150.", date=dt.date(2023, 4, 18))
UNDATED = replace(OLD, id="undated", title="Gate code", text="It is 4471.", date=None)
POOL = dossier_of("pool", [NEW, UNDATED, OLD])


def hit(note: Note) -> Hit:
    passage = Passage(note.id, note.id, note.title, note.category, note.date, "", note.text)
    return Hit(note.id, note.title, note.category, note.date, (passage,), 0.9, 0.8, 0.7)


def test_its_notes_stand_oldest_first_whatever_order_they_come_in() -> None:
    assert [note.id for note in POOL.notes] == ["undated", "old", "new"]
    told = POOL.beginning[-1].content
    assert told.index("[1] Gate code (no date)") < told.index("[2] Pump put in (2 May 2015)") < told.index("[3] Pump")


def test_a_newer_note_makes_the_beginning_longer_and_changes_nothing_before() -> None:
    same_day = replace(NEW, id="a", title="Paid Ray", created_at=NOW + dt.timedelta(hours=1))
    longer = dossier_of("pool", [OLD, NEW, UNDATED, same_day])
    *before, last = POOL.beginning
    assert longer.beginning[:-1] == before
    assert longer.beginning[-1].content.startswith(last.content)


def test_every_question_goes_on_from_the_same_beginning_and_points_to_the_hits() -> None:
    messages, shown = POOL.asked("Who replaced the pump?", [hit(NEW), hit(OLD)], {"new": "By Ray."}, TODAY)
    *before, last = POOL.beginning
    assert messages[:-1] == before
    assert messages[-1].content.removeprefix(last.content) == (
        "\n\nLook first at these:\n[2] Pump put in (2 May 2015)\n\n[3] Pump replaced (18 April 2023)\nBy Ray.\n\n"
        "Today is 5 March 2026.\nQuestion: Who replaced the pump?"
    )
    assert [each.note_id for each in shown] == ["undated", "old", "new"]
    assert shown[2].text == NEW.text


def test_a_hit_that_it_lacks_is_shown_with_the_question() -> None:
    added = replace(NEW, id="added", title="Pump sealed", text="New gasket.", category=None)
    messages, shown = POOL.asked("Was the pump sealed?", [hit(added), hit(NEW)], {}, TODAY)
    assert "[4] Pump sealed (18 April 2023)\nNew gasket.\n\nLook first" in messages[-1].content
    assert shown[3].note_id == "added"


def test_it_serves_as_long_as_nothing_in_it_is_changed_or_deleted() -> None:
    added = replace(NEW, id="added")
    assert POOL.lacks_only_news([OLD, NEW, UNDATED])
    assert POOL.lacks_only_news([added, OLD, NEW, UNDATED])
    assert not POOL.lacks_only_news([NEW, UNDATED])
    assert not POOL.lacks_only_news([OLD, replace(NEW, revision=2), UNDATED])


def test_it_fits_where_a_question_fits_behind_it() -> None:
    def words(text: str) -> int:
        return len(text.split())

    told = sum(words(message.content) for message in POOL.beginning)
    assert POOL.fits(told + TEMPLATE_TOKENS + QUESTION_TOKENS, words)
    assert not POOL.fits(told + TEMPLATE_TOKENS + QUESTION_TOKENS - 1, words)
    assert Dossier("pool", ()).beginning
