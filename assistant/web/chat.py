"""The Chat tab: conversations, the chat itself, and what is loading; answering and keeping are `assistant.dialogue`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from assistant import sample
from assistant.build import House
from assistant.dialogue import Dialogues, Run
from assistant.errors import AssistantError, NoSuchConversation
from assistant.startup import Startup
from assistant.web import render
from assistant.web.tags import Tags
from assistant.web.theme import BUTTONS_JS, html
from knowledge.errors import KnowledgeError


class Window:
    """A window of the browser: which conversation it shows now, so that no other one is written into it.

    One object a session, which its events share while they run side by side.
    """

    shown: str | None = None


class Chat:
    """Draws the tab and answers its events."""

    def __init__(self, house: House, startup: Startup, dialogues: Dialogues) -> None:
        """Args: the house, what brings it up, and the questions being answered."""
        self._house = house
        self._startup = startup
        self._dialogues = dialogues
        self._better: str | None = None
        self._furnishing = False

    def draw(self, blocks: gr.Blocks, tags: Tags) -> None:
        """Put the widgets on the page and connect them, also with the tags in them."""
        # The browser remembers which conversation was open; the conversations themselves are in the record.
        current = gr.BrowserState(None, storage_key="our-house-conversation", secret="our-house")
        deleted = gr.State(None)
        with gr.Row(elem_id="oh-room"):
            with gr.Column(scale=1, min_width=220, elem_id="oh-side"):
                fresh = gr.Button("New conversation", variant="primary", size="sm", elem_id="oh-new")
                past = html(js_on_load=BUTTONS_JS, elem_id="oh-past")
                with gr.Row(visible=False, elem_classes="oh-undo") as undo_row:
                    undone = html()
                    undo = gr.Button("Undo", size="sm", min_width=60, elem_id="oh-undo-conversation")
            with gr.Column(scale=4, min_width=320, elem_id="oh-main"):
                banner = html(elem_id="oh-banner")
                again = gr.Button("Try again", size="sm", visible=False, elem_id="oh-try-again")
                with gr.Row(visible=False, elem_classes="oh-offer") as offer:
                    html(
                        "<b>This house has no notes yet.</b> Add your own under <b>Notes</b>, or look around first: "
                        "the sample house has the notes of an invented family, and is removed whole with one click."
                    )
                    try_sample = gr.Button("Try it with a sample house", variant="primary", elem_id="oh-try-sample")
                with gr.Row(visible=False, elem_classes="oh-offer") as sample_row:
                    html("You are looking at the <b>sample house</b> of an invented family.")
                    remove_sample = gr.Button("Remove the sample house", size="sm", elem_id="oh-remove-sample")
                chat = gr.Chatbot(
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
                with gr.Row(equal_height=True, elem_id="oh-asking"):
                    question = gr.Textbox(
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
                    stop = gr.Button("Stop", visible=False, variant="stop", min_width=70, scale=1, elem_id="oh-stop")
        ticking = gr.Timer(1.0)

        house_view = [banner, again, offer, sample_row, ticking]
        chat_view = [chat, question, stop, past, current]
        window = gr.State(Window())
        seen = [current, window]
        asking: dict[str, Any] = {"concurrency_limit": 16, "show_progress": "hidden"}

        blocks.load(self._open, seen, chat_view, show_progress="hidden").then(self._follow, window, chat_view, **asking)
        blocks.load(self._look, None, house_view, show_progress="hidden")
        ticking.tick(self._look, None, house_view, show_progress="hidden")
        again.click(self._start_again, None, house_view, show_progress="hidden")
        try_sample.click(self._put_in_sample, None, house_view, show_progress="full")
        remove_sample.click(self._take_out_sample, None, house_view, show_progress="full")

        # Several at once, so that a question asked during an answer is refused aloud and not passed over.
        question.submit(self._ask, [question, *seen], chat_view, trigger_mode="multiple", **asking)
        chat.example_select(self._ask_example, seen, chat_view, **asking)
        chat.retry(self._retry, seen, chat_view, **asking)
        tags.element.correct(self._correct, seen, chat_view, **asking)
        tags.element.undo(self._undo_correction, seen, chat_view, show_progress="hidden")
        tags.element.confirm(self._confirm, seen, chat_view, show_progress="hidden")
        for filed in tags.filed:
            filed.then(self._recard, [tags.touched, window], chat, show_progress="hidden")
        stop.click(self._stop, window, stop, show_progress="hidden")
        for turned in (
            fresh.click(self._new, window, chat_view, show_progress="hidden"),
            past.open(self._choose, window, chat_view, show_progress="hidden"),
        ):
            turned.then(self._follow, window, chat_view, **asking)
        past.remove(self._delete, seen, [*chat_view, undo_row, undone, deleted], show_progress="hidden")
        undo.click(self._undelete, [deleted, current], [past, undo_row, deleted], show_progress="hidden")

    # --- the house ----------------------------------------------------------------------------------------------

    def _look(self) -> tuple[Any, ...]:
        """What is loading, whether to offer the sample house, and whether to go on looking."""
        status, assistant = self._startup.status, self._startup.ready
        if assistant is not None and self._better is None:
            self._better = self._house.choice().better
        empty, has_sample = False, False
        if self._startup.searchable and not self._furnishing:
            empty = self._house.notebook.count() == 0
            has_sample = bool(self._house.library.sample())
        model = assistant.model.name if assistant else ""
        return (
            render.banner(status, model, self._better or ""),
            gr.update(visible=bool(status.failure)),
            gr.update(visible=empty),
            gr.update(visible=has_sample),
            # Once all is up, a look now and then is enough: another window may have brought notes in.
            gr.Timer(10.0 if status.ready else 1.0),
        )

    def _start_again(self) -> tuple[Any, ...]:
        self._startup.start()
        return self._look()

    def _put_in_sample(self) -> tuple[Any, ...]:
        try:
            self._furnishing = True  # half a sample house is not offered for questions yet
            notes = sample.put_in(self._house.library)
            gr.Info(f"The sample house is here: {len(notes)} notes. Ask one of the questions below.")
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
        finally:
            self._furnishing = False
        return self._look()

    def _take_out_sample(self) -> tuple[Any, ...]:
        try:
            count = len(sample.take_out(self._house.library))
            gr.Info(f"The {count} sample notes are gone; your own are untouched.")
        except KnowledgeError as error:
            gr.Warning(render.warning(error))
        return self._look()

    # --- the conversation -----------------------------------------------------------------------------------------

    def _ask(self, question: str, current: str | None, window: Window) -> Iterator[tuple[Any, ...]]:
        yield from self._asked(question, current, window, refused=question)

    def _asked(
        self, question: str, current: str | None, window: Window, *, taken: Any = "", refused: Any
    ) -> Iterator[tuple[Any, ...]]:
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

    def _ask_example(self, current: str | None, window: Window, event: gr.SelectData) -> Iterator[tuple[Any, ...]]:
        text, as_it_is = event.value["text"], gr.skip()
        yield from self._asked(text, current, window, taken=as_it_is, refused=as_it_is)

    def _retry(self, current: str | None, window: Window, event: gr.RetryData) -> Iterator[tuple[Any, ...]]:
        index = event.index if isinstance(event.index, int) else event.index[0]
        yield from self._anew(lambda shown: self._dialogues.retry(shown, index // 2), current, window)

    def _anew(self, begin: Callable[[str], Run], current: str | None, window: Window) -> Iterator[tuple[Any, ...]]:
        """Show a question of the conversation being asked again, or say why it cannot be."""
        current = window.shown or current
        try:
            run = begin(current or "")
        except (AssistantError, KnowledgeError) as error:
            gr.Warning(render.warning(error))
            yield self._view(current, window, gr.skip())
            return
        yield from self._watch(run, window, gr.skip())

    def _follow(self, window: Window) -> Iterator[tuple[Any, ...]]:
        """Go on showing an answer that was being written when the page, or the conversation, was left."""
        run = self._dialogues.running(window.shown)
        if window.shown is None:
            # Nothing to add to the empty page; drawn again, it could wipe out a question asked in this moment.
            yield (gr.skip(),) * 5
        elif run is None:
            yield self._view(window.shown, window, gr.skip())
        else:
            yield from self._watch(run, window, gr.skip())

    def _watch(self, run: Run, window: Window, question: Any = "") -> Iterator[tuple[Any, ...]]:
        window.shown = run.conversation_id
        for number, turns in enumerate(run.follow()):
            if window.shown != run.conversation_id:
                return  # the person turned to another conversation; this answer is written all the same
            first = (question, self._past(run.conversation_id), run.conversation_id)
            text, past, current = first if number == 0 else [gr.skip()] * 3
            yield render.messages(turns), text, _stop_button(run), past, current

    def _stop(self, window: Window) -> Any:
        run = self._dialogues.running(window.shown)
        if run is not None:
            run.stop()
        return _stop_button(run)

    # --- what is told of a tag ------------------------------------------------------------------------------------

    def _correct(self, current: str | None, window: Window, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        turn, label = event._data["turn"], event._data["label"]
        yield from self._anew(lambda shown: self._dialogues.correct(shown, turn, label), current, window)

    def _undo_correction(self, current: str | None, window: Window, event: gr.EventData) -> tuple[Any, ...]:
        return self._told(self._dialogues.undo_correction, current, window, event)

    def _confirm(self, current: str | None, window: Window, event: gr.EventData) -> tuple[Any, ...]:
        return self._told(self._dialogues.confirm, current, window, event)

    def _told(
        self, tell: Callable[[str, str], Any], current: str | None, window: Window, event: gr.EventData
    ) -> tuple[Any, ...]:
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

    def _open(self, current: str | None, window: Window) -> tuple[Any, ...]:
        known = [each.id for each in self._house.conversations.all()]
        # On a busy machine a question can be quicker than this; `_follow` mends what this view then lacks.
        current = window.shown or (current if current in known else None)
        return self._view(current, window, gr.skip())

    def _choose(self, window: Window, event: gr.EventData) -> tuple[Any, ...]:
        return self._view(event._data["id"], window, gr.skip())

    def _new(self, window: Window) -> tuple[Any, ...]:
        return self._view(None, window, gr.skip())

    def _delete(self, current: str | None, window: Window, event: gr.EventData) -> tuple[Any, ...]:
        gone = event._data["id"]
        self._house.conversations.delete(gone)
        view = self._view(None if gone == current else current, window, gr.skip())
        return *view, gr.update(visible=True), '<span class="oh-empty">Conversation deleted.</span>', gone

    def _undelete(self, deleted: str | None, current: str | None) -> tuple[Any, ...]:
        if deleted:
            self._house.conversations.restore(deleted)
        return self._past(current), gr.update(visible=False), None

    def _view(self, current: str | None, window: Window, question: Any = "") -> tuple[Any, ...]:
        """Everything that shows the conversation `current`, with the question box left as given."""
        window.shown = current
        try:
            turns = self._dialogues.turns(current) if current else []
        except NoSuchConversation as error:
            gr.Warning(render.warning(error))
            turns, current, window.shown = [], None, None
        stop = _stop_button(self._dialogues.running(current))
        return render.messages(turns), question, stop, self._past(current), current

    def _past(self, current: str | None) -> str:
        return render.conversation_list(self._house.conversations.all(), current)


def _stop_button(run: Run | None) -> Any:
    """The button while an answer is being written; a model that is still reading stops only when it has read."""
    stopping = run is not None and run.stopping
    value = "Stopping …" if stopping else "Stop"
    return gr.update(value=value, interactive=not stopping, visible=run is not None and not run.done)
