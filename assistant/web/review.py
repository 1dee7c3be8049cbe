"""Files dropped on the Notes tab, how far they are, the review of what came in, and imports taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from gradio.events import Dependency

from assistant.build import House
from assistant.incoming import review
from assistant.incoming.arrivals import Arrivals
from assistant.startup import Startup, Status
from assistant.web import render, render_review
from assistant.web.theme import BUTTONS_JS, html
from assistant.web.views import QUIET, Offer, unchanged
from knowledge.errors import KnowledgeError, NoteRejected
from knowledge.waiting import Waiting

REVIEW_JS = Path(__file__).with_name("review.js").read_text("utf-8")
WATCHED = 1.0
"""Seconds between two looks at what came in."""


class View(NamedTuple):
    """The widgets that show what came in, or what they are to hold."""

    arriving: Any
    waiting: Any
    report: Any
    imports: Any
    seen: Any
    """The version of the state that is shown."""


class Review:
    """Draws the upper part of the Notes tab and answers its events."""

    saved: list[Dependency]
    """The events after which there may be other notes."""

    def __init__(self, house: House, startup: Startup, arrivals: Arrivals) -> None:
        """Args: the house, what brings it up, and what reads files."""
        self._house, self._startup, self._arrivals = house, startup, arrivals

    def draw(self, blocks: gr.Blocks, tab: gr.Tab, offer: Offer) -> None:
        """Put the widgets on the page and connect them.

        Args:
            offer: the widgets that say what was done; what their button then does is `taken_back`.
        """
        files = gr.File(
            label="Drop files here: papers, photos, e-mail, tables, text, or a ZIP of them",
            file_count="multiple",
            height=120,
            elem_id="oh-files",
        )
        view = View(
            arriving=html(elem_id="oh-arriving"),
            waiting=html(js_on_load=REVIEW_JS, elem_id="oh-review"),
            report=html(elem_id="oh-report"),
            imports=html(js_on_load=BUTTONS_JS, elem_id="oh-imports"),
            seen=gr.State(-1),
        )
        looking = gr.Timer(WATCHED, active=False)

        blocks.load(self._view, None, view, **QUIET)
        tab.select(lambda: gr.Timer(active=True), None, looking, **QUIET).then(self._view, None, view, **QUIET)
        looking.tick(self._look, view.seen, view, **QUIET)
        files.upload(self._bring, files, [files, *view], **QUIET)
        # One after the other, however fast they come: Gradio would drop those that come while one is under way.
        view.waiting.amend(self._amend, None, None, trigger_mode="multiple", **QUIET)
        self.saved = [
            view.waiting.drop(self._drop, None, [*view, *offer], trigger_mode="multiple", **QUIET),
            view.waiting.save(self._save, None, [*view, *offer], **QUIET),
            view.imports.remove(self._undo, None, [*view, *offer], **QUIET),
        ]

    def taken_back(self, undoable: tuple[str, Any]) -> None:
        """Do what the Undo button of the tab says of a review."""
        match undoable:
            case ("saved", (change, imports, ids)):
                with self._house.trail.imports.together():
                    if not self._house.trail.waiting.reopenable(ids):
                        raise NoteRejected(
                            "Something else of this import was saved since, perhaps in another window. Take the whole "
                            "import back under “Recent imports”."
                        )
                    self._house.trail.imports.undo_since(change, imports)
                    self._house.trail.waiting.reopen(ids)
            case ("import", (ids, drafts)):
                self._house.notebook.restore(ids)
                self._house.trail.waiting.take_back(drafts)
            case ("dropped", ids):
                self._house.trail.waiting.take_back(ids)
        self._arrivals.touch()

    def _view(self) -> View:
        state = self._arrivals.state
        return View(
            arriving=render_review.arriving(state),
            waiting=self._list(),
            report=render_review.report(self._arrivals.outcomes),
            imports=render_review.imports(self._house.trail.imports.recent()),
            seen=state.version,
        )

    def _list(self) -> str:
        waiting = self._house.trail.waiting.all()
        titles = {each.note_id: self._title(each) for each in waiting[: render_review.SHOWN] if each.note_id}
        return render_review.review(waiting, [name for name, _, _ in self._house.notebook.categories()], titles)

    def _title(self, waiting: Waiting) -> str:
        note = self._house.notebook.find(waiting.note_id)
        return "a note" if note is None else note.title

    def _look(self, seen: int) -> View:
        """Draw again what changed; while files come in, the list stays still for whoever reads it already."""
        state = self._arrivals.state
        if state.version == seen:
            return unchanged(View)
        if state.busy:
            return unchanged(View)._replace(arriving=render_review.arriving(state), seen=state.version)
        return self._view()

    def _bring(self, paths: list[str]) -> tuple[Any, ...]:
        self._arrivals.bring([Path(path) for path in paths], "page")
        return None, *self._view()

    def _amend(self, event: gr.EventData) -> None:
        try:
            self._keep(event._data["id"], event._data["fields"])
        except KnowledgeError as error:
            gr.Warning(render.warning(error))

    def _keep_typed(self, waiting_id: str, fields: dict[str, str]) -> None:
        """Keep what was typed in a draft that waits still; raises KnowledgeError that names the draft."""
        if not (fields and self._house.trail.waiting.waits(waiting_id)):
            return
        try:
            self._keep(waiting_id, fields)
        except KnowledgeError as error:
            title = fields.get("title") or self._house.trail.waiting.get(waiting_id).draft.title
            raise NoteRejected(f"“{title}”: {error} Nothing was saved yet.") from error

    def _keep(self, waiting_id: str, fields: dict[str, str]) -> None:
        library, trail = self._house.library, self._house.trail
        review.amend(trail, library, waiting_id, fields, day_first=self._house.day_first)

    def _drop(self, event: gr.EventData) -> tuple[Any, ...]:
        all_drawn = (each.id for each in self._house.trail.waiting.all() if each.number <= event._data["seen"])
        ids = event._data["ids"] or list(all_drawn)
        self._house.trail.waiting.drop(ids)
        self._arrivals.touch()
        said = "Dropped." if len(ids) == 1 else f"Dropped {len(ids)} drafts."
        return *self._view(), *Offer.of(said, ("dropped", ids))

    def _save(self, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        if not self._startup.searchable:
            gr.Warning("Notes can be saved once what finds them is loaded. The Chat tab says how far that is.")
            yield *unchanged(View), *unchanged(Offer)
            return
        trail, library = self._house.trail, self._house.library
        try:
            for row in event._data["rows"]:
                self._keep_typed(row["id"], row["fields"])
            change = trail.imports.last_change()
            drawn = [each for each in trail.waiting.all() if each.number <= event._data["seen"]]
            chosen = [each for each in drawn if each.sure or event._data["which"] == "all"]
            kept, failed = 0, []
            for number, outcome in enumerate(review.save(chosen, library, trail)):
                kept += outcome.note is not None
                failed += [outcome] if outcome.note is None else []
                if number % 16 == 0 and len(chosen) > 16:
                    status = Status(f"Saving {number + 1} of {len(chosen)}", number / len(chosen))
                    yield *unchanged(View)._replace(arriving=render.progress(status)), *unchanged(Offer)
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            yield *unchanged(View), *unchanged(Offer)
            return
        for outcome in failed:
            gr.Warning(render.warning(KnowledgeError(f"{outcome.source}: {outcome.reason}")))
        self._arrivals.touch()
        brought = list(dict.fromkeys(each.import_id for each in chosen))
        said = f"Kept {kept} {'note' if kept == 1 else 'notes'}."
        undoable = ("saved", (change, brought, [each.id for each in chosen]))
        yield *self._view(), *Offer.of(said, undoable if kept else None)

    def _undo(self, event: gr.EventData) -> tuple[Any, ...]:
        try:
            done, left = self._house.trail.imports.undo(event._data["id"])
            drafts = [each.id for each in self._house.trail.waiting.of_import(event._data["id"])]
            self._house.trail.waiting.drop(drafts)
            if self._startup.searchable:
                self._house.library.heal_quietly()
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return *unchanged(View), *unchanged(Offer)
        self._arrivals.touch()
        stays = f" {len(left)} changed since, and stay." if left else ""
        deleted = [note.id for note in done if note.deleted]
        dropped = f" and dropped {len(drafts)} {'draft' if len(drafts) == 1 else 'drafts'}" if drafts else ""
        said = f"Took back {len(done)} {'note' if len(done) == 1 else 'notes'}{dropped}.{stays}"
        return *self._view(), *Offer.of(said, ("import", (deleted, drafts)) if deleted or drafts else None)
