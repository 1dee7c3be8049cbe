"""A tiny encoder really tuned: its vectors tell categories apart that they did not before, also when read again."""

from pathlib import Path

import numpy as np
import pytest

from classifier.errors import RouterUnavailable
from classifier.tuned_encoder import TunedEncoder, load_encoder
from finetune.encoder import EncoderConfig, train_encoder
from finetune.examples import Example
from finetune.head import HeadConfig, calibrated, columns_of, labels_of, regression

pytestmark = pytest.mark.usefixtures("one_thread")

CONFIG = EncoderConfig(rank=4, learning_rate=0.01, epochs=20, batch=8, misspelt=0.0, dropout=0.0)
EXAMPLES = [
    Example(f"{filler} {word} {filler[::-1]}", label, f"{label}{filler}")
    for label, word in (("water", "wet leak"), ("fire", "hot spark"), ("none", "joke"))
    for filler in ("a b", "c d", "e f", "g h", "a c", "b d", "e g", "f h")
]
LABELS = labels_of(EXAMPLES)


def test_tuning_tells_questions_apart_that_the_plain_encoder_does_not(tiny_encoder: Path, tmp_path: Path) -> None:
    training, held_out = EXAMPLES[::2], EXAMPLES[1::2]
    plain = TunedEncoder(tiny_encoder)
    vectors = plain.embed([each.question for each in training])
    start = regression(vectors, columns_of(training, LABELS), HeadConfig())
    heard: list[tuple[int, int]] = []

    def hear(done: int, total: int) -> None:
        heard.append((done, total))

    weight, bias = train_encoder(tiny_encoder, training, LABELS, *start, tmp_path / "adapter", CONFIG, on_progress=hear)
    tuned = TunedEncoder(tiny_encoder, tmp_path / "adapter")
    head = calibrated(weight, bias, held_out, tuned.embed, "tiny", LABELS, HeadConfig())

    def right(weight: object, bias: object, encoder: TunedEncoder) -> float:
        scores = encoder.embed([each.question for each in held_out]) @ np.asarray(weight).T + np.asarray(bias)
        return float((scores.argmax(axis=1) == columns_of(held_out, LABELS)).mean())

    assert right(weight, bias, tuned) >= 0.9 > right(*start, plain)
    assert heard[-1] == (len(heard), len(heard))
    assert head.labels == ("fire", "water", "none")
    assert head.temperature > 0


def test_vectors_are_of_length_one_and_the_same_whatever_is_read_beside(tiny_encoder: Path) -> None:
    plain = TunedEncoder(tiny_encoder)
    questions = ["wet", "a b c d e f g h a b c d", "hot spark", ""] * 20

    found = plain.embed(questions)

    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(found[:1], plain.embed(["wet"]), atol=1e-5)
    assert plain.embed([]).shape == (0, 16)


def test_an_adapter_that_is_missing_or_of_another_encoder_is_said(tiny_encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(RouterUnavailable, match="encoder cannot be read"):
        load_encoder(tiny_encoder, tmp_path / "nowhere")
    with pytest.raises(RouterUnavailable, match="encoder cannot be read"):
        load_encoder(tmp_path)
