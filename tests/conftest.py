"""Small real collaborators that several rooms' tests share."""

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.taxonomy import DEFAULT_TAXONOMY
from knowledge import notebook, schema
from knowledge.embedding import Embedder
from knowledge.folder_index import FolderIndex
from knowledge.library import Library
from knowledge.record import Record

pytest_plugins = (
    *("small_house", "command_line", "taught_house", "shelf"),
    *("tiny_encoder", "tiny_language_model", "ollama_server", "browser_support"),
)
"""Fixtures of their own: whole houses with tiny models, a server that speaks Ollama, and the page in Chromium."""


SLOW_FIXTURES = frozenset("tiny_base tiny_encoder packaged one_thread watched server large_house whole_house".split())
"""Fixtures whose tests train, start processes and servers, or wait for the clock, without being marked each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what uses a slow fixture, so that `make check` passes it over."""
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


class WordEmbedder:
    """Hashed bags of words as unit vectors: tiny, the same in every process, and near where words are shared."""

    name = "words"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), 256), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()) or [""]:
                vector[zlib.crc32(word.encode()) % len(vector)] += 1
            vector /= np.linalg.norm(vector)
        return vectors


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


def open_library(house: Path, embedder: Embedder | None = None) -> Library:
    """The notes of a house folder with the default categories, as another start or another process opens them."""
    embedder = embedder or WordEmbedder()
    notes = notebook.Notebook(Record(house / "house.db", (schema.migrations,)))
    notes.set_categories((each.name, each.code, each.definition) for each in DEFAULT_TAXONOMY)
    return Library(notes, FolderIndex(house / "index", embedder.name), embedder)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = open_library(tmp_path / "house")
    yield library
    library.index.close()
