"""Registers that are not as a scenario says, or no registers at all: what is said of them, and no crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from exportsim.errors import ScenarioError
from exportsim.scenario import load
from exportsim.scenario.reader import warnings_of
from registers import line, text_of
from shell import Shell

HEAD = "date,amount,country\n"
GOOD = HEAD + "2021-01-04,100,TR\n2021-01-05,200,NO\n"
NONE = bytes(range(256))
NOTHING = "found nothing, expected a header: the names of the columns"
UNCLOSED = "this is not CSV: a quotation mark is opened in this row and never closed"
BEHIND = (
    "this is not CSV: something stands behind a closing quotation mark in this row; within quotes, a mark is "
    "written twice"
)
BY = "by: {destination: country, spellings: spellings.csv}"
SPELLINGS = "spelling,destination\n"

#: By what is wrong: what the scenario says of the register, the register, and what is said of it.
REGISTERS: dict[str, tuple[str, str | bytes, list[str]]] = {
    "semicolons": (
        "",
        GOOD.replace(",", ";"),
        ['1:1: found semicolons between columns, expected commas: say `delimiter: ";"`'],
    ),
    "commas where semicolons are said": (
        'delimiter: ";"',
        GOOD,
        ['1:1: found commas between columns, expected semicolons: say `delimiter: ","`'],
    ),
    "semicolons where tabs are said": (
        'delimiter: "\\t"',
        GOOD.replace(",", ";"),
        ['1:1: found semicolons between columns, expected tabs: say `delimiter: ";"`'],
    ),
    "UTF-16": ("", GOOD.encode("utf-16"), ["1:1: found text in UTF-16, expected UTF-8: say `encoding: utf-16`"]),
    "UTF-16 without a mark": (
        "",
        GOOD.encode("utf-16-le"),
        ["1:1: found text in UTF-16-LE, expected UTF-8: say `encoding: utf-16-le`"],
    ),
    "UTF-16 without a mark, the other way": (
        "",
        GOOD.encode("utf-16-be"),
        ["1:1: found text in UTF-16-BE, expected UTF-8: say `encoding: utf-16-be`"],
    ),
    "UTF-16 without a mark, where a mark is said": (
        "encoding: utf-16",
        GOOD.encode("utf-16-le"),
        ["1:1: found text in UTF-16-LE, expected utf-16: say `encoding: utf-16-le`"],
    ),
    "UTF-8 where UTF-16 is said": (
        "encoding: utf-16",
        GOOD,
        ["1:1: found text in UTF-8, expected utf-16: leave out `encoding`"],
    ),
    "UTF-32": ("", GOOD.encode("utf-32"), ["1:1: found text in UTF-32, expected UTF-8: say `encoding: utf-32`"]),
    "cp1252": (
        "",
        (HEAD + "2021-01-04,100,T\xfcrkiye\n").encode("cp1252"),
        ["2:3: found the byte 0xFC, expected text in UTF-8: say `encoding: cp1252`, if it is that"],
    ),
    "a workbook": (
        "",
        b"PK\x03\x04" + NONE,
        ["1:1: this is not CSV: found a workbook, as Excel and LibreOffice keep it: save its sheet as CSV"],
    ),
    "an old workbook": (
        "",
        b"\xd0\xcf\x11\xe0" + NONE,
        ["1:1: this is not CSV: found a workbook of an older Excel: save its sheet as CSV"],
    ),
    "compressed": ("", b"\x1f\x8b\x08\0" + NONE, ["1:1: this is not CSV: found a compressed file: unpack it"]),
    "no text at all": (
        "",
        HEAD.encode() + b"2021-01-04,1,\x81\n",
        ["2:3: found the byte 0x81, expected text in UTF-8"],
    ),
    "empty": ("", "", [f"1:1: {NOTHING}"]),
    "a mark alone": ("", b"\xef\xbb\xbf", [f"1:1: {NOTHING}"]),
    "blank lines": ("", "\n\n\r\n", [f"1:1: {NOTHING}"]),
    "a blank line above the header": ("", "\n" + GOOD, [f"1:1: {NOTHING.replace('nothing', 'a blank line')}"]),
    "a title above the header": (
        "",
        "Licences of 2021\n\n" + GOOD,
        ["`r.csv` has no column `date`; line 3 has one, and the header has to be the first: remove what is above it"],
    ),
    "a line for Excel above the header": (
        'delimiter: ";"',
        "sep=;\n" + GOOD.replace(",", ";"),
        ["`r.csv` has no column `date`; line 2 has one, and the header has to be the first: remove what is above it"],
    ),
    "a header twice": (
        "",
        "date,amount,amount\n2021-01-04,1,2\n",
        ["`r.csv` has 2 columns called `amount`, expected one"],
    ),
    "a column in other letters": (
        "",
        GOOD.replace("amount", "Amount"),
        ["`r.csv` has no column `amount`, did you mean `Amount`?"],
    ),
    "a quote that is never closed": (
        "",
        HEAD + '2021-01-04,1,"a\nb"\n2021-01-04,100,"TR\n2021-01-05,2,NO\n',
        [f"4:1: {UNCLOSED}"],
    ),
    "text behind a quote": ("", HEAD + '2021-01-04,100,"TR"x\n', [f"2:1: {BEHIND}"]),
    "ends of lines within quotes": (
        "",
        HEAD + '2021-01-04,100,"a\nb"\n2021-13-05,200,NO\n',
        ["4:1: row 2: found `2021-13-05` in `date`, expected a date such as `2020-10-05`"],
    ),
    "decimal commas": (
        'delimiter: ";"',
        "date;amount\n2021-01-04;100,50\n",
        [
            "2:2: row 1: found `100,50` in `amount`, expected `100.5`: the decimal mark is a point, and nothing stands "
            'between thousands; with `decimal: ","` all amounts of this column are read'
        ],
    ),
    "dates of two forms": (
        "",
        HEAD + "2021-01-04,100,TR\n05/02/2021,200,NO\n2021-02-30,1,TR\n",
        [
            "3:1: row 2: found `05/02/2021` in `date`, expected a date such as `2020-10-05`",
            "4:1: row 3: found `2021-02-30` in `date`, expected a date such as `2020-10-05`",
        ],
    ),
    "the month first, it is said, where the day is": (
        'date_format: "%m/%d/%Y"',
        HEAD + "04/01/2021,200,NO\n25/01/2021,100,TR\n",
        [
            '3:1: row 2: found `25/01/2021` in `date`, expected a date by `date_format: "%m/%d/%Y"`; with '
            '`date_format: "%d/%m/%Y"` every date of this line is read'
        ],
    ),
    "days as a spreadsheet counts them": (
        "",
        HEAD + "44200,100,TR\n",
        [
            "2:1: row 1: found `44200` in `date`, expected a date such as `2020-10-05`; a spreadsheet counts days so: "
            "have them written as dates"
        ],
    ),
    "times of a zone": (
        "",
        HEAD + "2021-01-04T10:00:00Z,100,TR\n",
        [
            "2:1: row 1: found `2021-01-04T10:00:00Z` in `date`, expected a date such as `2020-10-05`; with "
            '`date_format: "%Y-%m-%dT%H:%M:%SZ"` every date of this line is read'
        ],
    ),
    "a sum below": (
        "",
        GOOD + "Total,300,\n",
        ["4:1: row 3: found `Total` in `date`, expected a date such as `2020-10-05`"],
    ),
    "rows that are too short and too long": (
        "",
        HEAD + "2021-01-05,200\n2021-01-05,200,NO,x\n",
        [
            "2:1: row 1: found 2 fields, expected 3 as in the header",
            "3:1: row 2: found 4 fields, expected 3 as in the header",
        ],
    ),
    "a licence without a number": (
        "id: country",
        HEAD + "2021-01-05,200,\n",
        ["2:3: row 1: found nothing in `country`, expected the number of a licence"],
    ),
    "codes in small letters": (
        BY.replace(", spellings: spellings.csv", ""),
        HEAD + "2021-01-04,1,tr\n",
        ["2:3: row 1: found `tr` in `country`, did you mean `TR`?"],
    ),
}
#: By what is wrong: a file of spellings, and what is said of it.
FILES_OF_SPELLINGS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", f"1:1: {NOTHING}"),
    "a header alone": (
        SPELLINGS,
        "r.csv:2:3: row 1: found `Turkije` in `country`, expected the code of a country, such as `CA`, or an entry of "
        "`spellings.csv`; so in 2 rows",
    ),
    "two meanings": (
        SPELLINGS + "Turkije,TR\nTurkije,NO\n",
        "3:2: found `NO` for `Turkije`, expected `TR` as in line 2",
    ),
    "no code": (
        SPELLINGS + "Turkije,TUR\n",
        "2:2: found `TUR`, expected the two capital letters of a country, such as `CA`, or `none`",
    ),
    "a column twice": ("spelling,destination,destination\nTurkije,TR,TR\n", "1:1: found `destination` twice"),
    "cp1252": (
        (SPELLINGS + "T\xfcrkije,TR\n").encode("cp1252"),
        "2:1: found the byte 0xFC, expected text in UTF-8: say `encoding: cp1252`, if it is that",
    ),
    "UTF-16": (
        (SPELLINGS + "Turkije,TR\n").encode("utf-16"),
        "1:1: found text in UTF-16, expected UTF-8: say `encoding: utf-16`",
    ),
    "a quote that is never closed": (SPELLINGS + 'Turkije,TR\n"Turkey,TR\n', f"3:1: {UNCLOSED}"),
    "a workbook": (
        b"PK\x03\x04" + NONE,
        "1:1: this is not CSV: found a workbook, as Excel and LibreOffice keep it: save its sheet as CSV",
    ),
}


def write(folder: Path, said: str, register: str | bytes, spellings: str | bytes | None = None) -> Path:
    for name, content in (("r.csv", register), ("spellings.csv", spellings)):
        if content is not None:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    file = folder / "s.yaml"
    destination = None if "by:" in said else "TR"
    file.write_text(text_of(line("line", said, destination=destination)), encoding="utf-8")
    return file


def faults(file: Path) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        load(file)
    return [str(fault).replace(f"{file.parent}/", "") for fault in error.value.faults]


@pytest.mark.parametrize("wrong", REGISTERS)
def test_what_is_wrong_with_a_register_is_said_in_its_place(tmp_path: Path, wrong: str) -> None:
    said, register, expected = REGISTERS[wrong]
    found = faults(write(tmp_path, said, register))
    of = ": demand.line.orders.by: " if "by:" in said else ": demand.line.orders: "
    told = [one.replace("r.csv:", "", 1).replace(of, ": ") if one.startswith("r.csv:") else one for one in found]
    assert [one if one[0].isdigit() else one.partition(".orders.")[2].partition(": ")[2] for one in told] == expected


@pytest.mark.parametrize("wrong", FILES_OF_SPELLINGS)
def test_what_is_wrong_with_spellings_is_said_in_its_place(tmp_path: Path, wrong: str) -> None:
    spellings, expected = FILES_OF_SPELLINGS[wrong]
    rows = HEAD + "2021-01-04,1,Turkije\n2021-01-05,1,Turkije\n"
    (found,) = faults(write(tmp_path, BY, rows, spellings))
    assert found.replace("spellings.csv:", "", 1).replace(": demand.line.orders.by: ", ": ") == expected


@pytest.mark.parametrize(
    "register",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.replace("date", '"date"').encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        (GOOD + ",,\n" * 3000 + "\n" * 3000).encode(),
        GOOD.replace("country", "country,country").replace("TR", "TR,").replace("NO", "NO,").encode(),
    ],
    ids=["a mark", "a mark and quotes", "old ends of lines", "ends of lines", "blank rows", "another column twice"],
)
def test_what_spreadsheets_make_is_read(tmp_path: Path, register: bytes) -> None:
    scenario = load(write(tmp_path, "", register))
    assert warnings_of(scenario) == []


def test_a_register_of_a_header_alone_is_noticed_and_cannot_be_many(tmp_path: Path) -> None:
    (odd,) = warnings_of(load(write(tmp_path, "", HEAD)))
    assert odd.message == "no record of this register falls between 2021-01-01 and 2021-12-31"
    (found,) = faults(write(tmp_path, BY, HEAD, SPELLINGS + "Turkije,TR\n"))
    assert found.endswith("no row within the run is of a destination and goods of which a line could be made")


def test_a_code_of_a_date_that_comes_twice_is_refused(tmp_path: Path) -> None:
    (found,) = faults(write(tmp_path, 'date_format: "%d/%d/%m/%Y"', GOOD))
    assert "found `%d/%d/%m/%Y`, expected a format of dates with day, month and year" in found


@pytest.mark.parametrize("wrong", ["UTF-16 without a mark", "compressed", "empty", "a quote that is never closed"])
def test_the_command_line_ends_with_status_2(tmp_path: Path, wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    said, register, _ = REGISTERS[wrong]
    status, out, error = Shell(capsys)("check", str(write(tmp_path, said, register)))
    assert (status, out) == (2, "")
    assert "r.csv:" in error and "Traceback" not in error
