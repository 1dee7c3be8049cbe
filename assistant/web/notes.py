"""The Notes tab: what came in, the list with its filter, and the form; keeping notes is the library's."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.build import House
from assistant.incoming.arrivals import Arrivals
from assistant.startup import Startup
from assistant.web import render
from assistant.web.facts import Opened
from assistant.web.note_form import CHOOSE, WITHOUT, NoteForm
from assistant.web.review import Review
from assistant.web.tags import Tags
from assistant.web.theme import BUTTONS_JS, html
from assistant.web.views import QUIET
from knowledge.note import NoteFilter

SHOWN = 200
ALL = "all categories"


class Notes:
    """Draws the tab and answers the events of the list."""

    def __init__(self, house: House, startup: Startup, arrivals: Arrivals) -> None:
        """Args: the house, what brings it up, and what reads files."""
        self._house = house
        self._review = Review(house, startup, arrivals)
        self._form = NoteForm(house, startup, self._review)

    def draw(self, blocks: gr.Blocks, tabs: gr.Tabs, tab: gr.Tab, tags: Tags) -> None:
        """Put the widgets on the page and connect them, also with what other tabs say of notes."""
        brought = gr.Column(elem_classes="oh-coming")
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                with gr.Row():
                    words = gr.Textbox(
                        placeholder="Search notes …", show_label=False, label="Search", elem_id="oh-words"
                    )
                    # Another window may have renamed or removed a category since: the house says so, and not Gradio.
                    category = gr.Dropdown(
                        [ALL], value=ALL, allow_custom_value=True, show_label=False, label="Filter", elem_id="oh-filter"
                    )
                found = html(js_on_load=BUTTONS_JS, elem_id="oh-found")
            with gr.Column(scale=3, min_width=300):
                self._form.draw()
        with brought:
            self._review.draw(blocks, tab, self._form.offer)
        self._form.connect(found, tabs, tags)

        form = self._form.widgets
        listing = [words, category, form.opened]
        words.change(self._list, listing, found, trigger_mode="always_last", **QUIET)
        category.change(self._list, listing, found, **QUIET)
        for event in (
            *(seen(self._fill, None, [category, form.filed], **QUIET) for seen in (blocks.load, tab.select)),
            *self._form.turned,
            *self._review.saved,
        ):
            event.then(self._list, listing, found, **QUIET)

    def _fill(self) -> tuple[Any, Any]:
        """The choices of the filter, and of the form."""
        names = [name for name, _, _ in self._house.notebook.categories()]
        return gr.update(choices=[ALL, *names, WITHOUT]), gr.update(choices=[CHOOSE, *names, WITHOUT])

    def _list(self, words: str, category: str, opened: Opened) -> str:
        wanted = NoteFilter(
            category=None if category in (ALL, WITHOUT, None) else category,
            uncategorised=category == WITHOUT,
            text=words or "",
            limit=SHOWN,
        )
        notes = self._house.notebook.select(wanted)
        total = len(notes) if len(notes) < SHOWN else self._house.notebook.count(wanted)
        narrowed = bool(words) or category != ALL
        return render.note_list(notes, opened[0] if opened else None, total, narrowed=narrowed)
