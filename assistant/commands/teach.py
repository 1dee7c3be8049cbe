"""The commands that make routers, choose one, and hand one on; the training itself is `finetune`'s."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.options import house_options

if TYPE_CHECKING:
    from assistant.build import House
    from classifier.taxonomy import Taxonomy
    from classifier.versions import Version
    from finetune.examples import Example

_PATH = click.Path(path_type=Path)
_DATA_HELP = "Examples to use instead of the packaged ones: JSON Lines of question, category, family."
_TAXONOMY_HELP = "The categories of --data: JSON Lines of name, code, definition."


@click.command()
@house_options
@click.option("--base", "base_name", help="The language model to teach, such as qwen3-0.6b.")
@click.option("--data", type=_PATH, help=_DATA_HELP)
@click.option("--taxonomy", type=_PATH, help=_TAXONOMY_HELP)
@click.option(
    "--mode",
    type=click.Choice(["code", "category", "head"]),
    show_default="head",
    help="What the model learns to answer with: head and code can serve and be exported, category is to compare.",
)
@click.option("--epochs", type=click.FloatRange(0, min_open=True), help="Examples it reads for each training question.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--name", default="", help="What the version is called.")
@click.option("--out", type=_PATH, help="Write the adapter alone here, and add no version.")
@click.option("--promote", is_flag=True, help="Let the new version serve, where the comparison speaks for it.")
@click.option("--afresh", is_flag=True, help="Begin anew, although there are corrections to go on with.")
@click.option("--gently", is_flag=True, help="Leave the processor to others first, as the page's own training does.")
def train(
    house: House,
    as_json: bool,
    base_name: str | None,
    data: Path | None,
    taxonomy: Path | None,
    mode: str | None,
    epochs: float | None,
    seed: int,
    name: str,
    out: Path | None,
    promote: bool,
    afresh: bool,
    gently: bool,
) -> None:
    """Teach a new router; the serving one goes on serving.

    Where the household corrected tags, it goes on from the serving router, in that one's mode, which takes minutes, and
    compares the two. Otherwise, or where an option says what is learned and how, it begins anew, from the packaged
    questions with the corrections among them, or from --data. What was cut off goes on where it stopped when the same
    command is given again.
    """
    from dataclasses import replace

    from assistant.models.bases import ROUTER_BASE
    from assistant.retraining import packaged_texts, whole_lesson
    from assistant.terminal import TerminalReport, print_json
    from finetune.config import TrainConfig
    from finetune.examples import PACKAGED, load, split

    if gently and hasattr(os, "nice"):
        os.nice(10)
    plain = not any((base_name, data, taxonomy, mode, epochs, out, afresh, seed))
    if gently or (plain and house.corrections.teaching()):
        _train_on_corrections(house, as_json, name, promote)
        return
    if mode == "category" and out is None:
        raise click.UsageError(f"A router in {mode} mode cannot serve. Give --out, a folder for its adapter.")
    config = TrainConfig(seed=seed)
    if mode is not None:
        config = replace(config, mode=mode)  # type: ignore[arg-type]  # click has checked it
    if epochs is not None:
        config = replace(config, epochs=epochs)
    texts: list[Example] = []
    told: list[Example] = []
    if data is None and taxonomy is None:
        parts, categories, told = whole_lesson(house)
        texts = packaged_texts(house)
    else:
        parts, categories = split(load(data or PACKAGED)), _taxonomy(taxonomy)
        if promote:
            house.categories.present_names(categories)  # refuses others than the house's before it has cost a training
    base = house.router_base(base_name or ROUTER_BASE)
    report = TerminalReport()

    if out is not None:
        from finetune.routers import train_adapter

        train_adapter(out, parts, categories, base, config, texts=texts, on_progress=report.training)
        report.done()
        if as_json:
            print_json({"folder": str(out)})
        else:
            click.echo(f"The adapter is in {out}.")
        return
    from finetune.routers import train_version

    version = train_version(
        house.versions, parts, categories, base, house.embedder.embed, house.embedder.name, config,
        encoder=house.encoder_folder, texts=texts, household=told, name=name, on_progress=report.training,
    )  # fmt: skip
    report.done()
    if promote:
        version = house.promote(version.name)
    _tell(version, as_json)
    if not promote and not as_json:
        click.echo(f"Let it serve: `our-house routers promote {version.name}`.")


def _train_on_corrections(house: House, as_json: bool, name: str, promote: bool) -> None:
    from assistant.fields import version_fields
    from assistant.retraining import Progress, Retraining
    from assistant.terminal import TerminalReport, print_json, print_verdict

    report = TerminalReport()

    def hear(progress: Progress) -> None:
        left = "" if progress.seconds_left is None else f", {dt.timedelta(seconds=round(progress.seconds_left))} left"
        steps = f" {progress.step} of {progress.steps}" if progress.steps else ""
        report.say(f"{progress.stage}{steps}{left}", progress.stage)

    version, verdict = Retraining(house).run(name, hear)
    report.done()
    promoted = promote and verdict.passed
    if promoted:
        version = house.promote(version.name)
    if as_json:
        print_json({**version_fields(version), "comparison": verdict.fields()})
        return
    print_verdict(verdict)
    _tell(version, as_json)
    if not promoted:
        click.echo(f"Let it serve: `our-house routers promote {version.name}`.")


@click.group()
def routers() -> None:
    """The routers of the house: which there are, and which serves."""


@routers.command("list")
@house_options
def list_routers(house: House, as_json: bool) -> None:
    """List the routers with their figures on held-out questions."""
    from classifier.errors import RouterUnavailable

    try:
        house.ensure_router()
    except RouterUnavailable as error:  # a damaged one is listed, too
        click.echo(f"our-house: {error}", err=True)
    for version in house.versions.all():
        _tell(version, as_json)
        if not version.serving and (misfit := house.misfit(version)):
            click.echo(f"our-house: {misfit}", err=True)


@routers.command("promote")
@house_options
@click.argument("name")
def promote_router(house: House, as_json: bool, name: str) -> None:
    """Let a router serve, at once."""
    _tell(house.promote(name), as_json)


@routers.command("rollback")
@house_options
def roll_back_router(house: House, as_json: bool) -> None:
    """Let the router serve that served before."""
    _tell(house.versions.rollback(), as_json)


@click.group()
def export() -> None:
    """Hand on what the house has, in others' formats."""


@export.command("router")
@house_options
@click.argument("out", type=_PATH)
@click.option("--router", "name", help="A version that the house has; the serving one unless named.")
@click.option("--adapter", type=_PATH, help="Instead of a version: an adapter of `train --out`.")
@click.option("--ollama-base", help="What Ollama calls the model that the router was trained for.")
@click.option("--merged", is_flag=True, help="Write the whole model, too, as safetensors.")
def export_router_(
    house: House,
    as_json: bool,
    out: Path,
    name: str | None,
    adapter: Path | None,
    ollama_base: str | None,
    merged: bool,
) -> None:
    """Write a router's language model, which then writes codes, for Ollama and others."""
    from assistant.terminal import print_json
    from classifier.errors import RouterUnavailable
    from classifier.language_model import ADAPTER
    from finetune.export import create_command, export_router, exportable
    from finetune.routers import adapter_config

    if adapter is not None and name is not None:
        raise click.UsageError("Give --router or --adapter, not both.")
    if adapter is not None:
        folder, config = adapter, adapter_config(adapter)
    else:
        version = house.ensure_router(name)
        if version.config.get("kind") != "fused":
            raise RouterUnavailable(f"The router {version.name} has no language model to export.")
        folder, config = version.folder, version.config
    base_name, taxonomy = exportable(config, folder)
    base = house.router_base(base_name)
    if ollama_base is None and base.packed is not None:
        ollama_base = str(base.packed)  # the very file that the router was taught on
    files = export_router(base.folder, folder / ADAPTER, out, taxonomy, ollama_base, merged)
    if as_json:
        print_json({"folder": str(out), "files": [str(path) for path in files], "create": create_command(out)})
        return
    for path in files:
        click.echo(str(path))
    click.echo(f"Make it known to Ollama: `{create_command(out)}`")


@export.command("training")
@house_options
@click.argument("out", type=_PATH)
@click.option("--format", "form", type=click.Choice(["alpaca", "messages"]), default="messages", show_default=True)
@click.option("--data", type=_PATH, help=_DATA_HELP)
@click.option("--taxonomy", "categories", type=_PATH, help=_TAXONOMY_HELP)
def export_training_(
    house: House, as_json: bool, out: Path, form: str, data: Path | None, categories: Path | None
) -> None:
    """Write the training questions for LLaMA-Factory (alpaca) or ms-swift (messages)."""
    from assistant.terminal import counted, print_json
    from finetune.examples import PACKAGED, load
    from finetune.export import export_training

    examples = load(data or PACKAGED)
    taxonomy = _taxonomy(categories)
    files = export_training(examples, form, out, taxonomy)  # type: ignore[arg-type]  # click has checked it
    if as_json:
        print_json({"files": [str(path) for path in files], "examples": len(examples)})
    else:
        click.echo(f"{counted(len(examples), 'example')}: {' and '.join(map(str, files))}.")


def _taxonomy(path: Path | None) -> Taxonomy:
    """The categories in a file, or those a new house starts with; raises TaxonomyError."""
    from classifier.taxonomy import DEFAULT_TAXONOMY, read_taxonomy

    return read_taxonomy(path) if path else DEFAULT_TAXONOMY


def _tell(version: Version, as_json: bool) -> None:
    from assistant.fields import version_fields
    from assistant.terminal import print_json, print_version

    if as_json:
        print_json(version_fields(version))
    else:
        print_version(version)
