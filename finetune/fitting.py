"""Rows of tokens to a LoRA adapter of a causal language model; what the rows say is left to others.

transformers' Trainer keeps checkpoints, so that a run that was cut off goes on.
"""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.language_model import ADAPTER, ADAPTER_WEIGHTS, LABEL_HEAD
from finetune.config import FitConfig

if TYPE_CHECKING:
    import torch

LOSSES_FILE = "losses.json"
LOSSES_PICTURE = "losses.png"
CHECKPOINTS = "checkpoints"


@dataclass(frozen=True)
class TrainProgress:
    """How far a training run has got."""

    step: int
    steps: int
    seconds_left: float
    loss: float | None
    """Of the last training batch; None before the first."""
    validation_loss: float | None


def ignore(progress: TrainProgress) -> None:
    """Take a report and do nothing with it."""


def completion_loss(model: Any, row: dict[str, torch.Tensor]) -> torch.Tensor:
    """Return the mean loss of the tokens to be written, reading the rest of the row for context alone.

    Args:
        row: as `classifier.packing` lays it out, with `places` and the `targets` after them.
    """
    import torch

    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    decoder = causal.get_decoder()
    hidden = decoder(
        input_ids=row["input_ids"],
        position_ids=row["position_ids"],
        attention_mask=row["attention_mask"],
        use_cache=False,
    ).last_hidden_state
    # The output matrix is a third of the model: only what must be written goes through it.
    outputs = causal.get_output_embeddings()
    logits = outputs(hidden[0, row["places"][0]].to(outputs.weight.dtype))
    loss: torch.Tensor = torch.nn.functional.cross_entropy(logits.float(), row["targets"][0])
    return loss


def fit(
    model: Any,
    collate: Callable[[Sequence[Any]], dict[str, torch.Tensor]],
    training: Sequence[Any],
    validation: Sequence[Any],
    folder: Path,
    config: FitConfig,
    *,
    on_progress: Callable[[TrainProgress], None] = ignore,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Train an adapter and write it with its losses and their picture.

    Args:
        model: a base under the adapter that is trained.
        collate: examples to one row, as `completion_loss` reads it.
        training, validation: the examples; the adapter that does best on the second is kept.
        folder: receives `adapter/`, `losses.json` and `losses.png`; checkpoints of a run that was cut off are found
            there, and it goes on from the last.
        stop: asked after every step; true ends the run, and the best adapter so far is kept.

    Returns:
        The losses: `training` and `validation` as lists of [step, loss], and the seconds of the run.
    """
    from transformers import EarlyStoppingCallback, Trainer, TrainingArguments
    from transformers.trainer_callback import PrinterCallback, ProgressCallback

    steps = max(1, round(config.epochs * len(training) / config.batch))
    every = max(1, steps // config.evaluations)
    checkpoints = folder / CHECKPOINTS

    class PackedTrainer(Trainer):
        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            loss = completion_loss(model, inputs)
            return (loss, {}) if return_outputs else loss

    trainer = PackedTrainer(
        model=model,
        args=TrainingArguments(
            output_dir=str(checkpoints),
            max_steps=steps,
            per_device_train_batch_size=config.batch,
            per_device_eval_batch_size=config.batch,
            learning_rate=config.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=max(1, round(config.warm_up * steps)),
            max_grad_norm=config.clip,
            weight_decay=0.0,
            eval_strategy="steps",
            eval_steps=every,
            save_strategy="steps",
            save_steps=every,
            save_total_limit=2,
            load_best_model_at_end=True,
            metric_for_best_model="eval_loss",
            greater_is_better=False,
            logging_steps=max(1, min(10, every)),
            prediction_loss_only=True,
            label_names=["targets"],
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            report_to=[],
            disable_tqdm=True,
            seed=config.seed,
        ),
        data_collator=collate,
        train_dataset=training,
        eval_dataset=validation,
        callbacks=[_listener(on_progress, stop), EarlyStoppingCallback(config.patience)],
    )
    for chatty in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(chatty)
    began = time.monotonic()
    trainer.train(resume_from_checkpoint=last_checkpoint(checkpoints))
    history = trainer.state.log_history
    losses = {
        "training": [[log["step"], log["loss"]] for log in history if "loss" in log],
        "validation": [[log["step"], log["eval_loss"]] for log in history if "eval_loss" in log],
        "seconds": round(time.monotonic() - began, 1),
    }
    _save(model, folder, losses)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return losses


def with_adapter(model: Any, config: FitConfig, adapter: Path | None = None, *, headed: bool = False) -> Any:
    """Return a model under an adapter that can be trained.

    Args:
        adapter: the folder of one to go on from; a new one is begun without.
        headed: whether the model's head is trained, too, and saved with the adapter.
    """
    from peft import LoraConfig, PeftModel, get_peft_model

    if adapter is not None:
        return PeftModel.from_pretrained(model, adapter, is_trainable=True, use_safetensors=True)
    layers = model.config.num_hidden_layers
    return get_peft_model(
        model,
        LoraConfig(
            r=config.rank,
            lora_alpha=config.alpha,
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
            layers_to_transform=list(range(round(config.untouched * layers), layers)),
            modules_to_save=[LABEL_HEAD] if headed else None,
            task_type="CAUSAL_LM",
        ),
    )


def last_checkpoint(folder: Path) -> str | None:
    """Return the newest whole checkpoint in a folder; what a power cut or a full disk left of others is removed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]), reverse=True)
    for path in found:
        if _whole(path):
            return str(path)
        shutil.rmtree(path, ignore_errors=True)
    return None


def _whole(checkpoint: Path) -> bool:
    """Whether every file that Trainer goes on from can be read to its end."""
    from safetensors import SafetensorError, safe_open

    try:
        json.loads((checkpoint / "trainer_state.json").read_text("utf-8"))
        with safe_open(checkpoint / ADAPTER_WEIGHTS, framework="np"):
            pass
    except (OSError, ValueError, SafetensorError):
        return False
    # torch writes ZIP files, whose list of contents stands at their end.
    return all(zipfile.is_zipfile(checkpoint / name) for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth"))


def _listener(on_progress: Callable[[TrainProgress], None], stop: Callable[[], bool]) -> Any:
    from transformers import TrainerCallback

    class Listener(TrainerCallback):
        began: float
        first: int
        loss: float | None = None
        validation_loss: float | None = None

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.began, self.first = time.monotonic(), state.global_step

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            self.loss = (logs or {}).get("loss", self.loss)
            self.validation_loss = (logs or {}).get("eval_loss", self.validation_loss)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            done = state.global_step - self.first
            left = (time.monotonic() - self.began) / done * (state.max_steps - state.global_step)
            on_progress(TrainProgress(state.global_step, state.max_steps, left, self.loss, self.validation_loss))
            if stop():
                control.should_evaluate = control.should_save = control.should_training_stop = True

    return Listener()


def _save(wrapped: Any, folder: Path, losses: dict[str, Any]) -> None:
    import torch

    # Half the size; the digits that bfloat16 drops are far below what training could tell apart.
    wrapped.peft_config["default"].base_model_name_or_path = ""  # where it lay on this machine is no matter
    wrapped.to(torch.bfloat16).save_pretrained(folder / ADAPTER)
    (folder / ADAPTER / "README.md").unlink(missing_ok=True)
    (folder / LOSSES_FILE).write_text(json.dumps(losses, indent=1), "utf-8")
    draw_losses(losses, folder / LOSSES_PICTURE)


def draw_losses(losses: dict[str, Any], path: Path) -> None:
    """Draw both loss curves of a run over its steps into a PNG file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name in ("training", "validation"):
        if losses[name]:
            axes.plot(*zip(*losses[name], strict=True), label=name, marker="o" if name == "validation" else None)
    axes.set(xlabel="step", ylabel="loss")
    axes.legend()
    figure.savefig(path, dpi=120)


def libraries() -> dict[str, str]:
    """Return the versions of what trains, as they are saved beside what was trained."""
    return {library: version(library) for library in ("torch", "transformers", "peft", "accelerate")}
