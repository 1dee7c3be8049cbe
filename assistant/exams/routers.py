"""What `our-house evaluate router` compares: a router, its halves, their rivals, and the questions by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.build import House
    from classifier.taxonomy import Taxonomy
    from classifier.versions import Version
    from finetune.config import Base
    from finetune.evaluate import System
    from finetune.examples import Example

TITLES = {
    "category": "fine-tuned, writing names",
    "head": "fine-tuned, classification head",
    "code": "fine-tuned, code",
}
"""What the report calls a fine-tuned language model alone, by its mode."""
WRITING = "fine-tuned, writing codes"
"""What it calls one that answers through a head, exported: its rows are its codes' own, and it writes freely."""


def in_its_names(house: House, version: Version, examples: Sequence[Example], packaged: bool) -> list[Example]:
    """Return the examples under the names that a version was taught their categories by.

    Questions of a category that it does not know, because the household removed it before, are left out.

    Args:
        packaged: whether their labels are the packaged names; those of a household's own examples are the version's,
            or the names of now.
    """
    from classifier.taxonomy import DEFAULT_TAXONOMY, NONE

    taught = version.taught
    now = house.categories.names_of_codes()
    known = {each.code: each.name for each in taught}
    by_present_name = {name: each.name for each in taught if (name := now.get(each.code))}
    names: dict[str, str | None] = {NONE: NONE}
    if packaged:
        for each in DEFAULT_TAXONOMY:  # its code may have gone into another one's before the version was taught
            names[each.name] = known.get(each.code) or by_present_name.get(now.get(each.code) or "")
    else:
        names |= {each.category: each.category for each in examples} | by_present_name
        names |= {name: name for name in taught.names}
    return [replace(each, category=name) for each in examples if (name := names.get(each.category))]


def systems(house: House, version: Version, adapters: Sequence[Path] = (), baselines: bool = False) -> Iterator[System]:
    """Yield the systems one by one, each loaded when its turn comes; the router itself is the last.

    Args:
        version: a fused router, or an encoder alone.
        adapters: folders of adapters in any mode, trained for the same base and categories.
        baselines: whether the untrained base is asked, too.

    Raises:
        RouterUnavailable, WeightsUnavailable: something cannot be loaded.
    """
    from classifier.encoder import EncoderRouter
    from classifier.fused import ALONE_FILE, WITHOUT_FILE, FusedRouter, Fusion, ScorerRouter
    from classifier.language_model import ADAPTER, CodeScorer, load_base
    from classifier.words import words_in
    from finetune.evaluate import System, routed

    head, embed = house.encoder_half(version)
    encoder = System("encoder head", "encoder", version.name, "", routed(EncoderRouter(head, embed, "")))
    if version.config.get("kind") != "fused":
        yield encoder
        return
    base = house.router_base(version.config["base"]["name"])
    taxonomy = version.taxonomy
    if baselines:
        yield from _untrained(base, taxonomy)
        if version.mode == "head":
            yield _exported(base, taxonomy, version)
    taken = {TITLES[version.mode]}
    for folder in dict.fromkeys(adapters):
        system = _trained(base, taxonomy, folder)
        if system.title in taken:
            system = replace(system, title=f"{system.title}, in {folder}")
        taken.add(system.title)
        yield system
    scorer = CodeScorer(*load_base(base.folder, version.folder / ADAPTER), taxonomy)
    alone = ScorerRouter(scorer, Fusion.load(version.folder, ALONE_FILE), version.name)
    yield System(TITLES[version.mode], "fine-tuned", version.name, version.mode, routed(alone))
    yield encoder
    if words := words_in(version.folder):
        yield System("words", "words", version.name, "", routed(ScorerRouter(words, None, version.name)))
        quick = FusedRouter(None, head, embed, Fusion.load(version.folder, WITHOUT_FILE), version.name, words)
        yield System("encoder and words", "fused", version.name, "", routed(quick))
    fused = FusedRouter(scorer, head, embed, Fusion.load(version.folder), version.name, words)
    yield System("fused", "fused", version.name, version.mode, routed(fused))


def _untrained(base: Base, taxonomy: Taxonomy) -> Iterator[System]:
    from classifier.fused import ScorerRouter
    from classifier.language_model import CodeScorer, load_base
    from finetune.baselines import PromptedModel
    from finetune.evaluate import System, routed, written

    model, tokenizer = load_base(base.folder)
    codes = CodeScorer(model, tokenizer, taxonomy)  # first: it looks into the output matrix
    by_name = PromptedModel(model, tokenizer, taxonomy, "category")
    by_code = PromptedModel(model, tokenizer, taxonomy, "code")
    yield System("base, writing names", "base", base.name, "category", written(by_name))
    yield System("base, writing codes", "base", base.name, "code", written(by_code))
    yield System("base, scored names", "base", base.name, "category", routed(ScorerRouter(by_name, None, base.name)))
    yield System("base, scored codes", "base", base.name, "code", routed(ScorerRouter(codes, None, base.name)))


def _exported(base: Base, taxonomy: Taxonomy, version: Version) -> System:
    from classifier.language_model import ADAPTER
    from finetune.baselines import PromptedModel
    from finetune.code_rows import code_rows, writer_of_codes
    from finetune.evaluate import System, written

    adapter = version.folder / ADAPTER
    rows = code_rows(base.folder, adapter, taxonomy)
    model = PromptedModel(*writer_of_codes(base.folder, adapter, rows), taxonomy, "code", most=1)
    return System(WRITING, "fine-tuned", version.name, "code", written(model))


def _trained(base: Base, taxonomy: Taxonomy, folder: Path) -> System:
    import json

    from classifier.errors import RouterUnavailable
    from classifier.fused import ScorerRouter
    from classifier.language_model import ADAPTER, CodeScorer, load_base
    from classifier.versions import CONFIG_FILE
    from finetune.baselines import PromptedModel
    from finetune.evaluate import System, routed, written

    try:
        mode = json.loads((folder / CONFIG_FILE).read_text("utf-8"))["mode"]
        if mode not in TITLES:
            raise ValueError(f"its mode is {mode}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RouterUnavailable(f"{folder} holds no adapter of `our-house train --out` ({error}).") from error
    model, tokenizer = load_base(base.folder, folder / ADAPTER)
    if mode == "category":
        ask = written(PromptedModel(model, tokenizer, taxonomy, "category"))
        return System(TITLES[mode], "fine-tuned", base.name, mode, ask)
    scored = routed(ScorerRouter(CodeScorer(model, tokenizer, taxonomy), None, base.name))
    return System(TITLES[mode], "fine-tuned", base.name, mode, scored)
