import datetime as dt
import random
from pathlib import Path

import pytest
from sqlite_utils import Migrations

from knowledge.note import Draft, NoteFilter
from knowledge.notebook import Notebook
from knowledge.record import Record
from knowledge.schema import create_notes, migrations
from knowledge.words import words_of

PUMP = Draft("It hums.", "Pump", "pool", dt.date(2023, 4, 18), ("Ray", "warranty"), source="pump.md")


ODD = [
    *('"', "''", '"pool', 'pool"', "*", "pool*", "^pool", "(pool", "pool)", "pool AND", "AND", "OR pump", "NOT"),
    *("NEAR(pool, 3)", "title:pool", "-pool", "+pool", "{pool}", "pool\\", "'; DROP TABLE notes; --", "%", "--"),
    *("🔑", "🔑 pool", "_", "_ pool", "²", "ß", "ा", "हिन्दी", "\x00pool", "pool\npump", "\u202epool", "a" * 5000),
]


@pytest.mark.parametrize("query", ODD)
def test_no_query_breaks_the_full_text_search(shelf: Notebook, query: str) -> None:
    shelf.passages.lexical(words_of(query), None, 5)
    shelf.passages.lexical([query], ["pool"], 5)
    shelf.passages.document_frequency([query])
    shelf.select(NoteFilter(text=query))

    assert shelf.count() == 4


@pytest.mark.parametrize("seed", range(20))
def test_no_seeded_noise_breaks_the_full_text_search(shelf: Notebook, seed: int) -> None:
    rng = random.Random(seed)
    query = "".join(chr(rng.choice([rng.randrange(1, 128), rng.randrange(1, 0xD800), 0x1F511])) for _ in range(60))

    shelf.passages.lexical(words_of(query), None, 5)
    shelf.passages.document_frequency(words_of(query))
    shelf.select(NoteFilter(text=query))


def test_a_question_of_ten_thousand_characters_is_answered(shelf: Notebook) -> None:
    words = words_of(" ".join(f"w{number}" for number in range(1800)) + " chlorine")

    assert len(shelf.passages.lexical(words, None, 5)) == 1
    assert len(shelf.passages.document_frequency(words)) == 1801


def test_operators_are_words(shelf: Notebook) -> None:
    note = shelf.add(Draft("This AND that, NOT those, NEAR here."))

    for word in ("and", "not", "near"):
        assert [found for found, _ in shelf.passages.lexical([word], None, 5)] == [f"{note.id}#0"]


def test_a_lexical_search_stays_in_its_scope_with_the_notes_without_a_category(notebook: Notebook) -> None:
    for category in ("pool", "car", None):
        notebook.add(Draft("pump", id=category or "everywhere", category=category))

    def found(categories: list[str] | None) -> set[str]:
        return {passage_id for passage_id, _ in notebook.passages.lexical(["pump"], categories, 5)}

    assert found(["pool"]) == {"pool#0", "everywhere#0"}
    assert found(["pool", "car"]) == found(None) == {"pool#0", "car#0", "everywhere#0"}
    assert found([]) == {"everywhere#0"}


def test_better_matches_come_first_and_no_more_than_asked_for(notebook: Notebook) -> None:
    notebook.add(Draft("pump and much else that has nothing to do with it at all", id="weak"))
    notebook.add(Draft("pump seal pump seal", "pump seal", id="strong"))

    found = notebook.passages.lexical(["pump", "seal"], None, 5)

    assert [passage_id for passage_id, _ in found] == ["strong#0", "weak#0"]
    assert found[0][1] > found[1][1]
    assert len(notebook.passages.lexical(["pump"], None, 1)) == 1


def test_full_text_follows_every_change(notebook: Notebook, record: Record) -> None:
    note = notebook.add(PUMP)
    notebook.edit(note.id, {"text": "It leaks.", "title": "Seal"})
    assert notebook.passages.document_frequency(["hums", "pump", "leaks", "seal"]) == {
        "hums": 0,
        "pump": 0,
        "leaks": 1,
        "seal": 1,
    }
    notebook.undo(note.id)
    assert notebook.passages.document_frequency(["hums", "leaks"]) == {"hums": 1, "leaks": 0}

    record.db.execute("INSERT INTO passages_fts(passages_fts, rank) VALUES ('integrity-check', 1)")


def test_passages_carry_what_their_note_is_about(notebook: Notebook) -> None:
    note = notebook.add(Draft("# Seal\nBlue.", "Pump", "pool", dt.date(2023, 4, 18)))

    (passage,) = notebook.passages.select(note_id=note.id)
    assert passage.embedded == "Pump · pool · April 2023 · Seal\nBlue."
    assert notebook.passages.select([passage.id, "nobody#0"]) == [passage]
    assert notebook.passages.select([]) == []


def test_codes_are_found_in_their_scope_and_go_with_their_note(shelf: Notebook) -> None:
    shelf.add(Draft("Paint SW 7036 in the hall.", "Hall", "painting", id="hall"))
    shelf.add(Draft("Claim about SW-7036.", "Claim", "car", id="claim"))

    assert shelf.passages.coded({"sw7036", "zz9"}, None) == {"sw7036": ["claim#0", "hall#0"]}
    assert shelf.passages.coded({"sw7036"}, ["painting"]) == {"sw7036": ["hall#0"]}
    shelf.edit("hall", {"text": "Paint SW 7008 in the hall."})
    shelf.delete(["claim"])
    assert shelf.passages.coded({"sw7036"}, None) == {}
    assert shelf.passages.coded({"sw7008"}, None) == {"sw7008": ["hall#0"]}


def test_notes_of_a_house_made_before_codes_were_kept_get_theirs(tmp_path: Path) -> None:
    path = tmp_path / "house.db"
    before = Migrations("knowledge")
    before(name="create_notes")(create_notes)
    with Record(path, (before,)).writing() as db:
        db.execute(
            "INSERT INTO notes (id, title, text, created_at, updated_at)"
            " VALUES ('n', 'Paint', 'SW 7036', '2026-01-01', '2026-01-01')"
        )
        db.execute("INSERT INTO passages VALUES ('n#0', 'n', 0, 'Paint', '', 'SW 7036')")

    shelf = Notebook(Record(path, (migrations,)))

    assert shelf.passages.coded({"sw7036"}, None) == {"sw7036": ["n#0"]}
    assert shelf.passages.vocabulary("pai") == ["paint"]
