"""The Health tab: how the router is doing, in plain words with a drawing each; reckoning it is `assistant.health`'s."""

from __future__ import annotations

import datetime as dt

import gradio as gr

from assistant.build import House
from assistant.errors import AssistantError
from assistant.health import Drift, drift_of, health
from assistant.retraining import Retraining, background, packaged_examples
from assistant.startup import Startup
from assistant.web import render, render_health
from assistant.web.theme import html
from assistant.web.views import QUIET
from classifier.errors import RouterError
from knowledge.errors import KnowledgeError


class Health:
    """Draws the tab."""

    def __init__(self, house: House, startup: Startup) -> None:
        """Args: the house, and what brings it up."""
        self._house = house
        self._startup = startup

    def draw(self, tab: gr.Tab) -> None:
        """Put the widgets on the page and connect them."""
        found = html(elem_id="oh-health")
        tab.select(self._quick, None, found, **QUIET).then(self._whole, None, found, **QUIET)

    def _quick(self) -> str:
        return self._health(None)

    def _whole(self) -> str:
        """The same with the drift, which takes the embedder a few seconds."""
        if not self._startup.searchable:
            return self._health(None)
        asked = [each.question for each in self._house.conversations.asked()]
        known = set(background())
        held_out = [each.question for each in packaged_examples(self._house)[::25] if each.question not in known]
        return self._health(drift_of(asked, background(), held_out, self._house.embedder.embed))

    def _health(self, drift: Drift | None) -> str:
        try:
            untaught = Retraining(self._house).news().new
            asked, told = self._house.conversations.asked(), self._house.corrections.all()
            return render_health.health(health(asked, told, untaught, dt.date.today(), drift))
        except (AssistantError, KnowledgeError, RouterError) as error:
            return f'<div class="oh-trouble" role="alert">{render.warning(error)}</div>'
