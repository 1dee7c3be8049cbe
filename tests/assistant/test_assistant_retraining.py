"""The training that a household starts: its news, its progress, its own process, and what a kill leaves of it."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from small_house import PATIENCE, SmallHouse
from taught_house import TaughtHouse, examples

from assistant.corrections import Correction
from assistant.errors import AssistantError
from assistant.retraining import (
    LOG_FILE,
    PACE_FILE,
    STARTING,
    STATUS_FILE,
    Progress,
    Retraining,
    _born,
    household_examples,
    packaged_parts,
    whole_lesson,
)
from classifier.errors import RouterUnavailable
from classifier.versions import Version, Versions
from finetune.config import TrainConfig
from finetune.examples import ExamplesRejected, Split, split
from finetune.routers import exclusive, train_version

TESTS = Path(__file__).parents[1]


def taught_afresh(house: TaughtHouse) -> Version:
    """What `our-house train --afresh` makes."""
    parts, taxonomy, told = whole_lesson(house)
    config = TrainConfig(rank=2, epochs=0.1, batch=8, evaluations=1)
    embedder = house.embedder
    return train_version(
        house.versions, parts, taxonomy, house.base, embedder.embed, embedder.name, config,
        household=told, name="afresh",
    )  # fmt: skip


def tell(house: TaughtHouse, count: int = 10, label: str = "fire") -> None:
    house.corrections.tell_all([Correction(f"wind {at} blows", label, overruled="water") for at in range(count)])


@pytest.fixture
def retraining(taught: TaughtHouse) -> Retraining:
    return Retraining(taught)


def write_status(retraining: Retraining, progress: Progress) -> None:
    retraining.folder.mkdir(parents=True, exist_ok=True)
    (retraining.folder / STATUS_FILE).write_text(json.dumps(asdict(progress)))


def until_ended(retraining: Retraining) -> Progress | None:
    deadline = time.monotonic() + PATIENCE
    while (progress := retraining.progress()) is not None and progress.state == "running":
        assert time.monotonic() < deadline, (retraining.folder / LOG_FILE).read_text()
        time.sleep(0.1)
    return progress


# --- what is new --------------------------------------------------------------------------------------------------


def test_the_news_are_what_the_serving_router_was_not_taught(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    taught.corrections.tell(Correction("is it wet", "water", "confirmed"))
    news = retraining.news()
    assert (news.per_label, news.new, news.since, news.problem) == ({"fire": 10, "water": 1}, 11, "first", "")
    assert news.seconds > 60
    version, _ = retraining.run("ours")
    taught.versions.promote(version.name)
    assert retraining.news().new == 0
    taught.corrections.tell(Correction("wind 3 blows", "water"))
    assert retraining.news().problem == ""
    assert retraining.news().new == 0  # it contradicts what was told before, and teaches nothing until it is decided


def test_what_was_taught_is_no_news_under_another_name(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    taught.versions.promote(retraining.run("ours")[0].name)
    taught.categories.rename("fire", "heating")
    assert (retraining.news().new, retraining.news().changes) == (0, 0)
    taught.categories.add("stoves", "what is fed with logs", ["which logs"])
    taught.categories.merge("heating", "stoves")
    assert retraining.news().per_label == {"stoves": 1}  # the example alone


def test_what_a_router_was_taught_from_the_beginning_is_no_news(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    version = taught_afresh(taught)
    assert sorted(question for question, _ in version.config["household"])[0] == "wind 0 blows"
    taught.versions.promote(version.name)
    assert retraining.news().changes == 0
    tell(taught, 11)
    assert retraining.news().per_label == {"fire": 1}


def test_what_cannot_be_taught_yet_is_no_news_and_waits_for_more(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    taught.categories.add("air", "what blows", ["why a draught", "who aired"])
    news = retraining.news()
    assert (news.per_label, news.told, news.waiting) == ({"fire": 10}, 10, {"air": 2})
    taught.versions.promote(retraining.run("ours")[0].name)
    assert (retraining.news().changes, retraining.news().waiting) == (0, {"air": 2})
    taught.categories.teach("air", ["what draught", "when aired", "where it blows"])
    assert (retraining.news().per_label, retraining.news().waiting) == ({"air": 5}, {})


def test_what_was_taken_back_after_it_was_taught_is_a_change(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    taught.versions.promote(retraining.run("ours")[0].name)
    taught.corrections.remove([taught.corrections.all()[0].id])
    news = retraining.news()
    assert (news.new, news.taken_back, news.changes) == (0, 1, 1)
    second, _ = retraining.run("next")
    taught.versions.promote(second.name)
    assert retraining.news().changes == 0


def test_too_little_is_a_problem_said_in_plain_words(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught, 3)
    assert "Too little data: 3 corrections" in retraining.news().problem
    with pytest.raises(ExamplesRejected):
        retraining.run()
    progress = retraining.progress()
    assert progress is not None and (progress.state, progress.message[:8]) == ("failed", "Too litt")


def test_the_time_is_estimated_by_what_the_last_training_took_here(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    before = retraining.news().seconds
    retraining.run("ours")
    pace = json.loads((retraining.folder / PACE_FILE).read_text())
    assert retraining.news().seconds == pytest.approx(pace["rest"] + 12 * pace["step"], abs=0.1)
    assert retraining.news().seconds < before


def test_a_beginning_anew_has_the_packaged_questions_and_what_was_told(taught: TaughtHouse) -> None:
    tell(taught)
    taught.corrections.tell(Correction("when pump", "fire"))  # a packaged question, told otherwise
    taught.categories.add("air", "what blows", ["why wind", "who wind"])
    lesson, taxonomy, told = whole_lesson(taught)
    assert taxonomy.names == ["fire", "water"]  # two questions of air are too few
    assert len(told) == 11
    labels = {each.question: each.category for each in lesson.all}
    assert (labels["when pump"], labels["wind 3 blows"], labels["who pump"]) == ("fire", "fire", "water")
    assert len(labels) == len(lesson.all)


def test_a_question_told_twice_is_one_example(taught: TaughtHouse) -> None:
    taught.categories.add("heat", "what warms", ["When is it on?"])
    taught.corrections.tell(Correction("Which flame?", "fire"))
    first = taught.corrections.tell(Correction("when is it on", "fire"))
    taught.corrections.relabel(first.id, "heat")
    taught.categories.merge("heat", "fire")
    assert [(each.question, each.category) for each in household_examples(taught)] == [
        ("when is it on", "fire"),
        ("Which flame?", "fire"),
    ]


# --- what is kept from whom ---------------------------------------------------------------------------------------


def test_the_parts_of_the_packaged_questions_outlive_a_rename_and_a_merge(taught: TaughtHouse) -> None:
    def asked(parts: Split) -> list[list[str]]:
        return [[each.question for each in part] for part in (parts.training, parts.validation, parts.test)]

    before = packaged_parts(taught)
    taught.categories.rename("water", "all that is wet")
    assert asked(packaged_parts(taught)) == asked(before)
    assert {each.category for each in packaged_parts(taught).all} == {"all that is wet", "fire", "none"}
    taught.categories.merge("fire", "all that is wet")
    assert asked(packaged_parts(taught)) == asked(before)


def test_the_renamed_packaged_questions_are_split_as_the_packaged_router_was(taught: TaughtHouse) -> None:
    taught.categories.rename("water", "a wet thing")
    tested = {each.question for each in split(examples()).test}
    assert {each.question for each in packaged_parts(taught).test} == tested
    assert {each.question for each in whole_lesson(taught)[0].test} == tested


def test_a_beginning_anew_keeps_the_packaged_questions_in_their_parts(taught: TaughtHouse) -> None:
    packaged = packaged_parts(taught)
    tell(taught, 40)
    parts, _, told = whole_lesson(taught)
    for whole, part in (
        (parts.training, packaged.training),
        (parts.validation, packaged.validation),
        (parts.test, packaged.test),
    ):
        assert [each for each in whole if each.style != "corrected"] == part
    kept_back = {each.question for each in (*parts.validation, *parts.test) if each.style == "corrected"}
    assert 3 <= len(kept_back) <= 16 and len(told) == 40
    version, _ = Retraining(taught).run("ours")
    assert kept_back == set(version.config["held_out"])  # neither way is taught what the other is judged by


# --- how far it is ------------------------------------------------------------------------------------------------


def test_a_training_tells_how_far_it_is_and_what_came_of_it(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    heard: list[Progress] = []
    _, verdict = retraining.run("ours", heard.append)
    assert [each.step for each in heard if each.stage == "teaching the language model"][-1] == 12
    assert heard[-1] == retraining.progress()
    assert (heard[-1].state, heard[-1].version, heard[-1].steps) == ("done", "ours", 12)
    assert heard[-1].losses and heard[-1].validation_losses
    assert taught.versions.get("first").serving
    assert verdict.questions > 0
    retraining.forget()
    assert retraining.progress() is None


def test_a_stop_keeps_the_best_and_does_not_linger(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)

    def hear(progress: Progress) -> None:
        if progress.step == 1 and progress.stage == "teaching the language model":
            retraining.stop()

    version, _ = retraining.run("ours", hear)
    progress = retraining.progress()
    assert progress is not None and (progress.state, progress.step) == ("done", 1)
    assert not retraining.stopping
    assert taught.versions.whole("ours") == version


def test_a_second_training_is_refused_and_leaves_the_first_its_status_and_its_stop(
    taught: TaughtHouse, retraining: Retraining
) -> None:
    tell(taught)
    seen: list[bool] = []

    def hear(progress: Progress) -> None:
        if progress.step == 1 and not seen:
            retraining.stop()
            with pytest.raises(RouterUnavailable, match="being trained already"):
                Retraining(taught).run("second")
            seen.extend([retraining.stopping, retraining.progress() == progress])

    retraining.run("ours", hear)
    assert seen == [True, True]
    progress = retraining.progress()
    assert progress is not None and (progress.state, progress.version, progress.step) == ("done", "ours", 1)


def test_a_start_is_refused_while_one_from_the_beginning_is_under_way(
    taught: TaughtHouse, retraining: Retraining
) -> None:
    with exclusive(retraining.folder), pytest.raises(AssistantError, match="being trained already"):
        retraining.start()
    assert retraining.progress() is None


def test_one_that_was_started_and_is_not_let_in_says_why(
    taught: TaughtHouse, retraining: Retraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.retraining.HANDED_OVER_WITHIN", 0.1)
    write_status(retraining, Progress("running", STARTING, pid=os.getpid(), born=_born(os.getpid())))
    with exclusive(retraining.folder), pytest.raises(RouterUnavailable):
        retraining.run()
    progress = retraining.progress()
    assert progress is not None and progress.state == "failed" and "being trained already" in progress.message


def test_one_that_was_started_waits_for_who_started_it(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    write_status(retraining, Progress("running", STARTING, pid=os.getpid(), born=_born(os.getpid())))
    inside, over = threading.Event(), threading.Event()

    def starting() -> None:
        with exclusive(retraining.folder):
            inside.set()
            over.wait(0.3)

    starter = threading.Thread(target=starting)
    starter.start()
    assert inside.wait(PATIENCE)
    version, _ = retraining.run("ours")
    starter.join()
    assert version.name == "ours"


@pytest.mark.parametrize(("name", "said"), [("first", "already"), ("../first", "cannot name")])
def test_a_name_that_cannot_be_had_is_said_first(
    taught: TaughtHouse, retraining: Retraining, name: str, said: str
) -> None:
    tell(taught)
    taught.ensure_router()
    with pytest.raises(RouterUnavailable, match=said):
        retraining.run(name)
    assert retraining.progress() is None  # nothing was begun


def test_what_becomes_of_the_categories_during_a_training_does_not_change_the_verdict(
    taught: TaughtHouse, retraining: Retraining
) -> None:
    tell(taught)
    _, verdict = retraining.run("undisturbed")

    def hear(progress: Progress) -> None:
        if progress.stage == "comparing with the serving router" and "water" in taught.taxonomy():
            taught.categories.rename("water", "all that is wet")
            taught.categories.remove("fire")

    _, disturbed = retraining.run("disturbed", hear)
    assert disturbed == verdict
    assert {each.serving for each in (*disturbed.fixed, *disturbed.broken)} <= {"water", "fire", "none"}


def test_a_status_whose_process_is_gone_is_broken_off(retraining: Retraining) -> None:
    write_status(retraining, Progress("running", "teaching", 3, 9, pid=2**22 + 1))
    progress = retraining.progress()
    assert progress is not None
    assert progress.state == "broken off" and "goes on where it stopped" in progress.message


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not say when a process started")
def test_a_status_whose_number_another_process_has_got_is_broken_off(
    taught: TaughtHouse, retraining: Retraining
) -> None:
    # A training that is under way in another process, and then the same status after that process's number went round.
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        write_status(retraining, Progress("running", "teaching", pid=other.pid, born=_born(other.pid)))
        assert (going := retraining.progress()) is not None and going.state == "running"
        write_status(retraining, Progress("running", "teaching", pid=other.pid, born=_born(os.getpid())))
        assert (gone := retraining.progress()) is not None and gone.state == "broken off"
        other.communicate(b"\n")
    taught.corrections.tell(Correction("is it wet", "water"))
    retraining.start()  # and nothing keeps the next one from it
    until_ended(retraining)


def test_a_training_that_cannot_be_started_leaves_room_for_the_next(
    retraining: Retraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(retraining.folder / "moved-away"))
    for _ in range(2):
        with pytest.raises(AssistantError, match="cannot be started"):
            retraining.start()
        progress = retraining.progress()
        assert progress is not None and (progress.state, progress.stage) == ("failed", "")
        assert "cannot be started" in progress.message


def test_a_stop_while_the_process_is_still_starting_is_heeded(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    write_status(retraining, Progress("running", "starting", pid=os.getpid(), born=_born(os.getpid())))
    retraining.stop()
    retraining.run("ours")
    progress = retraining.progress()
    assert progress is not None and (progress.state, progress.step) == ("done", 1)
    assert not retraining.stopping


def test_a_stop_of_an_earlier_training_does_not_end_a_later_one(taught: TaughtHouse, retraining: Retraining) -> None:
    tell(taught)
    retraining.stop()
    retraining.run("ours")
    progress = retraining.progress()
    assert progress is not None and (progress.state, progress.step) == ("done", 12)


def test_a_start_takes_an_earlier_stop_away(taught: TaughtHouse, retraining: Retraining) -> None:
    taught.corrections.tell(Correction("is it wet", "water"))
    retraining.stop()
    retraining.start()
    assert not retraining.stopping
    until_ended(retraining)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"state": "running"}', '{"losses": [["a"]], "validation_losses": []}']
)
def test_a_damaged_status_is_none(retraining: Retraining, text: str) -> None:
    retraining.folder.mkdir(parents=True, exist_ok=True)
    (retraining.folder / STATUS_FILE).write_text(text)
    assert retraining.progress() is None


def test_started_twice_is_refused(retraining: Retraining) -> None:
    write_status(retraining, Progress("running", "teaching", pid=os.getpid()))
    with pytest.raises(AssistantError, match="being trained already"):
        retraining.start()


def test_a_router_without_a_language_model_cannot_be_gone_on_from(
    taught: TaughtHouse, retraining: Retraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(taught)
    version = taught.ensure_router()
    version.config["kind"] = "encoder"
    monkeypatch.setattr(taught, "ensure_router", lambda name=None: version)
    with pytest.raises(RouterUnavailable, match="no language model"):
        retraining.run()


def test_a_training_runs_in_a_process_of_its_own(house: SmallHouse) -> None:
    # The real command line, in this house; too little was told, which the process finds and says.
    retraining = Retraining(house)
    house.corrections.tell(Correction("is it wet", "pool"))
    retraining.start()
    progress = until_ended(retraining)
    assert progress is not None and "Too little data" in progress.message
    # It keeps what it found before it says so and ends.
    deadline = time.monotonic() + PATIENCE
    while "Too little data" not in (log := (retraining.folder / LOG_FILE).read_text()):
        assert time.monotonic() < deadline, log
        time.sleep(0.1)


# --- kill -9 ------------------------------------------------------------------------------------------------------

CHILD = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
import assistant.retraining as retraining, finetune.packaged
from taught_house import TaughtHouse, examples
from tiny_language_model import WATER_OR_FIRE
from assistant.settings import read_settings
from finetune.config import Base
finetune.packaged.FOLDER = Path({packaged!r})
retraining._packaged, retraining.DEFAULT_TAXONOMY = lambda: tuple(examples()), WATER_OR_FIRE
house = TaughtHouse(read_settings(home=Path({home!r})))
house.base = Base("tiny", "0" * 64, Path({base!r}))
house.ensure_router()
print("ready", flush=True)
"""
TRAIN = "retraining.Retraining(house).run('candidate' + sys.argv[1])"
PROMOTE = """
while True:
    house.versions.promote("second")
    house.versions.rollback()
"""


def child(taught: TaughtHouse, work: str, *arguments: str) -> "subprocess.Popen[str]":
    import finetune.packaged

    facts = {
        "tests": str(TESTS),
        "packaged": str(finetune.packaged.FOLDER),
        "home": str(taught.settings.home),
        "base": str(taught.base.folder),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(**facts) + textwrap.dedent(work), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.slow
def test_kill_9_during_training_leaves_the_serving_router_whole(taught: TaughtHouse) -> None:
    tell(taught)
    taught.ensure_router()
    began = time.monotonic()
    process = child(taught, TRAIN, "-whole")
    assert process.wait(PATIENCE) == 0
    whole = time.monotonic() - began
    draw = random.Random(0)
    for number in range(10):
        process = child(taught, TRAIN, str(number))
        time.sleep(draw.uniform(0, whole * 0.7))
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        assert Versions(taught.versions.folder).whole().name == "first"
        for version in Versions(taught.versions.folder).all():
            assert taught.versions.whole(version.name).config["kind"] == "fused"
    assert taught.load_router(taught.versions.whole()).classify(["pump"])[0].version == "first"


@pytest.mark.slow
def test_kill_9_during_promotion_leaves_a_whole_router_serving(taught: TaughtHouse) -> None:
    first = taught.ensure_router()
    taught.versions.add("second", lambda folder: _copy(first.folder, folder))
    draw = random.Random(1)
    served = set()
    for _ in range(10):
        process = child(taught, PROMOTE)
        time.sleep(draw.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        served.add(Versions(taught.versions.folder).whole().name)
    assert served <= {"first", "second"}


def _copy(source: Path, target: Path) -> None:
    import shutil

    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("files.json"))
