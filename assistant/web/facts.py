"""The card of facts on the opened note, and the card of what is due; finding and keeping facts is not the page's."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import gradio as gr

from assistant.build import House
from assistant.extraction import seek
from assistant.web import render, render_facts
from assistant.web.theme import BUTTONS_JS, html
from knowledge.errors import KnowledgeError
from knowledge.facts import Name

Opened = tuple[str, int] | None
"""The id and revision of the note in the form; None for a new one."""


class FactsCard:
    """Draws the facts of the note in the form, and answers their buttons."""

    def __init__(self, house: House) -> None:
        """Args: the house."""
        self._house = house

    def draw(self, opened: gr.State) -> None:
        """Put the widgets on the page; they follow the note that is opened."""
        chosen = gr.State(None)
        with gr.Column(visible=False, elem_id="oh-facts") as column:
            card = html(js_on_load=BUTTONS_JS, elem_id="oh-facts-card")
            with gr.Row(visible=False, equal_height=True, elem_id="oh-fact-row") as row:
                value = gr.Textbox(label="Fact", scale=5, elem_id="oh-fact")
                save = gr.Button("Set", variant="primary", size="sm", min_width=60, elem_id="oh-fact-save")
            with gr.Row(visible=False, elem_classes="oh-undo") as done_row:
                done = html(elem_id="oh-fact-done")
                undo = gr.Button("Undo", size="sm", min_width=60, elem_id="oh-fact-undo")
        view: list[Any] = [column, card, row, value, chosen, done_row, done]
        quiet: dict[str, Any] = {"show_progress": "hidden"}
        opened.change(self._show, opened, view, **quiet)
        card.open(self._choose, opened, view, **quiet)
        for event in (save.click, value.submit):
            event(self._set, [opened, chosen, value], view, **quiet)
        undo.click(self._undo, opened, view, **quiet)

    def _show(self, opened: Opened, said: str = "") -> tuple[Any, ...]:
        hidden = gr.update(visible=False)
        if opened is None:
            return hidden, "", hidden, "", None, hidden, ""
        try:
            note_id = opened[0]
            if note_id in self._house.facts.waiting(by_model=False):
                list(seek(self._house.notebook, self._house.facts, self._house.extraction(), [note_id]))
            card = render_facts.facts_card(self._house.facts.of(note_id))
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return hidden, "", hidden, "", None, hidden, ""
        return gr.update(visible=True), card, hidden, "", None, gr.update(visible=bool(said)), render.said(said)

    def _choose(self, opened: Opened, event: gr.EventData) -> tuple[Any, ...]:
        name: Name = event._data["id"]
        if opened is None or name not in get_args(Name):
            return (gr.skip(),) * 7
        fact = self._house.facts.of(opened[0]).get(name)
        label = f"{render_facts.LABELS[name]} (empty: there is none)"
        value = gr.update(label=label, value=fact.value if fact else "", autofocus=True)
        return gr.skip(), gr.skip(), gr.update(visible=True), value, name, gr.skip(), gr.skip()

    def _set(self, opened: Opened, name: Name | None, value: str) -> tuple[Any, ...]:
        if opened is None or name is None:
            return (gr.skip(),) * 7
        try:
            fact = self._house.facts.correct(opened[0], name, value or "", day_first=self._house.day_first)
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return (gr.skip(),) * 7  # what was typed stays where it is
        return self._show(opened, f"{render_facts.LABELS[name]}: {fact.value or 'none'}.")

    def _undo(self, opened: Opened) -> tuple[Any, ...]:
        if opened is None:
            return (gr.skip(),) * 7
        try:
            self._house.facts.undo(opened[0])
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
        return self._show(opened)


class DueCard:
    """Draws what is due."""

    def __init__(self, house: House) -> None:
        """Args: the house."""
        self._house = house

    def draw(self, tab: gr.Tab) -> None:
        """Put the card on the page; it is drawn anew whenever it comes into sight."""
        with gr.Accordion("What is due", open=False, elem_id="oh-due") as room:
            card = html(elem_id="oh-due-card")
        for seen in (tab.select, room.expand):
            seen(self._show, None, card, show_progress="hidden")

    def _show(self) -> str:
        try:
            return render_facts.due_card(self._house.due(dt.date.today()))
        except KnowledgeError as error:
            return f'<div class="oh-trouble" role="alert">{render.warning(error)}</div>'
