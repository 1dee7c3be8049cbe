import datetime as dt
from pathlib import Path

import pytest
from papers import xlsx

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import read

LEDGER = (
    ("Date", "Vendor", "Description", "Cost"),
    ("2023-04-18", "Blue Heron", "Pump replaced", "1150.00"),
    ("2024-05-02", "Ray", "Chlorine", "12.50"),
)


def drafts(path: Path, *, day_first: bool = False) -> list[Draft]:
    return [each for each in read(path, day_first=day_first) if isinstance(each, Draft)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_row_is_a_note_whatever_separates_its_cells(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "pool.csv"
    path.write_text("\n".join(separator.join(f'"{cell}"' for cell in row) for row in LEDGER), "utf-8")

    first, second = drafts(path)

    assert (first.title, first.date, first.dated_by) == ("Pump replaced (Blue Heron)", dt.date(2023, 4, 18), "text")
    assert first.text == "Date: 2023-04-18\nVendor: Blue Heron\nDescription: Pump replaced\nCost: 1150.00"
    assert second.title == "Chlorine (Ray)"
    assert first.source == "pool.csv"


def test_quotes_separators_and_lines_inside_a_cell_stay_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Date,Description,Cost\n2023-04-18,"Pump ""SuperFlo"", blue;\nby Ray",1150\n', "utf-8")

    (draft,) = drafts(path)

    assert 'Description: Pump "SuperFlo", blue;\nby Ray' in draft.text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_table_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Date;Vendor;Description\n18.04.2023;Müller;Tür geölt\n".encode(encoding))

    (draft,) = drafts(path)

    assert (draft.title, draft.date) == ("Tür geölt (Müller)", dt.date(2023, 4, 18))


def test_the_setting_decides_the_dates_of_rows_and_not_which_notes_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date,Description\n03/04/2021,Pump\n", "utf-8")
    (first,), (other,) = drafts(path), drafts(path, day_first=True)

    assert (first.date, other.date) == (dt.date(2021, 3, 4), dt.date(2021, 4, 3))
    assert (first.dated_by, other.dated_by) == ("text, month first", "text, day first")
    assert first.id == other.id


def test_the_same_row_twice_is_two_notes_and_stays_two(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date,Description,Cost\n2023-04-18,Chlorine,12\n2023-04-18,Chlorine,12\n", "utf-8")

    ids = [each.id for each in drafts(path)]

    assert len(set(ids)) == 2
    assert ids == [each.id for each in drafts(path)]


@pytest.mark.parametrize(
    ("table", "title"),
    [
        ("Datum;Firma;Bemerkung;Betrag\n03.05.2022;Blau;Pumpe getauscht;80,00", "Pumpe getauscht (Blau)"),
        ("Fecha;Proveedor;Descripción;Importe\n03.05.2022;Azul;Bomba nueva;80,00", "Bomba nueva (Azul)"),
        ("Datum;pH;Bemerkung\n03.05.2022;7,4;klar", "klar"),
    ],
)
def test_columns_are_known_in_the_languages_of_the_papers(tmp_path: Path, table: str, title: str) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text(table, "utf-8")

    (draft,) = drafts(path)

    assert (draft.title, draft.date) == (title, dt.date(2022, 5, 3))


def test_the_wordiest_column_is_the_title_where_none_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Date,Ref,Paid to,Told the neighbours,Amount\n2023-04-18,A-7,Ray,Pump pulled and put back,1150\n"
        "2023-05-02,A-8,Blue Heron,,12.50\n",
        "utf-8",
    )

    assert [draft.title for draft in drafts(path)] == ["Pump pulled and put back (Ray)", "Blue Heron"]


def test_a_table_of_no_events_is_one_note(tmp_path: Path) -> None:
    path = tmp_path / "paint-colours.csv"
    path.write_text("Room,Colour,Code\nKitchen,Alabaster,SW 7008\nHall,Repose Gray,SW 7015\n", "utf-8")

    (draft,) = drafts(path)

    assert draft.title == "Paint colours"
    assert draft.text.splitlines() == [
        "| Room | Colour | Code |",
        "|---|---|---|",
        "| Kitchen | Alabaster | SW 7008 |",
        "| Hall | Repose Gray | SW 7015 |",
    ]


def test_excel_rows_of_all_sheets_come_in_with_their_dates(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "house.xlsx",
        Pool=[("Date", "Service", "Cost", "Category"), (dt.datetime(2023, 4, 18), "Pump replaced", 1150.5, "pool")],
        Empty=[],
        Filters=[("Filter", "Size"), ("furnace", "16x25x1")],
    )

    event, table = drafts(path)

    assert (event.title, event.date, event.category) == ("Pump replaced", dt.date(2023, 4, 18), "pool")
    assert "Cost: 1150.50" in event.text
    assert (table.title, "furnace" in table.text) == ("House: Filters", True)


def test_a_title_above_and_merged_headings_are_understood(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx",
        merged=["A1:D1", "C2:D2"],
        Sheet=[
            ("Our pool", None, None, None),
            ("Date", "Description", "Cost", None),
            (None, None, "parts", "labour"),
            ("2023-04-18", "Pump", 800, 350),
        ],
    )

    (draft,) = drafts(path)

    assert draft.text == "Date: 2023-04-18\nDescription: Pump\nCost parts: 800\nCost labour: 350"


def test_a_sum_below_the_rows_is_no_event(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date,Description,Cost\n2023-04-18,Pump,1150\n,,\nTotal\n", "utf-8")

    assert [each.title for each in drafts(path)] == ["Pump"]


def test_a_web_page_or_text_under_excel_s_ending_is_still_a_table(tmp_path: Path) -> None:
    path = tmp_path / "bank.xls"
    path.write_text("Date\tDescription\tAmount\n2023-04-18\tBlue Heron\t-1150.00\n", "utf-8")

    assert [each.title for each in drafts(path)] == ["Blue Heron"]


def test_a_book_without_a_filled_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="without a filled cell"):
        list(read(xlsx(tmp_path / "a.xlsx", Sheet=[])))
