"""A house whose embedder and whose router's base are tiny, so that its routers can really be trained in a test."""

from functools import cached_property
from pathlib import Path

import pytest
from conftest import WordEmbedder
from tiny_language_model import WATER_OR_FIRE

from assistant.build import House
from assistant.models.bases import ROUTER_BASE
from assistant.settings import read_settings
from classifier.versions import Version, Versions
from finetune.config import Base, TrainConfig
from finetune.examples import Example
from finetune.routers import train_version
from knowledge.notebook import Notebook


class TaughtHouse(House):
    """A house with a tiny embedder and a tiny base, whose routers are really trained."""

    base: Base

    @cached_property
    def embedder(self) -> WordEmbedder:
        return WordEmbedder()

    @cached_property
    def notebook(self) -> Notebook:
        notebook = Notebook(self.record)
        notebook.set_categories((each.name, each.code, each.definition) for each in WATER_OR_FIRE)
        return notebook

    @property
    def encoder_folder(self) -> Path | None:
        return None

    def router_base(self, name: str = ROUTER_BASE) -> Base:
        return self.base if name in (ROUTER_BASE, "tiny") else super().router_base(name)


QUESTIONS = {"water": "pump leak", "fire": "stove spark", "none": "weather joke"}


def examples() -> list[Example]:
    """Questions that a word tells apart."""
    return [
        Example(f"{verb} {noun} {each}".strip(), label, f"{label} {noun} {verb}")
        for label, nouns in QUESTIONS.items()
        for noun in nouns.split()
        for verb in ("when", "who", "what", "where", "why", "how")
        for each in ("", "please")
    ]


@pytest.fixture(scope="session")
def packaged(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Version:
    """A router as it comes with the product."""
    versions = Versions(tmp_path_factory.mktemp("packaged"))
    config = TrainConfig(rank=2, epochs=0.1, batch=8, evaluations=1)
    base = Base("tiny", "0" * 64, tiny_base)
    return train_version(versions, examples(), WATER_OR_FIRE, base, WordEmbedder().embed, "words", config, name="first")


@pytest.fixture
def taught(bare_environment: None, packaged: Version, tiny_base: Path, monkeypatch: pytest.MonkeyPatch) -> TaughtHouse:
    """An empty house that the tiny router comes with."""
    monkeypatch.setattr("finetune.packaged.FOLDER", packaged.folder.parent)
    monkeypatch.setattr("assistant.retraining._packaged", lambda: tuple(examples()))
    monkeypatch.setattr("assistant.retraining.DEFAULT_TAXONOMY", WATER_OR_FIRE)
    monkeypatch.setattr("assistant.retraining.packaged_texts", lambda house: [])
    monkeypatch.setattr("assistant.retraining.background", lambda: [each.question for each in examples()])
    house = TaughtHouse(read_settings())
    house.base = Base("tiny", "0" * 64, tiny_base)
    return house
