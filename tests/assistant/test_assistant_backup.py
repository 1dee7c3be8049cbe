import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from papers import INVOICE, pdf
from small_house import SmallHouse
from sqlite_utils import Migrations

from assistant.backup import MANIFEST_FILE, back_up
from assistant.conversation import Question, Reply
from assistant.corrections import Correction
from assistant.details import AnswerDetails
from assistant.errors import BackupRefused
from assistant.incoming.ingest import Intake, ingest
from assistant.incoming.review import save
from assistant.models.chat_models import Message
from assistant.models.kept_prompts import KeptPrompts
from assistant.restore import restore
from assistant.settings import read_settings
from knowledge import schema
from knowledge.note import Draft
from knowledge.originals import digest_of
from knowledge.record import Record

Content = dict[str, str]


def content(home: Path) -> Content:
    """Everything that a house holds, by table or file, as hashes; what only tells of the index is left out."""
    found = {}
    with contextlib.closing(sqlite3.connect(home / "house.db")) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info([{table}])") if row[1] != "indexed"]
            rows = sorted(map(repr, db.execute(f"SELECT {', '.join(f'[{each}]' for each in columns)} FROM [{table}]")))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if path.is_file() and not name.startswith(("house.", "index")):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def weights(folder: Path) -> None:
    (folder / "head.bin").write_bytes(os.urandom(70_000))


@pytest.fixture
def lived_in(house: SmallHouse) -> SmallHouse:
    """A house with notes (edited and deleted ones, too), a conversation, a correction, routers, files, settings."""
    kept = [Draft("Ray replaced the pool pump, $1,150.", "Pool pump", "pool", id="pump"), Draft("Old news.", id="old")]
    house.library.add(kept)
    house.library.edit("pump", {"text": "Ray replaced the pool pump, $1,160."})
    house.library.delete(["old"])
    conversation, _ = house.conversations.say(None, Question("When was the pump replaced?"))
    house.conversations.say(conversation, Reply("Last spring.", AnswerDetails("done")))
    house.corrections.tell(Correction("the lion drips", "fountain"))
    home = house.settings.home
    house.versions.add("mine", weights)
    house.versions.promote("mine")
    (home / "originals").mkdir()
    (home / "originals" / "ab12.pdf").write_bytes(os.urandom(200_000))
    (home / "settings.toml").write_text("notes_per_answer = 4\n")
    return house


@pytest.fixture
def empty(tmp_path: Path, bare_environment: None) -> SmallHouse:
    return SmallHouse(read_settings(home=tmp_path / "elsewhere" / "house"))


def repack(file: Path, change: Callable[[dict[str, bytes]], None], **attributes: int) -> Path:
    """Write a backup again with other content; what the manifest says of it is left to `change`."""
    with zipfile.ZipFile(file) as archive:
        pieces = {name: archive.read(name) for name in archive.namelist()}
    change(pieces)
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, data in pieces.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes.get(name, 0o600) << 16
            archive.writestr(info, data)
    return changed


def honest(pieces: dict[str, bytes]) -> None:
    """Let the manifest say what the archive holds."""
    manifest = json.loads(pieces[MANIFEST_FILE])
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in pieces.items()
        if name != MANIFEST_FILE
    }
    pieces[MANIFEST_FILE] = json.dumps(manifest).encode()


def test_a_restored_house_holds_the_same_by_hash(lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path) -> None:
    before = content(lived_in.settings.home)
    file, manifest = back_up(lived_in, tmp_path / "house.zip")
    restored = restore(empty, file)
    assert content(empty.settings.home) == before
    assert before.keys() > {"notes", "note_versions", "turns", "corrections", "routers/mine/head.bin", "settings.toml"}
    assert (manifest.notes, restored.manifest.notes, restored.kept) == (1, 1, None)
    assert empty.library.heal() == 2  # of the deleted note the index is told, too
    assert [hit.note_id for hit in empty.library.search("pool pump", empty.library.scope(None, ""))] == ["pump"]
    assert empty.versions.whole().name == "mine"
    assert not [path for path in empty.settings.home.iterdir() if path.name.startswith(".restoring")]


def test_a_backup_holds_neither_index_nor_half_written_files_and_is_the_owners_alone(
    lived_in: SmallHouse, tmp_path: Path
) -> None:
    (lived_in.settings.home / "routers" / ".mine.1234").mkdir()
    (lived_in.settings.home / "routers" / ".mine.1234" / "half").write_text("half")
    file, manifest = back_up(lived_in, tmp_path)
    assert file.parent == tmp_path
    assert file.suffix == ".zip"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(manifest.files) == {
        *("house.db", "settings.toml", "originals/ab12.pdf", "routers/serving"),
        *("routers/mine/files.json", "routers/mine/head.bin"),
    }
    assert [path.name for path in tmp_path.glob(".our-house*")] == []


def test_what_was_brought_in_comes_back_with_its_originals_and_the_drafts_that_wait(
    house: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    kept, waits = pdf(tmp_path / "invoice.pdf", INVOICE), pdf(tmp_path / "fence.pdf", ("Fence stain", "Total $20.00"))
    (added,) = ingest([kept], house.library, category="pool", trail=house.trail)
    intake = Intake(house.library, trail=house.trail, review=True, origin="page")
    assert [outcome.status for outcome in intake.path(waits)] == ["waiting"]
    (waiting,) = house.trail.waiting.all()
    amended = house.trail.waiting.amend(waiting.id, title="The fence, stained")

    file, manifest = back_up(house, tmp_path / "house.zip")
    restore(empty, file)

    digests = {digest_of(kept), digest_of(waits)}
    assert {Path(name).stem for name in manifest.files if name.startswith("originals/")} == digests
    assert added.note is not None
    note = empty.notebook.get(added.note.id)
    assert original(empty, note.original) == kept.read_bytes()
    assert empty.trail.waiting.all() == [amended]
    assert original(empty, amended.draft.original) == waits.read_bytes()
    assert [outcome.status for outcome in save([amended], empty.library, empty.trail)] == ["added"]
    assert "The fence, stained" in {note.title for note in empty.notebook.select()}
    again = ingest([kept, waits], empty.library, trail=empty.trail)
    assert {outcome.status for outcome in again} == {"unchanged"}
    assert empty.trail.imports.undoable() is not None


def original(house: SmallHouse, digest: str) -> bytes:
    path = house.trail.originals.path(digest)
    assert path is not None
    return path.read_bytes()


def test_what_the_model_has_read_ahead_is_neither_backed_up_nor_brought_back(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    prompts = KeptPrompts(lived_in.settings.home / "prompts", 1_000_000)
    prompts.folder.mkdir()
    (prompts.folder / "written").write_bytes(os.urandom(1000))
    name = prompts.name("tiny", [Message("system", "The notes of the pool.")])
    assert prompts.adopt("written", name)

    file, manifest = back_up(lived_in, tmp_path / "house.zip")
    assert not [each for each in manifest.files if each.startswith("prompts")]
    restore(empty, file)
    assert not (empty.settings.home / "prompts").exists()

    def smuggle(pieces: dict[str, bytes]) -> None:
        pieces[f"prompts/{name}"] = b"what somebody else made of it"
        honest(pieces)

    with pytest.raises(BackupRefused, match="does not belong into a house"):
        restore(empty, repack(file, smuggle), replace=True)


def test_a_backup_never_takes_another_files_place(lived_in: SmallHouse, tmp_path: Path) -> None:
    file = tmp_path / "letter.zip"
    file.write_text("Dear bank")
    with pytest.raises(BackupRefused, match="exists already"):
        back_up(lived_in, file)
    assert file.read_text() == "Dear bank"
    with pytest.raises(BackupRefused, match="cannot be written"):
        back_up(lived_in, tmp_path / "no such folder" / "house.zip")


ADDER = """
import sys
from pathlib import Path
from knowledge import notebook, schema
from knowledge.note import Draft
from knowledge.originals import digest_of
from knowledge.record import Record
notes = notebook.Notebook(Record(Path(sys.argv[1]) / "house.db", (schema.migrations,)))
for number in range(100_000):
    notes.add(Draft(f"Note number {number}. " + "word " * 200, f"Number {number}", id=f"n{number}"))
    print(number, flush=True)
"""


def test_a_backup_while_another_process_adds_notes_is_one_moment_of_the_house(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    home = lived_in.settings.home
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [*sys.path]))}
    with subprocess.Popen([sys.executable, "-c", ADDER, home], stdout=subprocess.PIPE, env=environment) as adding:
        try:
            assert adding.stdout is not None
            for _ in range(20):
                adding.stdout.readline()
            file, manifest = back_up(lived_in, tmp_path / "house.zip")
            after = int(adding.stdout.readline())  # it was kept from nothing
        finally:
            adding.kill()
    restore(empty, file)
    numbers = sorted(int(note.id[1:]) for note in empty.notebook.select() if note.id.startswith("n"))
    assert numbers == list(range(len(numbers)))
    assert 20 <= len(numbers) <= after + 100_000
    assert manifest.notes == len(numbers) + 1
    for each in numbers:
        assert empty.notebook.passages.select(note_id=f"n{each}")


def test_a_house_with_notes_is_replaced_only_when_told_and_what_was_there_is_kept(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    empty.library.add([Draft("Mine alone.", id="mine")])
    (empty.settings.home / "settings.toml").write_text("notes_per_answer = 2\n")
    before = content(empty.settings.home)
    with pytest.raises(BackupRefused, match="holds notes already"):
        restore(empty, file)
    assert content(empty.settings.home) == before

    restored = restore(empty, file, replace=True)
    assert content(empty.settings.home) == content(lived_in.settings.home)
    assert restored.kept is not None
    assert restored.kept.parent == empty.settings.home.parent
    third = SmallHouse(read_settings(home=tmp_path / "third"))
    restore(third, restored.kept)
    assert content(third.settings.home) == before
    empty.library.heal()
    assert empty.library.differences() == (set(), set())  # nothing of the old notes is found any more


def test_what_was_said_or_told_in_a_house_without_notes_is_no_less_its_own(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    empty.conversations.say(None, Question("Is anybody there?"))
    with pytest.raises(BackupRefused, match="holds conversations already"):
        restore(empty, file)


def put_under_review(house: SmallHouse) -> None:
    house.trail.waiting.put("post", Draft("The deed. Typed for ten minutes."))


def keep_an_original(house: SmallHouse) -> None:
    (house.settings.home / "originals" / "ab").mkdir(parents=True)
    (house.settings.home / "originals" / "ab" / "deed.txt").write_text("The deed.")


@pytest.mark.parametrize(
    ("bring", "what"),
    [
        (put_under_review, "drafts under review"),
        (lambda house: house.trail.imports.begin("page"), "imports"),
        (lambda house: house.categories.add("greenhouse", "plants under glass"), "categories of its own"),
        (lambda house: house.categories.rename("pool", "swimming"), "categories of its own"),
        (keep_an_original, "originals"),
        (lambda house: house.versions.add("trained", weights), "routers of its own"),
    ],
)
def test_whatever_somebody_brought_into_a_house_is_replaced_only_when_told_and_is_kept(
    house: SmallHouse, empty: SmallHouse, tmp_path: Path, bring: Callable[[SmallHouse], object], what: str
) -> None:
    file, _ = back_up(house, tmp_path / "house.zip")
    bring(empty)
    before = content(empty.settings.home) if (empty.settings.home / "house.db").exists() else None
    with pytest.raises(BackupRefused, match=f"holds {what} already"):
        restore(empty, file)
    assert before is None or content(empty.settings.home) == before
    assert restore(empty, file, replace=True).kept is not None


def test_a_house_that_only_has_what_came_with_it_is_empty(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    from finetune.packaged import install

    file, _ = back_up(lived_in, tmp_path / "house.zip")
    assert empty.notebook.categories()
    install(empty.versions)
    (empty.settings.home / "originals").mkdir()
    assert restore(empty, file).kept is None
    assert content(empty.settings.home) == content(lived_in.settings.home)


def test_an_empty_house_keeps_the_settings_that_were_made_for_this_machine(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    empty.settings.home.mkdir(parents=True)
    (empty.settings.home / "settings.toml").write_text("port = 7861\n")
    assert restore(empty, file).own_settings
    assert (empty.settings.home / "settings.toml").read_text() == "port = 7861\n"


def test_a_damaged_record_is_kept_aside_and_the_backup_takes_its_place(lived_in: SmallHouse, tmp_path: Path) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    before = content(lived_in.settings.home)
    home = tmp_path / "damaged"
    shutil.copytree(lived_in.settings.home, home, ignore=shutil.ignore_patterns("house.db-*"))
    (home / "house.db").write_bytes(b"a letter to the bank" * 500)
    with pytest.raises(BackupRefused, match=r"damaged.*--replace"):
        restore(SmallHouse(read_settings(home=home)), file)
    restored = restore(SmallHouse(read_settings(home=home)), file, replace=True)
    assert restored.kept is not None
    assert restored.kept.read_bytes() == b"a letter to the bank" * 500
    assert {**content(home), restored.kept.name: ""} == {**before, restored.kept.name: ""}


def test_a_backup_of_an_older_house_gets_the_newer_tables(empty: SmallHouse, tmp_path: Path, house: SmallHouse) -> None:
    back_up_file, _ = back_up(house, tmp_path / "new.zip")
    older = Migrations("knowledge")
    older()(schema.create_notes)
    old = Record(tmp_path / "old.db", (older,))
    with old.writing() as db:
        note = {"id": "a", "title": "A", "text": "Code K-417", "created_at": "2020-01-01", "updated_at": "2020-01-01"}
        db.table("notes").insert(note)
        db.execute("INSERT INTO passages VALUES ('a#0', 'a', 0, 'A', '', 'Code K-417')")
    old.copy_to(tmp_path / "alone.db")

    def with_old_record(pieces: dict[str, bytes]) -> None:
        pieces["house.db"] = (tmp_path / "alone.db").read_bytes()
        honest(pieces)

    restore(empty, repack(back_up_file, with_old_record))
    assert empty.notebook.get("a").title == "A"
    assert empty.notebook.passages.coded(["k417"], None) == {"k417": ["a#0"]}  # which the old tables did not have
    assert empty.conversations.all() == []


def test_a_backup_of_a_newer_house_is_refused(empty: SmallHouse, tmp_path: Path, house: SmallHouse) -> None:
    file, _ = back_up(house, tmp_path / "new.zip")
    with sqlite3.connect(tmp_path / "newer.db") as db, zipfile.ZipFile(file) as archive:
        (tmp_path / "newer.db").write_bytes(archive.read("house.db"))
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('knowledge', 'rooms', '')")
    db.close()

    def newer(pieces: dict[str, bytes]) -> None:
        pieces["house.db"] = (tmp_path / "newer.db").read_bytes()
        honest(pieces)

    with pytest.raises(BackupRefused, match="newer our-house"):
        restore(empty, repack(file, newer))
    assert not empty.settings.home.exists()


def changed_letter(pieces: dict[str, bytes]) -> None:
    letters = pieces["routers/mine/head.bin"]
    pieces["routers/mine/head.bin"] = bytes([letters[0] ^ 1]) + letters[1:]


def climbing(pieces: dict[str, bytes]) -> None:
    pieces["originals/../../escaped.txt"] = b"out"
    honest(pieces)


def absolute(pieces: dict[str, bytes]) -> None:
    pieces["/tmp/escaped.txt"] = b"out"
    honest(pieces)


def foreign_place(pieces: dict[str, bytes]) -> None:
    pieces["index/chroma.sqlite3"] = b"out"
    honest(pieces)


def missing(pieces: dict[str, bytes]) -> None:
    del pieces["originals/ab12.pdf"]


def unlisted(pieces: dict[str, bytes]) -> None:
    pieces["originals/more.pdf"] = b"more"


def without_record(pieces: dict[str, bytes]) -> None:
    del pieces["house.db"]
    honest(pieces)


def broken_record(pieces: dict[str, bytes]) -> None:
    pieces["house.db"] = b"no database " * 1000
    honest(pieces)


def other_format(pieces: dict[str, bytes]) -> None:
    pieces[MANIFEST_FILE] = b'{"format": "their-house backup"}'


def without_manifest(pieces: dict[str, bytes]) -> None:
    del pieces[MANIFEST_FILE]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed_letter, "damaged: routers/mine/head.bin"),
        (climbing, "does not belong into a house"),
        (absolute, "does not belong into a house"),
        (foreign_place, "does not belong into a house"),
        (missing, "not those that its manifest names"),
        (unlisted, "not those that its manifest names"),
        (without_record, "holds no record"),
        (broken_record, "cannot be used"),
        (other_format, "no backup that this our-house can read"),
        (without_manifest, "no backup that this our-house can read"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    file = repack(back_up(lived_in, tmp_path / "house.zip")[0], change)
    with pytest.raises(BackupRefused, match=said):
        restore(empty, file)
    assert not empty.settings.home.exists()
    empty.library.add([Draft("Mine alone.", id="mine")])
    before = content(empty.settings.home)
    with pytest.raises(BackupRefused, match=said):
        restore(empty, file, replace=True)
    assert content(empty.settings.home) == before
    assert list(empty.settings.home.parent.glob("*.zip")) == []


def test_a_link_in_a_backup_is_refused(lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path) -> None:
    def linked(pieces: dict[str, bytes]) -> None:
        pieces["originals/ab12.pdf"] = b"/etc/passwd"
        honest(pieces)

    file = repack(back_up(lived_in, tmp_path / "house.zip")[0], linked, **{"originals/ab12.pdf": stat.S_IFLNK | 0o777})
    with pytest.raises(BackupRefused, match="is a link"):
        restore(empty, file)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_a_backup_cut_short_is_refused(lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path, share: float) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BackupRefused, match="is no backup of our-house, or is cut off"):
        restore(empty, file)
    assert not empty.settings.home.exists()


@pytest.mark.parametrize("at", [0.2, 0.4, 0.6, 0.8])
def test_one_flipped_byte_is_found(lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path, at: float) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    whole = bytearray(file.read_bytes())
    whole[int(len(whole) * at)] ^= 0x10
    file.write_bytes(whole)
    with pytest.raises(BackupRefused):
        restore(empty, file)
    assert not empty.settings.home.exists()


def test_a_letter_or_nothing_at_all_is_no_backup(empty: SmallHouse, tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("Dear bank")
    for name, said in (("letter.zip", "is no backup"), ("nothing.zip", "There is no file")):
        with pytest.raises(BackupRefused, match=said):
            restore(empty, tmp_path / name)


KILLED = """
import os, sys
from pathlib import Path
from small_house import SmallHouse
from assistant.restore import restore
from assistant.settings import read_settings
from knowledge.record import Record
replace_with = Record.replace_with

def killed(record, path):
    if sys.argv[3] == "after":
        replace_with(record, path)
    os._exit(9)

Record.replace_with = killed
restore(SmallHouse(read_settings(home=Path(sys.argv[1]))), Path(sys.argv[2]), replace=True)
"""


def kill_a_restore(house: SmallHouse, file: Path, moment: str) -> None:
    """Let a process that restores a backup end at once, just before or after the record is exchanged."""
    result = subprocess.run(
        [sys.executable, "-c", KILLED, house.settings.home, file, moment],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert result.returncode == 9
    assert list(house.settings.home.glob(".restoring-*/old/*"))


@pytest.mark.parametrize(("with_files", "changed"), [(True, {"routers/serving"}), (False, set[str]())])
def test_what_a_killed_restore_had_moved_away_is_back_before_the_next_one(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path, with_files: bool, changed: set[str]
) -> None:
    house = lived_in if with_files else SmallHouse(read_settings(home=tmp_path / "notes alone"))
    house.library.add([Draft("Another house's.", id="theirs")])
    file, _ = back_up(house, tmp_path / "house.zip")
    empty.library.add([Draft("Mine alone.", id="mine")])
    empty.versions.add("trained", weights)
    empty.versions.promote("trained")
    keep_an_original(empty)
    before = content(empty.settings.home)
    kill_a_restore(empty, file, "before")
    assert content(empty.settings.home) != before
    with pytest.raises(BackupRefused, match="holds notes"):
        restore(empty, file)
    after = content(empty.settings.home)
    assert before.keys() <= after.keys()
    assert {name for name in before if after[name] != before[name]} == changed
    for earlier in empty.settings.home.parent.glob("house-before-restore-*.zip"):
        earlier.unlink()  # the killed one's, perhaps of this very second
    kept = restore(empty, file, replace=True).kept
    assert kept is not None
    assert "originals/ab/deed.txt" in zipfile.ZipFile(kept).namelist()


def test_what_a_finished_exchange_had_moved_away_does_not_come_back(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path
) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    empty.library.add([Draft("Mine alone.", id="mine")])
    keep_an_original(empty)
    kill_a_restore(empty, file, "after")
    with pytest.raises(BackupRefused, match="holds notes"):
        restore(empty, file)
    assert content(empty.settings.home) == content(lived_in.settings.home)


def test_a_restore_that_is_under_way_is_left_alone(lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path) -> None:
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    work = empty.settings.home / ".restoring-other"
    (work / "old" / "routers").mkdir(parents=True)
    with FileLock(work / "lock"), pytest.raises(BackupRefused, match="under way"):
        restore(empty, file)
    assert (work / "old" / "routers").exists()


def test_where_the_record_cannot_be_exchanged_the_old_files_come_back(
    lived_in: SmallHouse, empty: SmallHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.record.BUSY_SECONDS", 0.5)
    file, _ = back_up(lived_in, tmp_path / "house.zip")
    empty.library.add([Draft("Mine alone.", id="mine")])
    empty.versions.add("theirs", weights)
    before = content(empty.settings.home)
    with contextlib.closing(sqlite3.connect(empty.settings.home / "house.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match=r"locked|has been writing"):
            restore(empty, file, replace=True)
    assert content(empty.settings.home) == before
