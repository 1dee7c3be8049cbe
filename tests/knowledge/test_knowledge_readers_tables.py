import datetime as dt
from pathlib import Path

import pytest
from papers import packed, xlsx

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


@pytest.mark.parametrize(
    ("table", "dates"),
    [
        ("Date,Description\n18/04/2023,Pump\n02/05/2023,Filter", ["2023-04-18", "2023-05-02"]),
        ("Date,Description\n04/18/2023,Pump\n05/02/2023,Filter", ["2023-04-18", "2023-05-02"]),
        ("Date;Libellé;Montant\n02/05/2023;Filtre;12", ["2023-05-02"]),
        ("Date,Description,Paid\n02/05/2023,Filter,£12", ["2023-05-02"]),
        ("Date,Description\n45034,Pump", ["2023-04-18"]),
        ("Timestamp,Description\n2023-04-18T10:11:12Z,Pump", ["2023-04-18"]),
        ("Posted Date,Due date,Payee\n04/18/2023,05/18/2023,Ray", ["2023-04-18"]),
    ],
)
def test_the_other_rows_and_columns_tell_what_a_date_in_numbers_means(
    tmp_path: Path, table: str, dates: list[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table, "utf-8")

    assert [(str(each.date), each.dated_by) for each in drafts(path)] == [(date, "text") for date in dates]


def test_a_column_of_days_beside_words_makes_events_whatever_they_are_called(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Visit,Seen\n"Apr 18, 2023",Treated the hedge\n"May 2, 2023",Gate was locked\n', "utf-8")

    assert [(each.title, str(each.date)) for each in drafts(path)] == [
        ("Treated the hedge", "2023-04-18"),
        ("Gate was locked", "2023-05-02"),
    ]


def test_a_table_without_names_loses_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("04/18/2023,Pump was replaced,1150\n05/02/2023,Changed the filter,12\n", "utf-8")

    first, second = drafts(path)

    assert (first.title, first.text) == ("Pump was replaced", "04/18/2023\nPump was replaced\n1150")
    assert second.date == dt.date(2023, 5, 2)


@pytest.mark.parametrize(
    "table",
    [
        "What,When,Remark\nFlowers,Saturdays,cash only\nBread,Sundays,early\n",
        "Task,Due date\nGutters,2023-10-01\nHeater,2023-11-01\n",
    ],
)
def test_rows_that_tell_of_no_day_gone_by_are_one_note_without_a_date(tmp_path: Path, table: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(table, "utf-8")

    (draft,) = drafts(path)

    assert draft.date is None


def test_a_sheet_that_is_a_form_is_dated_by_what_it_calls_its_date(tmp_path: Path) -> None:
    rows = [("Due date", dt.datetime(2023, 5, 18)), ("Invoice date", dt.datetime(2023, 4, 18)), ("Pump", 1150)]

    (draft,) = drafts(xlsx(tmp_path / "a.xlsx", Sheet=rows))

    assert draft.date == dt.date(2023, 4, 18)


def test_names_that_come_again_and_sums_beside_a_word_are_no_events(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date,Work,Cost\n2023-04-18,Pump,1\nDate,Work,Cost\n2023-05-02,Roof,2\n,Total,3\n", "utf-8")

    assert [each.title for each in drafts(path)] == ["Pump", "Roof"]


def test_the_numbers_of_rows_are_no_ids_beyond_their_file(tmp_path: Path) -> None:
    for name, work in (("pool.csv", "Pump"), ("roof.csv", "Gutter")):
        (tmp_path / name).write_text(f"ID,Date,Work\n1,2023-04-18,{work}\n1,2023-05-02,{work}\n", "utf-8")

    ids = [each.id for name in ("pool.csv", "roof.csv") for each in drafts(tmp_path / name)]

    assert len(set(ids)) == 4


def test_a_title_is_one_line_though_its_cell_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Date,Work\n2023-04-18,"Pump\nreplaced"\n', "utf-8")

    (draft,) = drafts(path)

    assert (draft.title, draft.text) == ("Pump replaced", "Date: 2023-04-18\nWork: Pump\nreplaced")


OPEN_SHEET = """<document xmlns:t="table" xmlns:x="text" xmlns:o="office"><o:spreadsheet><t:table t:name="Pool">
<t:table-row><t:table-cell><x:p>Date</x:p></t:table-cell><t:table-cell><x:p>Work</x:p></t:table-cell>
<t:table-cell><x:p>Cost</x:p></t:table-cell><t:table-cell t:number-columns-repeated="16000"/></t:table-row>
<t:table-row><t:table-cell o:value-type="date" o:date-value="2023-04-18"><x:p>04/18/23</x:p></t:table-cell>
<t:table-cell><x:p>Pump</x:p></t:table-cell>
<t:table-cell o:value-type="currency" o:value="1150.5"><x:p>$1,150.50</x:p></t:table-cell></t:table-row>
<t:table-row t:number-rows-repeated="1048574"><t:table-cell t:number-columns-repeated="16384"/></t:table-row>
</t:table></o:spreadsheet></document>"""


def test_the_rows_of_an_open_spreadsheet_are_read_without_its_empty_ones(tmp_path: Path) -> None:
    members = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": OPEN_SHEET}

    (draft,) = drafts(packed(tmp_path / "pool.ods", dict(members)))

    assert (draft.title, draft.date) == ("Pump", dt.date(2023, 4, 18))
    assert draft.text == "Date: 2023-04-18\nWork: Pump\nCost: 1150.50"


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


def test_a_day_with_its_time_is_a_day_and_names_no_row(tmp_path: Path) -> None:
    path = tmp_path / "Repairs.csv"
    path.write_text(
        'Name,Date,Cost,Created time\nFix gutter,"April 12, 2023",$300,"April 10, 2023 9:00 AM"\n'
        'Sweep,"October 2, 2023 10:30 PM",$150,"April 10, 2023 9:00 AM"\n',
        "utf-8",
    )

    assert [(each.title, each.date) for each in drafts(path)] == [
        *(("Fix gutter", dt.date(2023, 4, 12)), ("Sweep", dt.date(2023, 10, 2))),
    ]
