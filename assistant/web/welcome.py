"""Above the chat: what is loading, and the sample house in a house without notes; loading is `assistant.startup`'s."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from assistant import sample
from assistant.build import House
from assistant.startup import Startup
from assistant.web import render
from assistant.web.theme import html
from assistant.web.views import QUIET
from knowledge.errors import KnowledgeError


class View(NamedTuple):
    """The widgets above the chat, or what they are to hold."""

    banner: Any
    again: Any
    empty: Any
    """The offer of a sample house."""
    sample: Any
    """Says that this is the sample house."""
    looking: Any


class Welcome:
    """Draws what is above the chat and answers its events."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings it up."""
        self._house = house
        self._startup = startup
        self._better: str | None = None
        self._furnishing = False

    def draw(self, blocks: gr.Blocks) -> None:
        """Put the widgets on the page and connect them."""
        banner = html(elem_id="oh-banner")
        again = gr.Button("Try again", size="sm", visible=False, elem_id="oh-try-again")
        with gr.Row(visible=False, elem_classes="oh-offer") as empty:
            html(
                "<b>This house has no notes yet.</b> Add your own under <b>Notes</b>, or look around first: "
                "the sample house has the notes of an invented family, and is removed whole with one click."
            )
            put_in = gr.Button("Try it with a sample house", variant="primary", elem_id="oh-try-sample")
        with gr.Row(visible=False, elem_classes="oh-offer") as there:
            html("You are looking at the <b>sample house</b> of an invented family.")
            take_out = gr.Button("Remove the sample house", size="sm", elem_id="oh-remove-sample")
        view = View(banner, again, empty, there, gr.Timer(1.0))
        blocks.load(self._look, None, view, **QUIET)
        view.looking.tick(self._look, None, view, **QUIET)
        again.click(self._start_again, None, view, **QUIET)
        put_in.click(self._put_in_sample, None, view, show_progress="full")
        take_out.click(self._take_out_sample, None, view, show_progress="full")

    def _look(self) -> View:
        """What is loading, whether to offer the sample house, and whether to go on looking."""
        status, assistant = self._startup.status, self._startup.ready
        if assistant is not None and self._better is None:
            self._better = self._house.choice().better
        empty, has_sample = False, False
        if self._startup.searchable and not self._furnishing:
            empty = self._house.notebook.count() == 0
            has_sample = bool(self._house.library.sample())
        model = assistant.model.name if assistant else ""
        return View(
            banner=render.banner(status, model, self._better or ""),
            again=gr.update(visible=bool(status.failure)),
            empty=gr.update(visible=empty),
            sample=gr.update(visible=has_sample),
            # Once all is up, a look now and then is enough: another window may have brought notes in.
            looking=gr.Timer(10.0 if status.ready else 1.0),
        )

    def _start_again(self) -> View:
        self._startup.start()
        return self._look()

    def _put_in_sample(self) -> View:
        try:
            self._furnishing = True  # half a sample house is not offered for questions yet
            notes = sample.put_in(self._house.library)
            gr.Info(f"The sample house is here: {len(notes)} notes. Ask one of the questions below.")
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
        finally:
            self._furnishing = False
        return self._look()

    def _take_out_sample(self) -> View:
        try:
            count = len(sample.take_out(self._house.library))
            gr.Info(f"The {count} sample notes are gone; your own are untouched.")
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
        return self._look()
