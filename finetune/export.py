"""A taught router for other programs: a LoRA in GGUF, a merged model, and questions as other trainers read them.

What is written is what `classifier.prompt` says, so that an exported model is asked as it was taught; asking it is left
to `classifier.ollama`.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from classifier.errors import RouterUnavailable
from classifier.language_model import LABEL_HEAD, label_head_size, load_base, load_tokenizer
from classifier.ollama import ROUTER_MODEL, context_tokens
from classifier.prompt import Mode, Prompt, code_tokens, router_prompt, task
from classifier.taxonomy import Taxonomy
from finetune.code_rows import CodeRows, code_rows, writer_of_codes
from finetune.examples import Example, ExamplesRejected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUTER_GGUF = "router.gguf"
MODELFILE = "Modelfile"
MERGED = "merged"
DATASET_INFO = "dataset_info.json"
OLLAMA_BASES = {"qwen2": "qwen2.5-coder:0.5b", "qwen3": "qwen3:0.6b"}
"""What the bases that the router is taught on are called on Ollama, by their architecture."""

TrainingFormat = Literal["alpaca", "messages"]
"""LLaMA-Factory's alpaca JSON, or the messages JSON Lines of ms-swift."""

_LAYERS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_TENSOR = re.compile(r"base_model\.model\.model\.layers\.(\d+)\.([\w.]+)\.lora_([AB])\.weight")
_INEXPRESSIBLE = ("use_dora", "use_rslora", "alpha_pattern", "fan_in_fan_out")
"""Settings of peft that give the factors another meaning than a LoRA in GGUF has."""


def adapter_to_gguf(adapter: Path, base: Path, out: Path, *, rows: CodeRows | None = None, half: bool = False) -> None:
    """Write a LoRA adapter as the GGUF file that llama.cpp and Ollama apply to the base's own GGUF.

    Args:
        adapter: the folder of an adapter that peft wrote.
        base: the folder of the base it was taught on; only its `config.json` is read.
        out: the file, which appears whole or not at all.
        rows: what its head is in the output matrix, where it has one.
        half: whether the factors are written in half precision, which llama.cpp takes and Ollama does not.

    Raises:
        RouterUnavailable: the adapter or the base is of a kind that cannot be written, or the file cannot.
    """
    from gguf import GGUFType, GGUFWriter, Keys

    architecture = _architecture(base)
    alpha, tensors = _read_adapter(adapter, headed=rows is not None)
    if rows is not None:
        tensors |= _output_factors(rows, alpha)
    with _whole(out) as partial:
        writer = GGUFWriter(partial, architecture)
        try:
            writer.add_type(GGUFType.ADAPTER)
            writer.add_string(Keys.Adapter.TYPE, "lora")
            writer.add_float32(Keys.Adapter.LORA_ALPHA, alpha)
            for name, values in tensors.items():
                writer.add_tensor(name, values.astype("float16") if half else values)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
        finally:
            writer.close()


def merge(base: Path, adapter: Path, out: Path, rows: CodeRows | None = None) -> None:
    """Write the base with the adapter merged into it, dense and with its tokenizer, as `load_base` reads it.

    A model that is in the folder already is replaced; any other folder that is not empty is left alone.

    Args:
        rows: what the adapter's head is in the output matrix, where it has one.

    Raises:
        RouterUnavailable: the parts do not fit together, or the folder cannot be written.
    """
    if rows is None and label_head_size(adapter):
        raise RouterUnavailable(
            f"The adapter in {adapter} answers through a head of its own, and is merged with its rows."
        )
    model, tokenizer = load_base(base, adapter) if rows is None else writer_of_codes(base, adapter, rows)
    with _whole(out) as partial:
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        if (out / "config.json").is_file():
            shutil.rmtree(out)


def modelfile(prompt: Prompt, ollama_base: str) -> str:
    """Return the Modelfile by which Ollama puts base and adapter together and asks them as they were taught.

    Args:
        prompt: in code mode.
        ollama_base: what the adapter's base is called on Ollama.
    """
    return (
        "# A router of our-house: it answers a household question with the code of its category.\n"
        f"FROM {_quoted(ollama_base)}\n"
        f"ADAPTER ./{ROUTER_GGUF}\n"
        f'TEMPLATE """{_literal(prompt.before)}{{{{ .Prompt }}}}{_literal(prompt.after)}"""\n'
        "PARAMETER temperature 0\n"
        "PARAMETER num_predict 1\n"
        f"PARAMETER num_ctx {context_tokens(prompt)}\n"
    )


def exportable(config: Mapping[str, Any], folder: Path) -> tuple[str, Taxonomy]:
    """Return the name of the base of an adapter, and the categories that it was taught.

    Args:
        config: what it was made of.
        folder: where it lies.

    Raises:
        RouterUnavailable: it writes names, or does not say which categories it knows.
    """
    if config.get("mode", "code") == "category":
        raise RouterUnavailable(f"The adapter in {folder} writes names. Export one that writes codes.")
    try:
        return config["base"]["name"], Taxonomy.in_order(config["categories"])
    except (KeyError, TypeError) as error:
        raise RouterUnavailable(
            f"The adapter in {folder} does not say what it was taught. Teach it anew: `our-house train`."
        ) from error


def export_router(
    base: Path,
    adapter: Path,
    out: Path,
    taxonomy: Taxonomy,
    ollama_base: str | None = None,
    merged: bool = False,
) -> list[Path]:
    """Write all that Ollama (0.30 or newer) makes a router of, and return what was written.

    Args:
        base: the folder of the dense base that the adapter was taught on.
        adapter: the folder of an adapter taught to choose a code (`exportable`), by its head where it has one.
        out: the folder that receives `router.gguf` and the `Modelfile`; made where it is missing.
        taxonomy: the categories that the adapter was taught.
        ollama_base: what the base is called on Ollama, or its GGUF file; unless given, the one of `OLLAMA_BASES`.
        merged: whether to write the merged model as well, for programs that take no adapters.

    Raises:
        RouterUnavailable: the parts cannot be read or do not fit together, or the folder cannot be written.
    """
    ollama_base = ollama_base or OLLAMA_BASES[_architecture(base)]
    tokenizer = load_tokenizer(base)
    prompt = router_prompt(taxonomy, "code", tokenizer)
    try:
        code_tokens(tokenizer, list(prompt.completions.values()))
    except ValueError as error:
        raise RouterUnavailable(str(error)) from error
    written = [out / ROUTER_GGUF, out / MODELFILE]
    rows = code_rows(base, adapter, taxonomy) if label_head_size(adapter) else None
    adapter_to_gguf(adapter, base, out / ROUTER_GGUF, rows=rows)
    _write(out / MODELFILE, modelfile(prompt, ollama_base))
    if merged:
        merge(base, adapter, out / MERGED, rows)
        written.append(out / MERGED)
    return written


def create_command(out: Path) -> str:
    """Return the line by which a person makes an exported router known to their Ollama."""
    return f"ollama create {ROUTER_MODEL} -f {shlex.quote(str(out / MODELFILE))}"


def export_training(
    examples: Sequence[Example], format: TrainingFormat, path: Path, taxonomy: Taxonomy, mode: Mode = "code"
) -> list[Path]:
    """Write examples as another trainer reads them, each with the very prompt that the router is asked with.

    Beside alpaca's file stands `dataset_info.json`, without which LLaMA-Factory does not find it; what else that one
    names is kept.

    Returns:
        The files that were written.

    Raises:
        ExamplesRejected: an example has a label that the taxonomy lacks.
        RouterUnavailable: a file cannot be written.
    """
    told, completions = task(taxonomy, mode)
    if unknown := sorted({example.category for example in examples} - set(completions)):
        raise ExamplesRejected(f"The examples have labels that are no categories here: {', '.join(unknown)}.")
    pairs = [(" ".join(example.question.split()), completions[example.category]) for example in examples]
    if format == "messages":
        lines = [
            {
                "messages": [
                    {"role": "system", "content": told},
                    {"role": "user", "content": question},
                    {"role": "assistant", "content": answer},
                ]
            }
            for question, answer in pairs
        ]
        _write(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        return [path]
    records = [{"instruction": question, "input": "", "output": answer, "system": told} for question, answer in pairs]
    info_path = path.with_name(DATASET_INFO)
    info = _read_info(info_path)
    info[path.stem] = {
        "file_name": path.name,
        "columns": {"prompt": "instruction", "query": "input", "response": "output", "system": "system"},
    }
    _write(path, json.dumps(records, indent=1, ensure_ascii=False))
    _write(info_path, json.dumps(info, indent=1, ensure_ascii=False))
    return [path, info_path]


def _architecture(base: Path) -> str:
    try:
        kind = json.loads((base / "config.json").read_text("utf-8"))["model_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RouterUnavailable(f"{base} is no folder of a router's base ({error}).") from error
    if kind not in OLLAMA_BASES:
        raise RouterUnavailable(
            f"The base in {base} is a {kind}; only adapters of {' and '.join(OLLAMA_BASES)} can be exported."
        )
    return str(kind)


def _output_factors(rows: CodeRows, alpha: float) -> dict[str, NDArray[np.float32]]:
    """What the codes' rows change in the output matrix, as factors of a LoRA: one of its ranks a row."""
    import numpy as np

    count = len(rows.tokens)
    where = np.zeros((rows.vocabulary, count), np.float32)
    where[list(rows.tokens), range(count)] = 1.0
    changed = (rows.rows - rows.before) * (count / alpha)  # llama.cpp multiplies with alpha, a rank
    return {"output.weight.lora_a": changed.astype(np.float32), "output.weight.lora_b": where}


def _read_adapter(folder: Path, headed: bool = False) -> tuple[float, dict[str, NDArray[np.float32]]]:
    """Return a LoRA's alpha and its factors in float32, under the names that llama.cpp knows.

    Args:
        headed: whether a head beside them is left out, and not refused.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file  # NumPy has no bfloat16

    try:
        config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
        tensors = load_file(folder / "adapter_model.safetensors")
        kind, alpha = config["peft_type"], float(config["lora_alpha"])
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise RouterUnavailable(f"{folder} is no folder of a LoRA adapter ({error}).") from error
    if not headed and config.get("modules_to_save"):
        raise RouterUnavailable(f"The adapter in {folder} cannot be exported: it answers through a head of its own.")
    if odd := [name for name in _INEXPRESSIBLE if config.get(name)]:
        raise RouterUnavailable(f"The adapter in {folder} cannot be exported: it uses {', '.join(odd)}.")
    renamed = {}
    for name, values in sorted(tensors.items()):
        if headed and LABEL_HEAD in name:
            continue
        parts = _TENSOR.fullmatch(name)
        if kind != "LORA" or parts is None or parts[2] not in _LAYERS:
            raise RouterUnavailable(f"The adapter in {folder} cannot be exported: it changes {name}.")
        renamed[f"blk.{parts[1]}.{_LAYERS[parts[2]]}.weight.lora_{parts[3].lower()}"] = values.float().numpy()
    if not renamed:
        raise RouterUnavailable(f"The adapter in {folder} is empty.")
    return alpha, renamed


def _quoted(text: str) -> str:
    """Return a name or a path as a Modelfile takes it."""
    return f'"{text}"' if " " in text else text


def _literal(text: str) -> str:
    """Return text as it stands for itself in a Modelfile's template: quotation marks and braces end nothing."""
    return re.sub(r'\{+|"', lambda found: f"{{{{`{found[0]}`}}}}", text)


def _read_info(path: Path) -> dict[str, Any]:
    try:
        info = json.loads(path.read_text("utf-8"))
        if not isinstance(info, dict):
            raise ValueError("it is no JSON object")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RouterUnavailable(f"{path} is there already and cannot be added to ({error}).") from error
    return info


def _write(path: Path, text: str) -> None:
    with _whole(path) as partial:
        partial.write_text(text, "utf-8")


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Yield where to write a file or a folder, which then appears under its name, whole or not at all."""
    from safetensors import SafetensorError

    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except (OSError, SafetensorError) as error:
        raise RouterUnavailable(
            f"{path} cannot be written ({error}). Choose another folder, or free some of the disk."
        ) from error
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                partial.unlink()
