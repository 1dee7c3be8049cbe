"""The language models that are taught here, made ready for it: fetched, verified, unpacked; teaching is finetune's."""

from __future__ import annotations

from assistant.models.catalogue import CATALOGUE
from assistant.models.weights import ModelStore, Progress, Report
from classifier.errors import RouterUnavailable
from finetune.config import Base

ROUTER_BASE = "qwen2.5-coder-0.5b"
"""What the packaged router was trained for."""
ROUTER_BASES = (ROUTER_BASE, "qwen3-0.6b")


def router_base(name: str, store: ModelStore, report: Report) -> Base:
    """Return a language model that routers are trained for, fetched, verified and unpacked where that is missing.

    Raises:
        RouterUnavailable: nobody knows it, or it cannot be unpacked.
        WeightsUnavailable: it cannot be had.
    """
    if name not in ROUTER_BASES:
        raise RouterUnavailable(f"No router's base is called {name!r}; there are {', '.join(ROUTER_BASES)}.")
    return ready_base(name, store, report)


def ready_base(name: str, store: ModelStore, report: Report) -> Base:
    """Return a model of the catalogue, ready to be taught; raises as `router_base`."""
    from classifier.dense import dense_copy
    from classifier.qwen3 import furnish

    weights = CATALOGUE[name]
    path, sha256 = store.ensure(weights, report), weights.files[0].sha256
    if path.suffix == ".gguf":
        dense = dense_copy(path, lambda: report(Progress(name, 0, 1, f"unpacking {weights.title}, once")))
        return Base(name, sha256, dense, packed=path)
    furnish(path)
    return Base(name, sha256, path)
