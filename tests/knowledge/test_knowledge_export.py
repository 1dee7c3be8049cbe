import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import open_library

from assistant.incoming.ingest import ingest
from knowledge.errors import ExportRefused
from knowledge.export import export_folder, export_lines, safe_name
from knowledge.exported import LIST_FILE, exported_originals, original_beside
from knowledge.library import Library
from knowledge.note import Draft, Note

AWKWARD = (
    Draft("Ray replaced the pump.\n\n---\n\nA rule above, and *stars*.", 'Pump: "new" #1', "pool", id="007"),
    Draft(
        "# A heading\n\nBelow it.", "2024-03-15", "water heater", dt.date(2024, 3, 15), ("2021", "yes", "a, b"), "no"
    ),
    Draft("---\ntitle: not front matter\n---\nOf a text.", "null", None, dt.date(1999, 1, 1), id="1e5"),
    Draft("Größe: 30 × 40 — ± ½ 🏠\r\nSecond line\ttabbed", "Maße der Küche", None, None, ("Küche",), source="maße.md"),
    Draft("One.", "CON", "pool", dt.date(2020, 2, 2), id="a/b"),
    Draft("Two.", "con", "pool", dt.date(2020, 2, 2)),
    Draft("{'json': [1]}\n```\ncode\n```\n  indented", "- a list\u2028of one", "pool"),
    Draft("Long title.", "x" * 200, "car"),
)


@pytest.fixture
def notes(library: Library) -> list[Note]:
    library.notebook.set_categories([("nook: a/b", "ZZ", "an odd name")])
    return library.add([*AWKWARD, Draft("Where is it?", "Nook", "nook: a/b")])


def told(note: Note) -> tuple[object, ...]:
    return note.id, note.title, note.text, note.date, note.category, note.tags


def brought_back(path: Path, house: Path) -> list[tuple[object, ...]]:
    library = open_library(house)
    library.notebook.set_categories([("nook: a/b", "ZZ", "an odd name")])
    outcomes = list(ingest([path], library))
    assert {each.status for each in outcomes} == {"added"}, outcomes
    back = sorted(told(note) for note in library.notebook.select())
    assert {each.status for each in ingest([path], library)} == {"unchanged"}
    library.index.close()
    return back


def test_a_folder_brings_back_every_note_as_it_was(notes: list[Note], tmp_path: Path) -> None:
    exported = export_folder(notes, tmp_path / "out")
    assert (exported.written, exported.unchanged, exported.removed, exported.beside) == (len(notes), 0, 0, ())
    # Front matter knows one kind of line end.
    expected = [replace(note, text=note.text.replace("\r\n", "\n")) for note in notes]
    assert brought_back(tmp_path / "out", tmp_path / "other") == sorted(map(told, expected))


def test_json_lines_bring_back_every_note_as_it_was(notes: list[Note], tmp_path: Path) -> None:
    export_lines(notes, tmp_path / "out.jsonl")
    assert brought_back(tmp_path / "out.jsonl", tmp_path / "other") == sorted(map(told, notes))
    fields = json.loads((tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0])
    assert list(fields) == ["id", "title", "date", "category", "tags", "source", "text"]


def test_the_folder_is_one_that_obsidian_opens(notes: list[Note], tmp_path: Path) -> None:
    export_folder(notes, tmp_path)
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md"))
    assert "water heater/2024-03-15 2024-03-15.md" in files
    assert "nook a b/Nook.md" in files
    assert len({name.casefold() for name in files}) == len(notes)
    assert not any(set(name.replace("/", "", 1)) & set('<>:"\\|?*#^[]') for name in files)
    text = (tmp_path / "water heater/2024-03-15 2024-03-15.md").read_text("utf-8")
    assert text.startswith("---\nid: ")
    assert "date: 2024-03-15\ncategory: water heater\ntags:\n- '2021'" in text


def test_an_export_again_changes_only_what_changed(notes: list[Note], tmp_path: Path) -> None:
    export_folder(notes, tmp_path)
    changed = [replace(notes[0], text="Another pump."), replace(notes[1], category="car"), *notes[2:-1]]
    exported = export_folder(changed, tmp_path)
    assert (exported.written, exported.removed, exported.beside) == (2, 2, ())
    assert (tmp_path / "car" / "2024-03-15 2024-03-15.md").exists()
    assert not (tmp_path / "water heater").exists()
    assert not (tmp_path / "nook a b").exists()
    assert export_folder(changed, tmp_path).written == 0


def test_what_somebody_else_wrote_is_never_touched(notes: list[Note], tmp_path: Path) -> None:
    (tmp_path / "car").mkdir()
    theirs = tmp_path / "car" / f"{'x' * 100}.md"
    theirs.write_text("My own page.")
    exported = export_folder(notes, tmp_path)
    assert exported.beside == (theirs,)
    edited = next((tmp_path / "pool").glob("Pump*.md"))
    edited.write_text(edited.read_text() + "\nA line of mine.")
    again = export_folder([replace(notes[0], text="Another pump."), *notes[1:-1]], tmp_path)
    assert set(again.beside) == {theirs, edited}
    assert theirs.read_text() == "My own page."
    assert "A line of mine." in edited.read_text()
    assert len(list((tmp_path / "pool").glob("Pump*.md"))) == 2
    export_folder([], tmp_path)
    assert {path.name for path in tmp_path.rglob("*.md")} == {theirs.name, edited.name}


def test_an_export_that_was_cut_off_is_gone_on_with(notes: list[Note], tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_folder(notes, tmp_path, on_progress=stop)
    exported = export_folder(notes, tmp_path)
    assert (exported.written, exported.unchanged, exported.beside) == (len(notes) - 3, 3, ())


def test_a_forged_list_removes_nothing_outside_the_folder(notes: list[Note], tmp_path: Path) -> None:
    import hashlib

    letter = tmp_path / "letter.txt"
    letter.write_text("Dear bank")
    out = tmp_path / "out"
    out.mkdir()
    digest = hashlib.sha256(letter.read_bytes()).hexdigest()
    (out / LIST_FILE).write_text(json.dumps({"files": {"../letter.txt": [digest], str(letter): [digest]}}))
    export_folder(notes, out)
    assert letter.read_text() == "Dear bank"


def test_originals_lie_beside_the_notes_and_are_linked(notes: list[Note], tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "receipt.pdf", tmp_path / "b" / "receipt.pdf"
    for number, path in enumerate((first, second)):
        path.parent.mkdir()
        path.write_bytes(b"%PDF" + bytes([number]))
    originals = {notes[0].id: first, notes[1].id: second, notes[2].id: first}
    out = tmp_path / "out"
    export_folder(notes, out, lambda note: originals.get(note.id))
    kept = exported_originals(out)
    assert {path.read_bytes() for path in kept} == {b"%PDF\0", b"%PDF\1"}
    assert len(kept) == 2
    linked = [path for path in out.rglob("*.md") if "[[originals/receipt.pdf]]" in path.read_text("utf-8")]
    assert len(linked) == 2


def test_a_notes_file_knows_its_original_wherever_it_is_named_from(
    notes: list[Note], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(b"%PDF")
    export_folder(notes[:1], tmp_path / "out", lambda note: receipt)
    (file,) = (tmp_path / "out" / "pool").iterdir()
    original = tmp_path / "out" / "originals" / "receipt.pdf"
    assert original_beside(file) == original
    monkeypatch.chdir(file.parent)
    assert original_beside(Path(file.name)) == original
    original.write_bytes(b"%PDF of somebody else")
    assert original_beside(file) is None
    assert exported_originals(tmp_path) == set()


def test_a_file_that_exists_or_cannot_be_written_is_refused(notes: list[Note], tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(ExportRefused, match="exists already"):
        export_lines(notes, tmp_path / "out.jsonl")
    with pytest.raises(ExportRefused, match="cannot be written"):
        export_lines(notes, tmp_path / "no" / "out.jsonl")
    with pytest.raises(ExportRefused, match="cannot be written"):
        export_folder(notes, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("  . . ", "note"),
        ("", "note"),
        ("NUL", "_NUL"),
        ("com1.old", "_com1.old"),
        ("a" * 300, "a" * 100),
        ("ünï 🏠", "ünï 🏠"),
        ("what? [x] #1 | a^b", "what x 1 a b"),
    ],
)
def test_names_are_safe_everywhere(text: str, name: str) -> None:
    assert safe_name(text) == name
    assert len(safe_name("🏠" * 300).encode()) <= 200
