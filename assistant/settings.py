"""The one reader of the environment and of settings.toml; everything else is handed plain values."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import SettingsError

SETTINGS_FILE = "settings.toml"
PREFIX = "OUR_HOUSE_"
DEFAULT_HOME = Path(platformdirs.user_data_dir("our-house", appauthor=False))


class Settings(BaseSettings):
    """What a household can set, by environment (`OUR_HOUSE_…`) or in the house folder's settings.toml.

    The environment wins over the file, and the command line over both.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, validate_default=True)

    home: Path = DEFAULT_HOME
    """The house folder: the record, the index, the routers."""
    models: Path = Path(platformdirs.user_cache_dir("our-house", appauthor=False)) / "models"
    """Where downloaded weights are kept, shared by all houses."""
    model: str = "auto"
    """Who writes the answers: auto, ollama, or the name of a model that `our-house models` lists."""
    ollama_host: str = "http://127.0.0.1:11434"
    """Where Ollama listens."""
    ollama_model: str = "qwen3:4b"
    """The model that Ollama is asked for."""
    router_model: str = ""
    """What an exported router is called on Ollama, to label there; empty to label in this process."""
    hub: str = "https://huggingface.co"
    """The Hugging Face Hub, or a mirror laid out like it."""
    chroma_url: str = Field("", pattern=r"^(https?://\S+)?$")
    """A Chroma server to keep the search index on, such as http://127.0.0.1:8000; empty for the house folder."""
    chroma_collection: str = Field("our-house", pattern=r"^[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]$")
    """What this house's collection is called there; two houses on one server need two names."""
    context_tokens: int = Field(8192, ge=1024, le=131072)
    """Tokens that the question, the notes and the answer may have together."""
    answer_tokens: int = Field(256, ge=16, le=4096)
    """Tokens that an answer may have."""
    notes_per_answer: int = Field(3, ge=1, le=20)
    """Notes shown to the language model; every one costs about a second on a small machine."""
    read_ahead_mb: int = Field(2000, ge=0, le=1_000_000)
    """Disk that the model may use to keep whole categories read, so that it answers at once; 0 for not at all."""
    reader: Path | None = None
    """An adapter (GGUF) that `our-house train-reader` made, for the model in this process to answer under."""
    threads: int = Field(0, ge=0, le=256)
    """Processor threads for the language model; 0 for all cores."""
    dates: Literal["month first", "day first"] = "month first"
    """How the household writes a date in numbers: whether 03/04/2021 is the fourth of March or the third of April."""
    inbox: Path | None = None
    """The watched folder; `inbox` in the house folder unless named."""
    host: str = "127.0.0.1"
    """The address that the page listens on; only this machine unless changed."""
    port: int = Field(7860, ge=1, le=65535)
    """The port that the page listens on."""

    @field_validator("answer_tokens")
    @classmethod
    def _leaves_room_for_notes(cls, tokens: int, info: ValidationInfo) -> int:
        context = info.data.get("context_tokens")
        if context is not None and tokens > context / 2:
            raise ValueError(f"half of the {context} context_tokens must be left for the notes")
        return tokens

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then the environment, then the house's own file."""
        home = Path(init_settings().get("home") or os.environ.get("OUR_HOUSE_HOME") or DEFAULT_HOME).expanduser()
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / SETTINGS_FILE)


def read_settings(**given: Any) -> Settings:
    """Read the settings; `given` ones that are not None win over the environment and the file.

    Raises:
        SettingsError: a setting is unknown or has a value that cannot be used; the message names it.
    """
    import tomllib

    given = {name: value for name, value in given.items() if value is not None}
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        why = first["msg"].lower().removeprefix("value error, ")
        raise SettingsError(
            f"The setting {name!r} cannot be used: {why} (it is {first['input']!r}). "
            f"Correct it in {SETTINGS_FILE} of the house folder, or in the environment as OUR_HOUSE_{name.upper()}."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{SETTINGS_FILE} of the house folder is not TOML ({error}). Correct that line.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{SETTINGS_FILE} of the house folder is not UTF-8 text. Save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{SETTINGS_FILE} of the house folder cannot be read ({error}).") from error
    home = settings.home.expanduser()
    inbox = home / "inbox" if settings.inbox is None else home / settings.inbox.expanduser()
    reader = settings.reader and settings.reader.expanduser()
    paths = {"home": home, "models": settings.models.expanduser(), "inbox": inbox, "reader": reader}
    return settings.model_copy(update=paths)


def unknown_settings(names: Iterable[str] | None = None) -> list[str]:
    """Return a sentence for every name of the environment that looks like a setting and is none.

    Args:
        names: the names to look at; those of the environment unless given.
    """
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    sentences = []
    for name in sorted(os.environ if names is None else names):
        # Whatever its case, as pydantic reads it.
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0)[0]
            sentences.append(f"{name} is no setting and is ignored; the nearest one is {near}.")
    return sentences
