import pytest

from assistant import sample
from classifier.taxonomy import DEFAULT_TAXONOMY
from knowledge.library import Library
from knowledge.note import Draft, Note, NoteFilter


@pytest.fixture
def own(library: Library) -> Note:
    """A note of the family's own."""
    (note,) = library.add([Draft("The pool pump was replaced by Ray.", "Pool pump", "pool")])
    return note


def test_the_sample_house_has_notes_in_every_category() -> None:
    drafts = sample.drafts()
    assert len(drafts) >= 80
    assert {draft.category for draft in drafts} >= set(DEFAULT_TAXONOMY.names)
    assert len({draft.id for draft in drafts}) == len(drafts)
    assert all(draft.sample and (draft.id or "").startswith("sample-") for draft in drafts)
    assert sample.QUESTIONS


def test_it_goes_in_whole_and_is_told_apart(library: Library, own: Note) -> None:
    told: list[str] = []
    notes = sample.put_in(library, lambda note: told.append(note.id))
    assert {note.id for note in notes} == {draft.id for draft in sample.drafts()} == set(told)
    assert all(note.sample for note in notes)
    assert library.notebook.count() == len(notes) + 1
    assert library.differences() == (set(), set())
    assert library.notebook.get(own.id) == own


def test_it_comes_out_whole_and_leaves_the_familys_own_notes(library: Library, own: Note) -> None:
    notes = sample.put_in(library)
    assert set(sample.take_out(library)) == {note.id for note in notes}
    assert library.notebook.select() == [own]
    assert library.sample() == []
    assert library.differences() == (set(), set())
    assert sample.take_out(library) == []


def test_it_comes_back_as_often_as_wanted(library: Library, own: Note) -> None:
    first = {note.id for note in sample.put_in(library)}
    sample.take_out(library)
    assert {note.id for note in sample.put_in(library)} == first
    assert {note.id for note in sample.put_in(library)} == first  # twice is as good as once
    assert library.notebook.count() == len(first) + 1
    assert library.notebook.get(own.id) == own
    assert library.differences() == (set(), set())


def test_a_stop_in_the_middle_is_completed_the_next_time(library: Library, own: Note) -> None:
    def stop(note: Note) -> None:
        if library.notebook.count() == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample.put_in(library, stop)
    assert library.notebook.count() == 10
    assert len(sample.put_in(library)) == len(sample.drafts())
    assert library.differences() == (set(), set())


def test_the_familys_deleted_notes_stay_deleted(library: Library, own: Note) -> None:
    library.delete([own.id])
    sample.put_in(library)
    sample.take_out(library)
    sample.put_in(library)
    assert library.notebook.get(own.id).deleted
    assert library.notebook.select(NoteFilter(deleted=True)) == [library.notebook.get(own.id)]
