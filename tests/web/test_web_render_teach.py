"""What the Teach and Health tabs show: escaped, in plain words, and drawn."""

import datetime as dt
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.corrections import Correction
from assistant.health import Drift, Health, Week
from assistant.retraining import News, Progress
from assistant.web import render_health, render_teach
from classifier.versions import Version
from finetune.gate import Change, Verdict

LABELS = ["fence", "pool", "none"]
EVIL = '<img src=x onerror="alert(1)">'


def correction(question: str = "Is it?", label: str = "pool", **fields: object) -> Correction:
    when = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    return Correction(question, label, id="c1", created_at=when, **fields)  # type: ignore[arg-type]


def version(name: str = "v1", serving: bool = False, **config: object) -> Version:
    return Version(name, Path(name), dict(config), {"fused": {"accuracy": 0.775}}, serving)


def test_what_was_told_says_where_it_came_from_and_what_was_overruled() -> None:
    html = render_teach.told([correction(overruled="fence")], LABELS, [])
    assert ">pool</button>" in html
    assert "you corrected it on 2 November 2026, was fence" in html
    assert "was" not in render_teach.told([correction(overruled="pool", provenance="confirmed")], LABELS, [])
    assert "Nothing yet" in render_teach.told([], LABELS, [])


def test_a_correction_of_a_category_that_is_gone_says_so() -> None:
    html = render_teach.told([correction(label="moat")], LABELS, [])
    assert "moat (gone)" in html and "choose another one" in html


def test_that_no_category_fits_is_said_in_words_everywhere() -> None:
    told, other = correction(label="none", overruled="pool"), correction(overruled="none")
    change = Change("q", "pool", "none", "pool", True)
    figures = {"accuracy_none": 0.5}
    verdict = Verdict(9, 1, (change,), (change,), 0, 1.0, {"none": (4, 0, 3)}, figures, figures).fields()
    week = Week(dt.date(2026, 11, 2))
    shown = (
        render_teach.told([told, other], LABELS, [[told, other]]),
        render_teach.verdict("ours", verdict),
        render_health.health(Health((week,), (("none", "pool", 3), ("pool", "none", 3)), 0, 0, None, ())),
    )
    for html in shown:
        assert "no category" in html
        assert "none" not in re.sub(r"<[^>]*>", " ", html).split()
    assert ", was no category" in shown[0]
    assert "pool → no category" in shown[2]


def test_of_many_the_newest_are_shown_and_the_rest_counted() -> None:
    many = [correction(f"q{number}") for number in range(render_teach.SHOWN + 5)]
    html = render_teach.told(many, LABELS, [])
    assert html.count("<li>") == render_teach.SHOWN
    assert "… and 5 older ones" in html and "<span>q0</span>" not in html and "<span>q204</span>" in html


def test_whatever_was_typed_stays_text() -> None:
    told = correction(EVIL)
    change = Change(EVIL, "pool", EVIL, "fence", True)
    verdict = Verdict(2, 1, (change,), (change,), 0, 1.0, {EVIL: (1, 1, 1)}, reasons=(EVIL,)).fields()
    for html in (
        render_teach.told([told], LABELS, [[told, told]]),
        render_teach.news(News({EVIL: 1}, 1, EVIL, 60.0)),
        render_teach.news(News(problem=EVIL)),
        render_teach.training(Progress("failed", message=EVIL), False),
        render_teach.training(Progress("running", EVIL), False),
        render_teach.verdict(EVIL, verdict),
        render_teach.versions([version(EVIL)], {}),
        render_teach.definitions([(EVIL, "AA", EVIL)], {}),
        render_health.health(Health((Week(dt.date(2026, 11, 2)),), ((EVIL, EVIL, 3),), 0, 0, None, (EVIL,))),
    ):
        assert "<img" not in html
        assert "onerror=&quot;" in html


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (
            News({"pool": 2, "none": 1}, 9, "v1", 190.0),
            "<b>3 new</b> since v1: no category 1, pool 2.<br>Teaching takes about 3",
        ),
        (News({}, 9, "v1", 60.0), "v1 has been taught all that you told."),
        (News({"pool": 1}, 1, "v1", 60.0, "Too little data."), "Too little data."),
        (
            News({}, 9, "v1", 60.0, taken_back=2),
            "<p><b>2 taken back</b> that v1 was taught.<br>Teaching takes",
        ),
        (News({"pool": 1}, 9, "v1", 60.0, taken_back=2), "pool 1. <b>2 taken back</b> that v1 was taught.<br>"),
        (News({}, 9, "v1", 60.0, waiting={"moat": 3}), "v1 has been taught all else that you told.</p>"),
        (News({"pool": 1}, 9, "v1", 60.0, waiting={"moat": 3}), "moat waits for more: it has 3 of the 5 questions"),
    ],
)
def test_the_news_say_what_is_new_and_how_long_it_takes(news: News, said: str) -> None:
    assert said in render_teach.news(news)


def test_the_losses_are_drawn_to_scale() -> None:
    progress = Progress("running", "x", 5, 10, 90.0, ((0, 2.0), (5, 1.0)), ((10, 0.5),))
    html = render_teach.training(progress, False)
    drawing = re.search(r"<svg.*</svg>", html)
    assert drawing is not None
    points = [line.get("points") for line in ElementTree.fromstring(drawing[0]).iter("polyline")]
    assert points == ["10.0,10.0 150.0,50.0", "290.0,70.0"]
    assert "about 2 min left" in html and "step 5 of 10" in html
    assert "stopping, and keeping the best" in render_teach.training(progress, True)
    assert render_teach.losses(Progress("running", losses=((1, 1.0),))) == ""
    assert render_teach.training(None, False) == ""


def test_a_verdict_names_what_is_fixed_and_broken_and_why_not() -> None:
    changes = tuple(Change(f"q{at}", "pool", "car", "pool", at == 0) for at in range(40))
    good = Verdict(500, 9, changes, (), 3, 0.001, {"pool": (40, 40, 0), "car": (9, 0, 0)}, {"accuracy": 0.7}, {})
    html = render_teach.verdict("ours", good.fields())
    assert "ours is better:</b> it fixes 40 questions and breaks 0" in html
    assert "… and 10 more" in html and "9 of them yours" in html and "3 packaged questions moved" in html
    assert "70.0%" in html and "–" in html
    assert "<th>pool</th>" in html and "<th>car</th>" not in html
    bad = Verdict(500, 0, (), changes[:2], 0, 0.5, reasons=("it breaks 2 questions and fixes 0", "it loses pool"))
    html = render_teach.verdict("ours", bad.fields())
    assert "ours should not serve:</b> it breaks 2 questions and fixes 0; it loses pool." in html
    assert "<details" in html and " open" in html
    assert render_teach.verdict("ours", {}) == ""


def test_the_serving_router_comes_first_and_the_others_can_serve() -> None:
    found = [version("a", household=[["q", "pool"]]), version("z", serving=True)]
    gate = {"a": {"fixed": [1, 2], "broken": [1]}}
    html = render_teach.versions(found, gate)
    assert html.index("<b>z</b>") < html.index("<b>a</b>")
    assert html.count('data-act="promote"') == html.count('aria-label="Let it serve: a">Let it serve<') == 1
    assert "knows 1 of your corrections, fixed 2, broke 1 when compared" in html
    assert "77.5% right" in html


def test_health_draws_each_week_and_says_it_in_words() -> None:
    monday = dt.date(2026, 8, 31)
    weeks = tuple(Week(monday + dt.timedelta(weeks=at), at, at // 2, 1, 1) for at in range(12))
    drift = Drift(4, 0.25, (0.1, 0.5, 0.55, 1.0))
    html = render_health.health(Health(weeks, (("pool", "fence", 3),), 5, 4, drift, ("All is well.",)))
    assert html.count("<rect") == 12 + 12 + 10
    assert "30 of 66 questions were corrected in 12 weeks (45%)" in html
    assert "pool → fence" in html and "4 of 5 questions" in html and "25% are far" in html
    assert re.search(r"<title>0\.5: 2 questions</title>", html)


def test_health_of_a_silent_house_draws_nothing_wrong() -> None:
    html = render_health.health(Health((Week(dt.date(2026, 11, 2)),), (), 0, 0, None, ("All is well.",)))
    assert "Nothing was asked in the last weeks." in html
    assert "No tag was corrected yet." in html and "No question was asked twice yet." in html
    assert "Being reckoned" in html
