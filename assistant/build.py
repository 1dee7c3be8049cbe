"""Settings to a working Assistant: the one place where concrete classes meet; each step reports its progress."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.models.bases import ROUTER_BASE, ready_base, router_base
from assistant.models.catalogue import CATALOGUE
from assistant.models.model_choice import PACKAGED, Choice, choose, fetched
from assistant.models.weights import ModelStore, Progress, Report, unheard
from assistant.settings import Settings

if TYPE_CHECKING:
    import datetime as dt

    from sqlite_utils import Migrations

    from assistant.categories import Categories
    from assistant.conversation import Conversations
    from assistant.corrections import Corrections
    from assistant.extraction import Extraction
    from assistant.finding import Finder
    from assistant.incoming.trail import Trail
    from assistant.models.chat_models import ChatModel
    from assistant.money.sums import Sums
    from assistant.pipeline import Assistant
    from assistant.router_loading import RouterLoader
    from classifier.decision import Router
    from classifier.encoder import Embed, Head
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

EMBEDDER = "minilm"
"""The encoder: what turns notes and questions into vectors."""
RECORD_FILE = "house.db"
"""The record, within the house folder."""


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
        from knowledge import facts, imports, schema, waiting

        rooms = (schema, conversation, corrections, categories, imports, waiting, facts)
        return tuple(room.migrations for room in rooms)

    @cached_property
    def record(self) -> Record:
        """The SQLite file with all tables; raises NotebookUnavailable."""
        from knowledge.record import Record

        return Record(self.settings.home / RECORD_FILE, self.migrations)

    @cached_property
    def notebook(self) -> Notebook:
        """The notes of the record, with the default categories in a new house."""
        from assistant.categories import begun
        from classifier.taxonomy import DEFAULT_TAXONOMY
        from knowledge.notebook import Notebook

        notebook = Notebook(self.record)
        if not begun(self.record):
            notebook.set_categories((each.name, each.code, each.definition) for each in DEFAULT_TAXONOMY)
        return notebook

    @cached_property
    def trail(self) -> Trail:
        """What is kept of where notes come from."""
        from assistant.incoming.trail import Trail
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

        return Categories(self.record, self.notebook, self.corrections, (self.trail.waiting, self.conversations))

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

    @cached_property
    def _loader(self) -> RouterLoader:
        from assistant.router_loading import RouterLoader

        return RouterLoader(self)

    def router(self, name: str | None = None) -> Router:
        """Return the serving router, or what stands in for it, or a named one; raises RouterUnavailable."""
        return self._loader.router(name)

    def serving(self) -> Router:
        """Return what labels this house's questions: the serving router, and what the household told; as `router`.

        It goes on with another version as soon as one is promoted.
        """
        from assistant.serving import ServingRouter
        from classifier.memory import RememberingRouter

        serving = ServingRouter(self.router(), self.versions, self.load_router)
        return RememberingRouter(serving, self.memory)

    def filer(self, serving: Router) -> Router:
        """Return what files notes, and what the household told; the serving router where nothing quicker can be had."""
        from classifier.memory import RememberingRouter

        filer = self._loader.filer()
        return serving if filer is None else RememberingRouter(filer, self.memory)

    def ensure_router(self, name: str | None = None) -> Version:
        """Return the serving version, which can label here, or a named one, whole; raises RouterUnavailable."""
        return self._loader.ensure(name)

    def load_router(self, version: Version, *, newcomers: bool = True, quick: bool = False) -> Router:
        """Return a version ready to label in the household's words; without newer categories, or quick, where so asked.

        Raises:
            RouterUnavailable: its files are damaged, or do not fit what the house has, such as its categories.
        """
        return self._loader.load(version, newcomers=newcomers, quick=quick)

    def promote(self, name: str) -> Version:
        """Let a version serve; raises RouterUnavailable, also where its categories are not the house's."""
        return self._loader.promote(name)

    def misfit(self, version: Version) -> str:
        """Return why a version cannot label in this house, whose categories are others; empty where it can."""
        return self._loader.misfit(version)

    def encoder_half(self, version: Version) -> tuple[Head, Embed]:
        """Return a version's head, and what makes the vectors that it reads; raises RouterUnavailable."""
        return self._loader.encoder_half(version)

    def router_base(self, name: str = ROUTER_BASE) -> Base:
        """Return a language model that routers are trained for; raises RouterUnavailable or WeightsUnavailable."""
        return router_base(name, self.store, self.report)

    def reader_base(self) -> Base:
        """Return the model that is taught to read notes, ready to be taught; raises as `router_base`."""
        return ready_base(PACKAGED, self.store, self.report)

    def choice(self) -> Choice:
        """Say which language model answers; raises SettingsError."""
        return choose(self.settings, self.store)

    def chat_model(self) -> ChatModel:
        """Return the language model that answers, fetched and loaded; raises ModelUnavailable."""
        from assistant.models.chat_models import OllamaModel
        from assistant.models.kept_prompts import KeptPrompts
        from assistant.models.llama_model import LlamaModel

        settings, choice = self.settings, self.choice()
        if choice.kind == "ollama":
            return OllamaModel(settings.ollama_host, choice.name, settings.context_tokens)
        path, weights = fetched(choice, settings, self.store, self.report)
        self.report(Progress(weights.name, 0, 1, f"loading {weights.title}"))
        limit = settings.read_ahead_mb * 1_000_000
        kept = KeptPrompts(settings.home / "prompts", limit) if limit else None
        return LlamaModel(path, weights.title, settings.context_tokens, settings.threads, kept, settings.reader)

    def assistant(self, model: ChatModel | None = None, router: Router | None = None) -> Assistant:
        """Return the assistant of this house; raises AssistantError, KnowledgeError or RouterError."""
        from assistant.models.chat_models import ReadsAhead
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
        from assistant.money.sums import Sums

        return Sums(
            self.notebook, self.facts, lambda: read_waiting(self.record, self.notebook, self.facts, self.extraction())
        )

    def finder(self, router: Router | None = None, limit: int | None = None) -> Finder:
        """Return what finds notes in this house, as the chat does."""
        from assistant.finding import Finder

        return Finder(router or self.serving(), self.library, limit or self.settings.notes_per_answer)

    def fetch(self) -> list[Path]:
        """Fetch and verify what the chat needs, without loading it; returns where it lies."""
        choice = self.choice()
        paths = [self.store.ensure(CATALOGUE[name], self.report) for name in (EMBEDDER, ROUTER_BASE)]
        if choice.kind == "llama":
            paths.append(fetched(choice, self.settings, self.store, self.report)[0])
        return paths
