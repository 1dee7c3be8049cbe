"""A house whose folder is real and whose models are tiny: one says what a test wrote, one goes by words."""

import json
import os
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from conftest import WordEmbedder

from assistant.build import House
from assistant.models.chat_models import ChatModel, Message
from assistant.models.weights import ModelStore, Progress, Report, unheard
from assistant.pipeline import Assistant
from assistant.settings import Settings, read_settings
from assistant.support import Support
from classifier.decision import Decision, Router

PATIENCE = 90.0
"""Seconds after which something that should happen is held not to: the cores may be busy with other work."""

Piece = str | threading.Event | Exception


class ScriptedModel:
    """A language model that says what a test tells it to, and waits wherever the test put a gate."""

    def __init__(self, context_tokens: int = 4096, name: str = "Scripted 1B") -> None:
        self.name = name
        self.context_tokens = context_tokens
        self.asked: list[list[Message]] = []
        self.closed = 0
        self.leans: float | Exception = 4.0
        """To yes, when it is asked whether its answer stands."""
        self._replies: deque[tuple[Piece, ...]] = deque()

    def will_say(self, *pieces: Piece) -> None:
        """Line up a reply: texts to yield, events to wait for, an error to break off with."""
        self._replies.append(pieces)

    def leaning(self, messages: Sequence[Message]) -> float:
        if isinstance(self.leans, Exception):
            raise self.leans
        return self.leans

    def structured(self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int) -> Iterator[str]:
        return self.stream(messages, max_tokens)

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        reply = self._replies.popleft()
        self.asked.append(list(messages))
        try:
            for piece in reply:
                match piece:
                    case threading.Event():
                        assert piece.wait(PATIENCE), "the test never opened the gate"
                    case Exception():
                        raise piece
                    case _:
                        yield piece
        finally:
            self.closed += 1


class WordRouter:
    """Labels a question by the categories that it names: one surely, two as likely, none as no category.

    'perhaps' in a question makes it a guess: a category, but none that is likely.
    """

    version = "words"

    def __init__(self, categories: Sequence[str]) -> None:
        self._categories = categories

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        return [self._decide(question.casefold()) for question in questions]

    def _decide(self, question: str) -> Decision:
        named = [category for category in self._categories if category in question][:2]
        share = 0.96 / max(1, len(named))
        probabilities = dict.fromkeys(named, share) | {"none": 0.04 if named else 0.9}
        likely = () if "perhaps" in question else tuple(named)
        return Decision(named[0] if named else None, share if named else 0.9, probabilities, self.version, likely)


class SmallHouse(House):
    """A real house folder whose models are tiny; loading them waits at a gate and can be told to fail."""

    def __init__(self, settings: Settings, report: Report = unheard, model: ScriptedModel | None = None) -> None:
        super().__init__(settings, report)
        self.model = model or ScriptedModel()
        self.may_load = threading.Event()
        self.may_load.set()
        self.trouble: Exception | None = None
        self.loads = 0

    @cached_property
    def embedder(self) -> WordEmbedder:
        return WordEmbedder()

    def router(self, name: str | None = None) -> Router:
        if name not in (None, WordRouter.version):
            self.versions.get(name)
        return WordRouter([name for name, _, _ in self.notebook.categories()])

    def assistant(self, model: ChatModel | None = None, router: Router | None = None) -> Assistant:
        whole = super().assistant(model, router)
        # What doubts answers was fitted to the cosines of a real embedder; here nothing is doubted.
        tokens = self.settings.answer_tokens
        return Assistant(whole.finder, whole.model, answer_tokens=tokens, support=Support(), sums=self.sums())

    def chat_model(self) -> ChatModel:
        self.report(Progress("scripted-1b", 40, 100, "downloading"))
        assert self.may_load.wait(PATIENCE), "the test never let the model load"
        if self.trouble:
            raise self.trouble
        self.loads += 1
        return self.model


def pretend_fetched(store: ModelStore, *names: str) -> None:
    """Make the store find these weights as it left them: files of the right size, without a byte on the disk."""
    from assistant.models.catalogue import CATALOGUE

    for name in names:
        weights, record = CATALOGUE[name], {}
        for pin in weights.files:
            path = store.folder / name / pin.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            os.truncate(path, pin.bytes)
            record[pin.path] = {"bytes": pin.bytes, "mtime_ns": path.stat().st_mtime_ns, "sha256": pin.sha256}
        (store.folder / name / ".verified.json").write_text(json.dumps(record))
        assert store.ready(weights)


@pytest.fixture
def nobody() -> str:
    """The address of a server that is not there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nobody: str) -> None:
    """No setting of the machine reaches the test, nothing it does reaches the network or the person's own house."""
    for name in os.environ:
        if name.upper().startswith("OUR_HOUSE_"):
            monkeypatch.delenv(name)
    for name, value in {
        "OUR_HOUSE_HOME": str(tmp_path / "house"),
        "OUR_HOUSE_MODELS": str(tmp_path / "models"),
        "OUR_HOUSE_HUB": nobody,
        "OUR_HOUSE_OLLAMA_HOST": nobody,
        "PIP_NO_INDEX": "1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def house(bare_environment: None) -> SmallHouse:
    """A house of this test's own, empty."""
    return SmallHouse(read_settings())
