import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest
from conftest import WordEmbedder
from knowledge_support import fill
from numpy.typing import NDArray

from knowledge.errors import RerankerUnavailable
from knowledge.library import Library
from knowledge.note import Draft, Hit, Scope
from knowledge.rereading import PASSAGES
from knowledge.search import CANDIDATES, LONGEST, READ, Asked, search


def find(library: Library, question: str, *categories: str, limit: int = 5) -> list[Hit]:
    return library.search(question, Scope(categories or None, "test"), limit)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.note_id for hit in hits]


@pytest.fixture
def house(library: Library) -> Library:
    library.add(
        [
            Draft("Ray replaced the pump for $1,150.", "Pool pump", "pool", dt.date(2023, 4, 18), id="pump"),
            Draft(
                "Chlorine 3 ppm, pH 7.4, pump on a timer.", "Pool opening", "pool", dt.date(2024, 5, 4), id="opening"
            ),
            Draft("New fuel pump fitted by the garage.", "Fuel pump", "car", id="car"),
            Draft("Keys and pump manuals hang by the door.", "Where things are", id="everywhere"),
        ]
    )
    return library


def test_a_hit_carries_its_note_s_title_category_date_and_words(house: Library) -> None:
    hit = find(house, "Who replaced the pool pump?")[0]

    assert (hit.note_id, hit.title, hit.category, hit.date) == ("pump", "Pool pump", "pool", dt.date(2023, 4, 18))
    assert hit.text == "Ray replaced the pump for $1,150."
    assert [passage.id for passage in hit.passages] == ["pump#0"]


def test_a_scope_holds_its_categories_and_the_notes_without_one_and_nothing_else(house: Library) -> None:
    assert set(ids(find(house, "pump", "pool"))) == {"pump", "opening", "everywhere"}
    assert set(ids(find(house, "pump", "pool", "car"))) == {"pump", "opening", "car", "everywhere"}
    assert set(ids(find(house, "pump", "fountain"))) == {"everywhere"}
    assert set(ids(find(house, "pump"))) == {"pump", "opening", "car", "everywhere"}


def test_a_scope_of_no_category_holds_only_the_notes_without_one(house: Library) -> None:
    assert ids(house.search("pump", Scope((), "test"))) == ["everywhere"]


def test_a_note_moved_while_the_index_could_not_follow_is_searched_where_it_is_now(house: Library) -> None:
    house.notebook.edit("pump", {"category": "fountain"})
    house.notebook.delete(["opening"])

    assert set(ids(find(house, "pool pump", "pool"))) == {"everywhere"}
    assert ids(find(house, "pool pump", "fountain"))[0] == "pump"


def test_the_one_note_of_a_category_is_found_in_a_house_full_of_others(library: Library) -> None:
    fill(library, (Draft(f"Doorbell pump chime number {number}", category="pool") for number in range(300)))
    library.add([Draft("The chime hums.", category="doorbell", id="chime")])

    assert ids(find(library, "doorbell chime number", "doorbell")) == ["chime"]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("What is the part number DA97-17376B for?", "DA97-17376B"),
        ("filter da97-17376b", "DA97-17376B"),
        ("serial 0042-AX", "0042-AX"),
        ("who has the phone number 555-0142", "555-0142"),
        ("paint SW 7008", "SW 7008"),
        ("what is error E15?", "E15"),
    ],
)
def test_a_note_with_the_exact_code_comes_first(library: Library, question: str, code: str) -> None:
    neighbours = ["DA97-17376A", "DA97-17367B", "0043-AX", "0042-BX", "555-0143", "555-0412", "SW 7018", "E24", "E25"]
    said = "The filter part, serial, phone number, paint or error is {}. Who has what, for what?"
    library.add(Draft(said.format(each), "Numbers") for each in neighbours)
    # Longer than its neighbours, and so farther away for the vectors.
    library.add([Draft(said.format(code) + " Receipts and manuals lie in the drawer below.", "Numbers", id="right")])

    assert ids(find(library, question))[0] == "right"


def test_a_code_is_found_where_closer_notes_fill_all_that_the_vectors_bring(library: Library) -> None:
    fill(library, (Draft(f"pump pump pump {number}", "pump") for number in range(CANDIDATES + 20)))
    words = " ".join(f"word{number}" for number in range(100))
    library.add([Draft(f"{words} VST9000 {words}", "manual", id="right")])

    assert ids(find(library, "pump VST9000"))[0] == "right"


def test_words_match_in_their_other_forms(house: Library) -> None:
    (best, *_) = find(house, "replacing pumps")

    assert best.note_id == "pump"
    assert best.overlap == pytest.approx(1)


def test_scores_are_between_nothing_and_one_and_fall(house: Library) -> None:
    hits = find(house, "pool pump replaced")

    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert 0 <= hit.score <= 1.0001
        assert 0 <= hit.overlap <= 1.0001
        assert hit.similarity <= 1.0001


def test_many_deleted_notes_do_not_distort_the_scores_of_those_left(library: Library) -> None:
    fill(library, (Draft(f"The pool pump hums, part {number}", category="pool") for number in range(60)))
    library.delete(note.id for note in library.notebook.select())
    library.add([Draft("The pool pump hums.", id="pump"), Draft("The heater drips.", id="heater")])

    hits = {hit.note_id: hit for hit in find(library, "pool pump leak")}

    assert 0 < hits["pump"].overlap < 1
    assert hits["heater"].overlap == 0
    assert hits["pump"].score > hits["heater"].score


def test_a_long_note_counts_once_and_shows_its_best_passages_in_its_own_order(library: Library) -> None:
    sections = "\n".join(f"# Part {number}\n{'pump ' * (number % 5)} filler" for number in range(10))
    library.add([Draft(sections, "Manual", id="manual"), Draft("The pump.", id="short")])

    hits = find(library, "pump")

    assert sorted(ids(hits)) == ["manual", "short"]
    (manual,) = [hit for hit in hits if hit.note_id == "manual"]
    positions = [int(passage.id.rpartition("#")[2]) for passage in manual.passages]
    assert len(positions) == PASSAGES
    assert positions == sorted(positions)
    # Passage 0 is the heading's own, passages with four 'pump' are the best.
    assert {4, 9} <= set(positions)
    assert positions[manual.best] in (4, 9)


def test_no_more_notes_than_asked_for(house: Library) -> None:
    assert len(find(house, "pump", limit=2)) == 2
    assert find(house, "pump", limit=0) == []


def test_an_empty_house_holds_nothing(library: Library) -> None:
    assert find(library, "pump") == []
    assert find(library, "pump", "pool") == []


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?!",
        "🔑",
        "what is it",
        '"pump',
        "pump AND",
        "NEAR(pump)",
        "<b>pump</b>",
        "'; DROP TABLE notes; --",
        "pump " * 2000,
    ],
)
def test_an_odd_question_is_a_question(house: Library, question: str) -> None:
    assert len(find(house, question)) <= 4
    assert house.notebook.count() == 4


def test_equal_notes_come_in_one_order(library: Library) -> None:
    library.add(Draft("The same words.", id=each) for each in "dbca")

    assert ids(find(library, "same words")) == list("abcd")


def test_the_vector_decides_where_no_word_is_shared(house: Library) -> None:
    vector = WordEmbedder().embed(["New fuel pump fitted by the garage."])[0]

    hits = search(house.notebook, house.index, Asked("zebra", vector, None, {}, dt.date(2026, 3, 5)), 5)

    assert hits[0].note_id == "car"
    assert hits[0].overlap == 0


@pytest.mark.parametrize("question", ["When was the pump replcaed?", "when was the pmup replaced", "pool pumpp"])
def test_a_slip_of_the_keyboard_finds_the_word_that_was_meant(house: Library, question: str) -> None:
    (best, *_) = find(house, question)

    assert best.note_id == "pump"
    assert best.overlap > 0.9


def test_a_word_that_is_like_none_of_the_house_stays_as_it_is(house: Library) -> None:
    assert find(house, "zebra pump")[0].overlap < 0.9


def stained(library: Library, *years: int) -> None:
    library.add(
        Draft("Fence stained by Pickett.", "Fence stained", "fence", dt.date(year, 4, 30), id=str(year))
        for year in years
    )


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("When was the fence last stained?", "2023"),
        ("What stain is on the fence?", "2023"),
        ("When was the fence first stained?", "2016"),
        ("Who stained the fence in 2019?", "2019"),
        ("fence stained before 2018", "2016"),
    ],
)
def test_a_series_comes_in_the_order_that_the_question_asks_for(library: Library, question: str, first: str) -> None:
    stained(library, 2016, 2023, 2019)

    assert ids(find(library, question, "fence"))[0] == first


def test_the_last_time_is_found_before_the_times_before(library: Library) -> None:
    stained(library, 2016, 2023, 2019)

    assert ids(find(library, "When was the fence last stained?", "fence")) == ["2023", "2019", "2016"]


def test_an_event_of_the_house_stands_for_its_date(library: Library) -> None:
    stained(library, 2016, 2019, 2023)
    library.add([Draft("New cabinets.", "Kitchen remodel", "cooking", dt.date(2018, 3, 1))])

    assert ids(find(library, "Who stained the fence before the kitchen remodel?", "fence"))[0] == "2016"
    assert ids(find(library, "Who stained the fence after the kitchen remodel?", "fence"))[-1] == "2016"
    assert ids(find(library, "Who stained the fence before the great flood?", "fence"))[0] == "2023"


def test_what_the_router_holds_likely_goes_first_where_the_scope_leaves_it_open(library: Library) -> None:
    library.add(Draft("The pump hums.", "Pump", name, id=name) for name in ("car", "pool", "fountain"))

    def order(**prior: float) -> list[str]:
        return ids(library.search("Why does the pump hum?", Scope(None, "test"), 5, prior))

    assert order(fountain=0.7, pool=0.2, car=0.1) == ["fountain", "pool", "car"]
    assert order(car=0.9, pool=0.1) == ["car", "pool", "fountain"]
    assert order() == ["car", "fountain", "pool"]


class Knowing:
    """A reranker that knows which sentence answers, and keeps what it was shown."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.shown: list[str] = []

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.shown += sentences
        return np.array([5.0 if self.words in each else -5.0 for each in sentences], np.float32)


def test_the_first_notes_are_read_with_the_question_and_the_one_that_answers_goes_first(house: Library) -> None:
    assert ids(find(house, "pool pump", "pool"))[0] == "pump"
    house.reranker = Knowing("pH 7.4")

    first, *others = find(house, "pool pump", "pool")

    assert (first.note_id, first.deciding[0].sentence) == ("opening", "Chlorine 3 ppm, pH 7.4, pump on a timer.")
    assert first.answering > 0.99 > 0.01 > max(each.answering for each in others)
    assert "Pool opening (04 May 2024): Chlorine 3 ppm, pH 7.4, pump on a timer." in house.reranker.shown


def test_only_the_first_notes_are_read_in_a_large_house(library: Library) -> None:
    fill(library, (Draft(f"The pump was oiled, visit {at}.", "Pump", "pool", id=f"n{at}") for at in range(3 * READ)))
    library.reranker = Knowing("visit 1.")

    hits = find(library, "Who oiled the pump?", limit=3 * READ)

    assert len(library.reranker.shown) == READ
    assert sum(bool(hit.deciding) for hit in hits) == READ


def manual(sections: int) -> Draft:
    """A manual of the pump whose last section holds what is asked, in other words."""
    told = [f"# Part {number}\nThe pool pump, its pump lid and the pump basket." for number in range(sections)]
    return Draft("\n".join([*told, "# Winter\nDrain the trap when it freezes."]), "Manual", "pool", id="manual")


def test_a_note_that_is_found_is_read_to_its_end(library: Library) -> None:
    library.add([manual(LONGEST - 1), Draft("The heater drips.", id="heater")])
    before, *_ = find(library, "pool pump lid")
    library.reranker = Knowing("Drain the trap")

    hit, *_ = find(library, "pool pump lid")

    assert "Drain the trap" not in before.text
    assert hit.deciding[0].sentence == "Drain the trap when it freezes."
    assert hit.text.endswith("# Winter\nDrain the trap when it freezes.")
    assert len(hit.passages) == PASSAGES
    assert hit.passages[hit.best] == before.passages[before.best]


def test_of_a_book_only_what_was_found_is_read(library: Library) -> None:
    library.add([manual(LONGEST)])
    library.reranker = Knowing("Drain the trap")

    (hit,) = find(library, "pool pump lid")

    assert "Manual: Drain the trap when it freezes." not in library.reranker.shown
    assert hit.answering < 0.5


class Broken:
    """A reranker whose weights cannot be read."""

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        raise RerankerUnavailable("The reranker cannot be read.")


def test_a_reranker_that_cannot_be_read_costs_its_verdict_and_no_question(
    house: Library, caplog: pytest.LogCaptureFixture
) -> None:
    before = find(house, "Who replaced the pool pump?")
    house.reranker = Broken()
    house.warm_up()

    assert find(house, "Who replaced the pool pump?") == before
    assert "stay as they were found" in caplog.text
