"""The Chat tab: the conversations and the chat itself; answering and keeping them is `assistant.dialogue`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gradio as gr

from assistant import sample
from assistant.build import House
from assistant.dialogue import Dialogues, Run
from assistant.errors import AssistantError, NoSuchConversation
from assistant.startup import Startup
from assistant.web import render
from assistant.web.tags import Tags
from assistant.web.theme import BUTTONS_JS, html
from assistant.web.views import QUIET, unchanged, undo_row
from assistant.web.welcome import Welcome
from knowledge.errors import KnowledgeError

ASKING: dict[str, Any] = {"concurrency_limit": 16, **QUIET}
"""For events that show an answer while it is being written."""


class Window:
    """A window of the browser: which conversation it shows now, so that no other one is written into it.

    One object a session, which its events share while they run side by side.
    """

    shown: str | None = None


class View(NamedTuple):
    """The widgets that show a conversation, or what they are to hold."""

    chat: Any
    question: Any
    stop: Any
    past: Any
    """The list of conversations."""
    current: Any
    """The id of the one that is shown; None for a new one."""


class Deleted(NamedTuple):
    """The widgets that say that a conversation was deleted, or what they are to hold."""

    row: Any
    said: Any
    conversation: Any


class Chat:
    """Draws the tab and answers its events."""

    def __init__(self, house: House, startup: Startup, dialogues: Dialogues) -> None:
        """Args: the house, what brings it up, and the questions being answered."""
        self._house = house
        self._startup = startup
        self._dialogues = dialogues

    def draw(self, blocks: gr.Blocks, tags: Tags) -> None:
        """Put the widgets on the page and connect them, also with the tags in them."""
        with gr.Row(elem_id="oh-room"):
            with gr.Column(scale=1, min_width=220, elem_id="oh-side"):
                fresh = gr.Button("New conversation", variant="primary", size="sm", elem_id="oh-new")
                past = html(js_on_load=BUTTONS_JS, elem_id="oh-past")
                row, said, undo = undo_row(None, "oh-undo-conversation")
                deleted = Deleted(row, said, gr.State(None))
            with gr.Column(scale=4, min_width=320, elem_id="oh-main"):
                Welcome(self._house, self._startup).draw(blocks)
                chat = _chatbot()
                with gr.Row(equal_height=True, elem_id="oh-asking"):
                    question = _question_box()
                    stop = gr.Button("Stop", visible=False, variant="stop", min_width=70, scale=1, elem_id="oh-stop")
        # The browser remembers which conversation was open; the conversations themselves are in the record.
        current = gr.BrowserState(None, storage_key="our-house-conversation", secret="our-house")
        view, window = View(chat, question, stop, past, current), gr.State(Window())

        self._connect_chat(view, window, tags)
        for turned in (
            blocks.load(self._open, [current, window], view, **QUIET),
            fresh.click(self._new, window, view, **QUIET),
            past.open(self._choose, window, view, **QUIET),
        ):
            turned.then(self._follow, window, view, **ASKING)
        past.remove(self._delete, [current, window], [*view, *deleted], **QUIET)
        undo.click(self._undelete, [deleted.conversation, current], [past, deleted.row, deleted.conversation], **QUIET)

    def _connect_chat(self, view: View, window: gr.State, tags: Tags) -> None:
        """Connect what is asked, and what is told of the tags."""
        seen = [view.current, window]
        # Several at once, so that a question asked during an answer is refused aloud and not passed over.
        view.question.submit(self._ask, [view.question, *seen], view, trigger_mode="multiple", **ASKING)
        view.chat.example_select(self._ask_example, seen, view, **ASKING)
        view.chat.retry(self._retry, seen, view, **ASKING)
        view.stop.click(self._stop, window, view.stop, **QUIET)
        tags.element.correct(self._correct, seen, view, **ASKING)
        tags.element.undo(self._undo_correction, seen, view, **QUIET)
        tags.element.confirm(self._confirm, seen, view, **QUIET)
        for filed in tags.filed:
            filed.then(self._recard, [tags.touched, window], view.chat, **QUIET)

    # --- the conversation -----------------------------------------------------------------------------------------

    def _ask(self, question: str, current: str | None, window: Window) -> Iterator[View]:
        yield from self._asked(question, current, window, refused=question)

    def _asked(
        self, question: str, current: str | None, window: Window, *, taken: Any = "", refused: Any
    ) -> Iterator[View]:
        """Ask a question and show its answer.

        Args:
            taken: what the box holds once the question was taken.
            refused: what it holds where it was not, so that what was typed stays.
        """
        current = window.shown or current
        try:
            run = self._dialogues.ask(question, current)
        except NoSuchConversation:
            run = self._dialogues.ask(question)
        except (AssistantError, KnowledgeError) as error:
            gr.Warning(render.warning(error))
            yield self._view(current, window, refused)
            return
        yield from self._watch(run, window, taken)

    def _ask_example(self, current: str | None, window: Window, event: gr.SelectData) -> Iterator[View]:
        text, as_it_is = event.value["text"], gr.skip()
        yield from self._asked(text, current, window, taken=as_it_is, refused=as_it_is)

    def _retry(self, current: str | None, window: Window, event: gr.RetryData) -> Iterator[View]:
        index = event.index if isinstance(event.index, int) else event.index[0]
        yield from self._anew(lambda shown: self._dialogues.retry(shown, index // 2), current, window)

    def _anew(self, begin: Callable[[str], Run], current: str | None, window: Window) -> Iterator[View]:
        """Show a question of the conversation being asked again, or say why it cannot be."""
        current = window.shown or current
        try:
            run = begin(current or "")
        except (AssistantError, KnowledgeError) as error:
            gr.Warning(render.warning(error))
            yield self._view(current, window, gr.skip())
            return
        yield from self._watch(run, window, gr.skip())

    def _follow(self, window: Window) -> Iterator[View]:
        """Go on showing an answer that was being written when the page, or the conversation, was left."""
        run = self._dialogues.running(window.shown)
        if window.shown is None:
            # Nothing to add to the empty page; drawn again, it could wipe out a question asked in this moment.
            yield unchanged(View)
        elif run is None:
            yield self._view(window.shown, window, gr.skip())
        else:
            yield from self._watch(run, window, gr.skip())

    def _watch(self, run: Run, window: Window, question: Any = "") -> Iterator[View]:
        window.shown = run.conversation_id
        for number, turns in enumerate(run.follow()):
            if window.shown != run.conversation_id:
                return  # the person turned to another conversation; this answer is written all the same
            view = unchanged(View)._replace(chat=render.messages(turns), stop=_stop_button(run))
            if number == 0:
                past = self._past(run.conversation_id)
                view = view._replace(question=question, past=past, current=run.conversation_id)
            yield view

    def _stop(self, window: Window) -> Any:
        run = self._dialogues.running(window.shown)
        if run is not None:
            run.stop()
        return _stop_button(run)

    # --- what is told of a tag ------------------------------------------------------------------------------------

    def _correct(self, current: str | None, window: Window, event: gr.EventData) -> Iterator[View]:
        turn, label = event._data["turn"], event._data["label"]
        yield from self._anew(lambda shown: self._dialogues.correct(shown, turn, label), current, window)

    def _undo_correction(self, current: str | None, window: Window, event: gr.EventData) -> View:
        return self._told(self._dialogues.undo_correction, current, window, event)

    def _confirm(self, current: str | None, window: Window, event: gr.EventData) -> View:
        return self._told(self._dialogues.confirm, current, window, event)

    def _told(self, tell: Callable[[str, str], Any], current: str | None, window: Window, event: gr.EventData) -> View:
        current = window.shown or current
        try:
            tell(current or "", event._data["turn"])
        except (AssistantError, KnowledgeError) as error:
            gr.Warning(render.warning(error))
        return self._view(current, window, gr.skip())

    def _recard(self, note_id: str | None, window: Window) -> Any:
        """Let the cards show the category that a note has now."""
        if note_id is None or window.shown is None or self._dialogues.running(window.shown):
            return gr.skip()
        try:
            self._dialogues.refile(window.shown, note_id, self._house.notebook.get(note_id).category)
            return render.messages(self._dialogues.turns(window.shown))
        except (AssistantError, KnowledgeError):
            return gr.skip()  # it was deleted meanwhile, and so were its cards

    # --- the list of conversations ----------------------------------------------------------------------------------

    def _open(self, current: str | None, window: Window) -> View:
        known = [each.id for each in self._house.conversations.all()]
        # On a busy machine a question can be quicker than this; `_follow` mends what this view then lacks.
        current = window.shown or (current if current in known else None)
        return self._view(current, window, gr.skip())

    def _choose(self, window: Window, event: gr.EventData) -> View:
        return self._view(event._data["id"], window, gr.skip())

    def _new(self, window: Window) -> View:
        return self._view(None, window, gr.skip())

    def _delete(self, current: str | None, window: Window, event: gr.EventData) -> tuple[Any, ...]:
        gone = event._data["id"]
        self._house.conversations.delete(gone)
        view = self._view(None if gone == current else current, window, gr.skip())
        said = '<span class="oh-empty">Conversation deleted.</span>'
        return *view, *Deleted(gr.update(visible=True), said, gone)

    def _undelete(self, deleted: str | None, current: str | None) -> tuple[Any, ...]:
        if deleted:
            self._house.conversations.restore(deleted)
        return self._past(current), gr.update(visible=False), None

    def _view(self, current: str | None, window: Window, question: Any = "") -> View:
        """Everything that shows the conversation `current`, with the question box left as given."""
        window.shown = current
        try:
            turns = self._dialogues.turns(current) if current else []
        except NoSuchConversation as error:
            gr.Warning(render.warning(error))
            turns, current, window.shown = [], None, None
        stop = _stop_button(self._dialogues.running(current))
        return View(render.messages(turns), question, stop, self._past(current), current)

    def _past(self, current: str | None) -> str:
        return render.conversation_list(self._house.conversations.all(), current)


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="oh-chat",
        label="Conversation",
        show_label=False,
        height="100%",  # the style sheet gives it what the window has left
        buttons=[],  # Gradio's copy button copies the HTML
        latex_delimiters=[],
        layout="bubble",
        placeholder="<h3>Ask your house</h3>When was it done, by whom, for how much, which model?",
        examples=[{"text": question} for question in sample.QUESTIONS],
        allow_tags=False,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        placeholder="Ask about your house …",
        show_label=False,
        label="Question",
        lines=1,
        max_lines=6,
        autofocus=True,
        scale=8,
        submit_btn="Ask",
        elem_id="oh-ask",
    )


def _stop_button(run: Run | None) -> Any:
    """The button while an answer is being written; a model that is still reading stops only when it has read."""
    stopping = run is not None and run.stopping
    value = "Stopping …" if stopping else "Stop"
    return gr.update(value=value, interactive=not stopping, visible=run is not None and not run.done)
