import shutil
from pathlib import Path

import pytest
from command_line import Run, complaint, lines
from papers import INVOICE, pdf
from small_house import SmallHouse

from assistant.incoming.ingest import Intake
from assistant.incoming.review import save
from assistant.settings import read_settings
from knowledge.note import Draft


@pytest.fixture
def furnished(house: SmallHouse) -> SmallHouse:
    house.notebook.add(Draft("Ray replaced the pool pump.", "Pool pump", "pool", id="pump"))
    return house


def test_a_backup_goes_to_another_house(run: Run, furnished: SmallHouse, tmp_path: Path) -> None:
    file = tmp_path / "house.zip"
    (told,) = lines(run("backup", file, "--json"))
    assert (told["file"], told["notes"], told["bytes"]) == (str(file), 1, file.stat().st_size)
    (told,) = lines(run("restore", file, "--house", tmp_path / "other", "--json"))
    assert (told["notes"], told["kept"], told["own_settings"]) == (1, None, False)
    (note,) = lines(run("notes", "list", "--house", tmp_path / "other", "--json"))
    assert note["note_id"] == "pump"


def test_restoring_into_a_house_with_notes_says_how_and_where_they_are_kept(
    run: Run, furnished: SmallHouse, tmp_path: Path
) -> None:
    file = tmp_path / "house.zip"
    run("backup", file)
    assert "`--replace` backs them up first" in complaint(run("restore", file), 1)
    result = run("restore", file, "--replace")
    assert result.exit_code == 0
    (kept,) = tmp_path.glob("house-before-restore-*.zip")
    assert f"What was here before is in {kept}." in result.stdout
    assert "1 note restored" in result.stdout


def test_a_foreign_file_is_refused_in_one_line(run: Run, furnished: SmallHouse, tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("Dear bank")
    assert "is no backup of our-house" in complaint(run("restore", tmp_path / "letter.zip"), 1)
    assert "exists already" in complaint(run("backup", tmp_path / "letter.zip"), 1)


def test_notes_go_out_as_a_folder_or_as_lines_and_come_back(run: Run, furnished: SmallHouse, tmp_path: Path) -> None:
    furnished.notebook.add(Draft("Which room is it?", "Riddle", None, id="riddle"))
    (told,) = lines(run("export", "notes", tmp_path / "out", "--json"))
    assert (told["notes"], told["written"], told["beside"]) == (2, 2, [])
    assert "2 as they were" in run("export", "notes", tmp_path / "out").stdout
    assert "2 notes in" in run("export", "notes", tmp_path / "out.jsonl").stdout
    for source in ("out", "out.jsonl"):
        outcomes = lines(run("ingest", tmp_path / source, "--house", tmp_path / f"of {source}", "--json"))
        assert {(each["note_id"], each["category"]) for each in outcomes} == {("pump", "pool"), ("riddle", None)}
    assert "exists already" in complaint(run("export", "notes", tmp_path / "out.jsonl"), 1)


@pytest.fixture
def invoice(run: Run, house: SmallHouse, tmp_path: Path) -> Path:
    """A PDF whose note a person has given a title of their own, and a typed note."""
    file = pdf(tmp_path / "invoice.pdf", INVOICE)
    (outcome,) = lines(run("ingest", file, "--category", "pool", "--json"))
    house.notebook.edit(outcome["note_id"], {"title": "The new pump"})
    house.notebook.add(Draft("Ray has the key.", "Key", id="key"))
    return file


@pytest.fixture
def empty(tmp_path: Path, bare_environment: None) -> SmallHouse:
    return SmallHouse(read_settings(home=tmp_path / "empty"))


def original(run: Run, note_id: str, house: Path) -> bytes:
    (note,) = lines(run("notes", "show", note_id, "--house", house, "--json"))
    return Path(note["original"]).read_bytes()


@pytest.mark.parametrize("packed", [False, True])
def test_an_exported_folder_brings_back_notes_with_their_originals_and_nothing_twice(
    run: Run, house: SmallHouse, invoice: Path, tmp_path: Path, packed: bool
) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    assert run("export", "notes", out).exit_code == 0
    assert (out / "originals" / "invoice.pdf").read_bytes() == invoice.read_bytes()
    brought = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, "out")) if packed else out
    before = {note.id: (note.title, note.text, note.date, note.category) for note in house.notebook.select()}
    (pump,) = before.keys() - {"key"}

    outcomes = lines(run("ingest", brought, "--house", other, "--json"))

    assert [each["status"] for each in outcomes] == ["added", "added"]
    assert lines(run("notes", "list", "--house", other, "--text", "pump", "--json"))[0]["title"] == "The new pump"
    told = lines(run("notes", "list", "--house", other, "--json"))
    assert {each["note_id"]: (each["title"], each["category"]) for each in told} == {
        note_id: (title, category) for note_id, (title, _, _, category) in before.items()
    }
    assert original(run, pump, other) == invoice.read_bytes()
    for where in (other, house.settings.home):
        outcomes = lines(run("ingest", brought, invoice, "--house", where, "--json"))
        assert {each["status"] for each in outcomes} == {"unchanged"}
        assert original(run, pump, where) == invoice.read_bytes()
    assert {note.id: (note.title, note.text, note.date, note.category) for note in house.notebook.select()} == before


def test_a_review_of_an_exported_folder_keeps_the_originals(
    run: Run, house: SmallHouse, invoice: Path, tmp_path: Path, empty: SmallHouse
) -> None:
    run("export", "notes", tmp_path / "out")
    intake = Intake(empty.library, trail=empty.trail, review=True, origin="page")
    for _ in range(2):
        assert {outcome.status for outcome in intake.path(tmp_path / "out")} == {"waiting"}
    waiting = empty.trail.waiting.all()
    assert len(waiting) == 2

    assert {outcome.status for outcome in save(waiting, empty.library, empty.trail)} == {"added"}

    (pump,) = (note for note in empty.notebook.select() if note.title == "The new pump")
    kept = empty.trail.originals.path(pump.original)
    assert kept is not None
    assert kept.read_bytes() == invoice.read_bytes()


def test_an_original_that_a_person_exchanged_comes_in_as_a_file_of_theirs(
    run: Run, invoice: Path, tmp_path: Path
) -> None:
    run("export", "notes", tmp_path / "out")
    pdf(tmp_path / "out" / "originals" / "invoice.pdf", ("Invoice 5000", "Fence stain", "Total $20.00"))
    outcomes = lines(run("ingest", tmp_path / "out", "--house", tmp_path / "other", "--json"))
    assert [each["status"] for each in outcomes] == ["added"] * 3
