"""What the household tells of its questions: kept, changed, brought back, disputed, and carried out and in."""

import datetime as dt
import json

import pytest
from small_house import SmallHouse

from assistant.corrections import Correction, Corrections
from assistant.errors import CorrectionRefused
from classifier.memory import Remembered

Q = "Who fixed the camera?"


@pytest.fixture
def corrections(house: SmallHouse) -> Corrections:
    return house.corrections


def test_what_is_told_is_kept_over_a_restart(house: SmallHouse, corrections: Corrections) -> None:
    told = corrections.tell(Correction(f"  {Q} ", "Doorbell", "corrected", "electric", "v1", "t1"))
    assert (told.question, told.label, told.overruled, told.router) == (Q, "doorbell", "electric", "v1")
    again = Corrections(type(house.record)(house.settings.home / "house.db"))
    assert again.all() == [told]
    assert again.of_turn("t1") == told
    assert again.remembered() == [Remembered(Q, "doorbell", "electric")]


@pytest.mark.parametrize(
    ("question", "label", "why"),
    [("", "pool", "empty"), (" ?! ", "pool", "empty"), ("x" * 2001, "pool", "2,001"), (Q, "spaceship", "spaceship")],
)
def test_what_cannot_be_told_is_refused(corrections: Corrections, question: str, label: str, why: str) -> None:
    with pytest.raises(CorrectionRefused, match=why):
        corrections.tell(Correction(question, label))
    assert corrections.all() == []


def test_a_turn_has_one_correction_and_the_same_thing_told_twice_is_one(corrections: Corrections) -> None:
    corrections.tell(Correction(Q, "pool", turn_id="t1"))
    corrections.tell(Correction(Q, "fence", turn_id="t1"))
    corrections.tell(Correction(Q.upper(), "fence", "confirmed", turn_id="t2"))
    assert [(each.label, each.provenance) for each in corrections.all()] == [("fence", "confirmed")]


def test_a_removed_one_counts_no_more_and_can_be_restored(corrections: Corrections) -> None:
    told = corrections.tell(Correction(Q, "pool", turn_id="t1"))
    stamp = corrections.stamp()
    corrections.remove([told.id])
    assert corrections.all() == []
    assert corrections.remembered() == []
    assert corrections.of_turn("t1") is None
    assert corrections.stamp() != stamp
    corrections.restore([told.id])
    assert corrections.all() == [told]


def test_a_contradiction_teaches_nothing_until_it_is_settled(corrections: Corrections) -> None:
    first = corrections.tell(Correction(Q, "pool", turn_id="t1"))
    second = corrections.tell(Correction(Q.lower(), "fence", turn_id="t2"))
    other = corrections.tell(Correction("Why?", "car"))
    assert corrections.contradictions() == [[first, second]]
    assert corrections.teaching() == [other]
    assert corrections.remembered()[1].label == "fence"  # applied at once all the same: the newest word
    assert corrections.settle(first.id) == [second.id]
    assert corrections.contradictions() == []
    assert corrections.teaching() == [first, other]


def test_a_category_that_is_gone_contradicts_nothing(house: SmallHouse, corrections: Corrections) -> None:
    house.categories.add("deck", "the boards outside")
    old = corrections.tell(Correction(Q, "deck", turn_id="t1"))
    removed = house.categories.remove("deck")
    new = corrections.tell(Correction(Q, "fence", turn_id="t2"))

    assert corrections.contradictions() == []
    assert corrections.teaching() == [new]
    assert corrections.all() == [old, new]  # the list goes on showing it
    with pytest.raises(CorrectionRefused, match="no category 'deck'"):
        corrections.settle(old.id)
    assert corrections.settle(new.id) == []
    house.categories.restore(removed)
    assert corrections.contradictions() == [[old, new]]


def test_a_correction_of_a_category_that_is_gone_is_kept_and_not_applied(
    house: SmallHouse, corrections: Corrections
) -> None:
    told = corrections.tell(Correction(Q, "fountain"))
    stamp = corrections.stamp()
    with house.record.writing() as db:
        db.execute("DELETE FROM categories WHERE name = 'fountain'")
    assert corrections.all() == [told]
    assert corrections.remembered() == []
    assert corrections.teaching() == []
    assert corrections.stamp() != stamp
    assert corrections.relabel(told.id, "pool").label == "pool"
    assert corrections.remembered() == [Remembered(Q, "pool", None)]


def test_changing_what_is_gone_is_refused(corrections: Corrections) -> None:
    with pytest.raises(CorrectionRefused, match="another window"):
        corrections.relabel("nobody", "pool")


def test_what_goes_out_comes_back(house: SmallHouse, corrections: Corrections) -> None:
    corrections.tell(Correction(Q, "pool", "corrected", "fence", "v1"))
    corrections.tell(Correction("Größe?", "none", "confirmed"))
    out = list(corrections.export_lines())
    assert [json.loads(line)["category"] for line in out] == ["pool", None]
    corrections.remove(each.id for each in corrections.all())
    found = corrections.read_lines(out)
    assert found.refused == ()
    assert [(each.question, each.label, each.overruled, each.provenance) for each in found.kept] == [
        (Q, "pool", "fence", "imported"),
        ("Größe?", "none", None, "imported"),
    ]


def test_an_export_brought_into_its_own_house_changes_nothing(house: SmallHouse, corrections: Corrections) -> None:
    corrections.tell(Correction(Q, "pool", "corrected", "fence", "v1", "t1"))
    corrections.tell(Correction("Größe?", "none", "confirmed", turn_id="t2"))
    corrections.tell(Correction("Is it wet?", "fountain", "confirmed"))
    house.categories.remove("fountain")
    told, stamp = corrections.all(), corrections.stamp()

    found = corrections.read_lines(
        [*corrections.export_lines(), json.dumps({"question": f" {Q} ", "category": "Pool"})]
    )

    assert (found.kept, found.known, found.refused) == ((), 4, ())
    assert found.summary == "0 brought in, 4 told already"
    assert (corrections.all(), corrections.stamp()) == (told, stamp)
    assert corrections.of_turn("t1") == told[0]


def test_what_is_told_otherwise_or_was_taken_back_is_brought_in(corrections: Corrections) -> None:
    corrections.tell(Correction(Q, "pool"))
    taken_back = corrections.tell(Correction("Why?", "car"))
    corrections.remove([taken_back.id])
    lines = [json.dumps({"question": Q, "category": "fence"}), json.dumps({"question": "Why?", "category": "car"})]

    found = corrections.read_lines(lines)

    assert [(each.question, each.label) for each in found.kept] == [(Q, "fence"), ("Why?", "car")]
    assert len(corrections.contradictions()) == 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2023-04-05T06:07:08+00:00", "2023-04-05T06:07:08+00:00"),
        ("2023-04-05T06:07:08.5+02:00", "2023-04-05T04:07:08.5+00:00"),
        ("2023-04-05", "2023-04-05T00:00:00+00:00"),
        ("0001-01-01T00:00+14:00", None),
        ("2999-01-01T00:00:00+00:00", None),
        ("yesterday", None),
        (7, None),
        (None, None),
    ],
)
def test_what_is_brought_in_keeps_its_day_where_that_can_be(
    corrections: Corrections, written: object, kept: str | None
) -> None:
    before = dt.datetime.now(dt.UTC)
    (told,) = corrections.read_lines([json.dumps({"question": Q, "category": "pool", "created_at": written})]).kept
    assert told.created_at is not None
    if kept is None:
        assert before <= told.created_at <= dt.datetime.now(dt.UTC)
    else:
        assert told.created_at == dt.datetime.fromisoformat(kept)


def test_of_ten_thousand_lines_the_broken_ones_are_named_and_the_others_kept(corrections: Corrections) -> None:
    lines = [json.dumps({"question": f"Question {number}?", "category": "pool"}) for number in range(10_000)]
    lines[17] = '{"question": "cut sho'
    lines[18] = '{"question": 5, "category": "pool"}'
    lines[19] = '{"question": "no label"}'
    lines[20] = '{"question": "x", "category": "spaceship"}'
    lines[21] = "[1]"
    lines[22] = '{"question": "x", "category": 7}'
    lines[23] = "null"
    found = corrections.read_lines([*lines, "", "  "])
    assert len(found.kept) == len(corrections.all()) == 9_993
    assert [line.partition(":")[0] for line in found.refused] == [f"line {number}" for number in range(18, 25)]
    assert "spaceship" in found.refused[3]
