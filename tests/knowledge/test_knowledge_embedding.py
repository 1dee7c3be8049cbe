import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from conftest import open_library
from knowledge_support import assert_index_equals_record

from knowledge.embedding import TOGETHER, SentenceEmbedder
from knowledge.note import Draft, Scope

WORDS = "pool pump hums leaks the a in gate fence stained water heater descaled".split()


def test_a_model_is_not_loaded_before_it_is_needed(tmp_path: Path) -> None:
    loaded = "sentence_transformers" in sys.modules

    assert SentenceEmbedder(tmp_path / "nowhere", "minilm").name == "minilm"
    assert ("sentence_transformers" in sys.modules) is loaded


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded two-layer model of 32 dimensions, in the files that the real one has."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", *WORDS])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]")  # type: ignore[no-untyped-call]
    fast.save_pretrained(folder / "bert")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder / "bert")
    words = Transformer(str(folder / "bert"), max_seq_length=16)
    SentenceTransformer(modules=[words, Pooling(32)], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow
def test_a_real_model_gives_unit_vectors_that_find_notes(tiny_model: Path, tmp_path: Path) -> None:
    embedder = SentenceEmbedder(tiny_model, "tiny")

    vectors = embedder.embed(["pool pump hums", "unknown", "gate " * 1000])

    assert vectors.shape == (3, 32)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert embedder.embed([]).shape == (0, 32)

    library = open_library(tmp_path, embedder)
    library.add([Draft("the pool pump hums"), Draft("the gate in the fence")])
    assert library.search("the pool pump hums", Scope(None, "test"))[0].text == "the pool pump hums"
    assert_index_equals_record(library)


@pytest.mark.slow
def test_a_note_deleted_after_a_search_leaves_what_was_searched(tiny_model: Path, tmp_path: Path) -> None:
    library = open_library(tmp_path, SentenceEmbedder(tiny_model, "tiny"))
    pump, gate = library.add([Draft("the pool pump hums"), Draft("the gate in the fence")])
    library.search("the pool pump hums", Scope(None, "test"))

    library.delete([pump.id])

    assert not library.notebook.unindexed()
    assert [hit.note_id for hit in library.search("the pool pump hums", Scope(None, "test"))] == [gate.id]
    assert_index_equals_record(library)


@pytest.mark.slow
def test_threads_share_one_model(tiny_model: Path) -> None:
    embedder = SentenceEmbedder(tiny_model, "tiny")
    alone = [embedder.embed([word])[0] for word in WORDS]

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda word: embedder.embed([word])[0], WORDS))

    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.slow
def test_many_texts_come_back_in_their_order(tiny_model: Path) -> None:
    embedder = SentenceEmbedder(tiny_model, "tiny")
    texts = [" ".join(WORDS[at % 5 : at % 5 + 1 + at % 7]) for at in range(3 * TOGETHER + 1)]

    alone = [embedder.embed([text])[0] for text in texts]

    np.testing.assert_allclose(embedder.embed(texts), alone, atol=0.02)  # bfloat16 rounds otherwise in a batch


@pytest.mark.slow
def test_a_question_has_its_turn_while_many_notes_are_read(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = SentenceEmbedder(tiny_model, "tiny")
    encode, begun, read = embedder._model.encode, threading.Event(), list[int]()

    def heard(texts: list[str], **options: object) -> object:
        begun.set()
        time.sleep(0.02)  # long enough for the other thread to wait at the lock
        read.append(len(texts))
        return encode(texts, **options)

    monkeypatch.setattr(embedder._model, "encode", heard)
    notes = threading.Thread(target=embedder.embed, args=(["the pool pump hums"] * 20 * TOGETHER,))
    notes.start()
    assert begun.wait(60)
    embedder.embed(["gate"])
    before = read.index(1)
    notes.join()

    assert before < 10, "the question waited for all the notes"
    assert len(read) == 21
