"""What the tags of questions and notes do when they are pressed: the menu, and filing a note elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import Dependency

from assistant.build import House
from assistant.startup import Startup
from assistant.web import render
from assistant.web.theme import html
from classifier.taxonomy import NONE
from knowledge.errors import KnowledgeError

TAGS_JS = Path(__file__).with_name("tags.js").read_text("utf-8")
"""Opens the menu of a tag, and tells which label was chosen."""


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
        before = gr.State(None)
        with gr.Row(visible=False, elem_classes="oh-undo") as row:
            said = html(elem_id="oh-filed")
            undo = gr.Button("Undo", size="sm", min_width=60, elem_id="oh-undo-filing")
        blocks.load(self.labels, None, self.element, show_progress="hidden")
        filing: list[Any] = [row, said, self.touched, before]
        self.filed = [
            self.element.file(self._file, None, filing, show_progress="hidden"),
            undo.click(self._undo, [self.touched, before], filing, show_progress="hidden"),
        ]

    def labels(self) -> str:
        """What the menus offer."""
        return render.labels([name for name, _, _ in self._house.notebook.categories()])

    def _file(self, event: gr.EventData) -> tuple[Any, ...]:
        label = event._data["label"]
        return self._filed(event._data["note"], None if label == NONE else label)

    def _undo(self, note_id: str | None, before: tuple[str | None] | None) -> tuple[Any, ...]:
        if note_id is None or before is None:
            return (gr.skip(),) * 4
        view = self._filed(note_id, before[0])
        return gr.update(visible=False), "", view[2], None

    def _filed(self, note_id: str, category: str | None) -> tuple[Any, ...]:
        try:
            before = self._house.notebook.get(note_id).category
            note = self._house.notebook.edit(note_id, {"category": category})
            if self._startup.searchable:
                self._house.library.heal_quietly()
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return (gr.skip(),) * 4
        said = render.said(f"“{note.title}” is filed under {category or 'no category'} now.")
        return gr.update(visible=True), said, note_id, (before,)
