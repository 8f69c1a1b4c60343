"""Registers as offices have them: read as they are written, and what is said of those that are written otherwise."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import exportsim as xs
from exportsim.cli import exportsim
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.errors import ExportsimError, ScenarioError
from exportsim.lifecycle import Fact
from exportsim.live.orders import orders_of
from exportsim.report.orders_by_fate import find
from exportsim.report.trace import trace
from exportsim.scenario import Scenario, explicit_text, load, loads, read_register, warnings_of
from exportsim.scenario.register import licences_of, registers_of
from exportsim.scenario.register_records import Record

WORLD = """exportsim: 1
period: {start: 2021-01-01, end: 2021-12-31}
currency: EUR
goods: {radar: {}}
authorities: {office: {country: NL, review: [{stage: desk, officers: 100, work: 5bd}]}}
suppliers: {dutch: {country: NL, authority: office, slots: 100, lead_time: 30d}}
demand:
  line: {buyer: navy, destination: TR, goods: radar, sources: {dutch: {}}, value: 7,
    orders: {register: r.csv, date: date, value: amount}}
policies: {base: {}}
"""


def world(folder: Path, rows: str | bytes, more: str = "", content: str = WORLD) -> Scenario:
    (folder / "r.csv").write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    file = folder / "s.yaml"
    file.write_text(content.replace("value: amount}", f"value: amount{', ' * bool(more)}{more}}}"), encoding="utf-8")
    return load(file)


def read(folder: Path, rows: str | bytes, more: str = "") -> list[tuple[date, float | None]]:
    records = read_register(world(folder, rows, more), "line")
    return [(when.date(), None if cents is None else cents / 100) for when, cents, _ in records]


def faults(folder: Path, rows: str | bytes, more: str = "") -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        world(folder, rows, more)
    return [f"{Path(fault.file).name}:{fault.line}:{fault.column}: {fault.message}" for fault in caught.value.faults]


ONE = [(date(2021, 3, 2), 1234.5), (date(2021, 3, 31), 7.0)]


class TestAsSaid:
    @pytest.mark.parametrize(
        ("rows", "more"),
        [
            ("date,amount\n2021-03-02,1234.5\n2021-03-31,7\n", ""),
            ("date;amount\n02/03/2021;1.234,50\n31/03/2021;7\n",
             'delimiter: ";", date_format: "%d/%m/%Y", decimal: ",", thousands: "."'),
            ("date\tamount\n3/2/21\t1,234.5\n3/31/21\t7\n",
             'delimiter: "\\t", date_format: "%m/%d/%y", thousands: ","'),
            ("date|amount\n2 March 2021|1234.5\n31 March 2021|7\n", 'delimiter: "|", date_format: "%d %B %Y"'),
            ("date,amount\n20210302,1234.5\n20210331,7\n", 'date_format: "%Y%m%d"'),
            ("date,amount\n02.03.2021 14:05,1.2345k\n31.03.2021 00:00,0.0070k\n", 'date_format: "%d.%m.%Y %H:%M"'),
        ],
    )  # fmt: skip
    def test_a_register_is_read_as_its_scenario_says_that_it_is_written(
        self, tmp_path: Path, rows: str, more: str
    ) -> None:
        assert read(tmp_path, rows, more) == ONE
        again = loads(explicit_text(world(tmp_path, rows, more)), folder=tmp_path)
        assert read_register(again, "line") == read_register(world(tmp_path, rows, more), "line")

    def test_a_time_of_day_is_read_by_the_format_to_the_minute(self, tmp_path: Path) -> None:
        scenario = world(tmp_path, "date,amount\n02.03.2021 14:05:59,1\n", 'date_format: "%d.%m.%Y %H:%M:%S"')
        assert read_register(scenario, "line") == [Record(datetime(2021, 3, 2, 14, 5), 100, None)]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso-8859-9", "utf-16"])
    def test_text_is_read_in_the_encoding_that_is_said(self, tmp_path: Path, encoding: str) -> None:
        rows = "date,amount,to\n2021-03-02,1,Türkiye\n2021-03-03,2,Norge\n".encode(encoding)
        assert read(tmp_path, rows, f"encoding: {encoding}, where: {{to: Türkiye}}") == [(date(2021, 3, 2), 1.0)]

    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            ('delimiter: ":"', "expected one of `,`, `;`, `|` and a tab"),
            ("encoding: latin-99", "expected the name of an encoding"),
            ("encoding: hex", "expected the name of an encoding"),
            ('date_format: "%d/%m"', "expected a format of dates with day, month and year"),
            ('date_format: "yyyy-mm-dd"', "expected a format of dates with day, month and year"),
            ('date_format: "%d/%m/%Y %z"', "expected a format of dates with day, month and year"),
            ("blank: zero", "expected `drawn`"),
        ],
    )
    def test_what_is_no_form_is_refused(self, tmp_path: Path, more: str, expected: str) -> None:
        (found,) = faults(tmp_path, "date,amount\n2021-03-02,1\n", more)
        assert found.startswith("s.yaml:9:") and expected in found


class TestMeant:
    def test_all_that_is_not_as_expected_is_said_at_once_with_what_is_meant(self, tmp_path: Path) -> None:
        rows = "date;amount;to\n2/3/2021;1.234,50;Norge\n31/3/2021;7;Türkiye\n".encode("cp1252")
        assert faults(tmp_path, rows, "where: {to: [Norge, Türkiye]}") == [
            'r.csv:1:1: found semicolons between columns, expected commas: say `delimiter: ";"`',
            "r.csv:2:1: row 1: found `2/3/2021` in `date`, expected a date such as `2020-10-05`; "
            'with `date_format: "%d/%m/%Y"` every date of this line is read',
            "r.csv:2:2: row 1: found `1.234,50` in `amount`, expected `1234.5`: the decimal mark is a point, and "
            'nothing stands between thousands; with `decimal: ",", thousands: "."` all amounts of this column are read',
            "r.csv:3:3: found the byte 0xFC, expected text in UTF-8: say `encoding: cp1252`, if it is that",
        ]
        said = 'delimiter: ";", date_format: "%d/%m/%Y", decimal: ",", thousands: ".", encoding: cp1252'
        assert read(tmp_path, rows, said) == ONE

    def test_days_that_may_be_months_are_said_to_be_so(self, tmp_path: Path) -> None:
        rows = "date,amount\n02/03/2021,1\n11/12/2021,1\n"
        (found,) = faults(tmp_path, rows)
        assert found.endswith(
            'every date is read with `date_format: "%d/%m/%Y"` or `date_format: "%m/%d/%Y"`: '
            "no day among them is above 12, so that they do not tell which"
        )
        (found,) = faults(tmp_path, rows + "13/12/2021,1\n")
        assert found.endswith('with `date_format: "%d/%m/%Y"` every date of this line is read')

    def test_rows_of_other_lines_tell_the_day_from_the_month(self, tmp_path: Path) -> None:
        (found,) = faults(tmp_path, "date,amount,to\n02/03/2021,1,TR\n12/31/2021,1,NO\n", "where: {to: TR}")
        assert found.endswith('with `date_format: "%m/%d/%Y"` every date of this line is read')

    def test_a_format_that_does_not_fit_is_told_with_the_one_that_does(self, tmp_path: Path) -> None:
        (found,) = faults(tmp_path, "date,amount\n31.03.2021,1\n", 'date_format: "%d/%m/%Y"')
        assert 'expected a date by `date_format: "%d/%m/%Y"`; with `date_format: "%d.%m.%Y"`' in found

    def test_one_date_among_others_is_a_slip_and_no_format(self, tmp_path: Path) -> None:
        found = faults(tmp_path, "date,amount\n2021-03-02,1\n31/03/2021,1\n")
        assert found == ["r.csv:3:1: row 2: found `31/03/2021` in `date`, expected a date such as `2020-10-05`"]

    @pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "upright strokes")])
    def test_another_delimiter_is_named(self, tmp_path: Path, mark: str, name: str) -> None:
        (found,) = faults(tmp_path, f"date{mark}amount\n2021-03-02{mark}1\n")
        written = "\\t" if mark == "\t" else mark
        assert found == f'r.csv:1:1: found {name} between columns, expected commas: say `delimiter: "{written}"`'

    def test_utf_16_is_named(self, tmp_path: Path) -> None:
        (found,) = faults(tmp_path, "date,amount\n2021-03-02,1\n".encode("utf-16"))
        assert found == "r.csv:1:1: found text in UTF-16, expected UTF-8: say `encoding: utf-16`"

    def test_what_is_not_as_expected_does_not_hide_a_column_that_is_not_there(self, tmp_path: Path) -> None:
        first, second = faults(tmp_path, "date;value\n2021-03-02;1\n")
        assert "semicolons" in first and "has no column `amount`" in second


class TestSpellings:
    ROWS = "date,amount,to\n2021-01-01,1,TURKIJE\n2021-02-01,2,Turkije\n2021-03-01,4,turkije\n2021-04-01,8,10\n"

    @pytest.mark.parametrize(
        ("where", "taken"),
        [
            ("[TURKIJE, Turkije]", 3),
            ("[Turkije, TURKIJE, Turkije]", 3),
            ("[Turkije]", 2),
            ("[10, turkije]", 12),
        ],
    )
    def test_rows_of_any_of_the_spellings_are_taken_in_the_order_of_the_file(
        self, tmp_path: Path, where: str, taken: float
    ) -> None:
        found = read(tmp_path, self.ROWS, f"where: {{to: {where}}}")
        assert sum(value or 0 for _, value in found) == taken and found == sorted(found)
        again = loads(explicit_text(world(tmp_path, self.ROWS, f"where: {{to: {where}}}")), folder=tmp_path)
        assert len(read_register(again, "line")) == len(found)

    def test_numbers_in_a_list_are_taken_as_written(self, tmp_path: Path) -> None:
        rows = "date,amount,code\n2021-01-01,1,0010\n2021-02-01,2,10\n2021-03-01,4,1.50\n"
        assert [value for _, value in read(tmp_path, rows, "where: {code: [0010, 1.50]}")] == [1, 4]

    def test_columns_are_combined(self, tmp_path: Path) -> None:
        rows = "date,amount,to,g\n" + "".join(
            f"2021-01-0{day},{2**day},{to},{kind}\n"
            for day, (to, kind) in enumerate([("A", "x"), ("A", "y"), ("B", "x"), ("C", "z")], 1)
        )
        found = read(tmp_path, rows, "where: {to: [A, B], g: [x, z]}")
        assert [value for _, value in found] == [2, 8]

    def test_a_spelling_that_occurs_nowhere_is_a_warning_with_the_near_miss(self, tmp_path: Path) -> None:
        scenario = world(tmp_path, self.ROWS, "where: {to: [Turkije, Turkye, Norge]}")
        assert [(warning.path, warning.message) for warning in warnings_of(scenario)] == [
            ("demand.line.orders.where.to", "no cell of `to` in r.csv is `Turkye`, did you mean `Turkije`?"),
            ("demand.line.orders.where.to", "no cell of `to` in r.csv is `Norge`"),
        ]

    def test_an_empty_list_is_refused(self, tmp_path: Path) -> None:
        (found,) = faults(tmp_path, self.ROWS, "where: {to: []}")
        assert found.endswith("found nothing, expected at least 1 entry")


class TestBlank:
    ROWS = "date,amount\n2021-01-01,1\n2021-02-01,\n2021-03-01,  \n2020-01-01,\n2021-04-01,8\n"

    def test_a_blank_value_is_a_fault_with_the_rows(self, tmp_path: Path) -> None:
        assert faults(tmp_path, self.ROWS) == [
            "r.csv:3:2: row 2: found nothing in `amount`, expected an amount of money such as `1200`, `250k`, `5M` or "
            "`1.2bn`; `blank: drawn` draws such values; so in 2 rows: 2, 3"
        ]

    def test_or_drawn_if_that_is_asked(self, tmp_path: Path) -> None:
        scenario = world(tmp_path, self.ROWS, "blank: drawn")
        assert [record.cents for record in read_register(scenario, "line")] == [100, None, None, 800]
        for engine in ("reference", "compiled"):
            ledger = simulate(compile_plan(scenario), 0, seed=1, future=0, engine=engine)
            assert ledger.amount[ledger.fact == Fact.ORDERED].tolist() == [100, 700, 700, 800]

    def test_what_is_drawn_needs_a_value(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_text(self.ROWS)
        content = WORLD.replace(", value: 7", "").replace("value: amount", "value: amount, blank: drawn")
        with pytest.raises(ScenarioError, match="`value` is missing, and a register with `blank: drawn` needs it"):
            loads(content, folder=tmp_path)

    def test_it_is_about_a_column_of_values(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_text(self.ROWS)
        with pytest.raises(ScenarioError, match="found `blank` without `value`"):
            loads(WORLD.replace("value: amount", "blank: drawn"), folder=tmp_path)


class TestLicences:
    ROWS = (
        "nr,date,amount,kind,to\nL-9,2021-05-01,1,,TR\nL-1,2021-02-01,10,nato,TR\nL-9,2021-03-01,100,,TR\n"
        "L-1,2020-12-31,1000,,TR\nL-9,2021-01-01,5,,NO\nL-2,2021-03-01,7,,TR\n"
    )

    def test_rows_of_one_licence_are_one_order_on_the_first_of_their_dates(self, tmp_path: Path) -> None:
        content = WORLD.replace("value: 7,", "value: 7, programmes: {nato: 0.5},")
        scenario = world(tmp_path, self.ROWS, "id: nr, programme: kind, where: {to: TR}", content)
        assert read_register(scenario, "line") == [
            Record(datetime(2021, 3, 1), 10_100, "none"),  # L-9, of two rows
            Record(datetime(2021, 2, 1), 1000, "nato"),  # L-1, of which a row is before the run
            Record(datetime(2021, 3, 1), 700, "none"),
        ]
        (file,) = registers_of(scenario)
        assert file.lines["line"].records.ids == ["L-9", "L-1", "L-2"]
        assert file.lines["line"].rows.tolist() == [0, 1, 2, 5]  # every row of a licence is used

    def test_a_licence_without_a_number_is_a_fault(self, tmp_path: Path) -> None:
        rows = "nr,date,amount\n,2021-05-01,1\nL-1,2021-05-01,1\n"
        assert faults(tmp_path, rows, "id: nr") == [
            "r.csv:2:1: row 1: found nothing in `nr`, expected the number of a licence"
        ]

    def test_rows_of_one_licence_have_one_programme(self, tmp_path: Path) -> None:
        rows = "nr,date,amount,kind\nL-1,2021-05-01,1,\nL-1,2021-05-02,1,nato\n"
        content = WORLD.replace("value: 7,", "value: 7, programmes: {nato: 0.5},")
        with pytest.raises(ScenarioError) as caught:
            world(tmp_path, rows, "id: nr, programme: kind", content)
        (found,) = caught.value.faults
        assert (found.line, found.column, found.message) == (
            3, 4, "row 2: found `nato` in `kind`, expected `none` as in row 1 of the same licence",
        )  # fmt: skip

    def test_a_row_whose_value_is_drawn_leaves_that_of_its_licence_to_be_drawn(self, tmp_path: Path) -> None:
        rows = "nr,date,amount\nL-1,2021-05-01,1\nL-1,2021-05-02,\nL-1,2021-05-03,5\nL-2,2021-05-03,5\n"
        assert read(tmp_path, rows, "id: nr, blank: drawn") == [(date(2021, 5, 1), None), (date(2021, 5, 3), 5)]

    def test_an_order_is_traced_by_its_licence(self, tmp_path: Path) -> None:
        rows = "nr,date,amount\nL/9,2021-05-01,1\n2,2021-02-01,10\nL/9,2021-03-01,100\n1,2021-04-01,7\n"
        scenario = world(tmp_path, rows, "id: nr")
        assert licences_of(scenario) == {"line": ["2", "L/9", "1"]}
        for name, number, cents in (("line/L/9", 2, 10_100), ("line/2", 1, 1000), ("line/1", 3, 700)):
            found = trace(scenario, "base", name, engine="reference")
            document = found.document()
            assert (found.order, document["order"]) == (name, name)
            assert (document["number"], document["cents"]) == (number, cents)
        with pytest.raises(ExportsimError, match="`line` has no licence `L/8` within the run, did you mean `L/9`"):
            trace(scenario, "base", "line/L/8", engine="reference")
        listed = find(scenario, fate="delivered", policy="base", future=0, seed=1, reference=None, engine="reference")
        assert {listed.name(ending) for ending, _, _ in listed.orders} <= {"line/L/9", "line/2", "line/1"}
        plain = world(tmp_path, rows)
        assert trace(plain, "base", "line/2", engine="reference").document()["cents"] == 10_000

    @pytest.mark.parametrize("engine", ["reference", "compiled"])
    def test_a_ledger_and_lists_of_orders_call_it_by_its_licence(self, tmp_path: Path, engine: str) -> None:
        rows = "nr,date,amount\nL/9,2021-05-01,1\n2,2021-02-01,10\nL/9,2021-03-01,100\n1,2021-04-01,7\n"
        by_rate = "  other: {buyer: navy, destination: TR, goods: radar, sources: {dutch: {}}, value: 7, orders: 3/y}\n"
        hold = "policies: {base: {}, hold: {measures: [{on: 2021-01-15, applications: hold}]}}"
        content = WORLD.replace("policies: {base: {}}", by_rate + hold)
        scenario = world(tmp_path, rows, "id: nr", content)
        table = xs.simulate(scenario, "base", seed=1, engine=engine).frame()
        placed = table[table["fact"] == "ordered"]
        told = placed[placed["line"] == "line"][["order", "licence"]].to_numpy().tolist()
        assert told == [[1, "2"], [2, "L/9"], [3, "1"]]
        assert set(table[table["line"] != "line"]["licence"]) == {""}
        assert "licence" not in xs.simulate(world(tmp_path, rows), "base", seed=1, engine=engine).frame()
        orders = orders_of(xs.run(scenario, futures=1, engine=engine), "hold", ">")
        assert {each["called"] for each in orders if each["line"] == "line"} <= {"2", "L/9", "1"}
        assert {each["called"] for each in orders if each["line"] == "other"} <= {
            "1",
            "2",
            "3",
            "4",
            "5",
            "6",
            "7",
            "8",
        }
        assert any(each["called"] == "L/9" for each in orders)


FORMS: list[dict[str, Any]] = [
    {"delimiter": delimiter, "date_format": form, "decimal": decimal, "thousands": thousands, "encoding": encoding}
    for delimiter in (",", ";", "\t", "|")
    for form, encoding in ((None, None), ("%d/%m/%Y", "cp1252"), ("%m-%d-%y", "utf-16"), ("%d %b %Y", "iso-8859-9"))
    for decimal, thousands in ((None, None), (",", "."), (",", " "), (".", ","), (",", None))
]


@given(
    st.lists(
        st.tuples(
            st.dates(date(2020, 11, 1), date(2022, 1, 31)),
            st.integers(0, 10**11),
            st.sampled_from(["Türkiye", 'a "b"', "c,d;e|f\tg", "two\nlines", "two\r\nlines", ""]),
        ),
        max_size=12,
    ),
    st.sampled_from(FORMS),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_a_register_reads_the_same_however_it_is_written(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[date, int, str]],
    form: dict[str, Any],
    end: str,
    mark: bool,
) -> None:
    folder = tmp_path_factory.mktemp("registers", numbered=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=form["delimiter"], lineterminator=end)
    writer.writerow(["date", "amount", "to"])
    for day, cents, to in rows:
        amount = (
            f"{cents // 100:,}".replace(",", form["thousands"] or "") + (form["decimal"] or ".") + f"{cents % 100:02}"
        )
        writer.writerow([day.strftime(form["date_format"] or "%Y-%m-%d"), amount, to])
    encoding = form["encoding"] or ("utf-8-sig" if mark else "utf-8")
    (folder / "r.csv").write_bytes(text.getvalue().encode(encoding))
    said = {key: value for key, value in form.items() if value is not None}
    keys = {"register": "r.csv", "date": "date", "value": "amount"} | said
    orders = repr(keys).replace("'\\t'", '"\\t"')
    scenario = loads(WORLD.replace("{register: r.csv, date: date, value: amount}", orders), folder=folder)
    expected = [(day, cents) for day, cents, _ in rows if day.year == 2021]
    assert [(record.when.date(), record.cents) for record in read_register(scenario, "line")] == expected


class TestPlaces:
    def test_lines_of_the_file_are_counted_through_cells_of_several_lines(self, tmp_path: Path) -> None:
        rows = 'date,amount,to\r\n2021-05-05,1,"a\r\nb\nc"\r\n2021-05-06,no,d\r\n,,\r\n'
        rows += '2021-05-07,"1\n",d\r\n2021-05-08\r\n'
        assert [found.partition(": found")[0] for found in faults(tmp_path, rows)] == [
            "r.csv:5:2: row 2",
            "r.csv:9:1: row 5",
        ]

    def test_what_is_no_csv_is_told_beside_what_is_wrong_before_it(self, tmp_path: Path) -> None:
        first, second = faults(tmp_path, 'date,amount\nsoon,1\n2021-05-05,1\n2021-05-06,"1"2\n')
        assert first.startswith("r.csv:2:1: row 1: found `soon`")
        assert second.startswith("r.csv:4:1: this is not CSV: ")

    def test_a_header_that_is_no_csv_is_told(self, tmp_path: Path) -> None:
        (found,) = faults(tmp_path, 'date,"amount"s\n')
        assert found.startswith("r.csv:1:1: this is not CSV: ")


def test_check_says_what_is_meant_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(WORLD)
    (tmp_path / "r.csv").write_text("date;amount\n31/03/2021;1,5\n")
    done = CliRunner().invoke(exportsim, ["check", str(tmp_path / "s.yaml")])
    assert isinstance(done.exception, ScenarioError)
    for said in ('delimiter: ";"', 'date_format: "%d/%m/%Y"', 'decimal: ","'):
        assert said in str(done.exception)
