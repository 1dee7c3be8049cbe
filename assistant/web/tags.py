"""What the tags of questions and notes do when they are pressed: the menu, and filing a note elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from gradio.events import Dependency

from assistant.build import House
from assistant.startup import Startup
from assistant.web import render
from assistant.web.theme import html
from assistant.web.views import QUIET, unchanged, undo_row
from classifier.taxonomy import NONE
from knowledge.errors import KnowledgeError

TAGS_JS = Path(__file__).with_name("tags.js").read_text("utf-8")
"""Opens the menu of a tag, and tells which label was chosen."""


class Filing(NamedTuple):
    """The widgets that say which note was filed elsewhere last, or what they are to hold."""

    row: Any
    said: Any
    touched: Any
    """The id of that note."""
    before: Any
    """A tuple of the category that it had; None where the filing was taken back."""


class Tags:
    """Hears every tag of the page; what a question's tag does is the chat's."""

    element: gr.HTML
    """Has the events `correct`, `undo` and `confirm`, each with the `turn` of a question, `relabel` and `file`."""
    touched: gr.State
    """The id of the note that was filed last."""
    filed: list[Dependency]
    """The events after which notes may have another category."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings it up."""
        self._house = house
        self._startup = startup

    def draw(self, blocks: gr.Blocks) -> None:
        """Put the widgets on the page and connect them."""
        self.element = html(js_on_load=TAGS_JS, elem_id="oh-tags")
        self.touched = gr.State(None)
        row, said, undo = undo_row("oh-filed", "oh-undo-filing")
        filing = Filing(row, said, self.touched, gr.State(None))
        blocks.load(self.labels, None, self.element, **QUIET)
        self.filed = [
            self.element.file(self._file, None, filing, **QUIET),
            undo.click(self._undo, [filing.touched, filing.before], filing, **QUIET),
        ]

    def labels(self) -> str:
        """What the menus offer."""
        return render.labels([name for name, _, _ in self._house.notebook.categories()])

    def _file(self, event: gr.EventData) -> Filing:
        label = event._data["label"]
        return self._filed(event._data["note"], None if label == NONE else label)

    def _undo(self, note_id: str | None, before: tuple[str | None] | None) -> Filing:
        if note_id is None or before is None:
            return unchanged(Filing)
        return self._filed(note_id, before[0])._replace(row=gr.update(visible=False), said="", before=None)

    def _filed(self, note_id: str, category: str | None) -> Filing:
        try:
            before = self._house.notebook.get(note_id).category
            note = self._house.notebook.edit(note_id, {"category": category})
            if self._startup.searchable:
                self._house.library.heal_quietly()
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return unchanged(Filing)
        said = render.said(f"“{note.title}” is filed under {category or 'no category'} now.")
        return Filing(gr.update(visible=True), said, touched=note_id, before=(before,))
