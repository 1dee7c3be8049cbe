"""What the browser tests share: the real page over a small house, and a Chromium that notes what it should not do."""

import contextlib
import datetime as dt
import re
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from small_house import Piece, ScriptedModel, SmallHouse

from assistant.build import House
from assistant.models.chat_models import ChatModel
from assistant.models.model_choice import Choice
from assistant.pipeline import Assistant
from assistant.settings import read_settings
from assistant.startup import Startup
from assistant.support import Support
from classifier.decision import Router
from knowledge.note import Draft

PATIENCE = 90.0
"""Seconds after which something that should happen is held not to: the cores may be busy with other work."""

CUT = re.compile("AbortError: signal is aborted|Connection errored out|ERR_CONNECTION")
"""How Gradio and the browser put it that a connection was cut."""

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
"""No name is resolved: a page that asks another host is found out, and the host is not asked."""

QUESTION = "When did we replace the pool pump?"
ANSWER = "The pool pump was replaced on 18 April 2023 for $1,150 [1]."
PUMP = "The old single-speed pump seized.\n\nRay replaced the pool pump with a Pentair SuperFlo for $1,150."
NOTES = (
    Draft(PUMP, "Pool pump replaced", "pool", dt.date(2023, 4, 18), id="pump"),
    Draft("Took off the cover, chlorine at 3 ppm.", "Opening", "pool", dt.date(2024, 5, 4), id="opening"),
    Draft("Sherwin-Williams Alabaster in the kitchen.", "Kitchen paint", "painting", dt.date(2022, 1, 9), id="paint"),
)


class Writer(ScriptedModel):
    """A scripted model that a module's tests share one after the other."""

    def forget(self) -> None:
        """Drop the replies that nobody asked for."""
        self._replies.clear()


class PageHouse(SmallHouse):
    """A small house that looks for no Ollama on this machine, and lets answers stand unless it is told otherwise."""

    def __init__(self, home: Path) -> None:
        self.writer = Writer()
        self.support = Support()
        super().__init__(read_settings(home=home, models=home / "models"), model=self.writer)

    def choice(self) -> Choice:
        return Choice("llama", "scripted", "the tests want it", "`ollama pull qwen3:4b` gives a better one.")

    def assistant(self, model: ChatModel | None = None, router: Router | None = None) -> Assistant:
        return Assistant(self.finder(router), model or self.chat_model(), support=self.support, sums=self.sums())


@dataclass(frozen=True)
class Served:
    """A page being served, and the house behind it."""

    house: PageHouse
    startup: Startup
    address: str
    close: Callable[[], None]
    port: int

    def started(self) -> "Served":
        """Bring the assistant up, and wait for it."""
        self.startup.start()
        self.startup.assistant()
        return self

    def furnished(self, notes: Sequence[Draft] = NOTES) -> "Served":
        """Put notes into the house."""
        self.house.library.add(notes)
        return self

    def will_say(self, *pieces: Piece) -> None:
        """Line up the model's next reply."""
        self.house.writer.will_say(*pieces)


def serve(home: Path, port: int | None = None) -> Served:
    """Serve the page of a house folder; nothing is loaded yet."""
    house, port = PageHouse(home), port or free_port()
    return Served(house, *serve_house(house, port), port)


def serve_house(house: House, port: int) -> tuple[Startup, str, Callable[[], None]]:
    """Serve any house's page; returns what brings it up, its address, and what ends it."""
    from assistant.web.page import launch

    startup = Startup(house)
    blocks, address = launch(house, startup, "127.0.0.1", port)

    def close() -> None:
        blocks.close(verbose=False)
        startup.stop()  # a model that goes on reading would keep the cores, and its memory

    return startup, address, close


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Windows:
    """Browser windows in which every request to another host and every complaint is noted."""

    browser: Browser
    usual: BrowserContext
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    others: list[BrowserContext] = field(default_factory=list)

    def open(self, address: str, **options: Any) -> Page:
        """Open an address in a browser that remembers nothing; a second one of the same test is another browser."""
        if not options and not self.usual.pages:
            return self.beside(self.usual, address)
        self.others.append(_context(self.browser, **options))
        return self.beside(self.others[-1], address)

    def beside(self, context: BrowserContext, address: str) -> Page:
        """Open another window of the same browser."""
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._dismiss)
        page.on("request", self._see)
        page.goto(address)
        return page

    def reload(self, page: Page) -> None:
        """Load a page again; what Gradio says of the connection that it cuts itself in leaving is no complaint."""
        page.reload()
        self.complaints = [each for each in self.complaints if not CUT.search(each)]

    def close(self) -> None:
        """Close all windows; nothing is remembered for the next test."""
        for page in self.usual.pages:
            with contextlib.suppress(Error):  # a page that no server answered has no storage
                page.evaluate("localStorage.clear()")
            page.close()
        for context in self.others:
            context.close()

    def _see(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob", "about") and url.hostname != "127.0.0.1":
            self.foreign.append(request.url)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()


def _context(browser: Browser, **options: Any) -> BrowserContext:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(PATIENCE * 1000)
    return context


# --- what a person does and sees ----------------------------------------------------------------------------------


def ask_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Question")


def ask(page: Page, question: str = QUESTION) -> None:
    """Type a question and send it."""
    ask_box(page).fill(question)
    ask_box(page).press("Enter")


def bubbles(page: Page) -> Locator:
    return page.locator("#oh-chat .user .oh-question")


def answers(page: Page) -> Locator:
    return page.locator("#oh-chat .oh-answer")


def whole(page: Page, number: int = 0, timeout: float | None = None) -> None:
    """Wait (milliseconds, or the usual time) until the answer is whole: it says who wrote it, and Stop is gone."""
    written = page.locator("#oh-chat .bot.message").nth(number).locator(".oh-scope").first
    expect(written).to_contain_text(" s", timeout=timeout)
    expect(page.locator("#oh-stop")).to_be_hidden(timeout=timeout)


def conversations(page: Page) -> Locator:
    return page.locator("#oh-past li .oh-open")


def toast(page: Page, text: str) -> None:
    """Wait for a notice with this text."""
    expect(page.get_by_test_id("toast-text").filter(has_text=text).first).to_be_visible()


def notes_tab(page: Page) -> None:
    page.get_by_role("tab", name="Notes").click()
    expect(page.locator("#oh-save")).to_be_visible()


def note_titles(page: Page) -> Locator:
    return page.locator("#oh-found li b")


def open_note(page: Page, title: str) -> None:
    page.locator("#oh-found li .oh-open").filter(has_text=title).click()
    expect(page.locator("#oh-title textarea")).to_have_value(title)


# --- fixtures -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.fail("The page is tested in Chromium, and there is none. Install it: `apt-get install chromium`.")
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def usual(chromium: Browser) -> BrowserContext:
    """The browser that most tests share one after the other, so that it need not fetch Gradio's scripts each time."""
    return _context(chromium)


@pytest.fixture
def windows(chromium: Browser, usual: BrowserContext) -> Iterator[Windows]:
    """Opens windows; in the end none of them may have asked another host for anything, or have complained."""
    windows = Windows(chromium, usual)
    yield windows
    windows.close()
    assert windows.foreign == []
    assert windows.complaints == []


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """The page of an empty house of this test's own, with nothing loaded yet."""
    with contextlib.closing(serve(tmp_path / "house")) as served:
        yield served


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page of a house with three notes, ready to answer, that a module's tests share."""
    with contextlib.closing(serve(tmp_path_factory.mktemp("shared") / "house")) as served:
        yield served.furnished().started()


@pytest.fixture
def home(furnished: Served) -> Served:
    """The shared house, with a model that has nothing to say yet."""
    furnished.house.writer.forget()
    return furnished
