"""Spreadsheets: each row found and cited by itself, under the names of its columns."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from askcorpus.ingest.extracted import RefusedError
from askcorpus.ingest.formats import rows
from askcorpus.ingest.formats.sheets import parse_csv, parse_tsv, parse_xlsx
from tests.ingest.made import blocks, make_xlsx, make_zip


def test_a_row_of_a_workbook_names_its_columns_and_is_a_place() -> None:
    found = parse_xlsx(
        make_xlsx(
            {
                "Sales": [
                    ["Sales of the year"],
                    [],
                    ["Day", "Customer", "Paid"],
                    [date(2014, 7, 1), "Zenith Ltd", 4_200_000],
                    [datetime(2014, 7, 2, 9, 30), None, 12.5],
                ],
                "Notes": [["All figures are estimates."]],
            }
        )
    )
    assert blocks(found) == [
        ("sheet Sales", "Sales"),
        ("sheet Sales, row 1", "Sales of the year"),
        ("sheet Sales, row 3", "Day | Customer | Paid"),
        ("sheet Sales, row 4", "Day: 2014-07-01; Customer: Zenith Ltd; Paid: 4200000"),
        ("sheet Sales, row 5", "Day: 2014-07-02 09:30:00; Paid: 12.5"),
        ("sheet Notes", "Notes"),
        ("sheet Notes, row 1", "All figures are estimates."),
    ]


def test_a_share_is_shown_as_the_sheet_shows_it() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = 0.102
    sheet["A1"].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    assert blocks(parse_xlsx(out.getvalue()))[-1] == ("sheet Sheet, row 1", "10.2%")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_values_are_told_apart_whatever_separates_them(mark: str) -> None:
    lines = [["Name", "Paid"], ['"Smith, John; Co|\t"', "7"], ["Ann", "12"], ["Bob", "15"]]
    data = "\r\n".join(mark.join(line) for line in lines).encode()
    assert blocks(parse_csv(data))[1:3] == [
        ("row 2", "Name: Smith, John; Co|; Paid: 7"),
        ("row 3", "Name: Ann; Paid: 12"),
    ]


def test_a_second_table_has_its_own_header() -> None:
    found = parse_tsv(b"Name\tPaid\nAnn\t7\n\nCity\tSize\nPyongyang\t3\n")
    assert blocks(found)[-1] == ("row 5", "City: Pyongyang; Size: 3")


def test_numbers_are_no_header() -> None:
    assert blocks(parse_csv(b"2014,7\n2015,8\n"))[0] == ("row 1", "2014 | 7")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROWS", 10)
    with pytest.raises(RefusedError, match="more than 10 rows"):
        parse_csv(b"a,b\n" * 20)


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(RefusedError, match="something else"):
        parse_xlsx(make_zip({"a.xml": "<a/>"}))
