"""A packed language model (GGUF) as a dense copy that can be trained; fetching the packed file is left to others."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from classifier.errors import RouterUnavailable

STAMP_FILE = "made_of.json"
GROWTH = 3.0
"""How many times the packed file's size the dense copy may have; 2.6 for 4-bit files in bfloat16."""


def dense_copy(gguf: Path, on_start: Callable[[], None] = lambda: None) -> Path:
    """Return the folder of the file's dense copy, `dense` beside it; made where it is missing, damaged or older.

    Making it takes 40 s for half a billion weights. It appears whole or not at all.

    Args:
        gguf: the packed file.
        on_start: called before a copy is made.

    Raises:
        RouterUnavailable: the file is no model, or the copy cannot be written.
    """
    folder = gguf.parent / "dense"
    if is_copy(folder, gguf):
        return folder
    partial = folder.with_name(f".dense.{secrets.token_hex(4)}")
    try:
        needed = int(GROWTH * gguf.stat().st_size)
        if (free := shutil.disk_usage(gguf.parent).free) < needed:
            raise RouterUnavailable(
                f"The router's language model needs {needed / 1e9:.1f} GB in {gguf.parent} and {free / 1e9:.1f} are "
                "free. Free some, or set OUR_HOUSE_MODELS to another disk."
            )
        on_start()
        _unpack(gguf, partial)
        (partial / STAMP_FILE).write_text(json.dumps(_stamp(partial, gguf), indent=1), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except RouterUnavailable:
        raise
    except Exception as error:  # transformers, gguf and safetensors each raise what they like
        if not is_copy(folder, gguf):  # another process may have been quicker
            raise RouterUnavailable(f"The router's language model cannot be unpacked from {gguf} ({error}).") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def is_copy(folder: Path, gguf: Path) -> bool:
    """Whether a folder holds a whole dense copy of this very file; reads no weights."""
    try:
        return bool(json.loads((folder / STAMP_FILE).read_text("utf-8")) == _stamp(folder, gguf))
    except (OSError, ValueError):
        return False


def _stamp(folder: Path, gguf: Path) -> dict[str, Any]:
    source = gguf.stat()
    files = sorted(path for path in folder.iterdir() if path.name != STAMP_FILE)
    return {
        "source": [gguf.name, source.st_size, source.st_mtime_ns],
        "files": {path.name: path.stat().st_size for path in files},
    }


def _unpack(gguf: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        quantization_config=GgufConfig(dequantize=True),  # otherwise it stays packed, and cannot be saved or trained
        dtype=torch.bfloat16,
        local_files_only=True,
    )
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name, local_files_only=True).save_pretrained(folder)
