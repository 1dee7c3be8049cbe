"""The drawer: its files and the truth about them agree, its documents add up, and its scores tell right from wrong."""

import datetime as dt
import io
import itertools
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path, PurePosixPath

import pytest
from small_house import SmallHouse

from assistant.incoming.ingest import ingest
from assistant.incoming.outcomes import Outcome
from benchmarks.bring_in import (
    Found,
    Said,
    facts_told,
    holding,
    paid_notes,
    right_category,
    right_date,
    right_facts,
    right_verdict,
)
from benchmarks.drawer.broken import BOMB_BYTES, BROKEN, zip_bomb, zip_with_a_way_out
from benchmarks.drawer.build import build
from benchmarks.drawer.source import Source, Table, blocks, outer, read_sources
from benchmarks.drawer.truth import read_ledger, read_questions, read_truth, same_vendor, summed
from benchmarks.drawer.variations import varied
from classifier.taxonomy import DEFAULT_TAXONOMY
from knowledge.library import Library
from knowledge.note import Draft

ROOT = Path(__file__).parents[2]
SOURCES, TRUTH = read_sources(), read_truth()
READ = [file for file in TRUTH if file.verdict == "read"]
PAID = [(file, note) for file in TRUTH for note in file.notes if note.paid is not None]
DRAWN = {"pdf", "scan", "photo", "docx"}


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawer")
    build(folder)
    return folder


def test_every_source_and_every_broken_file_has_one_truth() -> None:
    paths = [source.path for source in SOURCES] + list(BROKEN)

    assert sorted(paths) == sorted(file.path for file in TRUTH)
    assert len({path.name for path in paths}) == len(paths)


def test_no_file_is_taken_for_another_by_its_name() -> None:
    names = {name for file in TRUTH for name in file.names}

    assert not [(one, other) for one, other in itertools.permutations(names, 2) if one in other]


def test_there_are_enough_files_of_every_kind() -> None:
    kinds = Counter(source.kind for source in SOURCES)
    endings = Counter(source.path.suffix.lower() for source in SOURCES)
    refused = [file for file in TRUTH if file.verdict == "refused"]

    assert len({file.path for file in READ if outer(file.path) == file.path}) >= 70
    assert len(refused) >= 12
    assert kinds["pdf"] >= 25 and kinds["scan"] >= 5 and kinds["photo"] >= 12
    for ending, least in {
        **{".md": 8, ".txt": 10, ".docx": 6, ".xlsx": 4, ".csv": 4, ".tsv": 1, ".json": 2, ".jsonl": 2, ".html": 4},
        **{".eml": 8, ".jpg": 6, ".png": 2, ".heic": 2},
    }.items():
        assert endings[ending] >= least, ending
    assert len({outer(source.path) for source in SOURCES if ".zip" in str(outer(source.path))}) >= 3
    assert {source.hints.get("encoding") for source in SOURCES} >= {None, "latin-1", "utf-16", "cp1252"}


def test_the_truth_names_the_houses_categories_and_leaves_none_out() -> None:
    told = {note.category for file in READ for note in file.notes}

    assert told == {*DEFAULT_TAXONOMY.names, None}
    assert all(file.notes for file in READ)
    assert not [file.path for file in TRUTH if file.verdict != "read" and (file.notes or not file.why)]


def test_a_truth_about_a_part_of_a_file_gives_words_that_are_there_once() -> None:
    bodies = {source.path: " ".join(re.sub(r'""', '"', source.body).split()) for source in SOURCES}
    wrong = [
        (file.path, note.holds)
        for file in READ
        for note in file.notes
        if (note.holds or len(file.notes) > 1) and bodies[file.path].count(note.holds) != 1
    ]

    assert not wrong


def test_the_amounts_of_the_truth_are_those_of_the_ledger() -> None:
    assert len(PAID) >= 60
    assert summed(TRUTH) == read_ledger()


def test_every_amount_and_vendor_stands_in_its_document() -> None:
    bodies = {source.path: source for source in SOURCES}
    for file, note in PAID:
        assert note.paid is not None
        words = _words_of(bodies[file.path])
        dollars, cents = divmod(abs(note.paid.cents), 100)
        written = {f"{dollars:,}.{cents:02}", f"{dollars}.{cents:02}", f"{dollars},{cents:02}"}
        written |= {f"${dollars:,}", f"{dollars} dollars"} if not cents else set()
        assert any(amount in words for amount in written), (file.path, written)
        firm = note.paid.vendor.casefold().replace("&", "and").split()[0]
        assert firm in words.casefold(), (file.path, firm)


@pytest.mark.parametrize("source", [each for each in SOURCES if each.kind in DRAWN], ids=lambda each: each.path.name)
def test_a_document_adds_up(source: Source) -> None:
    """Its items make the subtotal, that with what follows it makes the total, and this is what the truth says."""
    paid = next((note.paid for file, note in PAID if file.path == source.path), None)
    items: list[int] = []
    for block in blocks(source.body):
        if not isinstance(block, Table) or not block.right[-1]:
            continue
        amounts = [(row[0], _cents(row[-1])) for row in block.rows]
        if any(amount is None for _, amount in amounts):
            continue
        known = [(label, amount) for label, amount in amounts if amount is not None]
        total = next((at for at, (label, _) in enumerate(known) if _is_total(label)), None)
        if total is None:
            items = [amount for _, amount in known]
            continue
        before = known[:total]
        if before and _is_subtotal(before[0][0]):
            assert sum(items) == before[0][1]
            items, before = [before[0][1]], before[1:]
        assert sum(items) + sum(amount for _, amount in before) == known[total][1]
        assert paid is None or paid.cents == known[total][1]


def test_every_question_is_answered_by_a_good_file() -> None:
    good = {file.path for file in READ}
    questions = read_questions()

    assert len(questions) == len({each.question for each in questions}) == 65
    assert all(file in good for question in questions for file in question.files)
    told = {file.path: [note.holds for note in file.notes] for file in READ}
    for question in questions:
        words = told[question.files[0]]
        assert question.holds or len(words) == 1
        assert len([each for each in words if question.holds in each]) == 1
    assert len({question.files[0] for question in questions}) >= 60


def test_nothing_large_is_kept_with_the_sources() -> None:
    folder = ROOT / "benchmarks" / "drawer"

    assert not [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 50_000]
    assert not [path for path in (folder / "sources").rglob("*") if path.is_file() and path.suffix != ".md"]


def test_a_bomb_is_small_and_becomes_more_than_a_gigabyte(tmp_path: Path) -> None:
    zip_bomb(tmp_path / "bomb.zip")

    assert (tmp_path / "bomb.zip").stat().st_size < 2_000_000
    with zipfile.ZipFile(tmp_path / "bomb.zip") as archive:
        (entry,) = archive.infolist()
        assert entry.file_size >= BOMB_BYTES > 1 << 30
        with archive.open(entry) as file:
            assert file.read(1 << 20) == bytes(1 << 20)


def test_a_way_out_of_the_folder_is_in_the_archive(tmp_path: Path) -> None:
    zip_with_a_way_out(tmp_path / "out.zip")

    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert [name.startswith("../") for name in archive.namelist()] == [True]


@pytest.mark.slow
def test_the_files_made_are_those_of_the_truth(drawer: Path) -> None:
    made = {PurePosixPath(path.relative_to(drawer)) for path in drawer.rglob("*") if path.is_file()}

    assert made == {outer(file.path) for file in TRUTH}
    inside = {file.path for file in TRUTH if outer(file.path) != file.path}
    assert inside == {found for path in made - set(BROKEN) for found in _inside(path, (drawer / path).read_bytes())}
    for source in SOURCES:
        if source.container is None:
            changed = dt.datetime.fromtimestamp((drawer / source.path).stat().st_mtime, dt.UTC)
            assert changed.replace(tzinfo=None) == source.at


@pytest.mark.slow
def test_the_same_sources_make_the_same_bytes(drawer: Path, tmp_path: Path) -> None:
    kinds = ("pdf", "docx", "xlsx", "eml", "text", "scan")
    some = [next(each for each in SOURCES if each.kind == kind and each.container is None) for kind in kinds]

    for path in build(tmp_path, [each for each in some if each.path.suffix != ".eml"], broken=False):
        assert path.read_bytes() == (drawer / path.relative_to(tmp_path)).read_bytes()


@pytest.mark.slow
def test_pages_have_a_text_layer_where_they_should_and_scans_have_none(drawer: Path) -> None:
    import pypdfium2

    pages = Counter[int]()
    for source in SOURCES:
        if source.kind in ("pdf", "scan") and source.container is None:
            document = pypdfium2.PdfDocument(drawer / source.path)
            text = "".join(page.get_textpage().get_text_range() for page in document)
            pages[len(document)] += 1
            assert bool(text.strip()) == (source.kind == "pdf"), source.path
    assert min(pages) == 1 and max(pages) == 12


@pytest.mark.slow
def test_photos_say_when_they_were_taken(drawer: Path) -> None:
    import pillow_heif
    from PIL import ExifTags, Image

    pillow_heif.register_heif_opener()
    for source in SOURCES:
        if source.kind == "photo" and source.container is None:
            exif = Image.open(drawer / source.path).getexif()
            taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
            wanted = source.hints.get("taken")
            assert taken == (None if wanted is None else f"{wanted:%Y:%m:%d %H:%M:%S}"), source.path
            turned = source.hints.get("turned") and not source.hints.get("untold")
            assert exif.get(ExifTags.Base.Orientation, 1) == (6 if turned else 1)


def test_text_files_of_the_drawer_are_scored_as_they_came_in(library: Library, tmp_path: Path) -> None:
    """Without a router nothing is filed that does not say so itself; what is not there counts as wrong."""
    wanted = {PurePosixPath("Notes/2016-10-02 fountain leak.md"), PurePosixPath("Notes/appliances/washer smell.md")}
    build(tmp_path, [source for source in SOURCES if source.path in wanted], broken=False)
    (tmp_path / "Notes" / "untitled.md").touch()
    found = Found(ingest([tmp_path], library))
    by_path = {str(file.path): file for file in TRUTH}

    good = by_path["Notes/2016-10-02 fountain leak.md"]
    assert right_verdict(good, found)
    assert right_category(good.notes[0], found.notes(good))
    assert right_date(good.notes[0], found.notes(good))
    assert right_verdict(by_path["Notes/untitled.md"], found)
    missing = by_path["Notes/frost.txt"]
    assert not right_verdict(missing, found)
    assert not right_category(missing.notes[0], found.notes(missing))
    wrong = by_path["Notes/appliances/washer smell.md"]
    assert not right_category(good.notes[0], found.notes(wrong))
    assert not right_date(good.notes[0], found.notes(wrong))


def test_a_broken_file_that_came_in_or_was_passed_over_counts_as_wrong(library: Library, tmp_path: Path) -> None:
    (tmp_path / "old disk.txt").write_text("Not so broken.")
    junk = next(file for file in TRUTH if file.path.name == "old disk.txt")
    doubtful = next(file for file in TRUTH if file.path.name == "keys.txt")

    assert not right_verdict(junk, Found(ingest([tmp_path], library)))
    assert not right_verdict(junk, Found([]))
    assert not right_verdict(doubtful, Found([]))
    assert right_verdict(doubtful, Found([Outcome("refused", "keys.txt", reason="two encodings")]))


def test_notes_of_what_lies_in_a_file_are_told_apart(library: Library, tmp_path: Path) -> None:
    rows = [{"text": "The lake came from the valve."}, {"text": "Spark plugs and coolant"}]
    (tmp_path / "Mazda log.xlsx.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = Found(ingest([tmp_path], library))
    log = next(file for file in TRUTH if file.path.name == "Mazda log.xlsx")
    plugs = next(note for note in log.notes if note.holds == "Spark plugs and coolant")

    assert len(found.notes(log)) == 2
    assert [note.text for note in holding(plugs.holds, found.notes(log))] == ["Spark plugs and coolant"]
    there = {truth.holds for truth, notes in paid_notes([log], found) if notes}
    assert there == {"Spark plugs and coolant"}


def test_facts_are_right_to_the_cent_and_by_the_firms_name() -> None:
    truth = next(note for file, note in PAID if file.path.name == "Rechnung 2022-0611.pdf")
    said = Said(17290, "EUR", "Wasserspiel Lindau", dt.date(2022, 6, 3))

    assert right_facts(truth, said) == {"cost": True, "vendor": True, "date": True}
    other = Said(17290, "USD", "Lindau", dt.date(2022, 6, 17))
    assert right_facts(truth, other) == {"cost": False, "vendor": False, "date": False}
    assert same_vendor("Corran and Vale heating & cooling", "Corran & Vale Heating and Cooling")


def test_of_several_notes_that_tell_of_a_payment_the_most_right_one_counts(house: SmallHouse) -> None:
    truth = next(note for file, note in PAID if file.path.name == "Rechnung 2022-0611.pdf")
    texts = ("Nothing of money.", "Vendor: Wasserspiel Lindau\nTotal $172.90")
    notes = [house.notebook.add(Draft(text, date=dt.date(2022, 6, 3))) for text in texts]

    told = facts_told(house, [(truth, notes)], by_model=False)

    assert {name: list(marks.values()) for name, marks in told.items()} == {
        "cost": [False],  # the right figure in the wrong currency
        "vendor": [True],
        "date": [True],
    }
    assert [list(marks.values()) for marks in facts_told(house, [(truth, [])], by_model=False).values()] == [
        [False]
    ] * 3


def test_variations_are_as_many_as_asked_for_and_no_two_say_the_same() -> None:
    many = list(varied(SOURCES, 300))

    assert len({source.outer for source in many}) == 300
    assert len({source.body for source in many}) == len(many)
    assert not {source.kind for source in many} & {"scan", "photo"}
    assert {source.kind for source in many} == {"text", "pdf", "docx", "xlsx", "eml"}
    assert {"scan", "photo"} < {source.kind for source in varied(SOURCES, 300, pictures=True)}
    assert all("2019" in each.body for each in many if each.path.name.startswith("INV-20418 "))


def _words_of(source: Source) -> str:
    return " ".join(source.body.replace("&amp;", "&").replace("&", "and").split())


def _cents(text: str) -> int | None:
    number = re.fullmatch(r"[£$]?(-?[\d.,]+?)[.,](\d\d)(?: €)?", text)
    return None if number is None else int(re.sub(r"[.,]", "", number[1] + number[2]))


def _is_total(label: str) -> bool:
    words = label.casefold()
    return (
        not _is_subtotal(label)
        and re.match(r"(grand )?total|sum$|together|amount paid|gesamt|estimated", words) is not None
    )


def _is_subtotal(label: str) -> bool:
    return re.match(r"sub-?total", label.casefold()) is not None


def _inside(path: PurePosixPath, data: bytes) -> Iterator[PurePosixPath]:
    """The files in a ZIP or a mail, and in what is in it."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            held = {path / name: archive.read(name) for name in archive.namelist()}
    elif path.suffix == ".eml":
        parts = list(message_from_bytes(data, policy=default).iter_attachments())
        held = {path / str(part.get_filename()): part.get_content() for part in parts}
    else:
        return
    for name, content in held.items():
        assert isinstance(content, bytes)
        further = list(_inside(name, content))
        yield from further or [name]
