"""The packaged answer writer, in process."""

import json
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from assistant.build import PACKAGED
from assistant.catalogue import CATALOGUE
from assistant.chat_models import LlamaModel, Message
from assistant.errors import ModelStopped, ModelUnavailable
from assistant.settings import read_settings
from assistant.weights import ModelStore

pytestmark = pytest.mark.models

CONTEXT = 1024


@pytest.fixture(scope="session")
def weights() -> Path:
    """The model's file, which `make test` has fetched."""
    settings = read_settings()
    return ModelStore(settings.models, hub=settings.hub).ensure(CATALOGUE[PACKAGED])


@pytest.fixture(scope="session")
def model(weights: Path) -> LlamaModel:
    return LlamaModel(weights, "Packaged", CONTEXT)


def asking(question: str) -> list[Message]:
    return [Message("system", "You answer in one short sentence."), Message("user", question)]


def test_it_answers_in_pieces_and_the_same_each_time(model: LlamaModel) -> None:
    question = asking("The note says: the pool pump was replaced on 18 April 2023. When was the pool pump replaced?")
    pieces = list(model.stream(question, 48))
    assert len(pieces) > 3
    assert "18" in "".join(pieces)
    assert "2023" in "".join(pieces)
    assert list(model.stream(question, 48)) == pieces


def test_it_keeps_to_its_limit(model: LlamaModel) -> None:
    assert 1 <= len(list(model.stream(asking("Count from one to five hundred in words."), 8))) <= 8


def test_it_cannot_leave_the_form_that_it_is_held_to(model: LlamaModel) -> None:
    schema = {
        "type": "object",
        "properties": {"vendor": {"type": "string", "maxLength": 60}, "person": {"type": "string", "maxLength": 60}},
        "required": ["vendor", "person"],
        "additionalProperties": False,
    }
    question = asking("Bluefin Pools sent Ray. Copy the vendor and the person.")
    said = "".join(model.structured(question, schema, 60))
    assert json.loads(said).keys() == {"vendor", "person"}


def test_closing_the_stream_stops_it(model: LlamaModel) -> None:
    stream = model.stream(asking("Count from one to five hundred in words, without leaving any out."), 700)
    assert isinstance(stream, Generator)
    next(stream)
    stream.close()
    # One request at a time: this one would otherwise wait for hundreds of tokens.
    began = time.monotonic()
    assert list(model.stream(asking("Say yes."), 4))
    assert time.monotonic() - began < 30


def test_a_prompt_that_does_not_fit_is_an_error_and_not_an_answer_to_half_of_it(model: LlamaModel) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        list(model.stream(asking("word " * CONTEXT * 2), 16))
    assert not isinstance(refused.value, ModelStopped)
    assert list(model.stream(asking("Say yes."), 4))  # it goes on working


def test_a_model_file_cut_short_is_named_with_the_remedy(weights: Path, tmp_path: Path) -> None:
    with weights.open("rb") as whole:
        (tmp_path / "cut.gguf").write_bytes(whole.read(50_000_000))
    with pytest.raises(ModelUnavailable, match=r"cut\.gguf.*Delete the file"):
        LlamaModel(tmp_path / "cut.gguf", "Cut", CONTEXT)


def test_it_leans_to_what_the_note_says(model: LlamaModel) -> None:
    note = "Note: the gate was painted green. Was the gate painted "

    assert model.leaning(asking(f"{note}green? Answer yes or no.")) > model.leaning(
        asking(f"{note}on a boat, by whom?")
    )
    assert model.leaning(asking("Is two plus two four? Answer yes or no.")) > 0
