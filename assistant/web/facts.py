"""The card of facts on the opened note, and the card of what is due; finding and keeping facts is not the page's."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple, get_args

import gradio as gr

from assistant.build import House
from assistant.extraction import seek
from assistant.web import render, render_facts
from assistant.web.theme import BUTTONS_JS, html
from assistant.web.views import QUIET, unchanged, undo_row
from knowledge.errors import KnowledgeError
from knowledge.facts import Name

Opened = tuple[str, int] | None
"""The id and revision of the note in the form; None for a new one."""


class Card(NamedTuple):
    """The widgets of the card, or what they are to hold."""

    column: Any
    facts: Any
    row: Any
    """To correct a fact in."""
    value: Any
    chosen: Any
    """The name of the fact that is being corrected; None where none is."""
    done_row: Any
    done: Any


class FactsCard:
    """Draws the facts of the note in the form, and answers their buttons."""

    def __init__(self, house: House) -> None:
        """Args: the house."""
        self._house = house

    def draw(self, opened: gr.State) -> None:
        """Put the widgets on the page; they follow the note that is opened."""
        chosen = gr.State(None)
        with gr.Column(visible=False, elem_id="oh-facts") as column:
            facts = html(js_on_load=BUTTONS_JS, elem_id="oh-facts-card")
            with gr.Row(visible=False, equal_height=True, elem_id="oh-fact-row") as row:
                value = gr.Textbox(label="Fact", scale=5, elem_id="oh-fact")
                save = gr.Button("Set", variant="primary", size="sm", min_width=60, elem_id="oh-fact-save")
            done_row, done, undo = undo_row("oh-fact-done", "oh-fact-undo")
        card = Card(column, facts, row, value, chosen, done_row, done)
        opened.change(self._show, opened, card, **QUIET)
        facts.open(self._choose, opened, card, **QUIET)
        for event in (save.click, value.submit):
            event(self._set, [opened, chosen, value], card, **QUIET)
        undo.click(self._undo, opened, card, **QUIET)

    def _show(self, opened: Opened, said: str = "") -> Card:
        hidden = gr.update(visible=False)
        nothing = Card(column=hidden, facts="", row=hidden, value="", chosen=None, done_row=hidden, done="")
        if opened is None:
            return nothing
        try:
            note_id = opened[0]
            if note_id in self._house.facts.waiting(by_model=False):
                list(seek(self._house.notebook, self._house.facts, self._house.extraction(), [note_id]))
            facts = render_facts.facts_card(self._house.facts.of(note_id))
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return nothing
        seen, told = gr.update(visible=True), gr.update(visible=bool(said))
        return nothing._replace(column=seen, facts=facts, done_row=told, done=render.said(said))

    def _choose(self, opened: Opened, event: gr.EventData) -> Card:
        name: Name = event._data["id"]
        if opened is None or name not in get_args(Name):
            return unchanged(Card)
        fact = self._house.facts.of(opened[0]).get(name)
        label = f"{render_facts.LABELS[name]} (empty: there is none)"
        value = gr.update(label=label, value=fact.value if fact else "", autofocus=True)
        return unchanged(Card)._replace(row=gr.update(visible=True), value=value, chosen=name)

    def _set(self, opened: Opened, name: Name | None, value: str) -> Card:
        if opened is None or name is None:
            return unchanged(Card)
        try:
            fact = self._house.facts.correct(opened[0], name, value or "", day_first=self._house.day_first)
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
            return unchanged(Card)  # what was typed stays where it is
        return self._show(opened, f"{render_facts.LABELS[name]}: {fact.value or 'none'}.")

    def _undo(self, opened: Opened) -> Card:
        if opened is None:
            return unchanged(Card)
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
            seen(self._show, None, card, **QUIET)

    def _show(self) -> str:
        try:
            return render_facts.due_card(self._house.due(dt.date.today()))
        except KnowledgeError as error:
            return f'<div class="oh-trouble" role="alert">{render.warning(error)}</div>'
