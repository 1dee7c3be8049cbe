"""How a router's parts and all together do on CLINC150: 150 intents, and questions that belong to none.

    python -m benchmarks.intents --base FOLDER --embedder FOLDER                       # 10 examples an intent
    python -m benchmarks.intents --embedder FOLDER --examples full --parts encoder,words   # all 100 of each
    python -m benchmarks.intents --base FOLDER --embedder FOLDER --test 600 --work FOLDER --json intents.json

Needs the file `clinc150_full.json` (Larson et al. 2019, CC BY 3.0), read where it lies. The language model learns
as a house's router does, through a head over the intents or, with `--mode code`, one opaque code an intent, and `none`
from the data's out-of-scope questions. Each part, and all, are calibrated alike on validation questions; a run with
`--work` that was cut off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import string
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.fused import Voices
from classifier.language_model import ADAPTER, CodeScorer, load_base
from classifier.prompt import NONE_CODE, text_tokens
from classifier.taxonomy import NONE, Taxonomy
from finetune.calibrate import fit_fusion
from finetune.config import TrainConfig
from finetune.examples import Example, Split
from finetune.fitting import LOSSES_FILE, TrainProgress
from finetune.head import HeadConfig, fit, labels_of
from finetune.train import train
from finetune.words import fit_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Score = Callable[[Sequence[str]], NDArray[np.float64]]
    """Questions to log-probabilities, of shape (questions, labels)."""
    Said = tuple[Voices, NDArray[np.int64]]
    """What each part says of some questions, and the column of each one's right label."""

DATA = Path(__file__).parents[2] / "shared" / "data" / "clinc150_full.json"
PARTS = ("encoder", "language_model", "words", "fused")


@dataclass(frozen=True)
class Figures:
    """How one router did; shares from 0 to 1."""

    router: str
    in_scope: float
    """Of the questions with an intent, those answered with it; `none` counts as wrong."""
    likeliest: float
    """The same when `none` is no answer: the likeliest of the intents is right."""
    auroc: float
    """Of telling out-of-scope questions by the probability of `none`."""
    recall: float
    """Of the out-of-scope questions, those answered with `none`."""
    precision: float
    """Of the questions answered with `none`, those out of scope."""
    ms: float
    """A question, many at once."""


def read(path: Path, examples: int | None, validation: int, test: int | None, seed: int) -> Split:
    """Read CLINC150 and draw from it; every question is a family of its own.

    Args:
        examples: of each intent to train on; None takes all. All of the out-of-scope questions are taken.
        validation: questions with an intent to validate on, as many of each intent; out-of-scope ones are all taken.
        test: questions to test on, out-of-scope ones in their share; None takes all.
    """
    data = json.loads(path.read_text("utf-8"))

    def part(name: str) -> list[Example]:
        return [
            Example(question, NONE if intent == "oos" else named(intent), question)
            for question, intent in [*data[name], *data[f"oos_{name}"]]
        ]

    rest = part("test")
    return Split(
        _of_each(part("train"), examples, seed),
        _of_each(part("val"), max(1, round(validation / (len({each.category for each in rest}) - 1))), seed),
        rest if test is None else random.Random(seed).sample(rest, min(test, len(rest))),
    )


def named(intent: str) -> str:
    """An intent as a category's name."""
    return intent.replace("_", " ")


def _of_each(examples: Sequence[Example], count: int | None, seed: int) -> list[Example]:
    by_category: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_category[example.category].append(example)
    drawn: list[Example] = []
    for category, these in sorted(by_category.items()):
        kept = len(these) if count is None or category == NONE else min(count, len(these))
        drawn += random.Random(f"{seed} {category}").sample(these, kept)
    return drawn


def taxonomy(names: Sequence[str], tokenizer: Any, seed: int) -> Taxonomy:
    """Give every intent a code by lot, of those that are one token of the model."""
    pairs = ("".join(letters) for letters in product(string.ascii_uppercase, repeat=2))
    codes = [code for code in pairs if code != NONE_CODE and len(text_tokens(tokenizer, code)) == 1]
    drawn = random.Random(seed).sample(codes, len(names))
    return Taxonomy.of((name, code, "") for name, code in zip(sorted(names), drawn, strict=True))


def taught_head(embedder: Path, parts: Split, seed: int) -> tuple[Score, Sequence[str]]:
    """Fit a linear head on the embedder's vectors; returns what scores with it, and the labels of its columns."""
    from knowledge.embedding import SentenceEmbedder

    embed = SentenceEmbedder(embedder, embedder.name).embed
    head, _ = fit(parts.training, embed, embedder.name, HeadConfig(seed=seed))
    return lambda questions: head.log_probabilities(embed(questions)), head.labels


def taught_language_model(
    base: Path, names: Sequence[str], parts: Split, folder: Path, config: TrainConfig
) -> tuple[Score, Sequence[str]]:
    """Train an adapter into the folder where none is yet; returns what scores with it, and the columns' labels."""
    from transformers import AutoTokenizer

    categories = taxonomy(names, AutoTokenizer.from_pretrained(base, local_files_only=True), config.seed)
    if not (folder / LOSSES_FILE).is_file():  # the last that a training writes
        folder.mkdir(parents=True, exist_ok=True)
        losses = train(*load_base(base), categories, parts, folder, config, on_progress=_say)
        print(f"validation loss by step: {losses['validation']}", flush=True)
    scorer = CodeScorer(*load_base(base, folder / ADAPTER), categories)
    return scorer.log_probabilities, scorer.labels


def taught_words(parts: Split) -> tuple[Score, Sequence[str]]:
    """Fit what hears words; returns what scores with it, and the labels of its columns."""
    words = fit_words(parts.training, labels_of(parts.training))
    return words.log_probabilities, words.labels


def _run(options: argparse.Namespace) -> str:
    """A name for what the language model's training depends on, so that another's adapter is never taken for it."""
    made_of = ("base", "data", "examples", "validation", "epochs", "learning_rate", "batch", "evaluations", "seed")
    told = json.dumps({name: str(getattr(options, name)) for name in made_of})
    return f"{options.mode}-{options.examples}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _say(progress: TrainProgress) -> None:
    if progress.step % 5 == 0 or progress.step == 1:
        loss = "" if progress.loss is None else f", loss {progress.loss:.2f}"
        left = f"{progress.seconds_left / 60:.1f} min left"
        print(f"step {progress.step} of {progress.steps}{loss}, {left}", flush=True)


def measured(router: str, labels: Sequence[str], validation: Said, test: Said, ms: float) -> Figures:
    """Calibrate a router on the validation part and measure it on the test part."""
    from sklearn.metrics import roc_auc_score

    (voices, target), (heard, right) = validation, test
    fusion = fit_fusion(voices, target, labels)
    probabilities = fusion.probabilities(heard, labels)
    none = list(labels).index(NONE)
    intents = probabilities.copy()
    intents[:, none] = -1
    likeliest = intents.argmax(axis=1)
    answered = np.where(probabilities[:, none] >= fusion.none_from, none, likeliest)
    out = right == none
    return Figures(
        router,
        in_scope=float((answered == right)[~out].mean()),
        likeliest=float((likeliest == right)[~out].mean()),
        auroc=float(roc_auc_score(out, probabilities[:, none])),
        recall=float((answered == none)[out].mean()),
        precision=float(out[answered == none].mean()) if (answered == none).any() else 0.0,
        ms=ms,
    )


def table(rows: Sequence[Figures]) -> str:
    """Lay the figures out as Markdown."""
    heads = ("router", "in-scope accuracy", "likeliest intent right", "out-of-scope AUROC", "recall", "precision", "ms")
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row in rows:
        shares = " | ".join(f"{share:.1%}" for share in (row.in_scope, row.likeliest))
        outside = f"{row.auroc:.3f} | {row.recall:.1%} | {row.precision:.1%}"
        lines.append(f"| {row.router.replace('_', ' ')} | {shares} | {outside} | {row.ms:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Teach, calibrate, measure, print."""
    options = _options()
    wanted = options.parts.split(",")
    count = None if options.examples == "full" else int(options.examples)
    parts = read(options.data, count, options.validation, options.test, options.seed)
    held_out = (parts.validation, parts.test)
    sizes = {"training": len(parts.training), "validation": len(parts.validation), "test": len(parts.test)}
    labels = [*sorted({example.category for example in parts.training} - {NONE}), NONE]
    print(f"{len(labels) - 1} intents; questions: {sizes}", flush=True)
    says: dict[str, list[NDArray[np.float64]]] = {}
    seconds: dict[str, float] = {}
    ms: dict[str, float] = {}

    def hear(part: str, teach: Callable[[], tuple[Score, Sequence[str]]]) -> None:
        """Teach a part, and keep its log-probabilities of the questions held out, in the labels' order."""
        began = time.perf_counter()
        score, known = teach()
        taught = time.perf_counter()
        order = [known.index(label) for label in labels]
        says[part] = [score([example.question for example in these])[:, order] for these in held_out]
        seconds[part] = taught - began
        ms[part] = (time.perf_counter() - taught) / sum(map(len, held_out)) * 1000
        print(f"{part}: taught in {seconds[part]:.0f} s, {ms[part]:.0f} ms a question", flush=True)

    if {"encoder", "fused"} & set(wanted):
        hear("encoder", lambda: taught_head(options.embedder, parts, options.seed))
    if {"language_model", "fused"} & set(wanted):
        config = TrainConfig(
            epochs=options.epochs, learning_rate=options.learning_rate, batch=options.batch, seed=options.seed,
            evaluations=options.evaluations, misspelt=0.0, mode=options.mode,
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as temporary:
            folder = (options.work or Path(temporary)) / _run(options)
            hear("language_model", lambda: taught_language_model(options.base, labels[:-1], parts, folder, config))
    if {"words", "fused"} & set(wanted):
        hear("words", lambda: taught_words(parts))
    ms["fused"] = sum(ms.values())
    targets = [np.array([labels.index(example.category) for example in these]) for these in held_out]
    rows = []
    for name in (each for each in PARTS if each in wanted):
        spoken = says if name == "fused" else {name: says[name]}
        validation, test = (
            (Voices(**{part: said[at] for part, said in spoken.items()}), target) for at, target in enumerate(targets)
        )
        rows.append(measured(name, labels, validation, test, ms[name]))
    print(f"\n{table(rows)}")
    if options.json:
        found = {
            "options": {name: str(value) for name, value in vars(options).items()},
            "questions": sizes,
            "seconds_to_teach": seconds,
            "figures": [asdict(row) for row in rows],
        }
        options.json.write_text(json.dumps(found, indent=1), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="CLINC150's file")
    parser.add_argument("--base", type=Path, help="folder of the dense base model")
    parser.add_argument("--embedder", type=Path, help="folder of the sentence-transformers model")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"which of {', '.join(PARTS)}, with commas")
    parser.add_argument("--examples", default="10", help="of each intent to train on: a number, or full")
    parser.add_argument("--validation", type=int, default=300, help="questions with an intent to calibrate on")
    parser.add_argument("--test", type=int, help="a sample of so many test questions; all by default")
    parser.add_argument("--mode", choices=("head", "code"), default="head", help="what the language model answers with")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--evaluations", type=int, default=2, help="looks at the validation questions while training")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, help="keeps the adapter, and what goes on after a cut")
    parser.add_argument("--json", type=Path, help="file to write the figures into")
    options = parser.parse_args()
    wanted = set(options.parts.split(","))
    if odd := wanted - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(odd))}; there are {', '.join(PARTS)}")
    needs = {"language_model": options.base, "encoder": options.embedder}
    if any(wanted & {part, "fused"} and not given for part, given in needs.items()):
        parser.error("the language model needs --base, the encoder needs --embedder")
    return options


if __name__ == "__main__":
    main()
