"""Settings to a working Assistant: the one place where concrete classes meet; each step reports its progress."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.catalogue import CATALOGUE, Weights
from assistant.errors import SettingsError, WeightsUnavailable
from assistant.settings import Settings
from assistant.weights import ModelStore, Progress

if TYPE_CHECKING:
    from assistant.chat_models import ChatModel
    from assistant.conversation import Conversations
    from assistant.pipeline import Assistant, Finder
    from classifier.decision import Router
    from classifier.versions import Versions
    from knowledge.embedding import Embedder
    from knowledge.library import Library
    from knowledge.notebook import Notebook
    from knowledge.record import Record

logger = logging.getLogger(__name__)

Report = Callable[[Progress], None]
BEST, PACKAGED, EMBEDDER = "qwen3-4b", "qwen2.5-coder-1.5b", "minilm"
"""The answer writer that the product is made for, the one that every machine can have, and the encoder."""


def unheard(progress: Progress) -> None:
    """Take a report and tell nobody."""


@dataclass(frozen=True)
class Choice:
    """Which language model answers, and why it is that one."""

    kind: str
    """`ollama` or `llama`."""
    name: str
    """The model's name on Ollama, or in the catalogue."""
    reason: str
    better: str
    """What would make it better; empty where it is the best there is."""


class House:
    """Everything that one house folder and these settings give, made at its first use and then shared."""

    def __init__(self, settings: Settings, report: Report = unheard) -> None:
        """Args: the settings; who hears how far the slow steps have got."""
        self.settings = settings
        self.report = report

    @cached_property
    def record(self) -> Record:
        """The SQLite file with all tables; raises NotebookUnavailable."""
        from assistant import conversation
        from knowledge import notebook
        from knowledge.record import Record

        return Record(self.settings.home / "house.db", (notebook.migrations, conversation.migrations))

    @cached_property
    def notebook(self) -> Notebook:
        """The notes of the record, with the default categories in a new house."""
        from classifier.taxonomy import DEFAULT_TAXONOMY
        from knowledge.notebook import Notebook

        notebook = Notebook(self.record)
        if not notebook.categories():
            notebook.set_categories((each.name, each.code, each.definition) for each in DEFAULT_TAXONOMY)
        return notebook

    @cached_property
    def conversations(self) -> Conversations:
        """What was asked and answered."""
        from assistant.conversation import Conversations

        return Conversations(self.record)

    @cached_property
    def store(self) -> ModelStore:
        """The downloaded weights."""
        return ModelStore(self.settings.models, hub=self.settings.hub)

    @cached_property
    def embedder(self) -> Embedder:
        """What turns notes and questions into vectors; fetched where missing."""
        from knowledge.embedding import SentenceEmbedder

        weights = CATALOGUE[EMBEDDER]
        return SentenceEmbedder(self.store.ensure(weights, self.report), weights.title)

    @cached_property
    def library(self) -> Library:
        """The notes with their index."""
        from knowledge.index import PassageIndex
        from knowledge.library import Library

        return Library(self.notebook, PassageIndex(self.settings.home / "index", self.embedder.name), self.embedder)

    @cached_property
    def versions(self) -> Versions:
        """The routers of the house."""
        from classifier.versions import Versions

        return Versions(self.settings.home / "routers")

    def router(self, name: str | None = None) -> Router:
        """Return the serving router, or a named one; the first one is fitted on the packaged questions.

        Raises:
            RouterUnavailable: there is none of this name, or its files are damaged.
        """
        from classifier.encoder import EncoderRouter, Head
        from classifier.errors import RouterUnavailable

        try:
            version = self.versions.get(name)
            head = Head.load(version.folder)
            if head.embedder != self.embedder.name:
                raise RouterUnavailable(f"The router {version.name} was made for the embedder {head.embedder}.")
        except RouterUnavailable:
            if name is not None:
                raise
            from finetune.head import write_version

            self.report(Progress("router", 0, 1, "teaching the first router"))
            version = write_version(self.versions, self.embedder.embed, self.embedder.name)
            head = Head.load(version.folder)
        return EncoderRouter(head, self.embedder.embed, version.name)

    def choice(self) -> Choice:
        """Say which language model answers: Ollama's, else the best whose weights are here or can be had.

        Raises:
            SettingsError: the settings ask for a model that nobody knows.
        """
        from assistant.chat_models import ollama_models

        wanted, tag = self.settings.model, self.settings.ollama_model
        if wanted not in ("auto", "ollama"):
            if wanted not in CATALOGUE or not CATALOGUE[wanted].files[0].path.endswith(".gguf"):
                known = ", ".join(weights.name for weights in writers())
                raise SettingsError(f"No model is called {wanted!r}. Set OUR_HOUSE_MODEL to auto, ollama, {known}.")
            return Choice("llama", wanted, "the settings ask for it", "")
        held = ollama_models(self.settings.ollama_host)
        if held and tag in {*held, *(name.removesuffix(":latest") for name in held)}:
            return Choice("ollama", tag, "Ollama runs and has it", "")
        if wanted == "ollama":
            start = "" if held is not None else f"No Ollama answers at {self.settings.ollama_host}: start it, then "
            return Choice("ollama", tag, "the settings ask for it", f"{start}`ollama pull {tag}`")
        advice = (
            f"`ollama pull {tag}` gives Ollama the model that our-house prefers."
            if held is not None
            else f"{CATALOGUE[BEST].title} answers better: run Ollama (ollama.com) and `ollama pull {tag}`, "
            "or connect to the Hugging Face Hub once."
        )
        for name in (BEST, PACKAGED):
            if self.store.ready(CATALOGUE[name]):
                return Choice("llama", name, "its weights are here", "" if name == BEST else advice)
        return Choice("llama", BEST, "the best that this machine can run alone", "")

    def chat_model(self) -> ChatModel:
        """Return the language model that answers, fetched and loaded; raises ModelUnavailable."""
        from assistant.chat_models import LlamaModel, OllamaModel

        settings, choice = self.settings, self.choice()
        if choice.kind == "ollama":
            return OllamaModel(settings.ollama_host, choice.name, settings.context_tokens)
        path, weights = self._writer(choice)
        self.report(Progress(weights.name, 0, 1, f"loading {weights.title}"))
        return LlamaModel(path, weights.title, settings.context_tokens, settings.threads)

    def assistant(self, model: ChatModel | None = None, router: Router | None = None) -> Assistant:
        """Return the assistant of this house; raises AssistantError, KnowledgeError or RouterError."""
        from assistant.pipeline import Assistant

        finder = self.finder(router)
        return Assistant(finder, model or self.chat_model(), answer_tokens=self.settings.answer_tokens)

    def finder(self, router: Router | None = None, limit: int | None = None) -> Finder:
        """Return what finds notes in this house, as the chat does."""
        from assistant.pipeline import Finder

        return Finder(router or self.router(), self.library, limit or self.settings.notes_per_answer)

    def fetch(self) -> list[Path]:
        """Fetch and verify what the chat needs, without loading it; returns where it lies."""
        choice = self.choice()
        paths = [self.store.ensure(CATALOGUE[EMBEDDER], self.report)]
        return paths if choice.kind == "ollama" else [*paths, self._writer(choice)[0]]

    def _writer(self, choice: Choice) -> tuple[Path, Weights]:
        weights = CATALOGUE[choice.name]
        try:
            return self.store.ensure(weights, self.report), weights
        except WeightsUnavailable as error:
            if choice.name != BEST or self.settings.model != "auto":
                raise
            logger.info("%s", error)
            weights = CATALOGUE[PACKAGED]
            return self.store.ensure(weights, self.report), weights


def writers() -> list[Weights]:
    """The models of the catalogue that can write answers in this process."""
    return [weights for weights in CATALOGUE.values() if weights.files[0].path.endswith(".gguf")]
