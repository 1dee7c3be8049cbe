import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from small_house import WordRouter

from assistant.conversation import Question
from assistant.details import QuestionDetails
from assistant.finding import Finder, relevant
from assistant.listening import LISTENING
from assistant.parts import parts, stand_alone
from classifier.decision import Decision
from knowledge.errors import IndexUnreachable
from knowledge.library import Library
from knowledge.note import Draft, Hit, Passage, Scope, Told

PUMP_QUESTION = "When was the pool pump replaced?"
PUMP = Draft("The pool pump was replaced by Ray.", "Pool pump replaced", "pool", dt.date(2023, 4, 18), id="pump")
GATE = Draft("Cedar boards, hinges oiled.", "Fence gate", "fence", dt.date(2022, 5, 1), id="gate")
LAMP = Draft("Brass lantern flickers, loose neutral.", "Porch lamp", "electric", dt.date(2021, 9, 9), id="lamp")
DEAF = replace(LISTENING, router=1.0, bias=-99.0, sure_from=0.97)
"""Hears the router alone."""
HALF_DEAF = replace(DEAF, sure_from=0.9)
"""Hears the router alone, and has two categories that are as likely both."""


@pytest.fixture
def finder(library: Library) -> Finder:
    return Finder(WordRouter([name for name, _, _ in library.notebook.categories()]), library, 5)


def find(finder: Finder, question: str, category: str | None = None) -> tuple[Scope, list[str]]:
    scope, hits = finder.find(question, finder.classify(question), category)
    return scope, [hit.note_id for hit in hits]


# --- which notes are shown --------------------------------------------------------------------------------------------


def told(note_id: str, near: float, answering: float) -> Hit:
    passage = Passage(f"{note_id}#0", note_id, note_id, "pool", None, "", "It hums.")
    deciding = (Told("It hums.", answering),)
    return Hit(note_id, note_id, "pool", None, (passage,), near, near, near, deciding=deciding)


def test_a_far_note_is_shown_only_where_a_sentence_of_it_is_likely_to_answer() -> None:
    hits = [told("near", 0.9, 0.9), told("far", 0.2, 0.1), told("telling", 0.2, 0.6)]

    assert [hit.note_id for hit in relevant(hits)] == ["near", "telling"]


# --- which notes are searched -----------------------------------------------------------------------------------------


def test_a_sure_label_searches_its_category_alone(finder: Finder) -> None:
    finder.library.add([PUMP, GATE, LAMP])
    scope, found = find(finder, PUMP_QUESTION)
    assert (scope.categories, scope.searched, scope.total) == (("pool",), 1, 3)
    assert "pool" in scope.reason
    assert found == ["pump"]


def test_two_likely_labels_search_both_categories(finder: Finder) -> None:
    finder.library.add([PUMP, GATE, LAMP])
    scope, found = find(finder, "Was the pool pump or the fence gate oiled?")
    assert set(scope.categories or ()) == {"pool", "fence"}
    assert scope.searched == 2
    assert scope.reason
    assert sorted(found) == ["gate", "pump"]


BOTH = "Who replaced the pool pump, and when was the fence gate oiled?"


@pytest.fixture
def three(library: Library) -> Finder:
    """One who finds three notes at most, in a house that has two of the pool."""
    library.add([PUMP, replace(PUMP, text="The pool pump hums again.", id="again"), GATE, LAMP])
    return Finder(WordRouter(["pool", "fence", "gutters"]), library, 3)


def test_each_part_of_a_question_of_two_matters_is_searched_in_its_own_category(three: Finder) -> None:
    decision = three.classify(BOTH)
    assert (decision.category, decision.likely) == ("pool", ("pool", "fence"))
    scope, found = find(three, BOTH)
    assert (scope.categories, scope.searched) == (("pool", "fence"), 3)
    assert scope.reason == "it asks about pool and about fence"
    assert found == ["pump", "gate", "again"]
    assert [hit.note_id for hit in three.ranked(BOTH, decision)[1]] == found


EITHER = "Was the pool or fountain pump replaced, and when was the fence gate oiled?"
SPOUT = Draft("The fountain pump was replaced by Lou.", "Fountain pump replaced", "fountain", id="spout")


@pytest.fixture
def unsure(library: Library) -> Finder:
    """One who knows of two pumps, and goes by the words of a question alone."""
    library.add([PUMP, SPOUT, GATE, LAMP])
    return Finder(WordRouter(["pool", "fountain", "fence"]), library, 3, listening=HALF_DEAF)


def test_a_part_of_two_likely_categories_is_searched_in_both(unsure: Finder) -> None:
    decision = unsure.classify(EITHER)
    assert [matter.categories for matter in decision.matters] == [("pool", "fountain"), ("fence",)]
    assert (decision.category, decision.likely) == ("pool", ("pool", "fountain", "fence"))
    scope, found = find(unsure, EITHER)
    assert (scope.categories, scope.searched) == (("pool", "fountain", "fence"), 3)
    assert scope.reason == "it asks about pool or fountain, and about fence"
    assert found[1] == "gate"
    assert sorted(found) == ["gate", "pump", "spout"]


def test_a_label_that_is_a_part_s_second_is_as_sure_as_it_is_there(library: Library) -> None:
    class Wavering(WordRouter):
        def _decide(self, question: str) -> Decision:
            shares = {"pool": 0.6, "fountain": 0.4} if question.startswith("was") else {"fence": 0.97, "pool": 0.03}
            likely = tuple(name for name in shares if shares[name] >= 0.4)
            if question == EITHER.casefold():
                shares, likely = {"fountain": 0.5, "fence": 0.3, "pool": 0.2}, ()
            label = next(iter(shares))
            return Decision(label, shares[label], shares, self.version, likely)

    decision = Finder(Wavering([]), library, 3, listening=DEAF).classify(EITHER)
    assert (decision.category, decision.confidence) == ("fountain", 0.4)
    assert decision.likely == ("pool", "fountain", "fence")


class Drawn(WordRouter):
    """Goes by the last category that a question names."""

    def _decide(self, question: str) -> Decision:
        named = max(self._categories, key=question.rfind)
        other = next(name for name in self._categories if name != named)
        share, its = (0.5, 0.48) if "perhaps" in question else (0.6, 0.2) if "hardly" in question else (0.97, 0.01)
        return Decision(named, share, {named: share, other: its, "none": 1 - share - its}, self.version)


@pytest.fixture
def drawn(library: Library) -> Finder:
    library.add([PUMP, GATE, LAMP])
    return Finder(Drawn(["pool", "fence"]), library, 3, listening=DEAF)


def test_a_remark_of_another_matter_leaves_what_is_asked_in_the_scope(drawn: Finder) -> None:
    decision = drawn.classify("When was the gate of the fence oiled? Also remind me to clean the pool.")
    assert decision.likely == ("pool", "fence")
    assert decision.confidence == decision.probabilities["pool"] == pytest.approx(0.49)
    scope, found = find(drawn, "When was the gate of the fence oiled? Also remind me to clean the pool.")
    assert scope.reason == "it could be either"
    assert found[0] == "gate"


@pytest.mark.parametrize(
    ("question", "likely"),
    [
        ("Who cleans the pool? We swim in the pool.", ("pool",)),
        ("Perhaps you know: when was the fence oiled? I forgot the pool.", ("pool", "fence")),
        ("Who oiled the fence? The pool, perhaps.", ("pool", "fence")),
        ("Who oiled the fence? The pool is hardly it.", ()),
        ("We swim in the pool. Who oiled the fence?", ("fence",)),
    ],
)
def test_a_remark_changes_nothing_where_it_draws_no_sure_label_away(
    drawn: Finder, question: str, likely: tuple[str, ...]
) -> None:
    assert drawn.classify(question).likely == likely


def test_parts_that_share_one_category_and_not_another_are_searched_each_for_itself(unsure: Finder) -> None:
    unsure.library.add([Draft("Sanded and painted white.", "Poolside chairs", "pool", id="chairs")])
    scope, found = find(unsure, "Was the pool or fountain pump replaced, and when were the poolside chairs painted?")
    assert (scope.categories, scope.searched) == (("pool", "fountain"), 3)
    assert scope.reason == "it asks about pool or fountain, and about pool"
    assert found[1] == "chairs"
    assert sorted(found) == ["chairs", "pump", "spout"]


def test_parts_of_the_same_two_categories_are_one_question(unsure: Finder) -> None:
    class InOrder(WordRouter):
        def _decide(self, question: str) -> Decision:
            self._categories = sorted(self._categories, key=question.find)
            return super()._decide(question)

    asked = "Was the pool or fountain pump replaced, and when were the fountainside or poolside chairs painted?"
    finder = Finder(InOrder(["pool", "fountain"]), unsure.library, 3, listening=HALF_DEAF)
    assert [finder.classify(part).likely[0] for part in parts(asked)] == ["pool", "fountain"]
    assert stand_alone(parts(asked))
    assert not finder.classify(asked).matters


def test_a_part_without_a_likely_category_leaves_the_question_whole(unsure: Finder) -> None:
    assert not unsure.classify("Was the pool pump replaced, and when was the boiler serviced?").matters


def test_a_date_that_all_parts_may_share_leaves_the_question_whole(three: Finder) -> None:
    assert not three.classify("Who replaced the pool pump, and who oiled the fence gate in 2022?").matters
    dated = three.classify("In 2022, who replaced the pool pump, and who oiled the fence gate?").matters
    assert [matter.question.startswith("In 2022, who") for matter in dated] == [True, True]


def test_two_parts_of_one_matter_are_one_question(three: Finder) -> None:
    scope, _ = find(three, "Who replaced the pool pump, and which pump was in the pool before?")
    assert scope.categories == ("pool",)


def test_a_follow_up_is_searched_with_what_it_leans_on_and_not_beside_it(three: Finder) -> None:
    asked = three.standalone("And the fence gate?", [Question("When was the pool pump replaced?")])
    assert asked.startswith("When was the pool pump replaced?")
    assert not three.classify(asked).matters


class OneSentence(WordRouter):
    """Is sure of one sentence alone, and of keys, of which it was told that they are the fence's."""

    def _decide(self, question: str) -> Decision:
        decision = super()._decide(question)
        if question.startswith("where are the keys") and question.count("?") == 1:
            return Decision("fence", 0.9, {"fence": 0.9, "none": 0.1}, self.version, ("fence",), "keys")
        return decision if question.count("?") < 2 or "keys" in question else replace(decision, likely=())


@pytest.mark.parametrize(
    ("said", "corrected", "question", "likely", "learned"),
    [
        ("When was the pool pump replaced?", False, "and who did it?", ("pool",), ""),
        ("Where are the keys of the pool?", True, "and who has them?", ("fence",), "keys"),
        ("Where are the keys of the pool?", False, "and who has them?", ("pool",), ""),
        ("When was the pool pump replaced?", False, "and the fence gate?", (), ""),
        ("When was the pool pump replaced?", False, "Who oiled the fence?", ("fence",), ""),
        ("Where are the keys of the pool?", True, "and what about gutters?", ("pool",), ""),
    ],
)
def test_a_follow_up_that_names_nothing_has_the_label_of_what_it_leans_on(
    library: Library, said: str, corrected: bool, question: str, likely: tuple[str, ...], learned: str
) -> None:
    finder = Finder(OneSentence(["pool", "fence"]), library, 3, listening=HALF_DEAF)
    asked, decision = finder.understood(question, [Question(said, QuestionDetails(corrected=corrected))])
    assert asked.endswith(question)
    assert (decision.likely, decision.learned_from) == (likely, learned)


def test_a_person_s_word_goes_before_the_parts_of_a_question(three: Finder) -> None:
    scope, found = find(three, BOTH, "fence")
    assert (scope.categories, found) == (("fence",), ["gate"])

    class Told(WordRouter):
        def classify(self, questions: Sequence[str]) -> list[Decision]:
            return [replace(each, learned_from="so it was told") for each in super().classify(questions)]

    assert not Finder(Told(["pool", "fence"]), three.library, 3).classify(BOTH).matters


def test_a_matter_without_a_relevant_note_leaves_the_question_whole(three: Finder) -> None:
    scope, found = find(three, "Who replaced the pool pump, and who unclogged those gutters?")
    assert scope.categories == ("pool", "gutters")
    assert set(found) == {"pump", "again"}


def test_more_matters_than_notes_may_be_found_are_searched_together(three: Finder) -> None:
    assert not Finder(three.router, three.library, 1).classify(BOTH).matters


def test_a_note_that_both_parts_find_counts_as_that_which_it_answers(finder: Finder) -> None:
    class Verdict:
        def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
            return np.array([4.0 if "pump" in question else -1.0] * len(sentences), np.float32)

    finder.library.reranker = Verdict()
    finder.library.add([Draft("Ray replaced the pool pump and oiled the fence gate.", "Ray", None, id="both"), GATE])
    decision = finder.classify(BOTH)
    assert decision.matters
    _, hits = finder.find(BOTH, decision)
    assert {hit.note_id: hit.answering > 0.9 for hit in hits} == {"both": True, "gate": False}


@pytest.mark.parametrize("question", ["Was the pump replaced perhaps at the pool?", "Who replaced the pump?"])
def test_an_unsure_label_and_no_label_search_the_whole_house(library: Library, question: str) -> None:
    finder = Finder(WordRouter(["pool"]), library, 5, listening=DEAF)
    finder.library.add([PUMP, GATE, LAMP])
    scope, found = find(finder, question)
    assert (scope.categories, scope.searched, scope.total) == (None, 3, 3)
    assert scope.reason
    assert found[0] == "pump"


def test_notes_that_are_near_tell_what_an_unsure_router_cannot(library: Library) -> None:
    class Unsure:
        version = "unsure"

        def classify(self, questions: Sequence[str]) -> list[Decision]:
            shares = {"none": 0.4, "fence": 0.3, "electric": 0.2, "pool": 0.1}
            return [Decision(None, 0.4, shares, self.version) for _ in questions]

    library.add([PUMP, GATE, LAMP])
    finder = Finder(Unsure(), library, 5)
    scope, found = find(finder, "Brass lantern flickers on the porch: a loose neutral?")
    assert scope.categories == ("electric",)
    assert found == ["lamp"]


def test_an_index_that_cannot_be_read_leaves_the_router_s_label(finder: Finder) -> None:
    class Gone(Library):
        def evidence(self, question: str) -> dict[str, float]:
            raise IndexUnreachable("The server is gone.")

    library = finder.library
    gone = Finder(finder.router, Gone(library.notebook, library.index, library.embedder), 5)
    assert gone.classify(PUMP_QUESTION) == finder.router.classify([PUMP_QUESTION])[0]


def test_each_way_to_choose_a_scope_gives_its_own_reason(finder: Finder) -> None:
    def decision(category: str | None, *likely: str) -> Decision:
        return Decision(category, 0.5, {"pool": 0.5, "fence": 0.4, "none": 0.1}, "v1", likely)

    scopes = [
        finder.scope(decision("pool", "pool")),
        finder.scope(decision("pool", "pool", "fence")),
        finder.scope(decision("pool")),
        finder.scope(decision(None)),
        finder.scope(decision("pool", "pool"), "fence"),
    ]
    assert len({scope.reason for scope in scopes}) == len(scopes)
    assert [scope.categories for scope in scopes] == [("pool",), ("pool", "fence"), None, None, ("fence",)]


def test_a_persons_category_is_obeyed_whatever_the_router_says(finder: Finder) -> None:
    finder.library.add(
        [PUMP, GATE, Draft("The pool pump was replaced, says the fence man.", "Rumour", "fence", id="r")]
    )
    scope, found = find(finder, PUMP_QUESTION, "fence")
    assert scope.categories == ("fence",)
    assert "you" in scope.reason
    assert found == ["r"]


def test_a_persons_category_is_never_widened(finder: Finder) -> None:
    finder.library.add([PUMP, GATE])
    scope, found = find(finder, PUMP_QUESTION, "gutters")
    assert (scope.categories, scope.searched) == (("gutters",), 0)
    assert found == []


def test_where_a_category_holds_nothing_relevant_all_notes_are_searched_and_it_is_said(finder: Finder) -> None:
    misfiled = Draft("The pool pump was replaced by Ray.", "Pump", "electric", id="misfiled")
    finder.library.add([Draft("Chlorine and acid bought.", "Chemicals", "pool"), misfiled])
    scope, found = find(finder, PUMP_QUESTION)
    assert scope.categories is None
    assert scope.searched == scope.total == 2
    assert "pool" in scope.reason
    assert found == ["misfiled"]


def test_notes_without_a_category_belong_to_every_scope(finder: Finder) -> None:
    finder.library.add([Draft("The pool pump was replaced by Ray.", "Pump", id="loose"), GATE])
    scope, found = find(finder, PUMP_QUESTION)
    assert scope.categories == ("pool",)
    assert found == ["loose"]


def test_what_has_nothing_to_do_with_the_question_is_not_found(finder: Finder) -> None:
    finder.library.add([PUMP, GATE, LAMP])
    assert find(finder, "zebra quagga okapi")[1] == []
    assert find(finder, "Who replaced the pump?")[1] == ["pump"]


def test_no_more_notes_are_found_than_were_asked_for(library: Library) -> None:
    library.add(Draft(f"The pool pump was replaced by Ray, time {number}.", "Pump", "pool") for number in range(9))
    finder = Finder(WordRouter(["pool"]), library, 3)
    scope, hits = finder.find(PUMP_QUESTION, finder.classify(PUMP_QUESTION))
    assert len(hits) == 3
    assert scope.searched == 9


def test_a_deleted_note_is_found_no_more(finder: Finder) -> None:
    finder.library.add([PUMP])
    finder.library.delete(["pump"])
    scope, found = find(finder, PUMP_QUESTION)
    assert (found, scope.total) == ([], 0)
