import threading
from collections.abc import Sequence

import numpy as np
import pytest
from conftest import WordEmbedder
from numpy.typing import NDArray

from knowledge.following import Following
from knowledge.library import BATCH, Library
from knowledge.note import Draft

PATIENCE = 90.0


class GatedEmbedder(WordEmbedder):
    """Waits at a gate, and says in which threads it worked."""

    def __init__(self) -> None:
        self.reached, self.gate, self.threads = threading.Event(), threading.Event(), set[str]()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.threads.add(threading.current_thread().name)
        self.reached.set()
        assert self.gate.wait(PATIENCE), "the test never opened the gate"
        return super().embed(texts)


def test_notes_go_on_coming_while_those_before_are_indexed(library: Library) -> None:
    embedder = library.embedder = GatedEmbedder()
    told: list[tuple[int, int]] = []
    with Following(library, lambda done, total: told.append((done, total))) as following:
        for number in range(BATCH):
            library.notebook.add(Draft(f"Fact {number}."))
            following.added()
        assert embedder.reached.wait(PATIENCE)
        library.notebook.add(Draft("One that comes while vectors are made."))
        following.added()
        assert told == []
        threading.Timer(0.2, embedder.gate.set).start()

    assert "indexing" in embedder.threads
    assert told == [(BATCH, BATCH + 1)]  # the one that still waits when no more come
    assert library.notebook.unindexed() == []
    assert library.differences() == (set(), set())


def test_the_notes_of_an_import_that_fails_are_indexed_too(library: Library) -> None:
    with pytest.raises(OSError, match="torn"), Following(library) as following:
        library.notebook.add(Draft("It hums."))
        following.added()
        raise OSError("torn")
    assert library.notebook.unindexed() == []


def test_where_nothing_came_nothing_is_indexed(library: Library) -> None:
    embedder = library.embedder = GatedEmbedder()
    with Following(library):
        pass
    assert not embedder.threads
