"""The router's language model behind an Ollama server; making that model is left to `finetune.export`.

Ollama is handed the whole text of `classifier.prompt` in its raw mode, so that no template of its own can differ from
what the model was taught with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from classifier.errors import RouterUnavailable
from classifier.prompt import LONGEST, Prompt

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUTER_MODEL = "our-house-router"
"""What an exported router is called on Ollama."""
TOPS = 20
"""Tokens whose probability Ollama tells: the likeliest ones, and never more."""
LONGEST_BYTES = 4 * LONGEST
"""A longer question is read at both ends; English has four bytes a token."""
_BELOW = 1.0
"""How far below the last token told a code is taken to be that was not told."""


def context_tokens(prompt: Prompt) -> int:
    """Return a context that holds the prompt with any question: Ollama cuts what is longer without a word."""
    longest = len((prompt.before + prompt.after).encode()) + LONGEST_BYTES  # no token has less than a byte
    return (longest // 256 + 1) * 256


class OllamaScorer:
    """Scores questions against the codes of a prompt by asking the exported model for the token it would write."""

    def __init__(self, host: str, prompt: Prompt, model: str = ROUTER_MODEL, keep_alive: str = "30m") -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            host: the server's address, as Ollama's own OLLAMA_HOST takes it.
            prompt: in code mode, laid out for the base that the model on Ollama was made from.
            model: the model's name there.
            keep_alive: how long it stays loaded between questions.

        Raises:
            RouterUnavailable: the address is none.
        """
        import ollama

        try:
            self._client = ollama.Client(host=host, timeout=120)
        except ValueError as error:
            raise RouterUnavailable(
                f"{host!r} is no address of an Ollama ({error}). Correct OUR_HOUSE_OLLAMA_HOST."
            ) from error
        self.labels = tuple(prompt.completions)
        """One a column of what `log_probabilities` returns; `none` is the last."""
        self._codes = list(prompt.completions.values())
        self._prompt = prompt
        self._host = host
        self._model = model
        self._keep_alive = keep_alive
        self._context = context_tokens(prompt)

    def log_probabilities(self, questions: Sequence[str]) -> NDArray[np.float64]:
        """Return the log-probability of every label's code, of shape (questions, labels).

        They are relative to the codes alone. A code that is not among the `TOPS` likeliest tokens counts a little less
        than the last of them; where no code is, all are alike.

        Raises:
            RouterUnavailable: the server is gone, lacks the model, or is too old.
        """
        from scipy.special import log_softmax

        rows = np.zeros((len(questions), len(self.labels)))
        for row, question in zip(rows, questions, strict=True):
            tops = self._tops(question)
            floor = min(tops.values(), default=0.0) - _BELOW
            row[:] = [tops.get(code, floor) for code in self._codes]
        return np.asarray(log_softmax(rows, axis=1))

    def _tops(self, question: str) -> dict[str, float]:
        """Ask for the next token; return the likeliest ones with their log-probabilities."""
        import httpx
        import ollama

        try:
            reply = self._client.generate(
                self._model,
                self._prompt.before + plain_question(question) + self._prompt.after,
                raw=True,
                think=False,
                logprobs=True,
                top_logprobs=TOPS,
                options={"num_ctx": self._context, "num_predict": 1, "temperature": 0, "seed": 1},
                keep_alive=self._keep_alive,
            )
        except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            # The last three are what becomes of an answer that is not Ollama's.
            raise self._unavailable(error) from error
        if not reply.logprobs:
            if reply.done_reason == "stop" and not reply.response:
                return {}  # it ended at once, and Ollama tells nothing of that token
            raise RouterUnavailable(
                f"The Ollama at {self._host} tells no probabilities, so {self._model} cannot label questions. "
                "Update Ollama to 0.12.11 or newer."
            )
        first = reply.logprobs[0]
        return {each.token: each.logprob for each in (*(first.top_logprobs or ()), first)}

    def _unavailable(self, error: Exception) -> RouterUnavailable:
        import ollama

        if not isinstance(error, ollama.ResponseError):
            return RouterUnavailable(
                f"No Ollama answers at {self._host} ({error}). Start it with `ollama serve`, or correct "
                "OUR_HOUSE_OLLAMA_HOST."
            )
        if error.status_code == 404:
            return RouterUnavailable(
                f"The Ollama at {self._host} has no model {self._model} ({error.error}). Make it there from an "
                f"exported router: `ollama create {self._model} -f Modelfile`."
            )
        if "loras are not yet implemented" in str(error.error):
            return RouterUnavailable(
                f"The Ollama at {self._host} cannot load {self._model}: it applies no adapter to such a base. "
                "Update Ollama to 0.30 or newer."
            )
        return RouterUnavailable(
            f"{self._model} on the Ollama at {self._host} cannot label questions ({error.error}). See what "
            f"`ollama run {self._model}` says."
        )


def plain_question(question: str) -> str:
    """Return a question as it may stand in raw text: in one line, not too long, and with no mark of the chat form.

    Ollama reads `<|im_end|>` as the mark wherever it stands; every mark of Qwen's chat form begins with `<|`.
    """
    read = " ".join(question.split()).encode("utf-8", "ignore")
    if len(read) > LONGEST_BYTES:
        read = read[: LONGEST_BYTES // 2] + read[-LONGEST_BYTES // 2 :]
    return read.decode("utf-8", "ignore").replace("<|", "< ")
