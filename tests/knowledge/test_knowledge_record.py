import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from knowledge_support import as_another_user, full_disk, open_to_all, processes
from sqlite_utils import Database, Migrations

from knowledge.errors import NotebookUnavailable
from knowledge.record import Record

migrations = Migrations("test")


@migrations()
def create_lines(db: Database) -> None:
    db.executescript("CREATE TABLE lines (text TEXT UNIQUE NOT NULL)")


def open_record(path: Path) -> Record:
    return Record(path, (migrations,))


def write(record: Record, *lines: str) -> None:
    with record.writing() as db:
        for line in lines:
            db.execute("INSERT INTO lines VALUES (?)", [line])


def lines(record: Record) -> list[str]:
    return [row["text"] for row in record.rows("SELECT text FROM lines ORDER BY rowid")]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return open_record(tmp_path / "house" / "house.db")


def test_what_was_written_is_there_after_the_next_opening(record: Record) -> None:
    write(record, "one")
    record.close()

    assert lines(open_record(record.path)) == ["one"]
    assert lines(record) == ["one"]  # closed, it opens itself again


def test_a_transaction_that_fails_leaves_nothing(record: Record) -> None:
    with pytest.raises(ZeroDivisionError), record.writing() as db:
        db.execute("INSERT INTO lines VALUES ('half')")
        db.table("lines").insert({"text": "other half"})
        raise ZeroDivisionError

    assert lines(record) == []
    write(record, "one")
    assert lines(record) == ["one"]


def test_a_transaction_inside_another_is_part_of_it(record: Record) -> None:
    with pytest.raises(ZeroDivisionError), record.writing():
        write(record, "inner")
        raise ZeroDivisionError

    assert lines(record) == []


def test_a_broken_rule_of_the_tables_is_the_caller_s_error(record: Record) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        write(record, "one", "one")

    assert lines(record) == []


def test_threads_write_one_after_the_other_and_lose_nothing(record: Record) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: write(record, f"{number}a", f"{number}b"), range(40)))

    written = lines(record)
    assert sorted(written) == sorted(f"{number}{letter}" for number in range(40) for letter in "ab")
    assert all(written[at][:-1] == written[at + 1][:-1] for at in range(0, 80, 2))


def test_a_writer_waits_for_the_one_before_it_and_a_reader_does_not(record: Record) -> None:
    writing, seen = threading.Event(), threading.Event()

    def hold() -> None:
        with record.writing() as db:
            db.execute("INSERT INTO lines VALUES ('first')")
            writing.set()
            seen.wait(10)

    with ThreadPoolExecutor(2) as threads:
        holder = threads.submit(hold)
        writing.wait(10)
        waiter = threads.submit(write, record, "second")
        assert lines(record) == []  # read at once, as it was before
        assert not waiter.done()
        seen.set()
        holder.result(10)
        waiter.result(10)

    assert lines(record) == ["first", "second"]


def _open_and_write(path: Path, name: str) -> None:
    record = open_record(path)
    for number in range(20):
        write(record, f"{name}{number}")


def test_processes_that_make_the_house_at_once_agree_on_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "house.db"
    started = [processes.Process(target=_open_and_write, args=(path, name)) for name in "abc"]
    for process in started:
        process.start()
    for process in started:
        process.join(30)

    assert [process.exitcode for process in started] == [0, 0, 0]
    assert sorted(lines(open_record(path))) == sorted(f"{name}{number}" for name in "abc" for number in range(20))


# --- A house that cannot be used ------------------------------------------------------------------------------------


def test_a_house_below_a_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(NotebookUnavailable, match=r"file.*Check that the folder exists.*--house"):
        open_record(tmp_path / "file" / "house" / "house.db")


def test_a_house_whose_record_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "house.db").mkdir()

    with pytest.raises(NotebookUnavailable, match=r"unable to open.*--house"):
        open_record(tmp_path / "house.db")


def test_a_folder_that_may_not_be_written_is_refused_with_what_to_do() -> None:
    with open_to_all() as folder:
        folder.chmod(0o555)

        with pytest.raises(NotebookUnavailable, match=r"cannot be written to: change its permissions"):
            as_another_user(lambda: open_record(folder / "house.db"))


def test_a_record_that_may_only_be_read_is_refused_with_what_to_do() -> None:
    with open_to_all() as folder:
        write(open_record(folder / "house.db"), "one")
        for path in folder.iterdir():
            path.chmod(0o444)
        (folder / "house.lock").chmod(0o666)
        folder.chmod(0o555)

        with pytest.raises(NotebookUnavailable, match=r"cannot be written to: change its permissions"):
            as_another_user(lambda: write(open_record(folder / "house.db"), "two"))

        assert lines(open_record(folder / "house.db")) == ["one"]


def test_a_full_disk_costs_only_what_did_not_fit(record: Record) -> None:
    write(record, "before")
    (pages,) = record.rows("PRAGMA page_count")[0]
    record.db.execute(f"PRAGMA max_page_count = {pages + 1}")

    with pytest.raises(NotebookUnavailable, match=r"The disk is full: free some space"):
        write(record, "fits", "too long " * 5000)

    assert lines(record) == ["before"]
    write(record, "fits")
    record.db.execute("PRAGMA max_page_count = 1000000")
    write(record, "too long " * 5000)
    assert len(lines(record)) == 3


def test_a_file_that_can_grow_no_more_costs_only_what_did_not_fit(record: Record) -> None:
    write(record, "before")
    record.close()  # its log starts anew

    with full_disk(150_000):
        write(record, "fits")
        with pytest.raises(NotebookUnavailable, match=r"Cannot use the notes"):
            write(record, "too long " * 50_000)
        assert lines(record) == ["before", "fits"]

    write(record, "after")
    assert lines(record) == ["before", "fits", "after"]


# --- A damaged record -----------------------------------------------------------------------------------------------


@pytest.fixture
def filled(record: Record) -> Record:
    write(record, *(f"line {number} " * 50 for number in range(500)))
    record.close()
    return record


def test_a_file_that_is_no_record_is_refused_and_left_alone(filled: Record) -> None:
    filled.path.write_bytes(b"a letter to the bank " * 1000)

    with pytest.raises(NotebookUnavailable, match=r"damaged: put a backup in its place"):
        open_record(filled.path)

    assert filled.path.read_bytes() == b"a letter to the bank " * 1000


def test_a_record_cut_short_is_refused_with_what_to_do(filled: Record) -> None:
    content = filled.path.read_bytes()
    filled.path.write_bytes(content[: len(content) // 2])

    with pytest.raises(NotebookUnavailable, match=r"damaged: put a backup in its place"):
        lines(open_record(filled.path))


def test_a_record_damaged_further_in_is_told_when_it_is_read(filled: Record) -> None:
    content = filled.path.read_bytes()
    filled.path.write_bytes(content[:20480] + b"\xff" * (len(content) - 20480))
    record = open_record(filled.path)

    with pytest.raises(NotebookUnavailable, match=r"damaged: put a backup in its place"):
        lines(record)
    with pytest.raises(NotebookUnavailable, match=r"damaged: put a backup in its place"):
        write(record, *map(str, range(500)))


def test_after_a_refusal_a_backup_can_be_put_in_place_at_once(filled: Record, tmp_path: Path) -> None:
    backup = shutil.copy(filled.path, tmp_path / "backup.db")
    content = filled.path.read_bytes()
    filled.path.write_bytes(content[: len(content) // 2])
    with pytest.raises(NotebookUnavailable):
        lines(open_record(filled.path))

    shutil.copy(backup, filled.path)

    record = open_record(filled.path)
    write(record, "after")
    assert len(lines(record)) == 501
