"""The Teach tab: what the household told, teaching it to a new router, and choosing which one serves."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Literal

import gradio as gr

from assistant.build import House
from assistant.errors import AssistantError
from assistant.retraining import Retraining
from assistant.startup import Startup
from assistant.web import render, render_teach
from assistant.web.tags import Tags
from assistant.web.theme import BUTTONS_JS, html
from classifier.errors import RouterError
from classifier.memory import plain
from classifier.taxonomy import in_words
from classifier.versions import Version
from finetune.gate import read_verdict
from knowledge.errors import KnowledgeError

WATCHED = 2.0
"""Seconds between two looks at a training that is under way."""
FAILURES = (AssistantError, KnowledgeError, RouterError)
Undoable = tuple[Literal["restore", "remove"], list[str]] | None
"""What the Undo button does with which corrections; None where there is nothing to take back."""


class Teach:
    """Draws the tab and answers its events."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings it up."""
        self._house = house
        self._startup = startup
        self._retraining = Retraining(house)
        self._outbox = tempfile.TemporaryDirectory(prefix="our-house-")

    def draw(self, tab: gr.Tab, tags: Tags) -> None:
        """Put the widgets on the page and connect them, also with the tags in them."""
        undoable = gr.State(None)
        with gr.Row():
            with gr.Column(scale=3, min_width=300):
                html('<h3 class="oh-heading">What you told</h3>')
                told = html(js_on_load=BUTTONS_JS, elem_id="oh-told")
                with gr.Row(visible=False, elem_classes="oh-undo") as undo_row:
                    said = html(elem_id="oh-told-done")
                    undo = gr.Button("Undo", size="sm", min_width=60, elem_id="oh-undo-told")
                with gr.Row():
                    bring = gr.UploadButton(
                        "Import", file_types=[".jsonl", ".ndjson", ".json"], size="sm", elem_id="oh-import-told"
                    )
                    export = gr.DownloadButton("Export", size="sm", elem_id="oh-export-told")
            with gr.Column(scale=3, min_width=300):
                html('<h3 class="oh-heading">Teach the router</h3>')
                news = html(elem_id="oh-news")
                training = html(elem_id="oh-training")
                with gr.Row():
                    start = gr.Button("Teach a new router", variant="primary", elem_id="oh-train")
                    stop = gr.Button("Stop and keep the best", variant="stop", visible=False, elem_id="oh-stop-train")
                verdict = html(elem_id="oh-verdict")
                with gr.Row():
                    promote = gr.Button("Let it serve", variant="primary", visible=False, elem_id="oh-promote")
                    dismiss = gr.Button("Not now", visible=False, elem_id="oh-dismiss")
                html('<h3 class="oh-heading">Routers</h3>')
                versions = html(js_on_load=BUTTONS_JS, elem_id="oh-versions")
                rollback = gr.Button("Roll back to the one before", size="sm", elem_id="oh-rollback")
        watching = gr.Timer(WATCHED, active=False)

        quiet: dict[str, Any] = {"show_progress": "hidden"}
        lesson_view = [told, undo_row, said, undo, undoable, export]
        training_view = [news, training, start, stop, verdict, promote, dismiss, versions, rollback, watching]
        tab.select(self._lessons, None, lesson_view, **quiet)
        tab.select(self._training, None, training_view, **quiet)
        watching.tick(self._training, None, training_view, **quiet)
        for event in (
            told.remove(self._remove, None, lesson_view, **quiet),
            told.settle(self._settle, None, lesson_view, **quiet),
            tags.element.relabel(self._relabel, None, lesson_view, **quiet),
            undo.click(self._undo, undoable, lesson_view, **quiet),
            bring.upload(self._import, bring, lesson_view, show_progress="full"),
        ):
            event.then(self._training, None, training_view, **quiet)
        start.click(self._start, None, training_view, **quiet)
        stop.click(self._stop, None, training_view, **quiet)
        # The page's router follows at once, which takes seconds.
        loading: dict[str, Any] = {"show_progress": "full", "show_progress_on": versions}
        promote.click(self._promote_candidate, None, training_view, **loading)
        dismiss.click(self._dismiss, None, training_view, **quiet)
        versions.promote(self._promote, None, training_view, **loading)
        rollback.click(self._roll_back, None, training_view, **loading)

    # --- what was told --------------------------------------------------------------------------------------------

    def _told(self) -> str:
        corrections = self._house.corrections
        return render_teach.told(corrections.all(), corrections.labels(), corrections.contradictions())

    def _lessons(self, said: str = "", undoable: Undoable = None) -> tuple[Any, ...]:
        shown, button = gr.update(visible=bool(said)), gr.update(visible=undoable is not None)
        return self._told(), shown, render.said(said), button, undoable, self._exported()

    def _remove(self, event: gr.EventData) -> tuple[Any, ...]:
        self._house.corrections.remove([event._data["id"]])
        return self._lessons("Taken back.", ("restore", [event._data["id"]]))

    def _settle(self, event: gr.EventData) -> tuple[Any, ...]:
        try:
            others = self._house.corrections.settle(event._data["id"])
        except FAILURES as error:
            gr.Warning(render.warning(error))
            return self._lessons()
        return self._lessons("Decided.", ("restore", others))

    def _relabel(self, event: gr.EventData) -> tuple[Any, ...]:
        try:
            told = self._house.corrections.relabel(event._data["told"], event._data["label"])
        except FAILURES as error:
            gr.Warning(render.warning(error))
            return self._lessons()
        gr.Info(render.warning(AssistantError(f"“{told.question}” belongs to {in_words(told.label)} now.")))
        return self._lessons()

    def _undo(self, undoable: Undoable) -> tuple[Any, ...]:
        match undoable:
            case ("restore", ids):
                self._house.corrections.restore(ids)
            case ("remove", ids):
                self._house.corrections.remove(ids)
        return self._lessons()

    def _import(self, path: str) -> tuple[Any, ...]:
        known = {(plain(each.question), each.label) for each in self._house.corrections.all()}
        try:
            with Path(path).open(encoding="utf-8-sig") as lines:
                kept, refused = self._house.corrections.read_lines(lines)
        except (OSError, UnicodeDecodeError) as error:
            gr.Warning(render.warning(AssistantError(f"{Path(path).name} cannot be read ({error}).")))
            return self._lessons()
        except FAILURES as error:
            gr.Warning(render.warning(error))
            return self._lessons()
        for line in refused[:5]:
            gr.Warning(render.warning(AssistantError(line)))
        more = f", {len(refused)} refused" if refused else ""
        new = [each.id for each in kept if (plain(each.question), each.label) not in known]
        return self._lessons(f"{len(kept)} brought in{more}.", ("remove", new) if new else None)

    def _exported(self) -> str:
        """Write the file that the Export button hands out, which must be there before it is pressed."""
        path = Path(self._outbox.name) / "our-house-corrections.jsonl"
        path.write_text("".join(f"{line}\n" for line in self._house.corrections.export_lines()), "utf-8")
        return str(path)

    # --- teaching ---------------------------------------------------------------------------------------------------

    def _training(self) -> tuple[Any, ...]:
        """How the training is, what it led to, and whether to go on looking."""
        try:
            self._house.ensure_router()
        except FAILURES as error:
            gr.Warning(render.warning(error))
        progress = self._retraining.progress()
        running = progress is not None and progress.state == "running"
        found = self._house.versions.all()
        comparisons = {each.name: read_verdict(each.folder) for each in found}
        candidate = self._candidate(found)
        verdict = comparisons.get(candidate.name, {}) if candidate else {}
        try:
            news = self._retraining.news() if not running else None
        except FAILURES as error:
            gr.Warning(render.warning(error))
            news = None
        teachable = news is not None and not news.problem and news.new > 0
        serve = "Let it serve" if verdict.get("passed") else "Let it serve all the same"
        return (
            render_teach.news(news) if news else "",
            render_teach.training(progress, self._retraining.stopping),
            gr.update(visible=not running, interactive=teachable),
            gr.update(visible=running, interactive=not self._retraining.stopping),
            render_teach.verdict(candidate.name, verdict) if candidate and not running else "",
            gr.update(visible=bool(verdict) and not running, value=serve),
            gr.update(visible=bool(verdict) and not running),
            render_teach.versions(found, comparisons),
            gr.update(interactive=bool(self._house.versions.served_before())),
            gr.Timer(WATCHED, active=running),
        )

    def _candidate(self, found: list[Version]) -> Version | None:
        """The version that the last training made, as long as nobody decided about it."""
        progress = self._retraining.progress()
        if progress is None or progress.state != "done":
            return None
        return next((each for each in found if each.name == progress.version and not each.serving), None)

    def _start(self) -> tuple[Any, ...]:
        try:
            self._retraining.start()
        except FAILURES as error:
            gr.Warning(render.warning(error))
        return self._training()

    def _stop(self) -> tuple[Any, ...]:
        self._retraining.stop()
        return self._training()

    def _promote_candidate(self) -> tuple[Any, ...]:
        candidate = self._candidate(self._house.versions.all())
        return self._serve(candidate.name) if candidate else self._training()

    def _promote(self, event: gr.EventData) -> tuple[Any, ...]:
        return self._serve(event._data["id"])

    def _serve(self, name: str) -> tuple[Any, ...]:
        try:
            self._house.versions.whole(name)
            self._house.versions.promote(name)
            self._take_over()
            gr.Info(render.warning(AssistantError(f"{name} serves from now on. Rolling back is one click.")))
        except FAILURES as error:
            gr.Warning(render.warning(error))
        return self._training()

    def _roll_back(self) -> tuple[Any, ...]:
        try:
            version = self._house.versions.rollback()
            self._take_over()
            gr.Info(render.warning(AssistantError(f"{version.name} serves again.")))
        except FAILURES as error:
            gr.Warning(render.warning(error))
        return self._training()

    def _take_over(self) -> None:
        """Let the page's router follow at once, and not with the next question."""
        if (assistant := self._startup.ready) is not None:
            assistant.finder.router.classify(["warm-up"])

    def _dismiss(self) -> tuple[Any, ...]:
        self._retraining.forget()
        return self._training()
