import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from assistant.conversation import Conversation, Question, Reply
from assistant.details import AnswerDetails, Cited, FirstAnswer, NoteCard, QuestionDetails
from assistant.incoming.outcomes import Outcome
from assistant.startup import Status
from assistant.web import render
from knowledge.errors import NoteChanged
from knowledge.note import Moment, Note

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
HOSTILE = (
    "<img src=x onerror=alert(1)> <script>alert(2)</script> </div></details> \" ' onclick=alert(3) "
    "![i](http://evil.example/i.png) [l](https://evil.example) `code` $x^2$ \\[y\\] **b** &lt;u&gt;"
)


class Skeleton(HTMLParser):
    """The tags of a piece of HTML with the names of their attributes, and apart from them the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.values: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))

    def handle_data(self, data: str) -> None:
        self.text += data


def question(text: str, **details: Any) -> str:
    return render.messages([Question(text, QuestionDetails(**details))])[0]["content"]


def answer(text: str, **details: Any) -> str:
    asked = Question("Who won the cup? ", QuestionDetails(category="pool", confidence=0.9))
    return render.messages([asked, Reply(text, AnswerDetails(**{"state": "done", **details}))])[1]["content"]


def hit(number: int = 1, **fields: Any) -> NoteCard:
    plain = NoteCard(number, f"n{number}", "Pump", "pool", dt.date(2023, 4, 18), "New pump.", 0.9)
    return replace(plain, **fields)


def citation(number: int = 1, quote: str = "", title: str = "Pump") -> Cited:
    return Cited(number, f"n{number}", title, None, quote)


def note(**fields: Any) -> Note:
    values: dict[str, Any] = {
        "id": "n1",
        "title": "Pump",
        "text": "New pump.",
        "category": "pool",
        "date": dt.date(2023, 4, 18),
        "tags": (),
        "source": "",
        "sample": False,
        "created_at": NOW,
        "updated_at": NOW,
        "revision": 1,
    }
    return Note(**{**values, **fields})


def conversation(id_: str = "c1", title: str = "When?") -> Conversation:
    return Conversation(id_, title, NOW)


FOREIGN: dict[str, Callable[[str], str]] = {
    "question": question,
    "category of the question": lambda text: question("Q", category=text, confidence=0.9, likely=["pool", text]),
    "answer": answer,
    "answer half written": lambda text: answer(text, state="writing"),
    "title of a citation": lambda text: answer("It was [1].", citations=[citation(title=text)]),
    "title of a card": lambda text: answer("A", notes=[hit(title=text)]),
    "text of a card": lambda text: answer("A", notes=[hit(text=text)]),
    "category of a card": lambda text: answer("A", notes=[hit(category=text)]),
    "quote": lambda text: answer("A [1]", notes=[hit(text=f"{text} end")], citations=[citation(quote=text)]),
    "scope": lambda text: answer("A", scope=text),
    "reason of the scope": lambda text: answer("A", scope="Searched", reason=text),
    "model": lambda text: answer("A", scope="Searched", model=text),
    "failure": lambda text: answer("A", state="failed", failure=text),
    "step": lambda text: answer("", state="waiting", step=text, share=0.5),
    "banner's failure": lambda text: render.banner(Status("stopped", failure=text), "", ""),
    "banner's step": lambda text: render.banner(Status(text), "", ""),
    "banner's model": lambda text: render.banner(Status("ready", ready=True), text, ""),
    "title of a conversation": lambda text: render.conversation_list([conversation(title=text)], None),
    "id of a conversation": lambda text: render.conversation_list([conversation(text)], None),
    "title of a note": lambda text: render.note_list([note(title=text)], None, 1),
    "id of a note": lambda text: render.note_list([note(id=text)], None, 1),
    "category of a note": lambda text: render.note_list([note(category=text)], None, 1),
    "source of a note": lambda text: render.heading(note(source=text)),
    "file brought in": lambda text: render.outcomes([Outcome("refused", text, reason=text)]),
    "note brought in": lambda text: render.outcomes([Outcome("added", "f", note(title=text, category=text))]),
    "what was done": render.said,
    "warning": lambda text: render.warning(NoteChanged(text)),
}


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_foreign_text_comes_out_as_text_and_adds_no_tag_and_no_attribute(make: Callable[[str], str]) -> None:
    hostile, plain = Skeleton(make(HOSTILE)), Skeleton(make("plain"))
    assert hostile.tags == plain.tags
    assert HOSTILE in hostile.text or HOSTILE in hostile.values


def test_a_note_in_the_list_shows_how_it_begins_as_text() -> None:
    html = render.note_list([note(text="<b>one</b>\n\n" + "word " * 100)], None, 1)
    assert "<span>&lt;b&gt;one&lt;/b&gt; word word" in html
    assert len(html) < 700


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "\n \t\n", "\x0b\x0b", "\x0c\x0c", "\x85\x85", "\u2028\u2028"])
@pytest.mark.parametrize("where", ["question", "answer", "text of a card", "failure"])
def test_text_of_several_paragraphs_leaves_no_line_at_which_markdown_would_take_over(where: str, blank: str) -> None:
    html = FOREIGN[where](f"one{blank}**two**")
    assert len(html.splitlines()) == 1
    assert re.search(r"one<br>\s*<br>\*\*two\*\*", html)


@pytest.mark.parametrize("where", ["question", "answer", "text of a card", "failure", "warning", "what was done"])
def test_what_a_page_would_turn_into_formulas_code_or_links_is_disarmed(where: str) -> None:
    html = FOREIGN[where](r"$a$ $$b$$ `c` \(d\) http://evil.example")
    assert not re.search(r"[$`\\]|://", html)
    assert r"$a$ $$b$$ `c` \(d\) http://evil.example" in unescape(html)


# --- the question and its tag --------------------------------------------------------------------------------


def test_a_question_has_no_tag_before_it_is_labelled() -> None:
    assert "oh-tag" not in question("When?")


def test_a_question_carries_its_category_and_how_sure_it_is() -> None:
    html = question("When?", category="pool", confidence=0.934, likely=["pool"])
    assert re.search(r'<button name="oh-tag" [^>]*class="oh-tag" title="93% sure">pool</button>', html)
    assert html.endswith("</span>When?</div>")


def test_a_follow_up_says_on_hover_as_what_it_was_searched() -> None:
    html = question("the cost?", standalone='When was the "pump" replaced? the cost?')
    assert 'title="Searched as: When was the &quot;pump&quot; replaced? the cost?"' in html
    assert "Searched as" not in question("the cost?", standalone="the cost?")


def test_a_tag_hands_the_menu_what_it_offers() -> None:
    html = question("When?", category="pool", confidence=0.9, likely=["pool"], probabilities={"pool": 0.9, 'a"b': 0.1})
    value = re.search(r'value="([^"]*)"', html)
    assert value and json.loads(unescape(value[1]))["shares"] == {"pool": 0.9, 'a"b': 0.1}
    names = re.search(r'data-labels="([^"]*)"', render.labels(["pool", 'a"b']))
    assert names and json.loads(unescape(names[1])) == ["pool", 'a"b', "none"]


def test_a_tag_can_be_ticked_and_a_corrected_or_a_learned_one_says_so_instead() -> None:
    plain = question("When?", category="pool", confidence=0.9)
    assert "oh-confirm" in plain and "oh-tick-on" not in plain
    assert "oh-tick-on" in question("When?", category="pool", confidence=0.9, confirmed=True)
    corrected = question("When?", category="pool", confidence=0.9, corrected=True)
    assert "oh-undo" in corrected and "oh-confirm" not in corrected
    learned = question("When?", category="pool", confidence=0.9, learned_from="<Why?>")
    assert "learned from you</span>" in learned and "&lt;Why?&gt;" in learned and "oh-confirm" not in learned


def test_the_answer_before_a_correction_is_folded_away_with_its_notes() -> None:
    of_first = AnswerDetails("done", notes=(hit(),), citations=(citation(),), scope="All")
    first = FirstAnswer("In 2019 <b> [1].", of_first)
    html = answer("In 2023 [1].", notes=[hit()], earlier=first)
    folded = html[html.index("oh-earlier") :]
    assert "In 2019 &lt;b&gt;" in folded and "oh-card" in folded and "All" in folded
    assert "oh-earlier" not in answer("In 2023.", earlier=FirstAnswer("", AnswerDetails()))


def test_a_question_between_two_categories_carries_both() -> None:
    html = question("When?", category="pool", confidence=0.5, likely=["pool", "fountain"])
    assert re.findall(r'class="(oh-tag(?: oh-tag-second)?)" [^>]*>([^<]*)', html) == [
        ("oh-tag", "pool"),
        ("oh-tag oh-tag-second", "fountain"),
    ]


def test_a_question_of_several_matters_carries_the_category_of_each_once() -> None:
    html = question("When?", category="fence", confidence=0.9, likely=["pool", "fountain", "fence"])
    tags = re.findall(r'class="oh-tag(?: oh-tag-second)?" [^>]*>([^<]*)', html)
    assert tags == ["fence", "pool", "fountain"]


def test_no_one_tag_of_a_question_of_several_matters_is_learned_as_right() -> None:
    two = {"category": "fence", "confidence": 0.9, "likely": ["fence", "pool"]}
    assert "oh-tick" in question("When?", **two)
    assert "oh-tick" not in question("When?", several=True, **two)


def test_a_question_of_no_category_says_so_and_that_all_is_searched() -> None:
    html = question("Hello", category=None, confidence=0.8, likely=[])
    assert "no category</button>" in html and "all notes are searched" in html


def test_a_category_that_the_person_chose_is_said_to_be_theirs() -> None:
    assert 'title="chosen by you"' in question("When?", category="car", confidence=0.1, corrected=True)


# --- the answer ----------------------------------------------------------------------------------------------


def test_marks_become_badges_that_name_their_note() -> None:
    html = answer("In 2023 [1], then [2].", notes=[hit(1), hit(2)], citations=[citation(1, title='The "new" pump')])
    badge = re.search(r'<button name="oh-cite" value="([^"]*)" class="oh-cite" title="([^"]*)">1</button>', html)
    assert badge is not None
    assert (badge[1], badge[2]) == ("{&quot;number&quot;: 1}", "The &quot;new&quot; pump")
    assert '<span class="oh-cite">2</span>.' in html  # not cited: a number without a promise


def test_cards_show_the_cited_notes_first_with_title_date_category_and_text() -> None:
    notes = [hit(1, title="Opening"), hit(2, title="Pump", text="New\n\npump.")]
    html = answer("Yes [2].", notes=notes, citations=[citation(2)])
    assert html.index(">Pump</button></b>") < html.index(">Opening</button></b>")
    assert "<time>18 April 2023</time>" in html
    assert re.search(r'<button name="oh-file" [^>]*class="oh-tag oh-tag-small" [^>]*>pool</button>', html)
    assert "New<br><br>pump." in html
    assert re.findall(r'<article class="([^"]*)"', html) == ["oh-card", "oh-card oh-card-unused"]


def test_a_cited_note_that_is_one_of_a_series_shows_its_history_and_nothing_else_does() -> None:
    days = [dt.date(year, 4, 18) for year in (2016, 2020, 2024)]
    told = tuple(Moment(f"n{at}", f"Pump {at} <new>", day) for at, day in enumerate(days, start=1))
    notes = [hit(1), hit(2, history=told)]
    html = answer("Sue [2].", notes=notes, citations=[citation(2)])
    assert "<summary>History: 2016 · 2020 · 2024</summary>" in html
    assert re.findall(r"<li([^>]*)><time>([^<]*)</time>", html) == [
        ("", "18 April 2016"),
        (' class="oh-now"', "18 April 2020"),
        ("", "18 April 2024"),
    ]
    assert "Pump 3 &lt;new&gt;" in html
    assert "oh-history" not in answer("Ray [1].", notes=notes, citations=[citation(1)])


def test_a_card_of_an_undated_note_without_a_category_can_be_filed() -> None:
    html = answer("Yes.", notes=[hit(date=None, category=None)])
    assert "<time>" not in html
    assert re.search(r'<button name="oh-file" value="[^"]*n1[^"]*none[^"]*" [^>]*>no category</button>', html)


def test_the_quoted_words_are_marked_once_in_their_card() -> None:
    text = "A & B cost $5. A & B cost $5."
    html = answer("Yes [1].", notes=[hit(text=text)], citations=[citation(quote="A & B cost $5.")])
    assert html.count("<mark>") == 1
    assert "<mark>A &amp; B cost &#36;5.</mark> A &amp; B" in html


@pytest.mark.parametrize(
    ("notes", "citations", "summary"),
    [
        (1, 0, "1 note read"),
        (3, 0, "3 notes read"),
        (1, 1, "1 note used"),
        (3, 1, "1 of 3 notes used"),
        (2, 2, "2 notes used"),
    ],
)
def test_the_cards_are_folded_under_how_many_notes_were_used(notes: int, citations: int, summary: str) -> None:
    html = answer(
        "Yes.",
        notes=[hit(number) for number in range(1, notes + 1)],
        citations=[citation(number) for number in range(1, citations + 1)],
    )
    assert f'<details class="oh-used"><summary>{summary}</summary>' in html


def test_an_answer_that_rests_on_no_note_has_no_cards_and_says_what_to_do() -> None:
    html = answer("I have no note about that.", answered=False, scope="Searched all 3 notes")
    assert "<details" not in html
    offer = re.search(r'<button name="oh-write" value="([^"]*)"[^>]*>add a note about it</button>', html)
    assert offer is not None
    assert json.loads(unescape(offer[1])) == {"title": "Who won the cup", "label": "pool"}
    assert "Searched all 3 notes" in html


def test_the_scope_line_says_what_was_searched_why_by_whom_and_how_long() -> None:
    html = answer(
        "Yes.", scope="Searched 2 pool notes of 3", reason="about pool", model="Qwen", seconds={"total": 2.345}
    )
    assert (
        '<div class="oh-scope"><span title="about pool">Searched 2 pool notes of 3</span> · Qwen · 2.3 s</div>' in html
    )


def test_a_step_shows_how_far_it_is_where_that_is_known() -> None:
    html = answer("", state="waiting", step="loading", share=0.42)
    assert "loading 42%" in html and '<progress value="0.420" max="1"' in html
    assert "<progress aria-label" in answer("", state="waiting", step="loading")


@pytest.mark.parametrize(("count", "said"), [(1, "reading 1 note<"), (4, "reading 4 notes<")])
def test_reading_says_how_many_notes(count: int, said: str) -> None:
    html = answer("", state="reading", scope="S", notes=[hit(number) for number in range(count)])
    assert said in html
    assert "<details" not in html  # the cards come with the whole answer


SAYS = {"n1": "Ray put in <b>two</b> for $90. " * 12}


@pytest.mark.parametrize("state", ["reading", "writing", "rereading", "stopped", "failed"])
def test_what_the_best_note_says_stands_in_for_an_answer_that_is_not_there(state: str) -> None:
    html = answer("", state=state, scope="S", notes=[hit()], says=SAYS)
    assert '<blockquote class="oh-glance">Ray put in &lt;b&gt;two&lt;/b&gt; for &#36;90.' in html
    assert " …<cite>" in html
    assert "Pump</button> · <time>18 April 2023</time></cite>" in html
    assert "oh-glance" not in answer("Ray", state=state, scope="S", notes=[hit()], says=SAYS)
    assert "oh-glance" not in answer("", state=state, scope="S", notes=[hit()])


def test_what_notes_say_is_shown_in_its_order() -> None:
    notes = [hit(1), hit(2, date=None), hit(4)]
    html = answer("", state="reading", notes=notes, says={"n2": "- It was Lou.", "n1": "It was Ray.", "n3": "Al."})
    assert [html.count("oh-glance"), html.count("<time>")] == [2, 1]
    assert html.index('">It was Lou.') < html.index("Ray.")


def test_a_growing_answer_shows_its_text_and_its_scope_without_a_step() -> None:
    html = answer("It was", state="writing", scope="Searched 2 pool notes of 3")
    assert "It was" in html and "Searched 2 pool notes" in html and "oh-progress" not in html


def test_the_lines_of_a_list_become_one() -> None:
    html = answer("In all $310:\n- 3 May: $160 [1]\n- 4 June: <b>$150 - by Ray\nNot counted:\n• a quote", state="done")
    assert "In all &#36;310:<ul><li>3 May: &#36;160 " in html
    assert "</li><li>4 June: &lt;b&gt;&#36;150 - by Ray</li></ul>Not counted:<ul><li>a quote</li></ul></div>" in html


@pytest.mark.parametrize("text", ["-5 degrees", "- 5", "a - b", "*"])
def test_a_dash_is_a_list_only_before_a_blank_at_the_beginning_of_a_line(text: str) -> None:
    assert ("<li>" in answer(text, state="done")) == (text == "- 5")


def test_a_second_reading_says_that_it_is_one() -> None:
    html = answer("", state="rereading", scope="S")
    assert 'role="status"' in html
    assert "unsure of what it wrote" in html


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_an_answer_that_ended_early_keeps_its_text_its_notes_and_says_why(state: str) -> None:
    html = answer("Half an", state=state, failure="The model stopped. Press retry.", notes=[hit()], scope="Searched")
    assert html.index("Half an") < html.index("The model stopped. Press retry.") < html.index("<details")
    assert 'role="alert"' in html


# --- the banner ----------------------------------------------------------------------------------------------


def test_the_banner_says_what_is_loading_and_how_far_it_is() -> None:
    html = render.banner(Status("minilm: downloading", 0.5), "", "")
    assert "minilm: downloading 50%" in html and 'role="status"' in html


def test_the_banner_says_why_the_start_stopped() -> None:
    html = render.banner(Status("stopped", failure="No source answers. Connect to the network."), "", "")
    assert 'role="alert"' in html and "No source answers. Connect to the network." in html
    assert "<progress" not in html


def test_the_banner_says_who_answers_and_what_would_be_better() -> None:
    html = render.banner(Status("ready", 1.0, ready=True), "Qwen", "Run `ollama pull qwen3:4b` & <wait>.")
    assert "Answers by Qwen, on this machine." in html
    assert "Run <code>ollama pull qwen3:4b</code> &amp; &lt;wait&gt;." in html
    assert "<details" not in render.banner(Status("ready", 1.0, ready=True), "Qwen", "")


# --- the lists -----------------------------------------------------------------------------------------------


def test_empty_lists_say_what_will_be_there() -> None:
    assert "Your questions will be kept here." in render.conversation_list([], None)
    assert "Add one, or bring in files." in render.note_list([], None, 0)
    assert render.outcomes([]) == ""


def test_the_open_conversation_is_marked_and_each_can_be_opened_and_deleted() -> None:
    html = render.conversation_list([conversation("c1", "One"), conversation("c2", "Two")], "c2")
    assert html.count('aria-current="true"') == 1
    assert html.index("One") < html.index("aria-current") < html.index("Two")
    assert re.findall(r'data-act="(\w+)" data-id="(\w+)"', html) == [
        ("open", "c1"),
        ("remove", "c1"),
        ("open", "c2"),
        ("remove", "c2"),
    ]
    assert 'aria-label="Delete Two"' in html


def test_notes_beyond_the_shown_ones_are_counted() -> None:
    assert "… and 41 more: search to narrow." in render.note_list([note()], None, 42)
    assert "more" not in render.note_list([note()], None, 1)


def test_refused_files_come_first_each_with_its_reason() -> None:
    html = render.outcomes(
        [Outcome("added", "a.md", note(category=None)), Outcome("refused", "b.md", reason="not UTF-8 text")]
    )
    assert html.index("b.md: not UTF-8 text") < html.index("Pump → no category")
    assert '<li class="oh-refused"><b>refused</b>' in html


def test_a_long_list_of_files_is_cut_but_never_hides_a_refusal() -> None:
    found = [Outcome("added", f"{number}.md", note()) for number in range(60)]
    html = render.outcomes([*found, Outcome("refused", "last.md", reason="is empty")])
    assert "last.md: is empty" in html
    assert html.count("<li") == render.SHOWN_OUTCOMES
    assert "… and 11 more." in html


def test_the_form_says_which_file_its_note_came_from() -> None:
    assert "New note" in render.heading(None)
    assert "from pump.md" in render.heading(note(source="pump.md"))
    assert "from" not in render.heading(note())
