"""The Teach tab: what the household told, teaching it to a new router, and choosing which one serves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal, NamedTuple

import gradio as gr

from assistant.build import House
from assistant.errors import AssistantError
from assistant.retraining import Retraining
from assistant.startup import Startup
from assistant.web import render, render_teach
from assistant.web.served import link, place, saving
from assistant.web.tags import Tags
from assistant.web.theme import BUTTONS_JS, html
from assistant.web.views import QUIET, Offer
from classifier.errors import RouterError
from classifier.taxonomy import in_words
from classifier.versions import Version
from finetune.gate import read_verdict
from knowledge.errors import KnowledgeError

WATCHED = 2.0
"""Seconds between two looks at a training that is under way."""
FAILURES = (AssistantError, KnowledgeError, RouterError)
Undoable = tuple[Literal["restore", "remove"], list[str]] | None
"""What the Undo button does with which corrections; None where there is nothing to take back."""


class Lessons(NamedTuple):
    """The widgets that show what was told, or what they are to hold."""

    told: Any
    row: Any
    said: Any
    undo: Any
    undoable: Any


class Training(NamedTuple):
    """The widgets that show a training, what it led to and the routers, or what they are to hold."""

    news: Any
    progress: Any
    start: Any
    stop: Any
    verdict: Any
    promote: Any
    dismiss: Any
    versions: Any
    rollback: Any
    watching: Any
    """The timer that looks again while a training is under way."""


class Teach:
    """Draws the tab and answers its events."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings it up."""
        self._house = house
        self._startup = startup
        self._retraining = Retraining(house)

    def draw(self, tab: gr.Tab, tags: Tags) -> None:
        """Put the widgets on the page and connect them, also with the tags in them."""
        with gr.Row():
            with gr.Column(scale=3, min_width=300):
                html('<h3 class="oh-heading">What you told</h3>')
                told = html(js_on_load=BUTTONS_JS, elem_id="oh-told")
                lessons = Lessons(told, *Offer.drawn("oh-told-done", "oh-undo-told"))
                with gr.Row():
                    bring = gr.UploadButton(
                        "Import", file_types=[".jsonl", ".ndjson", ".json"], size="sm", elem_id="oh-import-told"
                    )
                    export = gr.Button("Export", size="sm", elem_id="oh-export-told")
                exported = html(elem_id="oh-told-exported")
            with gr.Column(scale=3, min_width=300):
                html('<h3 class="oh-heading">Teach the router</h3>')
                news = html(elem_id="oh-news")
                progress = html(elem_id="oh-training")
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

        training = Training(news, progress, start, stop, verdict, promote, dismiss, versions, rollback, watching)
        tab.select(self._lessons, None, lessons, **QUIET)
        tab.select(self._training, None, training, **QUIET)
        watching.tick(self._training, None, training, **QUIET)
        for event in (
            told.remove(self._remove, None, lessons, **QUIET),
            told.settle(self._settle, None, lessons, **QUIET),
            tags.element.relabel(self._relabel, None, lessons, **QUIET),
            lessons.undo.click(self._undo, lessons.undoable, lessons, **QUIET),
            bring.upload(self._import, bring, lessons, show_progress="full"),
        ):
            event.then(self._training, None, training, **QUIET)
        export.click(self._export, None, exported, **QUIET).success(None, None, None, js=saving("oh-told-exported"))
        start.click(self._start, None, training, **QUIET)
        stop.click(self._stop, None, training, **QUIET)
        # The page's router follows at once, which takes seconds.
        loading: dict[str, Any] = {"show_progress": "full", "show_progress_on": versions}
        promote.click(self._promote_candidate, None, training, **loading)
        dismiss.click(self._dismiss, None, training, **QUIET)
        versions.promote(self._promote, None, training, **loading)
        rollback.click(self._roll_back, None, training, **loading)

    # --- what was told --------------------------------------------------------------------------------------------

    def _told(self) -> str:
        corrections = self._house.corrections
        return render_teach.told(corrections.all(), corrections.labels(), corrections.contradictions())

    def _lessons(self, said: str = "", undoable: Undoable = None) -> Lessons:
        return Lessons(self._told(), *Offer.of(said, undoable))

    def _failed(self, error: Exception) -> Lessons:
        gr.Warning(render.warning(error))
        return self._lessons()

    def _remove(self, event: gr.EventData) -> Lessons:
        try:
            self._house.corrections.remove([event._data["id"]])
        except FAILURES as error:
            return self._failed(error)
        return self._lessons("Taken back.", ("restore", [event._data["id"]]))

    def _settle(self, event: gr.EventData) -> Lessons:
        try:
            others = self._house.corrections.settle(event._data["id"])
        except FAILURES as error:
            return self._failed(error)
        return self._lessons("Decided.", ("restore", others))

    def _relabel(self, event: gr.EventData) -> Lessons:
        try:
            told = self._house.corrections.relabel(event._data["told"], event._data["label"])
        except FAILURES as error:
            return self._failed(error)
        gr.Info(render.warning(AssistantError(f"“{told.question}” belongs to {in_words(told.label)} now.")))
        return self._lessons()

    def _undo(self, undoable: Undoable) -> Lessons:
        try:
            match undoable:
                case ("restore", ids):
                    self._house.corrections.restore(ids)
                case ("remove", ids):
                    self._house.corrections.remove(ids)
        except FAILURES as error:
            return self._failed(error)
        return self._lessons()

    def _import(self, path: str) -> Lessons:
        try:
            with Path(path).open(encoding="utf-8") as lines:
                found = self._house.corrections.read_lines(lines)
        except (OSError, UnicodeDecodeError) as error:
            return self._failed(AssistantError(f"{Path(path).name} cannot be read ({error})."))
        except FAILURES as error:
            return self._failed(error)
        for line in found.refused[:5]:
            gr.Warning(render.warning(AssistantError(line)))
        kept = [each.id for each in found.kept]
        return self._lessons(f"{found.summary}.", ("remove", kept) if kept else None)

    def _export(self) -> str:
        try:
            file, address = place(self._house, f"our-house-corrections-{dt.date.today()}.jsonl")
            file.write_text("".join(f"{line}\n" for line in self._house.corrections.export_lines()), "utf-8")
        except (*FAILURES, OSError) as error:
            raise gr.Error(render.warning(error)) from error
        return link(file, address)

    # --- teaching ---------------------------------------------------------------------------------------------------

    def _training(self) -> Training:
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
        teachable = news is not None and not news.problem and news.changes > 0
        serve = "Let it serve" if verdict.get("passed") else "Let it serve all the same"
        return Training(
            news=render_teach.news(news) if news else "",
            progress=render_teach.training(progress, self._retraining.stopping),
            start=gr.update(visible=not running, interactive=teachable),
            stop=gr.update(visible=running, interactive=not self._retraining.stopping),
            verdict=render_teach.verdict(candidate.name, verdict) if candidate and not running else "",
            promote=gr.update(visible=bool(verdict) and not running, value=serve),
            dismiss=gr.update(visible=bool(verdict) and not running),
            versions=render_teach.versions(found, comparisons),
            rollback=gr.update(interactive=bool(self._house.versions.served_before())),
            watching=gr.Timer(WATCHED, active=running),
        )

    def _candidate(self, found: list[Version]) -> Version | None:
        """The version that the last training made, as long as nobody decided about it."""
        progress = self._retraining.progress()
        if progress is None or progress.state != "done":
            return None
        return next((each for each in found if each.name == progress.version and not each.serving), None)

    def _start(self) -> Training:
        try:
            self._retraining.start()
        except FAILURES as error:
            gr.Warning(render.warning(error))
        return self._training()

    def _stop(self) -> Training:
        self._retraining.stop()
        return self._training()

    def _promote_candidate(self) -> Training:
        candidate = self._candidate(self._house.versions.all())
        return self._serve(candidate.name) if candidate else self._training()

    def _promote(self, event: gr.EventData) -> Training:
        return self._serve(event._data["id"])

    def _serve(self, name: str) -> Training:
        try:
            self._house.promote(name)
            self._take_over()
            gr.Info(render.warning(AssistantError(f"{name} serves from now on. Rolling back is one click.")))
        except FAILURES as error:
            gr.Warning(render.warning(error))
        return self._training()

    def _roll_back(self) -> Training:
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

    def _dismiss(self) -> Training:
        self._retraining.forget()
        return self._training()
