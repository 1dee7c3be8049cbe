"""Learning curves: more questions teach more, the same each time, and every category is always there."""

import json
from pathlib import Path

from conftest import WordEmbedder

from finetune.curve import Point, curve, write_curve
from finetune.examples import Example
from finetune.head import HeadConfig

WORDS = {
    "water": "pump hose pipe leak tap",
    "fire": "stove spark flame grill ember",
    "none": "joke moon poem chess jazz",
}
EXAMPLES = [
    Example(f"{verb} {word}", label, f"{label} {word} {verb}")
    for label, words in WORDS.items()
    for word in words.split()
    for verb in ("when", "who", "what", "where", "why", "how")
]


def test_accuracy_grows_with_the_questions_and_is_the_same_each_time() -> None:
    heard: list[tuple[int, int]] = []
    points = curve(EXAMPLES, WordEmbedder().embed, HeadConfig(folds=3), (0.05, 1.0), lambda *at: heard.append(at))
    assert [point.questions for point in points] == [3, 60]
    assert points[0].accuracy < 0.7 < points[1].accuracy
    assert points == curve(EXAMPLES, WordEmbedder().embed, HeadConfig(folds=3), (0.05, 1.0))
    assert heard[-1] == (6, 6)


def test_a_curve_is_written_with_its_picture(tmp_path: Path) -> None:
    points = [Point(10, 0.5, 0.1), Point(100, 0.8, 0.05)]
    write_curve(points, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "curve.json").read_text())[1]["questions"] == 100
    assert (tmp_path / "out" / "curve.png").read_bytes().startswith(b"\x89PNG")
