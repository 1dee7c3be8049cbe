"""The packaged answer writer, in process."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from assistant.errors import ModelStopped, ModelUnavailable
from assistant.models.catalogue import CATALOGUE
from assistant.models.chat_models import Message
from assistant.models.kept_prompts import KeptPrompts
from assistant.models.llama_model import LlamaModel
from assistant.models.model_choice import PACKAGED
from assistant.models.weights import ModelStore
from assistant.settings import read_settings
from finetune.export import adapter_to_gguf

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


def test_a_model_that_nobody_asked_anything_can_be_let_go(weights: Path) -> None:
    """In a process of its own, as one that is stuck in native code cannot be interrupted, and on one core.

    There whoever lets it go nearly always comes before the loop that is told to end.
    """
    code = f"""
import os
from pathlib import Path
from assistant.models.llama_model import LlamaModel

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}})
for _ in range(3):
    LlamaModel(Path({str(weights)!r}), "Packaged", {CONTEXT})
print("let go")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "let go\n", done.stderr


# --- reading ahead ----------------------------------------------------------------------------------------------------

PLACES = "shed", "attic", "garage", "cellar", "kitchen", "pantry", "porch", "hall", "study", "loft"
TOLD = "\n\n".join(f"The {colour} key hangs in the {place}." for colour, place in zip(
    ("red", "blue", "green", "yellow", "white", "black", "brown", "pink", "grey", "silver"), PLACES, strict=True
))  # fmt: skip
BEGINNING = [Message("system", "You answer in one short sentence."), Message("user", TOLD * 3)]


def asked(place: str) -> list[Message]:
    return [BEGINNING[0], Message("user", f"{BEGINNING[1].content}\n\nQuestion: Which key hangs in the {place}?")]


def first_word(model: LlamaModel, place: str) -> tuple[str, float]:
    """The reply, and the seconds until it began."""
    began, seconds, text = time.monotonic(), 0.0, ""
    for piece in model.stream(asked(place), 24):
        seconds = seconds or time.monotonic() - began
        text += piece
    return text, seconds


def test_what_was_read_ahead_is_answered_alike_and_sooner_even_by_another_process(
    weights: Path, model: LlamaModel, tmp_path: Path
) -> None:
    plain, slow = first_word(model, "garage")
    kept = KeptPrompts(tmp_path, 10**9)
    reader = LlamaModel(weights, "Packaged", CONTEXT, kept=kept)
    assert not reader.has_read(BEGINNING)
    assert reader.read_ahead(BEGINNING) == "kept"
    assert reader.has_read(BEGINNING)
    again = LlamaModel(weights, "Packaged", CONTEXT, kept=KeptPrompts(tmp_path, 10**9))
    assert again.has_read(BEGINNING)
    text, quick = first_word(again, "garage")
    assert "green" in text.lower()
    assert "green" in plain.lower()
    assert quick < slow / 2
    assert "black" in first_word(again, "pantry")[0].lower() or "black" in first_word(model, "pantry")[0].lower()


def test_reading_ahead_makes_way_for_a_question_and_goes_on_afterwards(weights: Path, tmp_path: Path) -> None:
    model = LlamaModel(weights, "Packaged", CONTEXT, kept=KeptPrompts(tmp_path, 10**9))
    parts = iter((True, False))
    assert model.read_ahead(BEGINNING, lambda: next(parts)) == "interrupted"
    assert not model.has_read(BEGINNING)
    assert list(model.stream(asking("Say yes."), 4))
    rounds = 0
    while model.read_ahead(BEGINNING, lambda: False) == "interrupted":
        rounds += 1
        assert rounds < 20
    assert rounds > 1
    assert "green" in first_word(model, "garage")[0].lower()

    outcomes: list[str] = []
    longer = [BEGINNING[0], Message("user", BEGINNING[1].content + "\n\n" + TOLD)]
    thread = threading.Thread(target=lambda: outcomes.append(model.read_ahead(longer)))
    thread.start()
    assert list(model.stream(asking("Say yes."), 4))
    thread.join(60)
    assert outcomes in (["interrupted"], ["kept"])  # whichever came first; neither waits for ever


def test_a_damaged_file_is_dropped_and_the_prompt_read_anew(weights: Path, tmp_path: Path) -> None:
    model = LlamaModel(weights, "Packaged", CONTEXT, kept=KeptPrompts(tmp_path, 10**9))
    assert model.read_ahead(BEGINNING) == "kept"
    (file,) = tmp_path.glob("*.kv")
    with file.open("r+b") as whole:
        whole.truncate(1000)
    assert list(model.stream(asking("Say yes."), 4))  # another prompt is at hand now
    assert "green" in first_word(model, "garage")[0].lower()
    assert not model.has_read(BEGINNING)
    model.forget_all_but([])
    assert list(tmp_path.iterdir()) == []


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    model = LlamaModel(weights, "Packaged", CONTEXT, kept=KeptPrompts(tmp_path, 10**9))
    assert model.read_ahead(BEGINNING) == "kept"


def test_without_room_nothing_is_kept(weights: Path, tmp_path: Path) -> None:
    model = LlamaModel(weights, "Packaged", CONTEXT, kept=KeptPrompts(tmp_path, 1000))
    assert model.read_ahead(BEGINNING) == "no room"
    assert model.read_ahead(BEGINNING) == "no room"
    assert list(tmp_path.iterdir()) == []


# --- under an adapter -------------------------------------------------------------------------------------------------


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """An adapter of one matrix that changes nothing yet: its second factor is nought, as before a training."""
    import torch
    from safetensors.torch import save_file

    base, folder = tmp_path / "base", tmp_path / "adapter"
    base.mkdir()
    folder.mkdir()
    (base / "config.json").write_text('{"model_type": "qwen2"}')
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA", "lora_alpha": 4, "r": 4}')
    name = "base_model.model.model.layers.27.self_attn.q_proj.lora_{}.weight"
    width = 1536
    factors = {name.format("A"): torch.ones(4, width), name.format("B"): torch.zeros(width, 4)}
    save_file(factors, folder / "adapter_model.safetensors")
    adapter_to_gguf(folder, base, tmp_path / "reader.gguf", half=True)
    return tmp_path / "reader.gguf"


def test_under_an_adapter_other_work_costs_it_nothing_of_what_it_read(
    weights: Path, adapter: Path, tmp_path: Path
) -> None:
    model = LlamaModel(weights, "Packaged", CONTEXT, kept=KeptPrompts(tmp_path / "kept", 10**9), reader=adapter)
    text, slow = first_word(model, "garage")
    assert model.read_ahead(BEGINNING) == "kept"
    schema = {"type": "object", "properties": {"vendor": {"type": "string", "maxLength": 40}}, "required": ["vendor"]}
    assert json.loads("".join(model.structured(asking("Bluefin sent Ray. Copy the vendor."), schema, 40)))
    again, quick = first_word(model, "garage")
    assert "green" in text.lower()
    assert "green" in again.lower()
    assert quick < slow / 2


def test_what_was_read_under_another_adapter_is_not_used(weights: Path, adapter: Path, tmp_path: Path) -> None:
    kept = KeptPrompts(tmp_path / "kept", 10**9)
    assert LlamaModel(weights, "Packaged", CONTEXT, kept=kept).read_ahead(BEGINNING) == "kept"
    assert not LlamaModel(weights, "Packaged", CONTEXT, kept=kept, reader=adapter).has_read(BEGINNING)
