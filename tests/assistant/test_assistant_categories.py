"""The household's own categories: changed, and all that bears their names with them; understood by older routers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import Run, complaint, lines
from small_house import SmallHouse

from assistant.categories import Categories, Gone, NewCategories
from assistant.conversation import Conversations, Question, Reply
from assistant.corrections import Correction
from assistant.details import AnswerDetails, NoteCard, QuestionDetails
from assistant.errors import CategoryRefused, CorrectionRefused
from classifier.decision import Decision
from classifier.errors import TaxonomyError
from classifier.fused import Fusion
from classifier.newcomers import AdaptedRouter
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE, Taxonomy, read_taxonomy
from knowledge.note import Draft
from knowledge.waiting import WaitingDrafts

CARD = NoteCard(1, "pump", "pool", "pool", None, "The pool pump was replaced.", 0.9)


@pytest.fixture
def categories(house: SmallHouse) -> Categories:
    house.library.add([Draft("The pool pump was replaced.", "Pump", "pool", id="pump")])
    house.corrections.tell(Correction("Is it green?", "pool", overruled="fountain"))
    details = QuestionDetails(
        category="pool",
        probabilities={"pool": 0.6, "fountain": 0.3, "none": 0.1},
        likely=("pool", "fountain"),
        before=QuestionDetails("pool"),
    )
    conversation, _ = house.conversations.say(None, Question("pool?", details))
    house.conversations.say(conversation, Reply("pool", AnswerDetails("done", notes=(CARD,))))
    return house.categories


def turns(house: SmallHouse) -> tuple[Question, Reply]:
    """What was said in the one conversation."""
    question, answer = house.conversations.turns(house.conversations.all()[0].id)
    assert isinstance(question, Question) and isinstance(answer, Reply)
    return question, answer


def test_a_renamed_category_takes_everything_along(house: SmallHouse, categories: Categories) -> None:
    categories.rename("pool", "Swimming pool")
    house.library.heal()
    assert house.notebook.get("pump").category == "Swimming pool"
    assert house.corrections.all()[0].label == "Swimming pool"
    question, answer = turns(house)
    assert question.details.category == question.details.at_first.category == "Swimming pool"
    assert question.details.likely == ("Swimming pool", "fountain")
    assert question.details.probabilities["Swimming pool"] == 0.6
    assert answer.details.notes == (replace(CARD, category="Swimming pool"),)
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
    question, _ = turns(house)
    assert question.details.probabilities == {"fountain": pytest.approx(0.9), "none": 0.1}
    assert question.details.likely == ("fountain",)
    assert "pool" not in categories.taxonomy().names
    assert len(house.library.search("pump", house.library.scope(["fountain"], ""))) == 1


def test_what_was_merged_is_parted_again_as_it_was(house: SmallHouse, categories: Categories) -> None:
    waiting = WaitingDrafts(house.record)
    note = house.notebook.get("pump")
    before = Draft(note.text, note.title, "pool", id="pump")
    draft = waiting.put("post", Draft("The pump.", category="pool"), note_id="pump", before=before)
    house.library.add([Draft("The lion spits.", category="fountain", id="lion")])
    told, said = house.corrections.all(), turns(house)

    categories.restore(categories.merge("pool", "fountain"))

    house.library.heal()
    assert [house.notebook.get(name).category for name in ("pump", "lion")] == ["pool", "fountain"]
    assert (house.corrections.all(), turns(house)) == (told, said)
    assert waiting.get(draft.id).draft.category == "pool"
    assert categories.present_names(DEFAULT_TAXONOMY)["pool"] == "pool"
    hits = house.library.search("pump", house.library.scope(["pool"], ""))
    assert [hit.category for hit in hits] == ["pool"]


def test_a_merge_is_undone_although_the_other_category_is_called_otherwise_now(
    house: SmallHouse, categories: Categories
) -> None:
    merged = categories.merge("pool", "fountain")
    categories.rename("fountain", "basin")
    categories.restore(merged)
    assert house.notebook.get("pump").category == "pool"
    assert house.corrections.all()[0].label == "pool"


def test_a_change_of_a_note_is_undone_into_the_category_that_its_own_became(
    house: SmallHouse, categories: Categories
) -> None:
    house.library.edit("pump", {"category": "fence"})
    categories.rename("pool", "swimming")
    merged = categories.merge("swimming", "fountain")
    assert house.notebook.undo("pump").category == "fountain"
    house.library.edit("pump", {"category": "fence"})
    categories.restore(merged)
    assert house.notebook.undo("pump").category == "fountain"  # where it was when it was changed


def test_what_was_filed_or_told_anew_after_a_merge_stays_when_it_is_parted(
    house: SmallHouse, categories: Categories
) -> None:
    merged = categories.merge("pool", "fountain")
    house.library.edit("pump", {"category": "fence"})
    (told,) = house.corrections.all()
    house.corrections.remove([told.id])
    house.corrections.tell_all([Correction("Is the lion thirsty?", "fountain", "example")])
    categories.restore(merged)
    assert house.notebook.get("pump").category == "fence"
    assert [each.label for each in house.corrections.all()] == ["fountain"]


def test_a_merge_is_not_parted_where_the_name_was_given_anew(house: SmallHouse, categories: Categories) -> None:
    merged = categories.merge("pool", "fountain")
    categories.add("Pool", "billiards")
    with pytest.raises(CategoryRefused, match="already"):
        categories.restore(merged)
    assert house.notebook.get("pump").category == "fountain"


def test_a_removed_category_leaves_its_notes_without_one(house: SmallHouse, categories: Categories) -> None:
    said = turns(house)
    removed = categories.remove("pool")
    assert removed.notes == 1
    house.library.heal()
    assert house.notebook.get("pump").category is None
    assert house.corrections.all()[0].label == "pool"
    assert house.corrections.remembered() == []
    assert turns(house)[0].details.category is None
    assert len(house.library.search("pump", house.library.scope(["fence"], ""))) == 1  # it belongs to every scope
    categories.restore(removed)
    house.library.heal()
    assert house.notebook.get("pump").category == "pool"
    assert turns(house) == said
    assert len(house.corrections.remembered()) == 1
    assert categories.present_names(DEFAULT_TAXONOMY)["pool"] == "pool"
    assert len(house.library.search("pump", house.library.scope(["fence"], ""))) == 0


def test_what_was_being_indexed_while_its_category_changed_is_indexed_again(
    house: SmallHouse, categories: Categories
) -> None:
    changes: list[Callable[[], object]] = [
        lambda: categories.rename("pool", "swimming"),
        lambda: merged.append(categories.merge("swimming", "fountain")),
        lambda: categories.restore(merged[0]),
        lambda: categories.merge("swimming", "fountain"),
        lambda: removed.append(categories.remove("fountain")),
        lambda: categories.restore(removed[0]),
    ]
    removed: list[Gone] = []
    merged: list[Gone] = []
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
    assert categories_of(draft.id) == ("fountain", "fountain")
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
    assert removed.notes == 0
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

    monkeypatch.setattr(Conversations, "rename_category", fail)
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


def test_a_category_that_is_added_again_is_the_one_that_older_routers_know(categories: Categories) -> None:
    before = {each.name: each.code for each in categories.taxonomy()}
    categories.remove("pool")
    categories.merge("fountain", "irrigation")
    for name in ("Pool", "fountain"):
        assert categories.add(name, "as it was").code == before[name.casefold()]
    names = categories.present_names(DEFAULT_TAXONOMY)
    assert (names["pool"], names["fountain"], names["irrigation"]) == ("Pool", "fountain", "irrigation")


def test_a_category_that_is_called_otherwise_now_keeps_its_code_to_itself(categories: Categories) -> None:
    pool = next(each.code for each in categories.taxonomy() if each.name == "pool")
    categories.rename("pool", "swimming")
    assert categories.add("pool", "billiards").code != pool
    assert categories.present_names(DEFAULT_TAXONOMY)["pool"] == "swimming"


@pytest.mark.parametrize("leave", ["remove", "merge"])
def test_what_was_added_again_and_renamed_is_not_brought_back_beside_itself(
    house: SmallHouse, categories: Categories, leave: str
) -> None:
    undoing = categories.remove("pool") if leave == "remove" else categories.merge("pool", "fountain")
    categories.add("pool", "water to swim in")
    categories.rename("pool", "swimming")
    with pytest.raises(CategoryRefused, match="added again meanwhile, and is called swimming now"):
        categories.restore(undoing)
    assert "pool" not in categories.taxonomy().names


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
    acts: list[Callable[[], Gone]] = [lambda: categories.remove("moat"), lambda: categories.merge("pool", "moat")]
    for act in acts:
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


def taught(*categories: tuple[str, str]) -> Taxonomy:
    """What a router says that it was taught."""
    return Taxonomy.of((name, code, "") for name, code in categories)


def test_categories_that_this_house_never_had_have_no_present_name(categories: Categories) -> None:
    with pytest.raises(TaxonomyError, match=r"never had these categories: attic \(XX\), roof \(AA\)\. Add"):
        categories.present_names(taught(("roof", "AA"), ("attic", "XX"), ("pool", "OO")))
    with pytest.raises(TaxonomyError, match=r"fence \(AA\)"):
        categories.present_names(taught(("fence", "AA")))


def test_every_name_that_a_category_ever_had_goes_on_being_its_own(categories: Categories) -> None:
    code = categories.add("security", "cameras").code
    for name in ("alarm", "Alarm", "watch"):
        categories.rename(categories.names_of_codes()[code] or "", name)
        assert categories.present_names(taught((name, code)))[name] == name
    assert categories.present_names(taught(("security", code))) == {NONE: NONE, "security": "watch"}
    categories.merge("watch", "doorbell")
    assert categories.present_names(taught(("Alarm", code))) == {NONE: NONE, "Alarm": "doorbell"}
    categories.remove("doorbell")
    assert categories.present_names(taught(("watch", code))) == {NONE: NONE}


def test_a_house_from_before_the_names_were_kept_goes_on_knowing_its_routers(
    house: SmallHouse, categories: Categories
) -> None:
    code = categories.add("security", "cameras").code
    categories.rename("pool", "swimming")
    categories.remove("car")
    with house.record.writing() as db:
        for what in ("TRIGGER category_added", "TRIGGER category_renamed", "TABLE category_names"):
            db.execute(f"DROP {what}")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'create_names'")

    again = SmallHouse(house.settings).categories

    assert again.present_names(DEFAULT_TAXONOMY)["pool"] == "swimming"
    assert again.present_names(taught(("security", code), ("swimming", "OO"), ("car", "CC"))).keys() == {
        NONE,
        "security",
        "swimming",
    }
    with pytest.raises(TaxonomyError):
        again.present_names(taught(("roof", "AA")))


# --- a router that was trained before ---------------------------------------------------------------------------


class Old:
    """A router that knows the packaged names alone."""

    version = "old"
    shares: Mapping[str, float] = {"pool": 0.6, "car": 0.3, "none": 0.1}

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        return [self.decide(self.shares) for _ in questions]

    def decide(self, probabilities: Mapping[str, float]) -> Decision:
        return Fusion(1.0, 1.0, 0.0, none_from=0.5, sure_from=0.85).decide(probabilities, self.version)


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


def test_what_became_one_category_is_weighed_as_one(
    adapted: AdaptedRouter, categories: Categories, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Old, "shares", {"irrigation": 0.36, "pool": 0.33, "fountain": 0.3, "none": 0.01})
    categories.merge("fountain", "pool")

    (decision,) = adapted.classify(["x"])

    assert decision.category == next(iter(decision.probabilities)) == "pool"
    assert decision.confidence == decision.probabilities["pool"] == pytest.approx(0.63)
    assert decision.likely == ("pool", "irrigation")


@pytest.mark.parametrize(("pool", "category"), [(0.6, None), (0.3, "car")])
def test_what_a_removed_category_had_counts_as_none(
    adapted: AdaptedRouter,
    categories: Categories,
    monkeypatch: pytest.MonkeyPatch,
    pool: float,
    category: str | None,
) -> None:
    monkeypatch.setattr(Old, "shares", {"car": 0.9 - pool, "pool": pool, "fence": 0.1, "none": 0.0})
    categories.remove("pool")
    (decision,) = adapted.classify(["x"])
    assert (decision.category, decision.likely) == (category, ())
    assert decision.probabilities["none"] == pytest.approx(pool)


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


def test_the_list_is_what_a_training_takes_as_its_categories(run: Run, house: SmallHouse, tmp_path: Path) -> None:
    house.categories.add("security", "cameras")
    listed = tmp_path / "categories.jsonl"
    listed.write_text(run("categories", "list", "--json").stdout, "utf-8")
    assert house.categories.present_names(read_taxonomy(listed)).keys() == {*house.taxonomy().names, NONE}
