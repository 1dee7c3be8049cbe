"""Router versions made ready to label in a house, and what stands in for one that cannot; training is finetune's."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.errors import WeightsUnavailable
from assistant.models.weights import Progress, Report
from classifier.errors import RouterError, RouterUnavailable, TaxonomyError
from finetune import packaged

if TYPE_CHECKING:
    from assistant.categories import Categories
    from assistant.corrections import Corrections
    from assistant.settings import Settings
    from classifier.decision import Router, Trained
    from classifier.encoder import Embed, Head
    from classifier.fused import Scorer
    from classifier.taxonomy import Taxonomy
    from classifier.versions import Version, Versions
    from finetune.config import Base
    from knowledge.embedding import Embedder

logger = logging.getLogger(__name__)

Present = Callable[[], dict[str, str | None]]
"""Tells what each label of a training is called now; None where its category is gone."""


class Furnishings(Protocol):
    """What of a house its routers need, each asked for only where it is: the first use may open or fetch it."""

    @property
    def settings(self) -> Settings:
        """Where the language model half labels."""

    @property
    def report(self) -> Report:
        """Who hears how far the slow steps have got."""

    @property
    def versions(self) -> Versions:
        """The routers of the house."""

    @property
    def categories(self) -> Categories:
        """The household's categories."""

    @property
    def corrections(self) -> Corrections:
        """What the household told of its questions."""

    @property
    def embedder(self) -> Embedder:
        """What turns questions into vectors."""

    @property
    def encoder_folder(self) -> Path | None:
        """Where the embedder's model lies; None where it cannot be tuned."""

    def router_base(self, name: str) -> Base:
        """Return a language model that routers are trained for; raises RouterUnavailable or WeightsUnavailable."""


class RouterLoader:
    """Makes routers of a house's versions, in the household's own words."""

    def __init__(self, house: Furnishings) -> None:
        """Args: what the routers are made with."""
        self._house = house

    def router(self, name: str | None = None) -> Router:
        """Return the serving router, or a named one; in a new house the packaged one serves.

        A named one of other categories than the house's, which cannot serve here, speaks of its own.

        Raises:
            RouterUnavailable: there is none of this name, or its files are damaged.
        """
        try:
            version = self.ensure(name)
            strange = name is not None and self.misfit(version)  # the serving one fits: `ensure` has looked
            return self._trained(version, quick=False) if strange else self.load(version)
        except RouterUnavailable as error:
            if name is not None:
                raise
            # The house goes on with what came with it. Which one is to serve stays as it is: what keeps it from that
            # may pass, and who wants to look into it finds it.
            logger.warning("%s The packaged router labels meanwhile.", error)
            return self.load(packaged.install(self._house.versions, promote=False))

    def filer(self) -> Router | None:
        """Return what labels papers: a head for them, and the encoder half of the serving router.

        Notes are longer than questions and come by the hundred; the language model takes seconds for each, and was
        measured to file those that its other half is unsure of no better. None where that half cannot be had.
        """
        from assistant.serving import ServingRouter

        versions = self._house.versions
        if versions.serving_name() is None:
            return None
        try:
            return ServingRouter(self._of_papers(versions.whole()), versions, self._of_papers)
        except RouterError as error:
            logger.warning("%s Notes are filed by the whole router.", error)
            return None

    def ensure(self, name: str | None = None) -> Version:
        """Return the serving version, which can label here, or a named one; whole.

        The packaged one is put into a house that lacks it; where another one serves, it waits to be chosen by a person.

        Raises:
            RouterUnavailable: there is none of this name, its files are damaged, or the serving one's categories are
                not the house's.
        """
        versions = self._house.versions.all()
        serves = any(version.serving for version in versions)
        if not serves or packaged.packaged().name not in {version.name for version in versions}:
            packaged.install(self._house.versions, promote=not serves)
        version = self._house.versions.whole(name)
        if name is None:
            self._present(version)
        return version

    def load(self, version: Version, *, newcomers: bool = True, quick: bool = False) -> Router:
        """Return a version ready to label by the household's categories, whatever they were when it was trained.

        It labels without its language model where that cannot be had.

        Args:
            newcomers: whether it is to know the categories, too, that are newer than itself.
            quick: whether its encoder half is enough.

        Raises:
            RouterUnavailable: its files are damaged, or do not fit what the house has, such as its categories.
        """
        from assistant.categories import NewCategories
        from assistant.retraining import background
        from classifier.newcomers import AdaptedRouter

        house = self._house
        present = self._present(version)  # before anything is fetched
        new = NewCategories(house.categories, house.corrections) if newcomers else None
        return AdaptedRouter(self._trained(version, quick), present, new, house.embedder.embed, background)

    def promote(self, name: str) -> Version:
        """Let a version serve, at once and wholly.

        Raises:
            RouterUnavailable: there is none of this name, its files are damaged, or its categories are not the house's.
        """
        version = self._house.versions.whole(name)
        self._present(version)
        return self._house.versions.promote(name)

    def misfit(self, version: Version) -> str:
        """Return why a version cannot label in this house, whose categories are others; empty where it can."""
        try:
            self._present(version)
        except RouterUnavailable as error:
            return str(error)
        return ""

    def encoder_half(self, version: Version) -> tuple[Head, Embed]:
        """Return a version's head, and what makes the vectors that it reads; raises RouterUnavailable."""
        from classifier.encoder import Head
        from classifier.tuned_encoder import ENCODER, TunedEncoder

        head, embedder = Head.load(version.folder), self._house.embedder
        if head.embedder != embedder.name:
            raise RouterUnavailable(f"The router {version.name} was made for the embedder {head.embedder}.")
        adapter = version.folder / ENCODER
        if not adapter.is_dir():
            return head, embedder.embed
        if (folder := self._house.encoder_folder) is None:
            raise RouterUnavailable(f"The router {version.name} tunes an encoder that this house does not have.")
        return head, TunedEncoder(folder, adapter).embed

    def _of_papers(self, version: Version) -> Router:
        """What labels papers with a version's encoder half; raises RouterError."""
        from classifier.papers import PaperHead, PaperRouter
        from classifier.taxonomy import DEFAULT_TAXONOMY

        papers = PaperHead.load(packaged.FOLDER)
        return PaperRouter(papers, self.load(version, quick=True), self._names(DEFAULT_TAXONOMY))

    def _present(self, version: Version) -> Present:
        """What tells the names by which the household knows what a version was taught, as they are then.

        Raises:
            RouterUnavailable: it was taught other categories than the house's.
        """
        try:
            return self._names(version.taught)
        except TaxonomyError as error:
            raise RouterUnavailable(f"The router {version.name} cannot label here. {error}") from error
        except (TypeError, ValueError) as error:
            raise RouterUnavailable(f"The router {version.name} does not say what it was made of.") from error

    def _names(self, trained: Taxonomy) -> Present:
        """What tells the household's names of a training's labels; raises TaxonomyError."""

        def present() -> dict[str, str | None]:
            names = self._house.categories.present_names(trained)
            return {label: names.get(label) for label in trained.labels}

        present()
        return present

    def _trained(self, version: Version, quick: bool) -> Trained:
        """A version as it was trained, speaking of the categories of that time; as `load`."""
        from classifier.encoder import EncoderRouter
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

    def _scorer(self, version: Version) -> Scorer:
        """A version's language model half, in this process or on Ollama; raises as `router_base`."""
        from classifier.language_model import ADAPTER, CodeScorer, load_base
        from classifier.ollama import OllamaScorer
        from classifier.prompt import Prompt, task

        taxonomy, settings = version.taxonomy, self._house.settings
        if model := settings.router_model:
            before, after = version.config["prompt"]
            return OllamaScorer(settings.ollama_host, Prompt(before, after, task(taxonomy, "code")[1]), model)
        try:
            base = self._house.router_base(version.config["base"]["name"])
        except RouterUnavailable as error:  # no room to unpack it, such as: as good as not to be had
            raise WeightsUnavailable(str(error)) from error
        if base.identity != version.config["base"]:
            raise RouterUnavailable(f"The router {version.name} was trained for another {base.name}.")
        self._house.report(Progress(base.name, 0, 1, "loading the router"))
        return CodeScorer(*load_base(base.folder, version.folder / ADAPTER), taxonomy)
