"""Files that are looked at again: what the house makes of them by their place and content."""

from pathlib import Path

import pytest

from assistant.incoming.followed import FollowedFiles, UnfollowedFiles, lies_at
from assistant.incoming.trail import Trail
from knowledge import imports, schema, waiting
from knowledge.errors import Unreadable
from knowledge.imports import Imports
from knowledge.note import Draft
from knowledge.notebook import Notebook
from knowledge.originals import Originals
from knowledge.readers import Source
from knowledge.record import Record
from knowledge.waiting import WaitingDrafts


class Desk:
    """A paper on it, and what the house knows of that."""

    def __init__(self, folder: Path) -> None:
        record = Record(folder / "house.db", (schema.migrations, imports.migrations, waiting.migrations))
        self.notebook = Notebook(record)
        self.trail = Trail(Imports(record, self.notebook), Originals(folder / "originals"), WaitingDrafts(record))
        self.paper = folder / "pump.txt"
        self.write("The pump hums.")

    def write(self, text: str) -> None:
        self.paper.write_text(text)

    def state(self, origin: str = "command line", *, at: Path | None = None) -> str:
        path = at or self.paper
        return FollowedFiles(self.trail, origin).look(Source(path, path.name), str(path)).state

    def keep(self) -> None:
        files = FollowedFiles(self.trail, "command line")
        seen = files.look(Source(self.paper, self.paper.name), str(self.paper))
        self.trail.imports.gave(seen.file.digest, self.notebook.add(Draft(self.paper.read_text())))
        files.saw(seen.file)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_file_is_new_then_known_then_changed(desk: Desk) -> None:
    assert desk.state() == "new"
    desk.keep()
    assert desk.state() == "known"
    assert desk.state("inbox") == "touched"
    desk.write("The pump leaks.")
    assert desk.state() == desk.state("inbox") == "changed"


def test_a_copy_is_known_wherever_it_lies(desk: Desk) -> None:
    desk.keep()
    copy = desk.paper.with_name("again.txt")
    copy.write_bytes(desk.paper.read_bytes())
    assert desk.state(at=copy) == desk.state("inbox", at=copy) == "known"


def test_what_waits_for_review_waits_and_is_forgotten_once_its_file_says_something_else(desk: Desk) -> None:
    files = FollowedFiles(desk.trail, "inbox")
    source, place = Source(desk.paper, desk.paper.name), str(desk.paper)
    seen = files.look(source, place)
    desk.trail.waiting.put("an import", files.with_original(Draft("The pump hums."), source, seen.file.digest))
    files.saw(seen.file)
    assert desk.state() == "waiting"

    desk.write("The pump leaks.")
    files.supersede(files.look(source, place))
    assert desk.state() == "new"
    assert desk.trail.waiting.count() == 0


def test_a_changed_file_that_cannot_be_read_goes_on_as_what_it_was(desk: Desk) -> None:
    desk.keep()
    files, source = FollowedFiles(desk.trail, "inbox"), Source(desk.paper, desk.paper.name)
    before = files.look(source, str(desk.paper)).file
    desk.write("{torn")
    seen = files.look(source, str(desk.paper))
    assert (seen.unread.digest, seen.unread.bytes) == (before.digest, 5)
    assert seen.file.digest != before.digest


def test_a_file_that_is_not_there_is_unreadable_with_its_reason(desk: Desk) -> None:
    with pytest.raises(Unreadable, match=r"lost\.txt: cannot be read \(No such file"):
        desk.state(at=desk.paper.with_name("lost.txt"))


def test_where_nothing_is_followed_every_file_is_new_and_none_is_opened(tmp_path: Path) -> None:
    files, source = UnfollowedFiles(), Source(tmp_path / "lost.txt", "lost.txt")
    seen = files.look(source, "lost.txt")
    assert (seen.state, seen.said, seen.unread) == ("new", (), seen.file)
    assert files.with_original(Draft("It hums."), source, seen.file.digest) == Draft("It hums.")
    assert [*files.gone(tmp_path), *files.left_out(seen.file, [])] == []


def test_what_is_packed_lies_where_its_archive_lies(tmp_path: Path) -> None:
    (tmp_path / "drawer.zip").touch()
    assert lies_at(str(tmp_path / "drawer.zip" / "pump.txt"))
    assert not lies_at(str(tmp_path / "pump.txt"))
