from pathlib import Path

import pytest
from command_line import Run, complaint, lines
from small_house import SmallHouse

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
