"""Files that come in again: the same, changed, renamed, gone; and imports taken back."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import ClassVar

import pytest
from conftest import WordEmbedder
from small_house import WordRouter

from assistant.incoming import review
from assistant.incoming.followed import NO_NOTE
from assistant.incoming.ingest import Intake, ingest
from assistant.incoming.outcomes import Outcome
from assistant.incoming.trail import Trail
from classifier.decision import Decision
from classifier.errors import RouterUnavailable
from classifier.taxonomy import DEFAULT_TAXONOMY
from knowledge import imports, schema, waiting
from knowledge.folder_index import FolderIndex
from knowledge.imports import Imports, known_file
from knowledge.library import BATCH, Library
from knowledge.note import Draft
from knowledge.notebook import Notebook
from knowledge.originals import Originals, digest_of
from knowledge.record import Record
from knowledge.waiting import WaitingDrafts

ROUTER = WordRouter(["pool", "fence"])


class Drawer:
    """A house with a trail, and a folder of papers."""

    def __init__(self, folder: Path) -> None:
        record = Record(folder / "house.db", (schema.migrations, imports.migrations, waiting.migrations))
        notes = Notebook(record)
        notes.set_categories((each.name, each.code, each.definition) for each in DEFAULT_TAXONOMY)
        self.notebook = notes
        self.library = Library(notes, FolderIndex(folder / "index", "words"), WordEmbedder())
        self.trail = Trail(Imports(record, notes), Originals(folder / "originals"), WaitingDrafts(record))
        self.papers = folder / "papers"
        self.papers.mkdir()

    def write(self, name: str, text: str) -> Path:
        path = self.papers / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def come_in(self, *paths: Path, category: str | None = None) -> list[Outcome]:
        return list(ingest(paths or [self.papers], self.library, ROUTER, category, trail=self.trail))

    def review(self, *paths: Path, origin: str = "page") -> list[Outcome]:
        intake = Intake(self.library, ROUTER, trail=self.trail, review=True, origin=origin)
        outcomes = [outcome for path in paths or (self.papers,) for outcome in intake.path(path)]
        return [*outcomes, *intake.finish()]

    def undo(self) -> tuple[list[str], list[str]]:
        last = self.trail.imports.undoable()
        assert last is not None
        done, left = self.trail.imports.undo(last.id)
        return [note.title for note in done], [note.title for note in left]

    def titles(self) -> list[str]:
        return sorted(note.title for note in self.notebook.select())


@pytest.fixture
def drawer(tmp_path: Path) -> Iterator[Drawer]:
    drawer = Drawer(tmp_path)
    yield drawer
    drawer.library.index.close()


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def test_the_original_is_kept_and_the_note_knows_it(drawer: Drawer) -> None:
    path = drawer.write("pump.md", "# Pump\nIt hums.")
    (outcome,) = drawer.come_in()
    assert outcome.note is not None
    note = drawer.notebook.get(outcome.note.id)
    assert note.original == digest_of(path)
    kept = drawer.trail.originals.path(note.original)
    assert kept is not None
    assert kept.read_text("utf-8") == "# Pump\nIt hums."


def test_the_same_files_again_add_nothing_and_are_not_read(drawer: Drawer) -> None:
    drawer.write("pump.md", "# Pump\nIt hums.")
    drawer.write("ledger.csv", "Date,Description,Cost\n2023-04-18,Pump,1150\n2023-04-18,Pump,1150\n")
    assert statuses(drawer.come_in()) == ["added"] * 3
    before = drawer.notebook.select()
    (drawer.papers / "pump.md").chmod(0)  # what is not opened needs no permission
    assert statuses(drawer.come_in()) == ["unchanged"] * 3
    assert drawer.notebook.select() == before


def test_a_copy_elsewhere_and_a_renamed_file_are_recognised_by_their_content(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pump hums.")
    drawer.come_in()
    drawer.write("copies/pump-again.txt", "The pump hums.")
    assert statuses(drawer.come_in()) == ["unchanged", "unchanged"]
    path.rename(drawer.papers / "the-pump.txt")
    outcomes = drawer.come_in()
    assert statuses(outcomes) == ["unchanged", "unchanged"]
    (note,) = drawer.notebook.select()
    assert not note.gone


def test_a_changed_file_changes_its_note_and_says_what(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pump hums.")
    drawer.come_in()
    path.write_text("Replaced by Ray.\nInvoice date: 2023-04-18", "utf-8")
    (outcome,) = drawer.come_in()
    assert (outcome.status, outcome.reason) == ("updated", "changed: text, date")
    (note,) = drawer.notebook.select()
    assert note.text == "Replaced by Ray.\nInvoice date: 2023-04-18"
    assert note.original == digest_of(path)
    assert statuses(drawer.come_in()) == ["unchanged"]


def test_what_a_person_wrote_survives_a_changed_file_and_it_is_said(drawer: Drawer) -> None:
    path = drawer.write("pump.md", "# Pump\nIt hums.")
    drawer.come_in()
    (note,) = drawer.notebook.select()
    drawer.library.edit(note.id, {"title": "Our pump", "category": "pool"})
    path.write_text("# Pool pump\nIt hums and leaks.", "utf-8")
    (outcome,) = drawer.come_in()
    assert outcome.reason == "changed: text; your own title stays"
    (note,) = drawer.notebook.select()
    assert (note.title, note.text, note.category) == ("Our pump", "It hums and leaks.", "pool")


def test_a_changed_row_changes_its_note_a_new_one_is_added_and_a_missing_one_is_marked(drawer: Drawer) -> None:
    rows = ["2023-04-18,Pump replaced,1150", "2023-05-02,Chlorine and brushes,12.50", "2023-06-01,Robot cleaner,480"]
    path = drawer.write("pool.csv", "\n".join(["Date,Description,Cost", *rows]))
    drawer.come_in()
    path.write_text("\n".join(["Date,Description,Cost", rows[0], rows[1] + "0", "2024-01-01,Cover,99"]), "utf-8")
    outcomes = drawer.come_in()
    assert [(each.status, each.note.title if each.note else "") for each in outcomes] == [
        ("unchanged", "Pump replaced"),
        ("updated", "Chlorine and brushes"),
        ("added", "Cover"),
        ("gone", "Robot cleaner"),
    ]
    gone = {note.title for note in drawer.notebook.select() if note.gone}
    assert gone == {"Robot cleaner"}


def test_a_deleted_file_leaves_its_note_marked_until_it_is_back(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pump hums.")
    drawer.write("gate.txt", "The gate creaks.")
    drawer.come_in()
    path.unlink()
    outcomes = drawer.come_in()
    assert sorted(statuses(outcomes)) == ["gone", "unchanged"]
    assert [note.title for note in drawer.notebook.select() if note.gone] == ["Pump"]
    assert statuses(drawer.come_in()) == ["unchanged"]  # said once
    drawer.write("pump.txt", "The pump hums.")
    drawer.come_in()
    assert not any(note.gone for note in drawer.notebook.select())


def test_an_import_is_taken_back_as_a_whole_and_only_it(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pump hums.")
    drawer.come_in()
    path.write_text("The pump leaks.", "utf-8")
    drawer.write("gate.txt", "The gate creaks.")
    drawer.come_in()
    assert drawer.undo() == (["Pump", "Gate"], []) or drawer.titles() == ["Pump"]
    (note,) = drawer.notebook.select()
    assert note.text == "The pump hums."
    assert note.original != digest_of(path)
    outcomes = drawer.come_in()
    assert sorted(statuses(outcomes)) == ["restored", "updated"]
    assert {note.text for note in drawer.notebook.select()} == {"The pump leaks.", "The gate creaks."}
    drawer.undo()
    drawer.undo()
    assert drawer.notebook.count() == 0
    assert drawer.trail.imports.undoable() is None


def test_a_note_changed_since_stays_when_its_import_is_undone(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pump hums.")
    drawer.come_in()
    path.write_text("The pump leaks.", "utf-8")
    drawer.come_in()
    (note,) = drawer.notebook.select()
    drawer.library.edit(note.id, {"text": "The pump leaks badly."})
    assert drawer.undo() == ([], ["Pump"])
    assert drawer.notebook.get(note.id).text == "The pump leaks badly."


def test_two_different_files_of_one_name_from_the_page_are_two_notes(drawer: Drawer) -> None:
    def drop(text: str) -> list[Outcome]:
        path = drawer.write("uploaded.txt", text)
        intake = Intake(drawer.library, ROUTER, trail=drawer.trail, origin="page")
        return [*intake.file(path, "invoice.txt", "page:invoice.txt"), *intake.finish()]

    assert statuses(drop("Blue Heron replaced the pump for $1,150.")) == ["added"]
    assert statuses(drop("The fence was stained by two cheerful men, twice.")) == ["added"]
    assert statuses(drop("The fence was stained by three cheerful men, twice.")) == ["updated"]
    assert drawer.notebook.count() == 2


def test_for_review_nothing_becomes_a_note_and_nothing_waits_twice(drawer: Drawer) -> None:
    drawer.write("pump.txt", "The pool pump was replaced on 18 April 2023.")
    drawer.write("odd.txt", "Something perhaps, on 2023-01-02.")
    assert statuses(drawer.review()) == ["waiting", "waiting"]
    assert statuses(drawer.review()) == ["waiting", "waiting"]
    assert drawer.notebook.count() == 0
    unsure, sure = drawer.trail.waiting.all()
    assert (unsure.draft.title, unsure.sure, unsure.draft.category) == ("Odd", False, None)
    assert (sure.draft.title, sure.sure, sure.draft.category, sure.confidence) == ("Pump", True, "pool", 0.96)
    assert sure.draft.dated_by == "text"


def test_a_category_that_a_person_chose_meanwhile_is_not_overruled(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pool pump was replaced on 18 April 2023.")
    intake = Intake(drawer.library, ROUTER, trail=drawer.trail, review=True)
    list(intake.file(path))
    (draft,) = drawer.trail.waiting.all()
    drawer.trail.waiting.amend(draft.id, category="fence")
    assert list(intake.finish()) == []
    (draft,) = drawer.trail.waiting.all()
    assert (draft.draft.category, draft.confidence) == ("fence", None)


def test_files_are_labelled_by_the_batch(drawer: Drawer) -> None:
    class Counting(WordRouter):
        asked: ClassVar[list[int]] = []

        def classify(self, questions: Sequence[str]) -> list[Decision]:
            self.asked.append(len(questions))
            return super().classify(questions)

    for number in range(BATCH + 3):
        drawer.write(f"{number:02}.txt", f"Pool pump number {number}.")
    drawer.write("rows.jsonl", "".join(f'{{"text": "Fence post {number}."}}\n' for number in range(BATCH + 2)))
    outcomes = list(ingest([drawer.papers], drawer.library, Counting(["pool", "fence"]), trail=drawer.trail))

    assert statuses(outcomes) == ["added"] * (2 * BATCH + 5)
    assert Counting.asked == [BATCH, BATCH, 5]
    assert {note.category for note in drawer.notebook.select()} == {"pool", "fence"}
    assert statuses(drawer.come_in()) == ["unchanged"] * (2 * BATCH + 5)


def test_for_review_each_draft_is_labelled_once(drawer: Drawer) -> None:
    class Counting(WordRouter):
        asked: ClassVar[list[int]] = []

        def classify(self, questions: Sequence[str]) -> list[Decision]:
            self.asked.append(len(questions))
            return super().classify(questions)

    paths = [drawer.write(f"{number:02}.txt", f"Pool pump number {number}.") for number in range(BATCH + 3)]
    intake = Intake(drawer.library, Counting(["pool"]), trail=drawer.trail, review=True)
    outcomes = [*(outcome for path in paths for outcome in intake.file(path)), *intake.finish()]

    assert statuses(outcomes) == ["waiting"] * (BATCH + 3)
    assert Counting.asked == [BATCH, 3]
    assert {each.draft.category for each in drawer.trail.waiting.all()} == {"pool"}


def test_a_word_for_a_category_that_the_house_lacks_becomes_a_tag_and_the_router_files(drawer: Drawer) -> None:
    rows = '{"text": "The pool pump hums.", "category": "Machines", "date": "2023-04-18"}\n'
    path = drawer.write("rows.jsonl", rows)

    drawer.review(path)
    (waits,) = drawer.trail.waiting.all()
    (outcome,) = drawer.come_in(drawer.write("other.jsonl", rows + "\n"))

    told = "no category 'Machines' here: kept as a tag; filed by the router (96% sure)"
    assert (waits.draft.category, waits.draft.tags, waits.reason, waits.sure) == ("pool", ("Machines",), told, True)
    assert outcome.note is not None
    assert (outcome.note.category, outcome.note.tags, outcome.reason) == ("pool", ("Machines",), told)


def test_an_import_that_is_broken_off_reads_again_what_was_not_kept_yet(drawer: Drawer) -> None:
    class Failing(WordRouter):
        def classify(self, questions: Sequence[str]) -> list[Decision]:
            raise RouterUnavailable("The plug was pulled.")

    drawer.write("pump.txt", "The pool pump hums.")
    drawer.write("rows.jsonl", '{"text": "A fence post."}\n{"text": "A fence rail."}\n')
    with pytest.raises(RouterUnavailable):
        list(ingest([drawer.papers], drawer.library, Failing([]), trail=drawer.trail))
    assert drawer.notebook.count() == 0

    assert statuses(drawer.come_in()) == ["added"] * 3
    assert statuses(drawer.come_in()) == ["unchanged"] * 3


def test_two_files_of_one_content_that_come_together_are_one_note(drawer: Drawer) -> None:
    for name in ("pump.txt", "copy/pump.txt"):
        drawer.write(name, "The pool pump hums.")
    assert sorted(statuses(drawer.come_in())) == ["added", "unchanged"]
    assert drawer.notebook.count() == 1


def test_for_review_a_changed_file_waits_as_a_change(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pump hums.")
    drawer.come_in()
    path.write_text("The pump leaks.", "utf-8")
    assert statuses(drawer.review(origin="inbox")) == ["waiting"]
    (waiting_,) = drawer.trail.waiting.all()
    (note,) = drawer.notebook.select()
    assert (waiting_.aim, waiting_.note_id, waiting_.reason) == ("update", note.id, "changed: text")
    assert note.text == "The pump hums."


def test_what_is_refused_is_remembered_with_its_reason(drawer: Drawer) -> None:
    (drawer.papers / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    (outcome,) = drawer.come_in()
    assert outcome.status == "refused"
    (last,) = drawer.trail.imports.recent()
    assert drawer.trail.imports.refusals(last.id) == [("torn.pdf", outcome.reason)]
    assert drawer.trail.imports.undoable() is None


HANDOVER = "# The water\n\nThe pool is deep.\n\n# Out back\n\nThe fence leans."


def test_sections_of_several_matters_come_in_under_their_own_categories(drawer: Drawer) -> None:
    path = drawer.write("handover.md", f"# Our house\n\n{HANDOVER}")

    assert [outcome.status for outcome in drawer.come_in(path)] == ["added", "added"]
    assert {note.title: note.category for note in drawer.notebook.select()} == {
        "Our house: The water": "pool",
        "Our house: Out back": "fence",
    }
    assert [outcome.status for outcome in drawer.come_in(path)] == ["unchanged", "unchanged"]

    drawer.write("handover.md", f"# Our house\n\n{HANDOVER} It leans east.")
    assert sorted(outcome.status for outcome in drawer.come_in(path)) == ["unchanged", "updated"]


def test_a_document_that_came_in_as_one_note_stays_one(drawer: Drawer) -> None:
    path = drawer.write("handover.md", "# Our house\n\n# The water\n\nThe pool is deep.")
    drawer.come_in(path)
    drawer.write("handover.md", f"# Our house\n\n{HANDOVER}")

    assert [outcome.status for outcome in drawer.come_in(path)] == ["updated"]
    assert drawer.titles() == ["Our house"]


# --- what waits for review, and files that change meanwhile -----------------------------------------------------------


def waiting_texts(drawer: Drawer) -> list[str]:
    return [each.draft.text for each in drawer.trail.waiting.all()]


def save_all(drawer: Drawer) -> list[Outcome]:
    return list(review.save(drawer.trail.waiting.all(), drawer.library, drawer.trail))


def test_a_file_that_was_broken_off_in_the_middle_goes_on_where_it_stopped(drawer: Drawer) -> None:
    rows = "".join(f"2023-04-{day:02d},Pool matter {day},It was done on day {day}.\n" for day in range(1, 11))
    path = drawer.write("log.csv", f"date,title,note\n{rows}")
    intake = Intake(drawer.library, ROUTER, trail=drawer.trail, review=True, origin="inbox")
    assert len(list(islice(intake.path(path), 4))) == 4  # our-house ended here
    drawer.trail.waiting.drop([drawer.trail.waiting.all()[0].id])  # the person wants one of them not

    assert statuses(drawer.review(path, origin="inbox")) == ["waiting"] * 6
    assert len({*waiting_texts(drawer)}) == drawer.trail.waiting.count() == 9


def test_a_file_saved_again_before_its_review_waits_once_as_it_is_now(drawer: Drawer) -> None:
    for text in ("The pool pump hums.", "The pool pump hums and leaks.", "The pool pump hums, leaks and stops."):
        drawer.review(drawer.write("pump.txt", text), origin="inbox")
    assert waiting_texts(drawer) == ["The pool pump hums, leaks and stops."]


def test_what_a_person_wrote_in_a_draft_is_not_lost_when_its_file_changes(drawer: Drawer) -> None:
    drawer.review(drawer.write("pump.txt", "The pool pump hums."), origin="inbox")
    drawer.trail.waiting.amend(drawer.trail.waiting.all()[0].id, text="Typed by hand.")
    drawer.review(drawer.write("pump.txt", "The pool pump hums and leaks."), origin="inbox")
    assert sorted(waiting_texts(drawer)) == ["The pool pump hums and leaks.", "Typed by hand."]


@pytest.mark.parametrize("dropped", [False, True])
def test_a_note_whose_file_changed_twice_before_the_review_is_changed_and_not_doubled(
    drawer: Drawer, dropped: bool
) -> None:
    drawer.come_in(drawer.write("pump.txt", "The pool pump was replaced for 400 dollars."))
    drawer.review(drawer.write("pump.txt", "The pool pump was replaced for 450 dollars."), origin="inbox")
    if dropped:
        drawer.trail.waiting.drop(each.id for each in drawer.trail.waiting.all())
    drawer.review(drawer.write("pump.txt", "The pool pump was replaced for 475 dollars."), origin="inbox")
    assert [each.aim for each in drawer.trail.waiting.all()] == ["update"]
    save_all(drawer)
    assert [note.text for note in drawer.notebook.select()] == ["The pool pump was replaced for 475 dollars."]


def test_a_file_saved_broken_once_is_no_new_one_when_it_is_whole_again(drawer: Drawer) -> None:
    drawer.come_in(drawer.write("log.jsonl", '{"title": "Pump", "text": "The pool pump cost 400."}'))
    assert statuses(drawer.come_in(drawer.write("log.jsonl", '{"title": "Pump", "te'))) == ["refused"]
    path = drawer.write("log.jsonl", '{"title": "Pump", "text": "The pool pump cost 450."}')
    assert statuses(drawer.come_in(path)) == ["updated"]
    assert [note.text for note in drawer.notebook.select()] == ["The pool pump cost 450."]


def test_saving_a_change_leaves_what_a_person_changed_meanwhile(drawer: Drawer) -> None:
    drawer.come_in(drawer.write("pump.txt", "The pool pump was replaced for 400 dollars."))
    (note,) = drawer.notebook.select()
    drawer.review(drawer.write("pump.txt", "The pool pump was replaced for 450 dollars."), origin="inbox")
    drawer.notebook.edit(note.id, {"category": "fence", "title": "My own title"})
    save_all(drawer)
    after = drawer.notebook.get(note.id)
    assert (after.title, after.category) == ("My own title", "fence")
    assert "450" in after.text


def test_the_same_words_twice_in_a_review_are_one_note_and_can_be_taken_back(drawer: Drawer) -> None:
    drawer.review(
        drawer.write("a/pump.txt", "The pool pump hums.\n"), drawer.write("b/pump.txt", "The pool pump hums.\n\n")
    )
    assert statuses(save_all(drawer)) == ["added", "unchanged"]
    assert drawer.undo() == (["Pump"], [])


def test_a_title_with_stray_blanks_makes_no_twin_of_its_note(drawer: Drawer) -> None:
    import_id = drawer.trail.imports.begin("page")
    for _ in range(2):
        drawer.trail.waiting.put(import_id, Draft("It hums.", "Our   pump", id="pump", made_id=True))
    save_all(drawer)
    assert drawer.titles() == ["Our pump"]


def test_a_draft_never_replaces_the_words_that_a_person_wrote_over_its_twin(drawer: Drawer) -> None:
    drawer.review(
        drawer.write("a/pump.txt", "The pool pump hums.\n"), drawer.write("b/pump.txt", "The pool pump hums.\n\n")
    )
    first, second = drawer.trail.waiting.all()
    list(review.save([first], drawer.library, drawer.trail))
    (note,) = drawer.notebook.select()
    drawer.notebook.edit(note.id, {"text": "I corrected this."})
    list(review.save([second], drawer.library, drawer.trail))
    assert drawer.notebook.get(note.id).text == "I corrected this."
    assert sorted(each.text for each in drawer.notebook.select()) == ["I corrected this.", "The pool pump hums."]


def test_two_windows_that_save_at_once_save_once(drawer: Drawer) -> None:
    drawer.review(drawer.write("pump.txt", "The pool pump hums."))
    seen = drawer.trail.waiting.all()
    assert statuses(list(review.save(seen, drawer.library, drawer.trail))) == ["added"]
    assert list(review.save(seen, drawer.library, drawer.trail)) == []
    assert drawer.undo() == (["Pump"], [])


def test_a_note_that_an_import_changed_twice_is_taken_back_to_what_it_was(drawer: Drawer) -> None:
    drawer.come_in(drawer.write("a.jsonl", '{"id": "pump", "title": "Pump", "text": "first"}'))
    twice = '{"id": "pump", "title": "Pump", "text": "second"}\n{"id": "pump", "title": "Pump", "text": "third"}'
    assert statuses(drawer.come_in(drawer.write("b.jsonl", twice))) == ["updated", "updated"]
    assert drawer.undo() == (["Pump"], [])
    assert drawer.notebook.get("pump").text == "first"


def test_a_deleted_note_that_came_back_changed_is_deleted_again_when_that_is_taken_back(drawer: Drawer) -> None:
    drawer.come_in(drawer.write("a.jsonl", '{"id": "pump", "title": "Pump", "text": "first"}'))
    drawer.notebook.delete(["pump"])
    drawer.come_in(drawer.write("a.jsonl", '{"id": "pump", "title": "Pump", "text": "second"}'))
    assert drawer.notebook.get("pump").text == "second"
    drawer.undo()
    note = drawer.notebook.get("pump")
    assert (note.deleted, note.text) == (True, "first")


def test_a_file_that_could_not_be_opened_is_known_by_its_content_afterwards(drawer: Drawer) -> None:
    path = drawer.write("pump.txt", "The pool pump hums.")
    place = str(path.resolve())
    drawer.trail.imports.saw(known_file(path, place, path.name, NO_NOTE + place))  # as an earlier version did
    (outcome,) = drawer.come_in(path)
    assert outcome.note is not None
    assert drawer.notebook.get(outcome.note.id).original == digest_of(path)


def test_the_latest_import_is_the_last_that_came_whatever_the_clock_says(drawer: Drawer) -> None:
    drawer.come_in(drawer.write("a.txt", "The pool pump hums."))
    with drawer.trail.imports.together() as db:
        db.execute("UPDATE imports SET started_at = '2099-01-01T00:00:00+00:00'")  # the clock was ahead
    drawer.come_in(drawer.write("b.txt", "The fence leans."))
    assert drawer.undo() == (["B"], [])


def test_a_name_that_is_no_text_is_refused_and_keeps_no_other_file_out(drawer: Drawer) -> None:
    drawer.write("pump.txt", "The pool pump hums.")
    Path(os.fsdecode(os.fsencode(drawer.papers) + b"/R\xe9sum\xe9.txt")).write_text("Old.")
    outcomes = drawer.come_in()
    assert sorted(statuses(outcomes)) == ["added", "refused"]
    assert [(each.source, "Rename it" in each.reason) for each in outcomes if each.status == "refused"] == [
        ("R?sum?.txt", True)
    ]


def test_a_deleted_note_that_came_back_under_another_category_is_deleted_again_when_that_is_taken_back(
    drawer: Drawer,
) -> None:
    drawer.write("pump.txt", "The pump hums.")
    (outcome,) = drawer.come_in(category="pool")
    assert outcome.note is not None
    drawer.notebook.delete([outcome.note.id])

    assert statuses(drawer.come_in(category="fence")) == ["updated"]
    drawer.undo()

    note = drawer.notebook.get(outcome.note.id)
    assert (note.deleted, note.category) == (True, "pool")
