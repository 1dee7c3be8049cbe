"""What the knowledge room's tests share: another user, a full disk, other processes, and how to tell a whole index."""

import contextlib
import ctypes
import multiprocessing
import os
import resource
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from knowledge.library import Library
from knowledge.note import Draft

T = TypeVar("T")
NOBODY = 65534

processes = multiprocessing.get_context("forkserver")
"""Real processes, started from one that has done the slow imports already."""
processes.set_forkserver_preload(["pytest", "chromadb", "frontmatter", "dateutil.parser", "knowledge.library"])


@contextlib.contextmanager
def open_to_all() -> Iterator[Path]:
    """A folder that other users can reach, unlike `tmp_path`."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def as_another_user(work: Callable[[], T]) -> T:
    """Do something without the right to write other people's files, also where the tests run as root."""

    def become_nobody() -> None:
        # On Linux this holds for one thread only, and takes root's right to pass over permissions with it.
        ctypes.CDLL(None).setfsuid(NOBODY)

    if os.geteuid() != 0:
        return work()
    with ThreadPoolExecutor(1, initializer=become_nobody) as thread:
        if thread.submit(ctypes.CDLL(None).setfsuid, -1).result() != NOBODY:
            pytest.skip("this root may not become another user")
        return thread.submit(work).result()


@contextlib.contextmanager
def full_disk(most_bytes: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def fill(library: Library, drafts: Iterable[Draft]) -> None:
    """Add many notes quickly, in one transaction."""
    with library.notebook._record.writing():
        for draft in drafts:
            library.notebook.add(draft)
    library.heal()


def assert_index_equals_record(library: Library) -> None:
    """Every passage of the record is in the index once, under its category, with the vector of its own words."""
    passages = {passage.id: passage for passage in library.notebook.passages.select()}
    assert library.notebook.unindexed() == []
    assert library.differences() == (set(), set())
    if not passages:
        return
    vectors = dict(zip(passages, library.embedder.embed([each.embedded for each in passages.values()]), strict=True))
    everywhere = {passage.id for passage in passages.values() if passage.category is None}
    for category in {passage.category for passage in passages.values()} - {None}:
        inside = {passage.id for passage in passages.values() if passage.category == category} | everywhere
        found = library.index.nearest(next(iter(vectors.values())), [str(category)], len(passages) + 10)
        assert {neighbour.passage_id for neighbour in found} == inside
    for passage_id, vector in vectors.items():
        (nearest, *_) = library.index.nearest(vector, None, 1)
        assert nearest.similarity == pytest.approx(1, abs=1e-3), passage_id
