"""One language model for answers and for work that can wait: answers come first, the other stops for them at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from assistant.chat_models import ChatModel, Message


class SharedModel:
    """A language model that tells whether an answer wants it."""

    def __init__(self, model: ChatModel) -> None:
        """Args: the model."""
        self.model = model
        self._lock = threading.Lock()
        self._answers = 0
        self._last = time.monotonic()

    @property
    def name(self) -> str:
        """The model, as a person is told who answered."""
        return self.model.name

    @property
    def context_tokens(self) -> int:
        """Tokens that a prompt and its answer may have together."""
        return self.model.context_tokens

    def quiet(self, seconds: float) -> bool:
        """Whether no answer has wanted the model for so long."""
        with self._lock:
            return self._answers == 0 and time.monotonic() - self._last >= seconds

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        """Yield an answer piece by piece, as the model does."""
        with self._answering():
            yield from self.model.stream(messages, max_tokens)

    def leaning(self, messages: Sequence[Message]) -> float:
        """Return how far the model leans to yes, as the model does."""
        with self._answering():
            return self.model.leaning(messages)

    def structured(self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int) -> Iterator[str]:
        """Yield JSON, as the model does; this is the work that can wait, and whoever asks for it looks at `quiet`."""
        yield from self.model.structured(messages, schema, max_tokens)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        with self._lock:
            self._answers += 1
        try:
            yield
        finally:
            with self._lock:
                self._answers -= 1
                self._last = time.monotonic()
