import datetime as dt

import pytest

from knowledge.note import Hit, Passage, Scope


def passage(**changes: object) -> Passage:
    fields = {"id": "n#0", "note_id": "n", "title": "Pump", "category": "pool", "date": dt.date(2023, 4, 18)}
    return Passage(**{**fields, "heading": "", "text": "It hums.", **changes})  # type: ignore[arg-type]


def test_the_embedder_sees_what_a_passage_is_about_above_its_words() -> None:
    assert passage(heading="Seal › Spare").embedded == "Pump · pool · April 2023 · Seal › Spare\nIt hums."


def test_a_passage_that_is_about_nothing_known_is_embedded_as_its_words() -> None:
    assert passage(title="", category=None, date=None).embedded == "It hums."


def test_a_hit_shows_its_passages_in_the_order_given() -> None:
    hit = Hit("n", "Pump", "pool", None, (passage(), passage(id="n#1", text="It leaks.")), 0.5, 0.5, 0.5)

    assert hit.text == "It hums.\n\nIt leaks."


def test_a_hit_shows_each_heading_once_above_its_passages() -> None:
    rows = [("", "Of the pump."), ("Seal", "It hums."), ("Seal", "It leaks."), ("Seal › Spare", "In the shed.")]
    passages = tuple(passage(id=f"n#{at}", heading=heading, text=text) for at, (heading, text) in enumerate(rows))

    shown = Hit("n", "Pump", "pool", None, passages, 0.5, 0.5, 0.5).text

    assert shown == "Of the pump.\n\n# Seal\nIt hums.\n\nIt leaks.\n\n# Seal › Spare\nIn the shed."


@pytest.mark.parametrize(
    ("categories", "searched", "uncategorised", "total", "sentence"),
    [
        (("pool",), 16, 0, 220, "Searched 16 pool notes of 220"),
        (("pool",), 1, 0, 220, "Searched 1 pool note of 220"),
        (("pool", "fountain"), 20, 0, 220, "Searched 20 pool and fountain notes of 220"),
        (("pool",), 308, 300, 400, "Searched 8 pool notes and 300 without a category, of 400"),
        (("pool",), 2, 1, 3, "Searched 1 pool note and 1 without a category, of 3"),
        (("pool",), 5, 5, 9, "Searched 0 pool notes and 5 without a category, of 9"),
        (None, 220, 30, 220, "Searched all 220 notes"),
        (("pool",), 0, 0, 0, "This house has no notes yet"),
    ],
)
def test_a_scope_says_itself(
    categories: tuple[str, ...] | None, searched: int, uncategorised: int, total: int, sentence: str
) -> None:
    assert Scope(categories, "", searched, total, uncategorised).sentence == sentence
