"""The household's own categories: changed, and all that bears their names with them; understood by older routers."""

from collections.abc import Callable, Sequence

import pytest
from command_line import Run, complaint, lines
from small_house import SmallHouse

from assistant.categories import Categories, Merged, NewCategories, Removed
from assistant.conversation import Turn
from assistant.corrections import Correction
from assistant.errors import CategoryRefused, CorrectionRefused
from classifier.decision import Decision
from classifier.newcomers import AdaptedRouter
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE
from knowledge.note import Draft
from knowledge.waiting import WaitingDrafts


@pytest.fixture
def categories(house: SmallHouse) -> Categories:
    house.library.add([Draft("The pool pump was replaced.", "Pump", "pool", id="pump")])
    house.corrections.tell(Correction("Is it green?", "pool", overruled="fountain"))
    details = {
        "category": "pool",
        "likely": ["pool", "fountain"],
        "probabilities": {"pool": 0.6, "fountain": 0.3, "none": 0.1},
        "before": {"category": "pool"},
    }
    conversation, _ = house.conversations.say(None, Turn("user", "pool?", details))
    notes = {"notes": [{"number": 1, "category": "pool", "title": "pool"}], "earlier": {"details": {"notes": []}}}
    house.conversations.say(conversation, Turn("assistant", "pool", notes))
    return house.categories


def turns(house: SmallHouse) -> list[Turn]:
    return house.conversations.turns(house.conversations.all()[0].id)


def test_a_renamed_category_takes_everything_along(house: SmallHouse, categories: Categories) -> None:
    categories.rename("pool", "Swimming pool")
    house.library.heal()
    assert house.notebook.get("pump").category == "Swimming pool"
    assert house.corrections.all()[0].label == "Swimming pool"
    question, answer = turns(house)
    assert question.details["category"] == question.details["before"]["category"] == "Swimming pool"
    assert question.details["likely"] == ["Swimming pool", "fountain"]
    assert question.details["probabilities"]["Swimming pool"] == 0.6
    assert answer.details["notes"][0] == {"number": 1, "category": "Swimming pool", "title": "pool"}
    assert (question.content, answer.content) == ("pool?", "pool")
    hits = house.library.search("pump", house.library.scope(["Swimming pool"], ""))
    assert [hit.category for hit in hits] == ["Swimming pool"]
    categories.rename("Swimming pool", "swimming pool")  # its case alone
    assert "swimming pool" in categories.taxonomy().names


def test_a_merged_category_takes_everything_along_and_is_gone(house: SmallHouse, categories: Categories) -> None:
    categories.merge("pool", "fountain")
    house.library.heal()
    assert house.notebook.get("pump").category == "fountain"
    assert house.corrections.all()[0].label == "fountain"
    assert turns(house)[0].details["probabilities"] == {"fountain": pytest.approx(0.9), "none": 0.1}
    assert "pool" not in categories.taxonomy().names
    assert len(house.library.search("pump", house.library.scope(["fountain"], ""))) == 1


def test_what_was_merged_is_parted_again_as_it_was(house: SmallHouse, categories: Categories) -> None:
    waiting = WaitingDrafts(house.record)
    note = house.notebook.get("pump")
    before = Draft(note.text, note.title, "pool", id="pump")
    draft = waiting.put("post", Draft("The pump.", category="pool"), note_id="pump", before=before)
    house.library.add([Draft("The lion spits.", category="fountain", id="lion")])
    told, said = house.corrections.all(), turns(house)

    categories.part(categories.merge("pool", "fountain"))

    house.library.heal()
    assert [house.notebook.get(name).category for name in ("pump", "lion")] == ["pool", "fountain"]
    assert (house.corrections.all(), turns(house)) == (told, said)
    assert waiting.get(draft.id).draft.category == "pool"
    assert categories.present_names(DEFAULT_TAXONOMY)["pool"] == "pool"
    hits = house.library.search("pump", house.library.scope(["pool"], ""))
    assert [hit.category for hit in hits] == ["pool"]


def test_what_was_filed_or_told_anew_after_a_merge_stays_when_it_is_parted(
    house: SmallHouse, categories: Categories
) -> None:
    merged = categories.merge("pool", "fountain")
    house.library.edit("pump", {"category": "fence"})
    (told,) = house.corrections.all()
    house.corrections.remove([told.id])
    house.corrections.tell_all([Correction("Is the lion thirsty?", "fountain", "example")])
    categories.part(merged)
    assert house.notebook.get("pump").category == "fence"
    assert [each.label for each in house.corrections.all()] == ["fountain"]


def test_a_merge_is_not_parted_where_the_name_was_given_anew(house: SmallHouse, categories: Categories) -> None:
    merged = categories.merge("pool", "fountain")
    categories.add("Pool", "billiards")
    with pytest.raises(CategoryRefused, match="already"):
        categories.part(merged)
    assert house.notebook.get("pump").category == "fountain"


def test_a_removed_category_leaves_its_notes_without_one(house: SmallHouse, categories: Categories) -> None:
    removed = categories.remove("pool")
    assert removed.notes == ("pump",)
    house.library.heal()
    assert house.notebook.get("pump").category is None
    assert house.corrections.all()[0].label == "pool"
    assert house.corrections.remembered() == []
    assert turns(house)[0].details["category"] is None
    assert len(house.library.search("pump", house.library.scope(["fence"], ""))) == 1  # it belongs to every scope
    categories.restore(removed)
    house.library.heal()
    assert house.notebook.get("pump").category == "pool"
    assert len(house.corrections.remembered()) == 1
    assert categories.present_names(DEFAULT_TAXONOMY)["pool"] == "pool"
    assert len(house.library.search("pump", house.library.scope(["fence"], ""))) == 0


def test_what_was_being_indexed_while_its_category_changed_is_indexed_again(
    house: SmallHouse, categories: Categories
) -> None:
    changes: list[Callable[[], object]] = [
        lambda: categories.rename("pool", "swimming"),
        lambda: merged.append(categories.merge("swimming", "fountain")),
        lambda: categories.part(merged[0]),
        lambda: categories.merge("swimming", "fountain"),
        lambda: removed.append(categories.remove("fountain")),
        lambda: categories.restore(removed[0]),
    ]
    removed: list[Removed] = []
    merged: list[Merged] = []
    for change in changes:
        house.notebook.mark_all_unindexed()
        being_indexed = house.notebook.unindexed()
        change()
        house.notebook.mark_indexed(being_indexed)
        assert [note_id for note_id, _ in house.notebook.unindexed()] == ["pump"]
        house.library.heal()
        assert house.notebook.unindexed() == []


def test_drafts_under_review_follow_their_category(house: SmallHouse, categories: Categories) -> None:
    waiting = WaitingDrafts(house.record)
    note = house.notebook.get("pump")
    before = Draft(note.text, note.title, "pool", id="pump")
    draft = waiting.put("post", Draft("The Größe of the pump.", category="pool"), note_id="pump", before=before)
    other = waiting.put("post", Draft("The gate.", category="fence"))

    def categories_of(waiting_id: str) -> tuple[str | None, str | None]:
        found = waiting.get(waiting_id)
        return found.draft.category, found.before.category if found.before else None

    categories.rename("pool", "swimming")
    assert categories_of(draft.id) == ("swimming", "swimming")
    categories.merge("swimming", "fountain")
    assert categories_of(draft.id) == ("fountain", "fountain")
    removed = categories.remove("fountain")
    assert categories_of(draft.id) == (None, None)
    categories.restore(removed)
    assert categories_of(draft.id)[0] == "fountain"
    assert waiting.get(draft.id).draft.text == "The Größe of the pump."
    assert waiting.get(other.id) == other


def test_a_draft_that_a_person_filed_meanwhile_stays_there(house: SmallHouse, categories: Categories) -> None:
    waiting = WaitingDrafts(house.record)
    draft = waiting.put("post", Draft("The pump.", category="pool"))
    removed = categories.remove("pool")
    waiting.amend(draft.id, category="fence")
    categories.restore(removed)
    assert waiting.get(draft.id).draft.category == "fence"


def test_a_note_that_was_deleted_gets_its_category_back_too(house: SmallHouse, categories: Categories) -> None:
    house.library.delete(["pump"])
    removed = categories.remove("pool")
    assert (removed.notes, removed.deleted) == ((), ("pump",))
    categories.restore(removed)
    house.library.restore(["pump"])
    assert house.notebook.get("pump").category == "pool"


def test_a_category_whose_questions_are_refused_is_not_added(house: SmallHouse, categories: Categories) -> None:
    told = house.corrections.all()
    with pytest.raises(CorrectionRefused, match="2,500 characters"):
        categories.add("security", "cameras", ["Who installed the camera?", "x" * 2500])
    assert "security" not in categories.taxonomy().names
    assert house.corrections.all() == told
    assert categories.add("security", "cameras", ["Who installed the camera?"]).name == "security"


def test_a_change_that_fails_changes_nothing(
    house: SmallHouse, categories: Categories, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Categories, "_in_conversations", fail)
    with pytest.raises(RuntimeError):
        categories.rename("pool", "swimming")
    with pytest.raises(RuntimeError):
        categories.remove("pool")
    assert house.notebook.get("pump").category == "pool"
    assert house.corrections.all()[0].label == "pool"


@pytest.mark.parametrize(
    ("name", "questions", "error"),
    [
        ("fence", ["Is it deep?"], CategoryRefused),
        ("", ["Is it deep?"], CategoryRefused),
        ("basin", ["x" * 2500], CorrectionRefused),
    ],
)
def test_a_category_is_changed_as_a_whole_or_not_at_all(
    house: SmallHouse, categories: Categories, name: str, questions: list[str], error: type[Exception]
) -> None:
    before, told = categories.taxonomy(), house.corrections.all()
    with pytest.raises(error):
        categories.change("pool", name, "water to swim in", questions)
    assert (categories.taxonomy(), house.corrections.all()) == (before, told)
    categories.change("pool", "basin", "water to swim in", ["Is it deep?"])
    (basin,) = (each for each in categories.taxonomy() if each.name == "basin")
    assert basin.definition == "water to swim in"
    assert [each.label for each in house.corrections.all()] == ["basin", "basin"]


def test_a_new_category_has_a_code_of_its_own_that_is_never_given_again(categories: Categories) -> None:
    first = categories.add("security", "cameras and alarms", ["Who installed the camera?"])
    assert first.code not in {each.code for each in DEFAULT_TAXONOMY} | {"ZZ"}
    categories.remove("security")
    assert categories.add("solar", "panels on the roof").code != first.code
    for number in range(60):
        categories.add(f"c{number}", "x")
    assert len({each.code for each in categories.taxonomy()}) == 18 + 61


def test_examples_of_a_new_category_are_told_as_such(house: SmallHouse, categories: Categories) -> None:
    categories.add("security", "", [" Who installed the camera? ", "  "])
    assert [(each.question, each.label) for each in house.corrections.all() if each.provenance == "example"] == [
        ("Who installed the camera?", "security")
    ]


@pytest.mark.parametrize("name", ["", "   ", "pool", "POOL", "none", "None", "x" * 41])
def test_a_name_that_cannot_be_is_refused(categories: Categories, name: str) -> None:
    with pytest.raises(CategoryRefused):
        categories.add(name, "something")
    with pytest.raises(CategoryRefused):
        categories.rename("fence", name)
    assert len(categories.taxonomy()) == 18


def test_a_category_that_nothing_tells_apart_or_that_is_gone_is_refused(categories: Categories) -> None:
    with pytest.raises(CategoryRefused, match="few questions"):
        categories.add("security", " ", [" "])
    for act in (lambda: categories.remove("moat"), lambda: categories.merge("pool", "moat")):
        with pytest.raises(CategoryRefused, match="any more"):
            act()
    with pytest.raises(CategoryRefused, match="itself"):
        categories.merge("pool", "pool")


def test_the_present_name_of_an_old_one_is_followed_through_every_change(categories: Categories) -> None:
    categories.rename("pool", "water")
    categories.merge("fountain", "water")
    categories.merge("water", "irrigation")
    categories.remove("car")
    names = categories.present_names(DEFAULT_TAXONOMY)
    assert names["pool"] == names["fountain"] == names["irrigation"] == "irrigation"
    assert (names["fence"], names[NONE]) == ("fence", NONE)
    assert "car" not in names


# --- a router that was trained before ---------------------------------------------------------------------------


class Old:
    """A router that knows the packaged names alone."""

    version = "old"

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        shares = {"pool": 0.6, "car": 0.3, "none": 0.1}
        return [Decision("pool", 0.6, shares, self.version, ("pool", "car")) for _ in questions]


@pytest.fixture
def adapted(house: SmallHouse, categories: Categories) -> AdaptedRouter:
    def present() -> dict[str, str | None]:
        names = categories.names_of_codes()
        return {NONE: NONE, **{each.name: names.get(each.code) for each in DEFAULT_TAXONOMY}}

    new = NewCategories(categories, house.corrections)
    background = ["When was the pool pump replaced?", "Who painted the fence?", "What is a haiku?"]
    return AdaptedRouter(Old(), present, new, house.embedder.embed, lambda: background)


def test_without_changes_a_router_speaks_for_itself(adapted: AdaptedRouter) -> None:
    assert adapted.classify(["x"]) == Old().classify(["x"])
    assert (adapted.classify([]), adapted.version) == ([], "old")


def test_an_older_router_is_heard_in_the_present_names(adapted: AdaptedRouter, categories: Categories) -> None:
    categories.rename("pool", "swimming")
    (decision,) = adapted.classify(["x"])
    assert (decision.category, decision.likely) == ("swimming", ("swimming", "car"))
    categories.merge("car", "swimming")
    (decision,) = adapted.classify(["x"])
    assert decision.confidence == pytest.approx(0.9)
    assert decision.likely == ("swimming",)
    categories.remove("swimming")
    (decision,) = adapted.classify(["x"])
    assert (decision.category, decision.likely) == (None, ())
    assert decision.probabilities == {"none": pytest.approx(1.0)}


def test_a_new_category_works_at_once(adapted: AdaptedRouter, categories: Categories) -> None:
    examples = ["Who installed the camera?", "What is the alarm code?", "Is the camera recording the yard?"]
    categories.add("security", "cameras and alarms", examples)
    asked, other = adapted.classify(["Is the camera of the yard recording?", "When was the pool pump replaced?"])
    assert (asked.category, asked.likely) == ("security", ("security",))
    assert sum(asked.probabilities.values()) == pytest.approx(1)
    assert other.category == "pool"
    categories.remove("security")
    assert adapted.classify(["Is the camera of the yard recording?"])[0].category == "pool"


# --- the command line ------------------------------------------------------------------------------------------------


def test_the_command_line_changes_categories(run: Run, house: SmallHouse) -> None:
    house.library.add([Draft("The pool pump was replaced.", "Pump", "pool", id="pump")])
    house.library.index.close()
    assert lines(run("categories", "add", "security", "--example", "Who set the alarm?", "--json"))
    run("categories", "rename", "pool", "swimming")
    assert "holds what swimming held" in run("categories", "merge", "swimming", "fountain").stdout
    assert "1 note is without" in run("categories", "remove", "fountain").stdout
    listed = lines(run("categories", "list", "--json"))
    assert {each["name"] for each in listed} >= {"security", "fence"}
    assert "fence\tfence, gate" in run("categories", "list").stdout
    assert "few questions" in complaint(run("categories", "add", "solar"), 2)
