"""How the page looks and feels: readable in light and dark, whole on a phone, usable without a mouse."""

import re

import pytest
from browser_support import (
    ANSWER,
    QUESTION,
    Served,
    Windows,
    answers,
    ask,
    ask_box,
    bubbles,
    conversations,
    note_titles,
    notes_tab,
    whole,
)
from playwright.sync_api import Locator, Page, expect

from assistant.errors import ModelUnavailable

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SHORT_DESKTOP = {"width": 1280, "height": 720}
READABLE = 4.5
"""The contrast that WCAG asks of text of ordinary size."""

CONTRAST = """
element => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
  const draw = canvas.getContext('2d', {willReadFrequently: true});
  // The canvas knows every notation of a colour; drawn over one another, they give what is seen.
  const over = (below, colour, alpha) => {
    draw.globalAlpha = 1; draw.fillStyle = `rgb(${below})`; draw.fillRect(0, 0, 1, 1);
    draw.globalAlpha = alpha; draw.fillStyle = colour; draw.fillRect(0, 0, 1, 1);
    return [...draw.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const line = [];
  for (let each = element; each; each = each.parentElement) line.unshift(getComputedStyle(each));
  let seen = [255, 255, 255], opacity = 1;
  for (const style of line) { opacity *= style.opacity; seen = over(seen, style.backgroundColor, opacity); }
  const text = over(seen, getComputedStyle(element).color, opacity);
  const luminance = colour => {
    const [red, green, blue] = colour.map(value => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(seen), luminance(text)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
"""


def contrast(place: Locator) -> float:
    place.first.wait_for()
    return float(place.first.evaluate(CONTRAST))


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def tab_to(page: Page, selector: str, back: bool = False) -> None:
    """Press Tab until what has the focus matches; fails where it cannot be reached."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"{selector} cannot be reached by the keyboard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_is_readable(home: Served, windows: Windows, scheme: str) -> None:
    page = windows.open(home.address, color_scheme=scheme)
    shown = "page => getComputedStyle(document.body).backgroundColor"
    expect(page.locator("#oh-banner")).to_contain_text("Answers by")
    seen = {"who answers": contrast(page.locator("#oh-banner .oh-banner"))}
    home.will_say(ANSWER)
    ask(page, "Did the kitchen painting or the pool opening cost more?")
    whole(page)
    ask(page, "Quantum mechanics, general relativity")
    whole(page, 1)
    home.will_say(ModelUnavailable("No model answers."))
    ask(page)
    expect(page.locator("#oh-chat .oh-trouble")).to_have_text("No model answers.")
    page.locator("#oh-chat .oh-used summary").first.click()
    for name, selector in {
        "question": ".user .oh-question",
        "tag": ".user .oh-tag",
        "second tag": ".user .oh-tag-second",
        "no category": ".user .oh-tag-none",
        "answer": ".oh-answer",
        "number of a note": ".oh-answer .oh-cite",
        "notes used": ".oh-used summary",
        "title of a card": ".oh-card b .oh-link",
        "text of a card": ".oh-card",
        "quote": ".oh-card mark",
        "tag of a card": ".oh-card .oh-tag",
        "date of a card": ".oh-card time",
        "scope": ".oh-scope span",
        "hint": ".oh-hint",
        "offer of a note": ".oh-hint .oh-link",
        "failure": ".oh-trouble",
    }.items():
        seen[name] = contrast(page.locator(f"#oh-chat {selector}"))
    seen["conversation"] = contrast(conversations(page))
    seen["new conversation"] = contrast(page.locator("#oh-new"))
    notes_tab(page)
    seen["title of a note"] = contrast(note_titles(page))
    seen["beginning of a note"] = contrast(page.locator("#oh-found .oh-open > span:last-child"))
    seen["date of a note"] = contrast(page.locator("#oh-found time"))
    seen["tag of a note"] = contrast(page.locator("#oh-found .oh-tag"))
    seen["save"] = contrast(page.locator("#oh-save"))
    page.locator("#oh-found .oh-open").first.click()
    seen["delete"] = contrast(page.locator("#oh-delete"))
    assert {name: round(value, 1) for name, value in seen.items() if value < READABLE} == {}
    red, green, blue = map(int, re.findall(r"\d+", page.evaluate(shown))[:3])
    assert (red + green + blue > 3 * 128) == (scheme == "light")


def test_contrast_is_measured_as_it_is_seen(windows: Windows, home: Served) -> None:
    page = windows.open(home.address)
    page.evaluate("""document.body.innerHTML = '<div style="background: #fff"><p id=black style="color: #000">a</p>'
        + '<p id=grey style="color: #777">a</p><p id=faint style="color: #000; opacity: .3">a</p></div>'""")
    assert contrast(page.locator("#black")) == pytest.approx(21)
    assert contrast(page.locator("#grey")) == pytest.approx(4.48, abs=0.01)
    assert contrast(page.locator("#faint")) < 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_both_tabs_without_scrolling_sideways(home: Served, windows: Windows, scheme: str) -> None:
    page = windows.open(home.address, viewport=PHONE, color_scheme=scheme, has_touch=True)
    expect(page.locator("#oh-banner")).to_contain_text("Answers by")
    assert sideways(page) == 0
    home.will_say(f"{ANSWER} {'w' * 120}")
    ask(page, f"{QUESTION} {'q' * 120}")
    whole(page)
    page.locator("#oh-chat .oh-used summary").click()
    expect(page.locator("#oh-chat .oh-card").first).to_be_visible()
    assert sideways(page) == 0
    for place in (bubbles(page), answers(page), page.locator("#oh-chat .oh-card").first, ask_box(page)):
        box = place.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    notes_tab(page)
    expect(note_titles(page).first).to_be_visible()
    assert sideways(page) == 0
    page.locator("#oh-found .oh-open").first.click()
    expect(page.locator("#oh-delete")).to_be_visible()
    assert sideways(page) == 0


@pytest.mark.parametrize("viewport", [PHONE, SHORT_DESKTOP], ids=["phone", "desktop"])
def test_the_box_to_ask_in_is_in_sight_without_scrolling(
    fresh: Served, windows: Windows, viewport: dict[str, int]
) -> None:
    fresh.startup.start()
    page = windows.open(fresh.address, viewport=viewport)
    expect(page.get_by_text("This house has no notes yet.")).to_be_visible()
    expect(ask_box(page)).to_be_in_viewport(ratio=1)


def test_everything_can_be_reached_without_a_mouse(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    expect(page.locator("#oh-banner")).to_contain_text("Answers by")
    tab_to(page, "#oh-ask textarea")
    home.will_say(ANSWER)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    whole(page)

    tab_to(page, "#oh-chat summary", back=True)
    page.keyboard.press("Enter")
    expect(page.locator("#oh-chat .oh-card").first).to_be_visible()

    tab_to(page, "#oh-new", back=True)
    page.keyboard.press("Enter")
    expect(bubbles(page)).to_have_count(0)
    tab_to(page, "#oh-past .oh-open")
    page.keyboard.press("Enter")
    expect(answers(page)).to_contain_text("18 April 2023")

    tab_to(page, "[role=tab]", back=True)  # the last one of them
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("tab", name="Notes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#oh-save")).to_be_visible()
    tab_to(page, "#oh-found .oh-open")
    page.keyboard.press("Enter")
    expect(page.locator("#oh-title textarea")).not_to_have_value("")
    tab_to(page, "#oh-save")


def test_what_has_the_focus_is_outlined(home: Served, windows: Windows) -> None:
    page = windows.open(home.address)
    notes_tab(page)
    expect(note_titles(page).first).to_be_visible()
    tab_to(page, "#oh-found .oh-open")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
