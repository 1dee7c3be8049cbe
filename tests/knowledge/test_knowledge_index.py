import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEmbedder
from knowledge_support import as_another_user, open_to_all, processes
from numpy.typing import NDArray

from knowledge.errors import IndexUnavailable
from knowledge.folder_index import FolderIndex
from knowledge.index import BATCH
from knowledge.note import Passage


def passage(passage_id: str, text: str, category: str | None = None) -> Passage:
    return Passage(passage_id, passage_id.partition("#")[0], "", category, None, "", text)


def put(index: FolderIndex, *passages: Passage, notes: Sequence[str] = ()) -> None:
    note_ids = list(dict.fromkeys([*notes, *(each.note_id for each in passages)]))
    index.replace(note_ids, passages, WordEmbedder().embed([each.text for each in passages]))


def nearest(index: FolderIndex, text: str, categories: Sequence[str] | None = None, limit: int = 10) -> list[str]:
    return [each.passage_id for each in index.nearest(WordEmbedder().embed([text])[0], categories, limit)]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[FolderIndex]:
    index = FolderIndex(tmp_path / "house" / "index", "words")
    yield index
    index.close()


def test_what_is_near_comes_first_with_its_cosine(index: FolderIndex) -> None:
    put(index, passage("a#0", "pool pump"), passage("b#0", "pool heater"), passage("c#0", "fuel tank"))

    found = index.nearest(WordEmbedder().embed(["pool pump"])[0], None, 2)

    assert [each.passage_id for each in found] == ["a#0", "b#0"]
    assert [each.similarity for each in found] == pytest.approx([1, 0.5], abs=1e-3)


def test_a_scope_holds_its_categories_and_passages_without_one(index: FolderIndex) -> None:
    put(index, passage("a#0", "pump", "pool"), passage("b#0", "pump", "car"), passage("c#0", "pump"))

    assert set(nearest(index, "pump", ["pool"])) == {"a#0", "c#0"}
    assert set(nearest(index, "pump", ["pool", "car"])) == {"a#0", "b#0", "c#0"}
    assert nearest(index, "pump", ["fence"]) == ["c#0"]
    assert nearest(index, "pump", []) == ["c#0"]
    assert set(nearest(index, "pump")) == {"a#0", "b#0", "c#0"}


def test_a_note_put_again_replaces_all_its_passages(index: FolderIndex) -> None:
    put(index, *(passage(f"a#{number}", text, "car") for number, text in enumerate(["one", "two", "three"])))
    put(index, passage("b#0", "four", "car"))

    put(index, passage("a#0", "five", "pool"))

    assert index.ids() == {"a#0", "b#0"}
    assert nearest(index, "five", limit=1) == ["a#0"]
    assert nearest(index, "five", ["car"]) == ["b#0"]


def test_a_note_put_without_passages_is_removed(index: FolderIndex) -> None:
    put(index, passage("a#0", "one"), passage("b#0", "two"))

    put(index, notes=["a", "nobody"])

    assert index.ids() == {"b#0"}
    assert index.count() == 1


def test_an_empty_index_holds_nothing(index: FolderIndex) -> None:
    assert nearest(index, "pump") == []
    assert (index.count(), index.ids()) == (0, set())


def test_more_passages_than_fit_one_batch_are_all_kept(index: FolderIndex) -> None:
    many = [passage(f"n{number}#0", f"word{number} pump") for number in range(BATCH + 10)]
    put(index, *many)
    assert index.ids() == {each.id for each in many}

    put(index, notes=[each.note_id for each in many[5:]])
    assert index.ids() == {each.id for each in many[:5]}


def test_it_is_usable_once_made_and_only_by_who_made_it(index: FolderIndex) -> None:
    assert not index.usable()
    put(index, passage("a#0", "one"))
    index.close()

    assert FolderIndex(index.folder, "words").usable()
    assert not FolderIndex(index.folder, "another model").usable()


@pytest.mark.parametrize("stamp", [b"", b"{", b"[]", b"null", b'{"embedder": 5}', b"\xff\xfe\x00"])
def test_it_is_not_usable_with_a_damaged_stamp_but_can_be_cleared_and_made_again(
    index: FolderIndex, stamp: bytes
) -> None:
    put(index, passage("a#0", "one"))
    (index.folder / "stamp.json").write_bytes(stamp)

    assert nearest(index, "one") == ["a#0"]
    assert not index.usable()
    index.clear()
    put(index, passage("b#0", "one"))

    assert index.usable()
    assert index.ids() == {"b#0"}


def test_what_a_dying_process_left_behind_while_opening_it_makes_it_unusable(index: FolderIndex) -> None:
    put(index, passage("a#0", "one"))
    index.close()
    (index.folder / "opening").touch()

    assert not index.usable()
    with pytest.raises(IndexUnavailable, match="did not survive"):
        index.count()

    index.clear()
    put(index, passage("b#0", "one"))
    assert index.usable()


def test_clearing_leaves_nothing_behind_even_of_an_earlier_clearing_cut_short(index: FolderIndex) -> None:
    put(index, passage("a#0", "one"))
    leftover = index.folder.with_name("index.0123abcd.old")
    shutil.copytree(index.folder, leftover)
    neighbour = index.folder.with_name("index.keep")
    neighbour.mkdir()

    index.clear()

    assert not index.folder.exists()
    assert not leftover.exists()
    assert neighbour.exists()
    assert index.count() == 0


def test_clearing_what_is_not_there_is_fine(index: FolderIndex) -> None:
    index.clear()

    assert index.count() == 0


# --- Other processes --------------------------------------------------------------------------------------------------


def _put_elsewhere(folder: Path, name: str, count: int) -> None:
    index = FolderIndex(folder, "words")
    for number in range(count):
        put(index, passage(f"{name}{number}#0", f"{name}{number} pump"))


def _clear_elsewhere(folder: Path) -> None:
    index = FolderIndex(folder, "words")
    index.clear()
    put(index, passage("new#0", "pump"))


def run(*targets: tuple[object, ...]) -> None:
    """Run each (function, *arguments) in a process of its own, all at once, to their ends."""
    started = [processes.Process(target=target, args=arguments) for target, *arguments in targets]  # type: ignore[arg-type]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == [0] * len(started)


def test_what_another_process_writes_is_seen_at_once(index: FolderIndex) -> None:
    put(index, passage("a#0", "pump"))
    assert nearest(index, "b0 pump") == ["a#0"]

    run((_put_elsewhere, index.folder, "b", 1))

    assert nearest(index, "b0 pump") == ["b0#0", "a#0"]
    put(index, passage("c#0", "pump"))
    assert index.ids() == {"a#0", "b0#0", "c#0"}


def test_an_index_that_another_process_made_anew_is_the_one_that_is_read_and_written(index: FolderIndex) -> None:
    put(index, passage("old#0", "pump"))

    run((_clear_elsewhere, index.folder))

    assert nearest(index, "pump") == ["new#0"]
    put(index, passage("newer#0", "pump"))
    assert FolderIndex(index.folder, "words").ids() == {"new#0", "newer#0"}


def test_processes_that_write_at_once_lose_nothing(index: FolderIndex) -> None:
    run((_put_elsewhere, index.folder, "a", 15), (_put_elsewhere, index.folder, "b", 15))

    assert index.ids() == {f"{name}{number}#0" for name in "ab" for number in range(15)}
    assert nearest(index, "b7 pump", limit=1) == ["b7#0"]


# --- An index that cannot be used -------------------------------------------------------------------------------------


def test_an_index_below_a_file_is_unavailable_in_all_its_ways(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    index = FolderIndex(tmp_path / "file" / "index", "words")

    assert not index.usable()
    for use in (
        index.count,
        index.ids,
        index.clear,
        lambda: nearest(index, "x"),
        lambda: put(index, passage("a#0", "x")),
    ):
        with pytest.raises(IndexUnavailable, match="safe in the record; `our-house reindex`"):
            use()


def test_an_index_that_may_not_be_written_is_unavailable() -> None:
    with open_to_all() as folder:
        index = FolderIndex(folder / "index", "words")
        put(index, passage("a#0", "one"))
        index.close()
        (folder / "index.lock").chmod(0o666)
        (folder / "index").chmod(0o555)

        with pytest.raises(IndexUnavailable, match="Permission denied"):
            as_another_user(index.count)
        assert index.count() == 1
        index.close()


def test_a_failure_of_chroma_is_ours_and_the_next_use_starts_afresh(index: FolderIndex) -> None:
    put(index, passage("a#0", "one"))

    with pytest.raises(IndexUnavailable):
        index.nearest(np.zeros(7, np.float32), None, 1)  # no vector of this index

    assert nearest(index, "one") == ["a#0"]


def test_only_one_at_a_time_brings_it_in_step(index: FolderIndex) -> None:
    with index.alone(5), pytest.raises(IndexUnavailable, match="Another our-house is indexing"), index.alone(0.01):
        pass

    with index.alone(0.01):
        assert index.count() == 0  # reading and writing go on meanwhile
        put(index, passage("a#0", "one"))


def test_an_error_inside_alone_is_left_as_it_is(index: FolderIndex) -> None:
    with pytest.raises(FileNotFoundError), index.alone(5):
        raise FileNotFoundError("the weights")


def test_the_stamp_names_the_embedder_for_whoever_looks(index: FolderIndex) -> None:
    put(index, passage("a#0", "one"))

    assert json.loads((index.folder / "stamp.json").read_text())["embedder"] == "words"


def crowd(index: FolderIndex, count: int) -> NDArray[np.float32]:
    """Fill an index with random vectors, one in fifty of them in a small category; returns them."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(count, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages = [
        Passage(f"n{at}#0", f"n{at}", "", "doorbell" if at % 50 == 0 else "pool", None, "", "x") for at in range(count)
    ]
    index.replace([each.note_id for each in passages], passages, vectors)
    return vectors


@pytest.mark.parametrize("categories", [None, ["doorbell"], ["pool"], ["doorbell", "pool"]])
def test_no_neighbour_of_a_scope_is_lost(index: FolderIndex, categories: list[str] | None) -> None:
    vectors = crowd(index, 1000)
    within = [at for at in range(1000) if categories is None or ("doorbell" if at % 50 == 0 else "pool") in categories]

    for question in vectors[:20]:
        best = sorted(within, key=lambda at: (-float(vectors[at] @ question), f"n{at}#0"))[:10]
        assert [each.passage_id for each in index.nearest(question, categories, 10)] == [f"n{at}#0" for at in best]


def test_where_too_many_are_to_be_compared_the_graph_answers(
    index: FolderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = crowd(index, 1000)
    monkeypatch.setattr("knowledge.index.EXACT_IN_CATEGORY", 10)
    monkeypatch.setattr("knowledge.index.PAGE", 10)

    in_small = index.nearest(vectors[0], ["doorbell"], 5)
    in_large = index.nearest(vectors[1], ["pool"], 5)

    assert (in_small[0].passage_id, in_large[0].passage_id) == ("n0#0", "n1#0")
    assert in_large[0].similarity == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(in_large[0].vector, vectors[1], atol=1e-6)


def test_more_than_one_page_of_vectors_is_compared(index: FolderIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.index.PAGE", 7)
    vectors = crowd(index, 100)

    found = index.nearest(vectors[99], ["pool"], 200)

    assert found[0].passage_id == "n99#0"
    assert len(found) == 98


def test_what_moved_to_another_category_is_compared_there(index: FolderIndex) -> None:
    put(index, passage("a#0", "pool pump", "pool"), passage("b#0", "fence gate", "fence"))
    for category in ("pool", "fence"):
        nearest(index, "pool pump", [category])  # both are held in memory now
    put(index, passage("a#0", "pool pump", "fence"))

    assert nearest(index, "pool pump", ["pool"]) == []
    assert set(nearest(index, "pool pump", ["fence"])) == {"a#0", "b#0"}


def test_what_another_process_wrote_is_compared_after_own_writing(index: FolderIndex) -> None:
    put(index, passage("a#0", "pool pump", "pool"))
    assert nearest(index, "pool pump", ["pool"]) == ["a#0"]
    other = FolderIndex(index.folder, "words")
    put(other, passage("b#0", "pool heater", "pool"))
    put(index, passage("c#0", "pool cover", "pool"))

    assert set(nearest(index, "pool pump", ["pool"])) == {"a#0", "b#0", "c#0"}


def test_what_changed_is_compared_as_it_is_now(index: FolderIndex) -> None:
    put(index, passage("a#0", "pool pump", "pool"))
    assert nearest(index, "pool pump", ["pool"]) == ["a#0"]
    put(index, passage("b#0", "pool heater", "pool"))
    assert set(nearest(index, "pool pump", ["pool"])) == {"a#0", "b#0"}
    put(index, notes=["a"])
    assert nearest(index, "pool pump", ["pool"]) == ["b#0"]


def test_passages_asked_for_are_compared_behind_the_nearest(index: FolderIndex) -> None:
    put(index, passage("a#0", "pool pump"), passage("b#0", "fence gate"))

    found = index.nearest(WordEmbedder().embed(["pool pump"])[0], None, 1, ["b#0", "gone#0"])

    assert [each.passage_id for each in found] == ["a#0", "b#0"]
    assert found[1].similarity < found[0].similarity
