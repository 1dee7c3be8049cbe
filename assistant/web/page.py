"""The whole page, and the server behind it: loopback only, nothing asked of other hosts."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

# Read when gradio is imported: no analytics, no version check.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import click
import gradio as gr
from starlette.middleware import Middleware

from assistant.dialogue import Dialogues
from assistant.errors import AssistantError
from assistant.facts_finder import FactsFinder
from assistant.incoming.arrivals import Arrivals
from assistant.incoming.watching import Watcher
from assistant.models.weights import Progress
from assistant.startup import Startup
from assistant.terminal import TerminalReport, print_json
from assistant.web import originals
from assistant.web.categories import Categories
from assistant.web.chat import Chat
from assistant.web.facts import DueCard
from assistant.web.guard import Guard
from assistant.web.health import Health
from assistant.web.keep import Keep
from assistant.web.notes import Notes
from assistant.web.served import routes
from assistant.web.tags import Tags
from assistant.web.teach import Teach
from assistant.web.theme import head, html, theme

if TYPE_CHECKING:
    from assistant.build import House

MAX_UPLOAD = "2gb"
"""A ZIP of a whole drawer; what a single file may have is the readers' to say, with a reason."""


def page(house: House, startup: Startup, arrivals: Arrivals) -> gr.Blocks:
    """Return the page of a house, which can be opened while `startup` is still at work."""
    dialogues = Dialogues(house.conversations, house.corrections, startup)
    with gr.Blocks(title="our-house", analytics_enabled=False, fill_width=True) as blocks:
        html('<div class="oh-head"><h1>our-house</h1><span>a private assistant that knows your home</span></div>')
        tags = Tags(house, startup)
        tags.draw(blocks)
        with gr.Tabs() as tabs:
            with gr.Tab("Chat", id="chat"):
                Chat(house, startup, dialogues).draw(blocks, tags)
            with gr.Tab("Notes", id="notes") as tab:
                Notes(house, startup, arrivals).draw(blocks, tabs, tab, tags)
                DueCard(house).draw(tab)
                Keep(house).draw()
            with gr.Tab("Teach", id="teach") as tab:
                Teach(house, startup).draw(tab, tags)
                Categories(house, startup).draw(tab, tags)
            with gr.Tab("Health", id="health") as tab:
                Health(house, startup).draw(tab)
    return blocks


def launch(
    house: House, startup: Startup, host: str, port: int, arrivals: Arrivals | None = None
) -> tuple[gr.Blocks, str]:
    """Serve the page without waiting; returns it and its address.

    Raises:
        AssistantError: the port is taken.
        NotebookUnavailable: the house folder cannot be used.
    """
    _ = house.notebook  # a folder that cannot be used is said before a page opens
    blocks = page(house, startup, arrivals or Arrivals(house, startup))
    try:
        # Gradio reports on standard output, which belongs to results.
        with contextlib.redirect_stdout(sys.stderr):
            app, address, _ = blocks.queue(default_concurrency_limit=8).launch(
                server_name=host,
                server_port=port,
                prevent_thread_lock=True,
                quiet=True,
                show_error=True,
                share=False,
                ssr_mode=False,
                enable_monitoring=False,
                max_file_size=MAX_UPLOAD,
                footer_links=[],
                run_history=False,  # it would keep questions and notes in the browser, for whoever sits there next
                theme=theme(),
                head=head(),
                app_kwargs={"middleware": [Middleware(Guard)], "routes": routes(house)},
                # Else Gradio asks itself for the page, and gives up where a busy machine takes three seconds to answer.
                _frontend=False,
            )
    except OSError as error:
        raise AssistantError(
            f"Port {port} is taken, perhaps by another our-house: look at http://{host}:{port}, or choose another with "
            "--port."
        ) from error
    app.router.routes.insert(0, originals.route(house))
    return blocks, address.rstrip("/")


def run(house: House, host: str, port: int, *, open_browser: bool, as_json: bool) -> None:
    """Serve the page until the person ends it."""
    startup = Startup(house)
    arrivals = Arrivals(house, startup)
    blocks, address = launch(house, startup, host, port, arrivals)
    startup.start()
    watcher = Watcher(house.settings.inbox or house.settings.home / "inbox", arrivals, house.trail.imports)
    watcher.start()
    finder = FactsFinder(house, startup)
    finder.start()
    if as_json:
        print_json({"address": address})
    else:
        click.echo(f"Your house is at {address}  (Ctrl-C ends it)")
    if open_browser:
        click.launch(address)
    ended = threading.Event()
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}

    def end(number: int, frame: Any) -> None:
        ended.set()

    report, told = TerminalReport(), ""
    try:
        while not ended.is_set():
            # llama.cpp takes the signals for itself when it loads a model: they are taken back.
            for each in handlers:
                signal.signal(each, end)
            status = startup.status
            if status.step != told or not (status.ready or status.failure):
                _tell(report, startup)
                told = status.step
            ended.wait(0.5)
    finally:
        report.done()
        watcher.stop()
        finder.stop()
        blocks.close(verbose=False)
        startup.stop()


def _tell(report: TerminalReport, startup: Startup) -> None:
    status = startup.status
    if status.failure:
        report.done()
        click.echo(f"our-house: {status.failure}", err=True)
    elif status.ready:
        report.done()
        click.echo("Ready.", err=True)
    else:
        share = status.fraction or 0.0
        report(Progress("our-house", int(share * 100), 100 if status.fraction is not None else 1, status.step))
