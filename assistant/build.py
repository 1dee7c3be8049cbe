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
    import datetime as dt

    from sqlite_utils import Migrations

    from assistant.categories import Categories
    from assistant.chat_models import ChatModel
    from assistant.conversation import Conversations
    from assistant.corrections import Corrections
    from assistant.extraction import Extraction
    from assistant.ingest import Trail
    from assistant.pipeline import Assistant, Finder
    from assistant.sums import Sums
    from classifier.decision import Router
    from classifier.encoder import Embed, Head
    from classifier.fused import Scorer
    from classifier.memory import Memory
    from classifier.taxonomy import Taxonomy
    from classifier.versions import Version, Versions
    from finetune.config import Base
    from knowledge.due import Due
    from knowledge.embedding import Embedder
    from knowledge.facts import Facts
    from knowledge.index import PassageIndex
    from knowledge.library import Library
    from knowledge.notebook import Notebook
    from knowledge.record import Record

logger = logging.getLogger(__name__)

Report = Callable[[Progress], None]
BEST, PACKAGED, EMBEDDER = "qwen3-4b", "qwen2.5-coder-1.5b", "minilm"
"""The answer writer that the product is made for, the one that every machine can have, and the encoder."""
ROUTER_BASE = "qwen2.5-coder-0.5b"
"""What the packaged router was trained for."""
ROUTER_BASES = (ROUTER_BASE, "qwen3-0.6b")
RECORD_FILE = "house.db"
"""The record, within the house folder."""


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

    def elsewhere(self, home: Path) -> House:
        """Return another house with the same settings and models, to try something out in."""
        other = House(self.settings.model_copy(update={"home": home, "chroma_url": ""}), self.report)
        other.embedder = self.embedder
        return other

    @property
    def migrations(self) -> tuple[Migrations, ...]:
        """The sets of all tables' owners, in the order in which they are applied."""
        from assistant import categories, conversation, corrections
        from knowledge import facts, imports, notebook, waiting

        rooms = (notebook, conversation, corrections, categories, imports, waiting, facts)
        return tuple(room.migrations for room in rooms)

    @cached_property
    def record(self) -> Record:
        """The SQLite file with all tables; raises NotebookUnavailable."""
        from knowledge.record import Record

        return Record(self.settings.home / RECORD_FILE, self.migrations)

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
    def trail(self) -> Trail:
        """What is kept of where notes come from."""
        from assistant.ingest import Trail
        from knowledge.imports import Imports
        from knowledge.originals import Originals
        from knowledge.waiting import WaitingDrafts

        originals = Originals(self.settings.home / "originals")
        return Trail(Imports(self.record, self.notebook), originals, WaitingDrafts(self.record))

    @property
    def day_first(self) -> bool:
        """Whether the household puts the day before the month in a date of numbers."""
        return self.settings.dates == "day first"

    @cached_property
    def facts(self) -> Facts:
        """What the notes tell of vendors, costs, serial numbers and days ahead."""
        from knowledge.facts import Facts

        return Facts(self.record)

    def extraction(self, model: ChatModel | None = None) -> Extraction:
        """Return what finds the facts of this house's notes: by rules, completed by a model where there is one."""
        from assistant.extraction import Extraction

        return Extraction(model, day_first=self.day_first)

    def due(self, today: dt.date) -> list[Due]:
        """Return the warranties that end and the work that comes round again, the soonest first."""
        from knowledge.due import due
        from knowledge.facts import DATES
        from knowledge.note import NoteFilter

        told = self.facts.named(DATES)
        notes = {note.id: note for note in self.notebook.select(NoteFilter(ids=tuple({each for each, _ in told})))}
        return due([(notes[note_id], fact) for note_id, fact in told if note_id in notes], today)

    @cached_property
    def conversations(self) -> Conversations:
        """What was asked and answered."""
        from assistant.conversation import Conversations

        return Conversations(self.record)

    @cached_property
    def corrections(self) -> Corrections:
        """What the household told of its questions."""
        from assistant.corrections import Corrections

        _ = self.notebook  # they name its categories
        return Corrections(self.record)

    @cached_property
    def categories(self) -> Categories:
        """The household's categories."""
        from assistant.categories import Categories

        return Categories(self.record, self.notebook, self.corrections)

    def taxonomy(self) -> Taxonomy:
        """Return the household's categories as they are now."""
        return self.categories.taxonomy()

    @cached_property
    def memory(self) -> Memory:
        """What applies to questions that mean the same as those told of."""
        from classifier.memory import Memory

        return Memory(self.corrections, self.embedder.embed)

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

    @property
    def encoder_folder(self) -> Path | None:
        """Where the model lies that the embedder is, for who wants to tune it; None where it cannot be tuned."""
        return self.store.path(CATALOGUE[EMBEDDER])

    @cached_property
    def library(self) -> Library:
        """The notes with their index."""
        from knowledge.library import Library
        from knowledge.reranker import CrossEncoder

        embedder, encoder = self.embedder, self.encoder_folder
        return Library(self.notebook, self._index(), embedder, CrossEncoder(encoder) if encoder else None)

    def _index(self) -> PassageIndex:
        from knowledge.folder_index import FolderIndex
        from knowledge.server_index import ServerIndex

        settings, made_by = self.settings, self.embedder.name
        if settings.chroma_url:
            lock = settings.home / "index.heal.lock"
            return ServerIndex(settings.chroma_url, settings.chroma_collection, made_by, lock)
        return FolderIndex(settings.home / "index", made_by)

    @cached_property
    def versions(self) -> Versions:
        """The routers of the house."""
        from classifier.versions import Versions

        return Versions(self.settings.home / "routers")

    def router(self, name: str | None = None) -> Router:
        """Return the serving router, or a named one; in a new house the packaged one serves.

        Raises:
            RouterUnavailable: there is none of this name, or its files are damaged.
        """
        from classifier.errors import RouterUnavailable
        from finetune.packaged import install

        try:
            return self.load_router(self.ensure_router(name))
        except RouterUnavailable as error:
            if name is not None:
                raise
            # The house goes on with what came with it. Which one is to serve stays as it is: what keeps it from that
            # may pass, and who wants to look into it finds it.
            logger.warning("%s The packaged router labels meanwhile.", error)
            return self.load_router(install(self.versions, promote=False))

    def serving(self) -> Router:
        """Return what labels this house's questions: the serving router, and what the household told; as `router`.

        It goes on with another version as soon as one is promoted.
        """
        from assistant.serving import ServingRouter
        from classifier.memory import RememberingRouter

        serving = ServingRouter(self.router(), self.versions, self.load_router)
        return RememberingRouter(serving, self.memory)

    def filer(self, serving: Router) -> Router:
        """Return what files notes: a head for papers, the encoder half of the serving router, what the household told.

        Notes are longer than questions and come by the hundred; the language model takes seconds for each, and was
        measured to file those that its other half is unsure of no better. Where that half cannot be had, it is the
        serving router.
        """
        from assistant.serving import ServingRouter
        from classifier.errors import RouterError
        from classifier.memory import RememberingRouter

        if self.versions.serving_name() is None:
            return serving
        try:
            router = ServingRouter(self.load_filer(self.versions.whole()), self.versions, self.load_filer)
            return RememberingRouter(router, self.memory)
        except RouterError as error:
            logger.warning("%s Notes are filed by the whole router.", error)
            return serving

    def load_filer(self, version: Version) -> Router:
        """Return what labels papers with a version's encoder half; raises RouterUnavailable."""
        from classifier.papers import PaperHead, PaperRouter
        from classifier.taxonomy import DEFAULT_TAXONOMY
        from finetune.packaged import FOLDER

        papers = PaperHead.load(FOLDER)
        return PaperRouter(papers, self.load_router(version, quick=True), self._present(DEFAULT_TAXONOMY))

    def ensure_router(self, name: str | None = None) -> Version:
        """Return the serving version, or a named one, whole.

        The packaged one is put into a house that lacks it; where another one serves, it waits to be chosen by a person.

        Raises:
            RouterUnavailable: there is none of this name, or its files are damaged.
        """
        from finetune.packaged import install, packaged

        versions = self.versions.all()
        serves = any(version.serving for version in versions)
        if not serves or packaged().name not in {version.name for version in versions}:
            install(self.versions, promote=not serves)
        return self.versions.whole(name)

    def load_router(self, version: Version, *, newcomers: bool = True, quick: bool = False) -> Router:
        """Return a version ready to label by the household's categories, whatever they were when it was trained.

        It labels without its language model where that cannot be had.

        Args:
            newcomers: whether it is to know the categories, too, that are newer than itself.
            quick: whether its encoder half is enough.

        Raises:
            RouterUnavailable: its files are damaged, or do not fit what the house has.
        """
        from assistant.categories import NewCategories
        from assistant.retraining import background
        from classifier.newcomers import AdaptedRouter
        from classifier.taxonomy import DEFAULT_TAXONOMY

        trained = version.taxonomy if "categories" in version.config else DEFAULT_TAXONOMY
        new = NewCategories(self.categories, self.corrections) if newcomers else None
        whole = self._trained(version, quick)
        return AdaptedRouter(whole, self._present(trained), new, self.embedder.embed, background)

    def _present(self, trained: Taxonomy) -> Callable[[], dict[str, str | None]]:
        """Return what tells the household's names, as they are then, of the labels of a training."""

        def present() -> dict[str, str | None]:
            names = self.categories.present_names(trained)
            return {label: names.get(label) for label in trained.labels}

        return present

    def _trained(self, version: Version, quick: bool) -> Router:
        """Return a version as it was trained, speaking of the categories of that time; as `load_router`."""
        from classifier.encoder import EncoderRouter
        from classifier.errors import RouterUnavailable
        from classifier.fused import WITHOUT_FILE, FusedRouter, Fusion
        from classifier.words import words_in

        head, embed = self.encoder_half(version)
        if quick or version.config.get("kind") != "fused":
            return EncoderRouter(head, embed, version.name)
        words = words_in(version.folder)
        try:
            scorer = self._scorer(version)
        except (KeyError, TypeError, ValueError) as error:
            raise RouterUnavailable(f"The router {version.name} does not say what it was made of.") from error
        except WeightsUnavailable as error:
            # Half a router is better than none, and the other half comes with the next start.
            logger.warning("%s Its other parts label questions meanwhile.", error)
            if words is None:
                return EncoderRouter(head, embed, version.name)
            return FusedRouter(None, head, embed, Fusion.load(version.folder, WITHOUT_FILE), version.name, words)
        return FusedRouter(scorer, head, embed, Fusion.load(version.folder), version.name, words)

    def encoder_half(self, version: Version) -> tuple[Head, Embed]:
        """Return a version's head, and what makes the vectors that it reads; raises RouterUnavailable."""
        from classifier.encoder import Head
        from classifier.errors import RouterUnavailable
        from classifier.tuned_encoder import ENCODER, TunedEncoder

        head = Head.load(version.folder)
        if head.embedder != self.embedder.name:
            raise RouterUnavailable(f"The router {version.name} was made for the embedder {head.embedder}.")
        adapter = version.folder / ENCODER
        if not adapter.is_dir():
            return head, self.embedder.embed
        if self.encoder_folder is None:
            raise RouterUnavailable(f"The router {version.name} tunes an encoder that this house does not have.")
        return head, TunedEncoder(self.encoder_folder, adapter).embed

    def _scorer(self, version: Version) -> Scorer:
        from classifier.errors import RouterUnavailable
        from classifier.language_model import ADAPTER, CodeScorer, load_base
        from classifier.ollama import OllamaScorer
        from classifier.prompt import Prompt, task

        taxonomy = version.taxonomy
        if model := self.settings.router_model:
            before, after = version.config["prompt"]
            return OllamaScorer(self.settings.ollama_host, Prompt(before, after, task(taxonomy, "code")[1]), model)
        try:
            base = self.router_base(version.config["base"]["name"])
        except RouterUnavailable as error:  # no room to unpack it, such as: as good as not to be had
            raise WeightsUnavailable(str(error)) from error
        if base.identity != version.config["base"]:
            raise RouterUnavailable(f"The router {version.name} was trained for another {base.name}.")
        self.report(Progress(base.name, 0, 1, "loading the router"))
        return CodeScorer(*load_base(base.folder, version.folder / ADAPTER), taxonomy)

    def router_base(self, name: str = ROUTER_BASE) -> Base:
        """Return a language model that routers are trained for, fetched, verified and unpacked where that is missing.

        Raises:
            RouterUnavailable: nobody knows it, or it cannot be unpacked.
            WeightsUnavailable: it cannot be had.
        """
        from classifier.errors import RouterUnavailable

        if name not in ROUTER_BASES:
            raise RouterUnavailable(f"No router's base is called {name!r}; there are {', '.join(ROUTER_BASES)}.")
        return self._base(name)

    def reader_base(self) -> Base:
        """Return the model that is taught to read notes, ready to be taught; raises as `router_base`."""
        return self._base(PACKAGED)

    def _base(self, name: str) -> Base:
        from classifier.dense import dense_copy
        from classifier.qwen3 import furnish
        from finetune.config import Base

        weights = CATALOGUE[name]
        path, sha256 = self.store.ensure(weights, self.report), weights.files[0].sha256
        if path.suffix == ".gguf":
            dense = dense_copy(path, lambda: self.report(Progress(name, 0, 1, f"unpacking {weights.title}, once")))
            return Base(name, sha256, dense, packed=path)
        furnish(path)
        return Base(name, sha256, path)

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
        from assistant.chat_models import OllamaModel
        from assistant.kept_prompts import KeptPrompts
        from assistant.llama_model import LlamaModel

        settings, choice = self.settings, self.choice()
        if choice.kind == "ollama":
            return OllamaModel(settings.ollama_host, choice.name, settings.context_tokens)
        path, weights = self._writer(choice)
        self.report(Progress(weights.name, 0, 1, f"loading {weights.title}"))
        limit = settings.read_ahead_mb * 1_000_000
        kept = KeptPrompts(settings.home / "prompts", limit) if limit else None
        return LlamaModel(path, weights.title, settings.context_tokens, settings.threads, kept, settings.reader)

    def assistant(self, model: ChatModel | None = None, router: Router | None = None) -> Assistant:
        """Return the assistant of this house; raises AssistantError, KnowledgeError or RouterError."""
        from assistant.chat_models import ReadsAhead
        from assistant.pipeline import Assistant
        from assistant.reading_ahead import ReadingAhead
        from assistant.under_way import UnderWay

        finder, tokens = self.finder(router), self.settings.answer_tokens
        model = model or self.chat_model()
        budget, questions = model.context_tokens - tokens, UnderWay()
        reading = ReadingAhead(self.notebook, model, budget, questions) if isinstance(model, ReadsAhead) else None
        return Assistant(finder, model, answer_tokens=tokens, reading=reading, sums=self.sums(), questions=questions)

    def sums(self) -> Sums:
        """Return what adds up what the notes cost."""
        from assistant.extraction import read_waiting
        from assistant.sums import Sums

        return Sums(
            self.notebook, self.facts, lambda: read_waiting(self.record, self.notebook, self.facts, self.extraction())
        )

    def finder(self, router: Router | None = None, limit: int | None = None) -> Finder:
        """Return what finds notes in this house, as the chat does."""
        from assistant.pipeline import Finder

        return Finder(router or self.serving(), self.library, limit or self.settings.notes_per_answer)

    def fetch(self) -> list[Path]:
        """Fetch and verify what the chat needs, without loading it; returns where it lies."""
        choice = self.choice()
        paths = [self.store.ensure(CATALOGUE[name], self.report) for name in (EMBEDDER, ROUTER_BASE)]
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
