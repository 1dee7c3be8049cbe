"""Chat messages in, text out: the ChatModel protocol, and a model that an Ollama server holds."""

from __future__ import annotations

import contextlib
import logging
import math
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

from assistant.errors import ModelStopped, ModelUnavailable

logger = logging.getLogger(__name__)

CHARACTERS_PER_TOKEN = 2.5
"""Lower than any household text measured (3 to 4), so that an estimate errs on the safe side."""
TOPS = 20
"""First words whose probability is asked for; Ollama tells no more."""
UNSAID = 1e-4
"""What a word's probability counts at least, so that one that was not told has one, too."""
_DENSE = re.compile(r"[^A-Za-z\s]")
_THOUGHTS = re.compile(r"\A(\s*<think>.*?</think>)+", re.DOTALL)


ReadOutcome = Literal["kept", "interrupted", "no room"]


@dataclass(frozen=True)
class Message:
    """One turn of a conversation with a language model."""

    role: Literal["system", "user", "assistant"]
    content: str


class ChatModel(Protocol):
    """Anything that continues a conversation."""

    @property
    def name(self) -> str:
        """The model, as a person is told who answered."""

    @property
    def context_tokens(self) -> int:
        """Tokens that a prompt and its answer may have together."""

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        """Yield the reply piece by piece; closing the iterator stops the model.

        Raises:
            ModelUnavailable: the model cannot start.
            ModelStopped: it broke off in the middle; what was yielded stands.
        """

    def structured(self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int) -> Iterator[str]:
        """Yield a reply that is JSON as a schema has it, piece by piece; raises as `stream` does.

        It breaks off within the JSON where the tokens do not suffice.
        """

    def leaning(self, messages: Sequence[Message]) -> float | None:
        """Return how far the model leans to answer yes rather than no: the log-odds of the first word of its reply.

        0 where it would say neither, None where it tells no odds.

        Raises:
            ModelUnavailable: the model cannot answer.
        """


@runtime_checkable
class ReadsAhead(Protocol):
    """A chat model that can read the beginnings of prompts ahead, so that what begins so is answered at once."""

    def has_read(self, beginning: Sequence[Message]) -> bool:
        """Whether a prompt that begins so is answered at once."""

    def read_ahead(self, beginning: Sequence[Message], go_on: Callable[[], bool]) -> ReadOutcome:
        """Read a beginning and keep it, making way for questions.

        Raises:
            ModelUnavailable: the model cannot read it, or it cannot be kept.
        """

    def forget_all_but(self, beginnings: Sequence[Sequence[Message]]) -> None:
        """Drop what is kept of other beginnings than these."""


def count_tokens(text: str) -> int:
    """Estimate from above how many tokens a text has."""
    # Digits, marks and most other scripts can cost a token each.
    dense = len(_DENSE.findall(text))
    return dense + int((len(text) - dense) / CHARACTERS_PER_TOKEN) + 1


class OllamaModel:
    """A model that an Ollama server holds."""

    def __init__(self, host: str, model: str, context_tokens: int, keep_alive: str = "30m") -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            host: the server's address, as Ollama's own OLLAMA_HOST takes it.
            model: the model's name there.
            keep_alive: how long it stays loaded between questions.

        Raises:
            ModelUnavailable: the address is none.
        """
        import ollama

        try:
            self._client = ollama.Client(host=host, timeout=300)
        except ValueError as error:
            raise ModelUnavailable(
                f"{host!r} is no address of an Ollama ({error}). Correct OUR_HOUSE_OLLAMA_HOST."
            ) from error
        self._model = model
        self._context_tokens = context_tokens
        self._keep_alive = keep_alive

    @property
    def name(self) -> str:
        """The model, as a person is told who answered."""
        return f"{self._model} on Ollama"

    @property
    def context_tokens(self) -> int:
        """Tokens that a prompt and its answer may have together."""
        return self._context_tokens

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        """Yield the reply piece by piece; closing the iterator stops it."""
        yield from without_thoughts(self._pieces(messages, max_tokens))

    def structured(self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int) -> Iterator[str]:
        """Yield JSON as the schema has it; Ollama holds the model to it."""
        yield from without_thoughts(self._pieces(messages, max_tokens, dict(schema)))

    def leaning(self, messages: Sequence[Message]) -> float | None:
        """Return the log-odds of yes against no; None where Ollama, older than 0.12.11, tells none."""
        import httpx
        import ollama

        try:
            reply = self._client.chat(
                self._model,
                plain(messages),
                think=False,
                logprobs=True,
                top_logprobs=TOPS,
                options={"num_ctx": self._context_tokens, "num_predict": 1, "temperature": 0, "seed": 1},
                keep_alive=self._keep_alive,
            )
            if not reply.logprobs:
                return None  # its word alone says nothing of how sure it is
            return log_odds((each.token, each.logprob) for each in reply.logprobs[0].top_logprobs or ())
        except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError, AttributeError) as error:
            raise failure(self.name, error, started=False) from error

    def _pieces(
        self, messages: Sequence[Message], max_tokens: int, form: dict[str, Any] | None = None
    ) -> Generator[str, None, None]:
        import httpx
        import ollama

        started = False
        try:
            replies = self._client.chat(
                self._model,
                plain(messages),
                stream=True,
                think=False,
                format=form,
                # Ollama's own default is small, and it cuts longer prompts without a word.
                options={"num_ctx": self._context_tokens, "num_predict": max_tokens, "temperature": 0, "seed": 1},
                keep_alive=self._keep_alive,
            )
            done = False
            for reply in replies:
                if piece := reply.message.content:
                    started = True
                    yield piece
                done = done or bool(reply.done)
        except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError, AttributeError) as error:
            # The last two are what becomes of an answer that is not Ollama's.
            raise failure(self.name, error, started) from error
        if not done:
            raise failure(self.name, ConnectionError("the connection was lost"), started)


def log_odds(words: Iterable[tuple[str, float]]) -> float:
    """Return the log-odds of yes against no among first words with their log-probabilities; 0 without both."""
    shares = {"yes": UNSAID, "no": UNSAID}
    for word, log_probability in words:
        if (plain := word.strip(" \n\"'*.,!").casefold()) in shares:
            shares[plain] += math.exp(log_probability)
    return math.log(shares["yes"] / shares["no"])


def ollama_models(host: str, timeout: float = 1.0) -> list[str] | None:
    """Return the names of the models that an Ollama server holds, or None where none answers."""
    import httpx
    import ollama

    try:
        return [str(each.model) for each in ollama.Client(host=host, timeout=timeout).list().models]
    except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError, TypeError):
        return None


def without_thoughts(pieces: Generator[str, None, None]) -> Iterator[str]:
    """Drop the `<think>…</think>` that a streamed reply begins with, wherever the pieces are cut.

    Raises:
        ModelUnavailable: the reply ended within its thoughts.
    """
    opening, held, begun = "<think>", "", False
    with contextlib.closing(pieces):
        for piece in pieces:
            if begun:
                yield piece
                continue
            held = _THOUGHTS.sub("", held + piece).lstrip()
            if held and not held.startswith(opening) and not opening.startswith(held):
                begun = True
                yield held
        if not begun and held.startswith(opening):
            raise ModelUnavailable(
                "The model ended before it answered: it was still thinking. Press retry, raise "
                "OUR_HOUSE_ANSWER_TOKENS, or choose a model that answers at once (`our-house models`)."
            )
        # A reply may end inside what looked like a thought's beginning, and then it was none.
        if held and not begun:
            yield held


def plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    """Return messages in the form that servers take."""
    return [{"role": message.role, "content": message.content} for message in messages]


def failure(name: str, error: Any, started: bool) -> ModelUnavailable:
    """Return what is raised for whatever a model broke off with; `started` where part of its reply was out."""
    cause = error.get("error", error) if isinstance(error, dict) else error
    cause = cause.get("message", cause) if isinstance(cause, dict) else cause
    if started:
        return ModelStopped(f"{name} stopped in the middle of the answer ({cause}). Press retry to ask again.")
    return ModelUnavailable(f"{name} cannot answer at present ({cause}). Press retry, or see `our-house models`.")
