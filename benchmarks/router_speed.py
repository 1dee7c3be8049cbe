"""How quick the router is, each figure beside its plain alternative, taken in turn in the same run.

    python -m benchmarks.router_speed --base FOLDER --embedder FOLDER
    python -m benchmarks.router_speed --base FOLDER --embedder FOLDER --version FOLDER --json speed.json
    python -m benchmarks.router_speed --base FOLDER --only serving,memory

`--base` is a dense base model, `--embedder` a sentence-transformers folder, `--version` a router's folder with its
adapter, head, tuned encoder and fusion, of the packaged categories. Without one a head is fitted on some packaged
questions: it is as quick as any. Memory is that of a process of its own, which only serves.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from classifier.encoder import Head
from classifier.fused import FUSION_FILE, FusedRouter, Fusion, Scorer
from classifier.language_model import ADAPTER, LABEL_HEAD, CodeScorer, load_base, use_label_head
from classifier.prompt import code_tokens, question_tokens, router_prompt, text_tokens
from classifier.taxonomy import DEFAULT_TAXONOMY
from classifier.tuned_encoder import ENCODER, TunedEncoder
from classifier.words import words_in
from finetune.config import TrainConfig
from finetune.examples import Example, load
from finetune.fitting import completion_loss
from finetune.head import HeadConfig, fit
from finetune.train import Batches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.encoder import Embed

PARTS = ("memory", "serving", "throughput", "training")
FOLDS = 5
PER_CATEGORY = 20
"""Packaged questions of each category that a head is fitted on where no version brings one."""
SAMPLE_FUSION = Fusion(0.5, 0.5, 0.0, none_from=0.5, sure_from=0.8)
Item = TypeVar("Item")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    unit: str
    ours: float
    plain: float | None = None
    goal: float | None = None
    """Of the ratio where there is a plain alternative, else of `ours`, at most."""

    @property
    def ratio(self) -> float | None:
        """How many times the plain alternative takes what ours takes."""
        return None if self.plain is None else self.plain / self.ours

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.ours <= self.goal if self.ratio is None else self.ratio >= self.goal


class WholePrompt:
    """The plain alternative to `CodeScorer`: the same model reads the whole prompt for every question, one by one."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        """Args: a causal language model of transformers with its tokenizer."""
        import torch

        prompt = router_prompt(DEFAULT_TAXONOMY, "code", tokenizer)
        self.labels = tuple(prompt.completions)
        outputs = model.get_output_embeddings().weight
        headed = len(outputs) != model.config.vocab_size
        codes = torch.tensor(code_tokens(tokenizer, list(prompt.completions.values())))
        self._outputs = (outputs if headed else outputs[codes]).detach().clone()
        self._tokenizer = tokenizer
        self._before = text_tokens(tokenizer, prompt.before)
        self._after = text_tokens(tokenizer, prompt.after)
        self._body = model.get_decoder()

    def log_probabilities(self, questions: Sequence[str]) -> NDArray[np.float64]:
        """Return every label's log-probability, of shape (questions, labels)."""
        import torch

        rows = []
        with torch.inference_mode():
            for question in questions:
                ids = [*self._before, *question_tokens(self._tokenizer, question), *self._after]
                hidden = self._body(input_ids=torch.tensor([ids]), use_cache=False).last_hidden_state[0, -1]
                logits = (hidden.to(self._outputs.dtype) @ self._outputs.T).float()
                rows.append(torch.log_softmax(logits, dim=-1).numpy().astype(np.float64))
        return np.array(rows)


def in_turn(alternatives: Mapping[str, Callable[[Item], object]], items: Sequence[Item]) -> dict[str, list[float]]:
    """Return each alternative's seconds on every item; they take turns, so that what else runs here hits them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in alternatives}
    for at, item in enumerate(items):
        for name in list(alternatives)[:: 1 if at % 2 else -1]:
            began = time.perf_counter()
            alternatives[name](item)
            seconds[name].append(time.perf_counter() - began)
    return seconds


def embedding(embedder: Path, folder: Path) -> Embed:
    """Return what makes the vectors that a router's head reads: its own tuned encoder, or the embedder as it is.

    Args:
        embedder: a sentence-transformers folder.
        folder: the router's.
    """
    from knowledge.embedding import SentenceEmbedder

    if (folder / ENCODER).is_dir():
        return TunedEncoder(embedder, folder / ENCODER).embed
    return SentenceEmbedder(embedder, embedder.name).embed


def serving_folder(target: Path, version: Path | None, embedder: Path) -> Path:
    """Return a folder with a head and a fusion: the version's own, or `target` with what is made for the occasion."""
    if version is not None and (version / FUSION_FILE).is_file():
        return version
    drawn: list[Example] = []
    for label in DEFAULT_TAXONOMY.labels:
        drawn += random.Random(label).sample([each for each in load() if each.category == label], PER_CATEGORY)
    alone = [Example(each.question, each.category, each.question) for each in drawn]
    head, _ = fit(alone, embedding(embedder, target), embedder.name, HeadConfig(folds=FOLDS))
    head.save(target)
    SAMPLE_FUSION.save(target)
    return target


def fused(scorer: Scorer, folder: Path, embed: Embed) -> FusedRouter:
    """Put a router together as it serves."""
    return FusedRouter(scorer, Head.load(folder), embed, Fusion.load(folder), "measured", words_in(folder))


def resident(base: Path, adapter: Path | None, folder: Path, embedder: Path, questions: Sequence[str]) -> list[Row]:
    """Return the memory of this process once it serves a fused router; to be run in a process of its own."""
    import gc

    before = _megabytes("VmRSS")
    router = fused(CodeScorer(*load_base(base, adapter), DEFAULT_TAXONOMY), folder, embedding(embedder, folder))
    for question in questions:
        router.classify([question])
    gc.collect()
    rows = [
        Row("memory of the process that serves", "MB", _megabytes("VmRSS")),
        Row("  before it read a model", "MB", before),
    ]
    if mapped := _megabytes("RssFile"):
        rows.append(Row("  mapped files, which the system may drop", "MB", mapped))
    if _forget_peak():
        router.classify(questions)
        rows.append(Row(f"  at most, with {len(questions)} questions in one call", "MB", _megabytes("VmHWM")))
    return rows


def _forget_peak() -> bool:
    """Let Linux count this process's highest memory from now on; false where that cannot be asked for."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:
        return False
    return True


def _megabytes(field: str) -> float:
    """Read a field of Linux' account of this process; elsewhere the most it ever took, and 0 for what is not told."""
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))
    except (OSError, StopIteration):
        import resource
        import sys

        if field == "RssFile":
            return 0.0
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def memory(base: Path, adapter: Path | None, folder: Path, embedder: Path, questions: Sequence[str]) -> list[Row]:
    """Measure the memory of a serving router in a fresh process, so that nothing else is counted."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(resident, base, adapter, folder, embedder, questions).result()


def serving(cached: Scorer, whole: Scorer, folder: Path, embed: Embed, questions: Sequence[str]) -> list[Row]:
    """Measure one question at a time: with the cached prefix, with the whole prompt, and the fused decision."""
    routers = {name: fused(scorer, folder, embed) for name, scorer in (("cached", cached), ("whole", whole))}
    alternatives: dict[str, Callable[[str], object]] = {
        "cached": lambda question: cached.log_probabilities([question]),
        "whole": lambda question: whole.log_probabilities([question]),
        "fused": lambda question: routers["cached"].classify([question]),
        "fused whole": lambda question: routers["whole"].classify([question]),
        "embedding": lambda question: embed([question]),
    }
    in_turn(alternatives, questions[:3])  # warm
    seconds = in_turn(alternatives, questions)
    apart = np.abs(cached.log_probabilities(questions[:8]) - whole.log_probabilities(questions[:8])).max()
    rows = []
    for name, quantile in (("median", 50), ("95th percentile", 95)):
        ms = {key: float(np.percentile(values, quantile)) * 1000 for key, values in seconds.items()}
        first = quantile == 50
        rows += [
            Row(f"language model, one question, {name}", "ms", ms["cached"], ms["whole"], 2.5 if first else None),
            Row(f"fused decision, {name}", "ms", ms["fused"], goal=130.0 if first else None),
            Row("  with the whole prompt each time", "ms", ms["fused"], ms["fused whole"]),
            Row("  the embedding alone", "ms", ms["embedding"]),
        ]
    return [*rows, Row("largest difference of a log-probability", "nats", float(apart))]


def throughput(cached: Scorer, whole: Scorer, questions: Sequence[str], rounds: int) -> list[Row]:
    """Measure many waiting questions in one call against one by one, with the cached prefix and without."""
    alternatives: dict[str, Callable[[int], object]] = {
        "together": lambda _: cached.log_probabilities(questions),
        "one by one": lambda _: [cached.log_probabilities([question]) for question in questions],
        "whole": lambda _: whole.log_probabilities(questions),
    }
    cached.log_probabilities(questions[:4])
    seconds = in_turn(alternatives, range(rounds))
    ms = {name: statistics.median(values) / len(questions) * 1000 for name, values in seconds.items()}
    what = f"{len(questions)} waiting questions, each"
    return [
        Row(f"{what}: one call against one by one", "ms", ms["together"], ms["one by one"], 4.0),
        Row(f"{what}: one call against whole prompts", "ms", ms["together"], ms["whole"]),
    ]


def training(base: Path, examples: Sequence[Example], batch: int, rounds: int) -> list[Row]:
    """Measure a LoRA step on questions behind one prefix against the same gradient of one prompt a question."""
    import torch
    from peft import LoraConfig, get_peft_model

    config = TrainConfig(batch=batch, misspelt=0.0)
    model, tokenizer = load_base(base)
    use_label_head(model, len(DEFAULT_TAXONOMY.labels))
    batches = Batches(tokenizer, DEFAULT_TAXONOMY, config, model.dtype)
    lora = LoraConfig(
        r=config.rank,
        lora_alpha=config.alpha,
        target_modules="all-linear",
        modules_to_save=[LABEL_HEAD],
        task_type="CAUSAL_LM",
    )
    wrapped = get_peft_model(model, lora).train()
    trained = [each for each in wrapped.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=config.learning_rate)

    def step(rows: Sequence[Sequence[Example]]) -> None:
        for row in rows:
            loss = completion_loss(wrapped, batches([(example, False) for example in row]))
            (loss / len(rows)).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, config.clip)
        optimizer.step()
        optimizer.zero_grad()

    drawn = [examples[at * batch : (at + 1) * batch] for at in range(rounds)]
    alternatives: dict[str, Callable[[Sequence[Example]], None]] = {
        "together": lambda row: step([row]),
        "alone": lambda row: step([[example] for example in row]),
    }
    step([[example] for example in drawn[0][:2]])  # warm
    seconds = in_turn(alternatives, drawn)
    each = {name: statistics.median(values) / batch for name, values in seconds.items()}
    return [Row(f"training step, a question of {batch}", "s", each["together"], each["alone"], 5.0)]


def table(rows: Sequence[Row]) -> str:
    """Lay the rows out as Markdown."""
    return "\n".join(["| what | unit | ours | plain | ratio | goal |", "|---|---|---|---|---|---|", *map(line, rows)])


def line(row: Row) -> str:
    """One row as Markdown."""
    ratio, goal = "" if row.ratio is None else f"{row.ratio:.2f}", ""
    if row.goal is not None:
        goal = f"{'≤' if row.ratio is None else '≥'} {row.goal:g}: {'reached' if row.reached else 'missed'}"
    return f"| {row.what} | {row.unit} | {_short(row.ours)} | {_short(row.plain)} | {ratio} | {goal} |"


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def surroundings() -> dict[str, Any]:
    """What the figures depend on besides the code."""
    import torch

    from classifier.number_format import best_dtype

    load_average = [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else []
    return {
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "dtype": str(best_dtype()),
        "torch": torch.__version__,
        "load_average": load_average,
    }


def main() -> None:
    """Measure what is asked for, print the table, and write it where `--json` says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="folder of the dense base model")
    parser.add_argument("--embedder", type=Path, required=True, help="folder of the sentence-transformers model")
    parser.add_argument("--version", type=Path, help="a router's folder: adapter, head and fusion")
    parser.add_argument("--adapter", type=Path, help="an adapter's folder; the version's own by default")
    parser.add_argument("--questions", type=int, default=60, help="asked one at a time")
    parser.add_argument("--waiting", type=int, default=64, help="asked in one call")
    parser.add_argument("--batch", type=int, default=32, help="behind one prefix in training")
    parser.add_argument("--rounds", type=int, default=3, help="of throughput and of training")
    parser.add_argument("--only", default=",".join(PARTS), help=f"which of {', '.join(PARTS)}, with commas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="file to write the figures into")
    options = parser.parse_args()
    parts = options.only.split(",")
    if odd := set(parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(odd))}; there are {', '.join(PARTS)}")
    adapter = options.adapter
    if adapter is None and options.version is not None and (options.version / ADAPTER).is_dir():
        adapter = options.version / ADAPTER

    examples = random.Random(options.seed).sample(load(), len(load()))
    questions = [example.question for example in examples]
    around = surroundings()
    rows: list[Row] = []

    def report(more: Sequence[Row]) -> None:
        rows.extend(more)
        for row in more:
            print(line(row), flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        folder = serving_folder(Path(temporary), options.version, options.embedder)
        if "memory" in parts:
            report(memory(options.base, adapter, folder, options.embedder, questions[: options.waiting]))
        if {"serving", "throughput"} & set(parts):
            model, tokenizer = load_base(options.base, adapter)
            cached, whole = CodeScorer(model, tokenizer, DEFAULT_TAXONOMY), WholePrompt(model, tokenizer)
            if "serving" in parts:
                report(
                    serving(cached, whole, folder, embedding(options.embedder, folder), questions[: options.questions])
                )
            if "throughput" in parts:
                report(throughput(cached, whole, questions[: options.waiting], options.rounds))
            del model, cached, whole
        if "training" in parts:
            report(training(options.base, examples, options.batch, options.rounds))
    after = surroundings()["load_average"]
    print(f"\n{around}, load average afterwards {after}\n\n{table(rows)}")
    if options.json:
        figures = [{**asdict(row), "ratio": row.ratio, "reached": row.reached} for row in rows]
        found = {"rows": figures, "around": around, "load_average_after": after}
        options.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
