"""The watched folder, with real files landing in it."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import watchfiles
from small_house import SmallHouse

from assistant.incoming import watching
from assistant.incoming.arrivals import Arrivals
from assistant.incoming.watching import STILL, Watcher
from assistant.settings import read_settings
from assistant.startup import Startup
from knowledge.originals import Originals, digest_of
from knowledge.readers import files_in

PATIENCE = 60.0


class Watched:
    """A house whose inbox is watched."""

    def __init__(self, home: Path) -> None:
        self.house = SmallHouse(read_settings(home=home, models=home / "models"))
        assert self.house.settings.inbox is not None
        self.inbox = self.house.settings.inbox
        self.startup = Startup(self.house)
        self.startup.start()
        self.startup.assistant()
        self.arrivals = Arrivals(self.house, self.startup)
        self.watcher = Watcher(self.inbox, self.arrivals, self.house.trail.imports)

    def titles(self) -> list[str]:
        return sorted(each.draft.title for each in self.house.trail.waiting.all())


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path / "house")
    yield watched
    watched.watcher.stop()
    until(lambda: not watched.arrivals.state.busy)
    watched.house.library.index.close()


def test_what_lay_there_and_what_lands_there_comes_into_the_review_once(watched: Watched) -> None:
    watched.inbox.mkdir(parents=True)
    (watched.inbox / "early.txt").write_text("It came while nobody watched.")
    watched.watcher.start()
    until(lambda: watched.titles() == ["Early"])
    (watched.inbox / "late.txt").write_text("It came later.")
    (watched.inbox / ".hidden.txt").write_text("Not for us.")
    (watched.inbox / "film.txt.crdownload").write_text("Half of it.")
    (watched.inbox / "torn.pdf").write_bytes(b"%PDF-1.4 torn")
    until(lambda: len(watched.house.trail.imports.recent()) >= 2 and not watched.arrivals.state.busy)
    until(lambda: watched.titles() == ["Early", "Late"])
    assert watched.house.notebook.count() == 0
    watched.watcher.stop()

    again = Watcher(watched.inbox, watched.arrivals, watched.house.trail.imports)
    before = len(watched.house.trail.imports.recent())
    again.start()
    time.sleep(STILL * 2 + 0.5)  # as long as it would take a file to come in
    again.stop()
    assert watched.titles() == ["Early", "Late"]
    assert len(watched.house.trail.imports.recent()) == before


def test_a_file_that_lands_just_after_the_first_look_comes_in_too(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_through(folder: Path) -> list[Path]:
        found = files_in(folder)
        if not (folder / "late.txt").exists():
            (folder / "late.txt").write_text("It came at the worst moment.")
        return found

    monkeypatch.setattr(watching, "files_in", looked_through)
    watched.watcher.start()
    until(lambda: watched.titles() == ["Late"])


def test_a_change_that_nobody_tells_of_is_found_by_looking(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK", 0.5)
    monkeypatch.setattr(watchfiles, "watch", partial(watchfiles.watch, watch_filter=lambda *_: False))
    watched.watcher.start()
    until(watched.inbox.is_dir)
    (watched.inbox / "shared.txt").write_text("Another machine wrote it on the shared drive.")
    until(lambda: watched.titles() == ["Shared"])


def test_a_half_written_file_is_waited_for_and_never_touched(watched: Watched) -> None:
    watched.watcher.start()
    until(watched.inbox.is_dir)
    path = watched.inbox / "slow.txt"
    with path.open("w") as file:
        for number in range(6):
            file.write(f"Line {number} of a slow one.\n")
            file.flush()
            time.sleep(STILL / 2)
            assert watched.titles() == []
    until(lambda: watched.titles() == ["Slow"])
    (draft,) = [each.draft for each in watched.house.trail.waiting.all()]
    assert "Line 5" in draft.text
    assert path.read_text().count("\n") == 6


def test_a_note_whose_file_was_deleted_stays_and_is_marked(watched: Watched) -> None:
    watched.watcher.start()
    until(watched.inbox.is_dir)
    path = watched.inbox / "pump.txt"
    path.write_text("The pool pump hums.")
    until(lambda: watched.titles() == ["Pump"])
    from assistant.incoming.review import save

    list(save(watched.house.trail.waiting.all(), watched.house.library, watched.house.trail))
    path.unlink()
    until(lambda: watched.house.notebook.select()[0].gone)
    path.write_text("The pool pump hums.")
    until(lambda: not watched.house.notebook.select()[0].gone)
    assert watched.titles() == []


def test_a_note_that_a_person_deleted_does_not_come_back_with_its_file(watched: Watched) -> None:
    watched.watcher.start()
    until(watched.inbox.is_dir)
    path = watched.inbox / "pump.txt"
    path.write_text("The pool pump hums.")
    until(lambda: watched.titles() == ["Pump"])
    watched.house.trail.waiting.drop(each.id for each in watched.house.trail.waiting.all())
    path.touch()
    time.sleep(STILL * 2 + 0.5)  # as long as it would take the file to come in
    until(lambda: not watched.arrivals.state.busy)
    assert watched.titles() == []


def test_a_file_that_cannot_be_kept_is_named_and_keeps_no_other_out(watched: Watched, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.txt" for name in "abcde"]
    for path in paths:
        path.write_text(f"Pool matter {path.stem}.")
    # Where its folder would be lies a file, so that it cannot be kept.
    folder = watched.house.trail.originals.folder
    folder.mkdir(parents=True)
    (folder / digest_of(paths[1])[:2]).touch()
    watched.arrivals.bring(paths, "page")
    until(lambda: not watched.arrivals.state.busy)
    assert watched.titles() == ["A", "C", "D", "E"]
    (told,) = [each for each in watched.arrivals.outcomes if each.status == "refused"]
    assert told.source == "b.txt"
    assert told.reason.startswith("The file b.txt cannot be kept")
    (came,) = watched.house.trail.imports.recent()
    assert watched.house.trail.imports.refusals(came.id) == [("b.txt", told.reason)]


def test_the_watch_goes_on_after_what_nobody_foresaw(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Iterator[set[watchfiles.main.FileChange]]:
        raise RuntimeError("the system tells of nothing")

    monkeypatch.setattr(watching, "RETRY", 0.2)
    monkeypatch.setattr(watching, "STILL", 0.1)
    monkeypatch.setattr(watchfiles, "watch", broken)
    watched.watcher.start()
    until(watched.inbox.is_dir)
    (watched.inbox / "first.txt").write_text("Found by looking.")
    until(lambda: watched.titles() == ["First"])
    monkeypatch.undo()
    (watched.inbox / "second.txt").write_text("The system tells again.")
    until(lambda: watched.titles() == ["First", "Second"])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file's name is always text")
def test_a_name_that_is_not_utf_8_is_refused_once_and_keeps_no_other_file_out(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RETRY", 0.2)
    monkeypatch.setattr(watching, "LOOK", 0.5)
    watched.watcher.start()
    until(watched.inbox.is_dir)
    Path(os.fsdecode(os.fsencode(watched.inbox) + b"/R\xe9sum\xe9.txt")).write_text("Fence stained.")
    until(lambda: bool(watched.arrivals.outcomes))
    (watched.inbox / "later.txt").write_text("It came later.")
    until(lambda: watched.titles() == ["Later"] and not watched.arrivals.state.busy)
    time.sleep(STILL + 1)  # as long as it would take to come in again
    (refused,) = [each for each in watched.arrivals.outcomes if each.status == "refused"]
    assert refused.source == "R?sum?.txt"
    assert "not UTF-8" in refused.reason


class Slow(Originals):
    """Takes its time with each file, as a scan does that is read word by word."""

    def keep(self, path: Path, digest: str, suffix: str = "") -> Path:
        time.sleep(1)
        return super().keep(path, digest, suffix)


class Heard(Arrivals):
    """Counts what it was told to bring in."""

    brought = 0

    def bring(self, paths: Sequence[Path], origin: str) -> None:
        self.brought += len(paths)
        super().bring(paths, origin)


def test_files_that_wait_to_be_read_are_not_handed_on_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK", 0.1)
    monkeypatch.setattr(watching, "STILL", 0.1)
    watched = Watched(tmp_path / "house")
    watched.house.trail = replace(trail := watched.house.trail, originals=Slow(trail.originals.folder))
    arrivals = Heard(watched.house, watched.startup)
    watcher = Watcher(watched.inbox, arrivals, watched.house.trail.imports)
    watched.inbox.mkdir(parents=True)
    for number in range(4):
        (watched.inbox / f"scan {number}.txt").write_text(f"Pool note {number}.")
    watcher.start()
    until(lambda: len(watched.titles()) == 4 and not arrivals.state.busy)
    watcher.stop()
    assert arrivals.brought == 4
    watched.house.library.index.close()
