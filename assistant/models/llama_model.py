"""A GGUF file in this process, through llama.cpp: it replies, and reads the beginnings of prompts ahead."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import queue
import secrets
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import ModelUnavailable
from assistant.models.chat_models import TOPS, Message, ReadOutcome, failure, log_odds, plain, without_thoughts
from assistant.models.kept_prompts import KeptPrompts
from assistant.under_way import UnderWay

logger = logging.getLogger(__name__)

STEP = 400
"""Characters read ahead at a time, about two seconds of a small machine: so long may a question have to wait."""
TAIL = 1 << 20
"""Bytes at the end of a model's file that tell it from others of its name and size."""
PART = "reading"
"""The file of a beginning that is not read to its end yet."""


class LlamaModel:
    """A language model in this process; one prompt at a time is read or answered.

    What it made of the beginning of a prompt (llama.cpp's key-value cache) is kept in a file when it is read ahead. A
    prompt that begins so is then answered after its own last words alone are read.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        context_tokens: int,
        threads: int = 0,
        kept: KeptPrompts | None = None,
        reader: Path | None = None,
    ) -> None:
        """Load the model, which takes seconds.

        Args:
            threads: processor threads; 0 for one a core.
            kept: where beginnings are kept; None where none are to be.
            reader: the adapter (a LoRA in GGUF) that it answers under; None for the model as it came.

        Raises:
            ModelUnavailable: the file is no model, or memory is short.
        """
        import httpx
        import xllamacpp

        self._name = name
        self._context_tokens = context_tokens
        self._kept = kept
        self._reader = reader
        self._made_by = " ".join([*map(_identity, [path, reader]), f"xllamacpp {xllamacpp.__version__}"])
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = context_tokens
        params.n_parallel = 1
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads or _cores()
        if reader is not None:
            adapter = xllamacpp.CommonAdapterLoraInfo()
            adapter.path, adapter.scale = str(reader), 1.0
            params.lora_adapters = [adapter]
        params.warmup = False
        params.verbosity = -1
        # The server opens a loopback port of its own and lets every web page in; the key keeps them out.
        params.api_keys = [key := secrets.token_urlsafe(32)]
        params.endpoint_slots = False
        params.ui = False
        params.cache_ram_mib = 0  # beginnings are kept in files, which outlive the process
        if kept is not None:
            kept.folder.mkdir(parents=True, exist_ok=True)
            params.slot_save_path = f"{kept.folder}{os.sep}"
        try:
            self._server = xllamacpp.Server(params)
        except Exception as error:
            raise ModelUnavailable(
                f"{name} cannot be loaded from {path} ({error}). Delete the file and start again to fetch it anew, or "
                "free some memory."
            ) from error
        self._http = httpx.Client(
            base_url=self._server.listening_address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=120,
            trust_env=False,  # a proxy that the family has is not to be asked for this machine's own port
        )
        """Reaches what the server offers over its port alone."""
        self._await_its_loop()
        self._free = threading.Lock()
        """Held by whoever has the model read or answer."""
        self._questions = UnderWay()
        """Those that are answered or wait; reading ahead makes way for them."""
        self._read: dict[str, tuple[Message, ...]] = {}
        """The beginnings known to be kept, by the names of their files."""
        self._at_hand = ""
        """The one of them that llama.cpp has in memory."""
        self._part: tuple[str, int] = ("", 0)
        """The beginning that `PART` is of, and how many characters of its last message it holds."""

    @property
    def name(self) -> str:
        """The model, as a person is told who answered."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """Tokens that a prompt and its answer may have together."""
        return self._context_tokens

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Iterator[str]:
        """Yield the reply piece by piece, always the same for the same messages; closing the iterator stops it."""
        yield from without_thoughts(self._pieces(messages, max_tokens))

    def structured(self, messages: Sequence[Message], schema: Mapping[str, Any], max_tokens: int) -> Iterator[str]:
        """Yield JSON as the schema has it: what would leave it is not among the words that the model may choose."""
        form = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": dict(schema)}}
        as_it_came = {"lora": [{"id": 0, "scale": 0.0}]} if self._reader is not None else {}
        try:
            yield from self._pieces(messages, max_tokens, {"response_format": form, **as_it_came})
        finally:
            if as_it_came:
                self._put_reader_back()

    def leaning(self, messages: Sequence[Message]) -> float:
        """Return the log-odds of yes against no; the messages that were answered last are not read again."""
        request = {**_request(messages, 1), "logprobs": True, "top_logprobs": TOPS}
        try:
            with self._questions.question(), self._free:
                self._take_up(messages)
                reply = self._server.handle_chat_completions(request)
            tops = reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        except Exception as error:
            raise failure(self._name, error, started=False) from error
        return log_odds((each["token"], each["logprob"]) for each in tops)

    def _put_reader_back(self) -> None:
        """Have the adapter applied again before a question comes: llama.cpp forgets what it has read at that."""
        with contextlib.suppress(Exception), self._free:  # a question does it as well, only later
            self._at_hand = ""
            self._server.handle_chat_completions(_request([Message("user", ".")], 1))

    # --- reading ahead --------------------------------------------------------------------------------------------

    def has_read(self, beginning: Sequence[Message]) -> bool:
        """Whether a prompt that begins so is answered at once."""
        if self._kept is None:
            return False
        name = self._kept.name(self._made_by, beginning)
        if not self._kept.holds(name):
            self._read.pop(name, None)
            return False
        self._read[name] = tuple(beginning)
        return True

    def read_ahead(self, beginning: Sequence[Message], go_on: Callable[[], bool] = lambda: True) -> ReadOutcome:
        """Read a beginning and keep it, where there is room.

        It is interrupted within about two seconds when a question comes or `go_on` says no, and goes on from there when
        it is called again.

        Args:
            beginning: messages, of which the last goes on in the prompts that begin so.

        Raises:
            ModelUnavailable: the model cannot read it, or it cannot be kept.
        """
        if self.has_read(beginning):
            return "kept"
        if self._kept is None or self._kept.refused(name := self._kept.name(self._made_by, beginning)):
            return "no room"
        *before, last = beginning
        try:
            with self._free:
                done = self._resume(name, beginning)
                for end in _steps(last.content, done):
                    self._server.handle_chat_completions(_request([*before, Message(last.role, last.content[:end])], 1))
                    if end < len(last.content) and (self._questions.any or not go_on()):
                        self._part = (name, end) if self._slot("save", PART) else ("", 0)
                        return "interrupted"
                if not self._slot("save", PART):
                    raise OSError("what was read cannot be written down; is the disk full?")
                self._part = ("", 0)
                if not self._kept.adopt(PART, name):
                    return "no room"
                self._read[name] = tuple(beginning)
                self._at_hand = name
        except Exception as error:
            raise failure(self._name, error, started=False) from error
        return "kept"

    def forget_all_but(self, beginnings: Sequence[Sequence[Message]]) -> None:
        """Delete what is kept of other beginnings than these."""
        if self._kept is not None:
            names = {self._kept.name(self._made_by, each) for each in beginnings}
            self._read = {name: beginning for name, beginning in self._read.items() if name in names}
            self._kept.keep_only({*names, *([PART] if self._part[0] in names else [])})

    def _resume(self, name: str, beginning: Sequence[Message]) -> int:
        """Take up what is read of a beginning; returns how many characters of its last message that is."""
        self._at_hand = ""
        if self._part[0] == name and self._slot("restore", PART):
            return self._part[1]
        if (known := self._begins(beginning)) and self._slot("restore", known):
            return len(self._read[known][-1].content)
        return 0

    def _take_up(self, messages: Sequence[Message]) -> None:
        """Have at hand what was read ahead of a prompt, if anything."""
        known = self._begins(messages)
        if known and known == self._at_hand:
            return
        self._at_hand = known if known and self._slot("restore", known) else ""

    def _begins(self, messages: Sequence[Message]) -> str:
        """The longest beginning of a prompt that is kept; empty where none is."""
        *before, last = messages
        kept = [
            name
            for name, beginning in self._read.items()
            if list(beginning[:-1]) == before and last.content.startswith(beginning[-1].content)
        ]
        return max(kept, key=lambda name: len(self._read[name][-1].content), default="")

    def _await_its_loop(self) -> None:
        """Return when the server takes tasks from its queue, which it does a moment after it says that it is ready.

        One that is freed before waits for ever for its loop to end: the loop begins only after it was told to. What
        adapters there are is the cheapest question that goes through the queue.
        """
        import httpx

        try:
            self._http.get("/lora-adapters")
        except httpx.HTTPError as error:
            logger.warning("llama.cpp does not say whether it is at work (%s)", error)

    def _slot(self, action: str, name: str) -> bool:
        """Have llama.cpp save what it has in memory to a file, or restore it; False where it cannot."""
        import httpx

        try:
            reply = self._http.post("/slots/0", params={"action": action}, json={"filename": name})
        except httpx.HTTPError as error:
            logger.warning("llama.cpp cannot %s a prompt (%s)", action, error)
            return False
        if reply.is_success:
            return True
        logger.warning("llama.cpp cannot %s a prompt: %s", action, reply.text[:300])
        if self._kept is not None:
            self._read.pop(name, None)
            self._kept.drop(name)
        return False

    def _pieces(
        self, messages: Sequence[Message], max_tokens: int, more: Mapping[str, Any] | None = None
    ) -> Generator[str, None, None]:
        chunks: queue.Queue[dict[str, Any] | Exception | None] = queue.Queue()
        stopped = threading.Event()

        def receive(chunk: Any) -> bool:
            for each in chunk if isinstance(chunk, list) else [chunk]:
                chunks.put(each)
            return stopped.is_set()

        def work() -> None:
            try:
                with self._questions.question(), self._free:
                    if not stopped.is_set():
                        self._take_up(messages)
                        self._server.handle_chat_completions(
                            {**_request(messages, max_tokens), "stream": True, **(more or {})}, receive
                        )
            except Exception as error:
                chunks.put(error)
            finally:
                chunks.put(None)

        threading.Thread(target=work, name="llama", daemon=True).start()
        started = False
        try:
            while (chunk := chunks.get()) is not None:
                if isinstance(chunk, Exception) or "error" in chunk or "choices" not in chunk:
                    raise failure(self._name, chunk, started)
                for choice in chunk["choices"]:
                    if piece := choice.get("delta", {}).get("content"):
                        started = True
                        yield piece
        finally:
            stopped.set()


def _request(messages: Sequence[Message], max_tokens: int) -> dict[str, Any]:
    return {
        "messages": plain(messages),
        "max_tokens": max_tokens,
        "temperature": 0.0,
        "seed": 1,
        "cache_prompt": True,
        "chat_template_kwargs": {"enable_thinking": False},
    }


def _steps(text: str, done: int) -> Iterator[int]:
    """Ends of growing parts of a text, past what is done, at blank lines where there are some; the last is its end."""
    end = done
    while len(text) - end > STEP:
        blank = text.find("\n\n", end + STEP // 2, end + 2 * STEP)
        end = blank if blank > 0 else end + STEP
        yield end
    yield len(text)


def _identity(path: Path | None) -> str:
    """What tells a file from another of its name: its size and its last words, without reading it whole."""
    if path is None or not path.is_file():
        return "none"
    with path.open("rb") as file:
        file.seek(-min(TAIL, path.stat().st_size), os.SEEK_END)
        return f"{path.name} {path.stat().st_size} {hashlib.sha256(file.read()).hexdigest()[:16]}"


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 2
