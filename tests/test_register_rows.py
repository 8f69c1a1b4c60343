"""Which rows of a register a line takes, how their amounts are read, and the account of a file that is used."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.support.registers import line, text_of

import exportsim as xs
from exportsim.cli import exportsim
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.errors import ScenarioError
from exportsim.lifecycle import Fact
from exportsim.report import contents
from exportsim.report.json import as_json
from exportsim.report.many_lines import MOST_LINES
from exportsim.report.registers import of_decisions
from exportsim.report.result import describe
from exportsim.report.text import page
from exportsim.scenario import Scenario, build, explicit, explicit_text, load, loads, read_register, vary, warnings_of
from exportsim.scenario import register as registers
from exportsim.scenario.register_account import register_accounts
from exportsim.scenario.schema import Period, days_of

WORLD = text_of(line())
ROWS = """date,code,flag,price,amount,country,day
2021-02-01,0010,TRUE,1.50,100,TR,2021-02-01
2021-03-01,0010,true,1.5,200,TR,2021-03-01
2021-04-01,10,True,1.50,300,NO,2021-04-01
2021-05-01,1e3,no,2,400,NA,2021-02-01
"""


def world(folder: Path, rows: str = ROWS, more: str = "", **changes: str) -> Scenario:
    """The scenario above with a register beside it, and more said of how it is read."""
    (folder / "r.csv").write_text(rows, encoding="utf-8")
    content = WORLD.replace("value: amount}", f"value: amount{more}}}")
    for old, new in changes.items():
        content = content.replace(old, new)
    return loads(content, folder=folder)


def values(scenario: Scenario, line: str = "line") -> list[float]:
    return [(record.cents or 0) / 100 for record in read_register(scenario, line)]


def faults(folder: Path, rows: str, more: str = "") -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        world(folder, rows, more)
    return [fault.message for fault in caught.value.faults]


MEANT = "; with {} all amounts of this column are read"


class TestWhere:
    CASES = (
        ("code: 0010", [100, 200]),
        ("code: 10", [300]),
        ("code: 1e3", [400]),
        ("price: 1.50", [100, 300]),
        ("price: 1.5", [200]),
        ("flag: TRUE", [100]),
        ("flag: true", [200]),
        ("flag: no", [400]),
        ("country: NO", [300]),
        ("day: 2021-02-01", [100, 400]),
        ("code: ' 0010 '", [100, 200]),
        ("code: '0010', price: 1.50", [100]),
    )

    @pytest.mark.parametrize(("where", "taken"), CASES)
    def test_a_cell_is_compared_as_written(self, tmp_path: Path, where: str, taken: list[float]) -> None:
        scenario = world(tmp_path, more=f", where: {{{where}}}")
        assert values(scenario) == taken
        again = loads(explicit_text(scenario), folder=tmp_path)
        assert values(again) == taken and explicit_text(again) == explicit_text(scenario)

    @pytest.mark.parametrize(("where", "taken"), CASES)
    def test_and_so_is_one_that_is_set(self, tmp_path: Path, where: str, taken: list[float]) -> None:
        assert values(vary(world(tmp_path), [f"demand.line.orders.where={{{where}}}"])) == taken

    def test_and_one_that_is_laid_over_another_file(self, tmp_path: Path) -> None:
        world(tmp_path)
        (tmp_path / "base.yaml").write_text(WORLD, encoding="utf-8")
        over = tmp_path / "over.yaml"
        orders = "{register: r.csv, where: {code: 0010}}"
        over.write_text(f"extends: base.yaml\ndemand: {{line: {{orders: {orders}}}}}\n", encoding="utf-8")
        assert values(load(over)) == [100, 200]
        assert values(load(over, overrides=["demand.line.orders.where.code=10"])) == [300]

    def test_and_one_that_is_uncertain_or_put_in_place_by_an_expectation(self, tmp_path: Path) -> None:
        path = "demand.line.orders.where.code"
        said = f"{{policy: base, outcome: exports, set: {{{path}: 0010}}, at_least: 1}}"
        more = f"uncertainties: {{{path}: [0010, 1e3]}}\nexpect: [{said}]\n"
        world(tmp_path)
        scenario = loads(WORLD.replace("value: amount", "value: amount, where: {code: 10}") + more, folder=tmp_path)
        assert scenario.uncertainties[path] == ["0010", "1e3"]
        assert scenario.expect[0].set == {path: "0010"}

    @pytest.mark.parametrize(("cell", "taken"), [("0010", [100, 200]), (10, [300]), (np.int64(10), [300])])
    def test_from_python_text_is_taken_as_it_is_and_a_whole_number_by_its_digits(
        self, tmp_path: Path, cell: Any, taken: list[float]
    ) -> None:
        assert values(vary(world(tmp_path), {"demand.line.orders.where": {"code": cell}})) == taken

    def test_from_python_a_date_is_spelled_as_dates_are(self, tmp_path: Path) -> None:
        found = vary(world(tmp_path), {"demand.line.orders.where": {"day": date(2021, 2, 1)}})
        assert values(found) == [100, 400]

    @pytest.mark.parametrize("cell", [1.5, True, None, [1.5]])
    def test_from_python_nothing_else_has_a_spelling_of_its_own(self, tmp_path: Path, cell: Any) -> None:
        with pytest.raises(ScenarioError, match="expected the text of a cell, in quotes"):
            vary(world(tmp_path), {"demand.line.orders.where": {"price": cell}})

    def test_a_fault_in_it_is_one_fault(self, tmp_path: Path) -> None:
        assert faults(tmp_path, ROWS, ", where: {code: {0010: 1}}") == [
            "found a mapping, expected the text of a cell, in quotes"
        ]


class TestRows:
    def test_of_a_row_outside_the_run_only_the_date_is_looked_at(self, tmp_path: Path) -> None:
        rows = "date,amount,kind\n2019-05-05,much,nobody\n2021-05-05,7,\n2022-01-01,-1,nobody\n"
        assert values(world(tmp_path, rows, ", programme: kind")) == [7]
        rows = rows.replace("2022-01-01", "2021-12-31 23:59")
        assert faults(tmp_path, rows, ", programme: kind") == [
            "row 3: found `-1` in `amount`, expected an amount that is not negative",
            "row 3: unknown programme `nobody` in `kind`",
        ]

    def test_a_date_that_is_none_may_be_of_a_row_within_it(self, tmp_path: Path) -> None:
        (found,) = faults(tmp_path, "date,amount\nsoon,1\n2021-05-05,7\n")
        assert found.startswith("row 1: found `soon` in `date`, expected a date")

    def test_a_row_that_is_left_out_is_not_looked_at(self, tmp_path: Path) -> None:
        rows = "date,amount,country\nsoon,much,NO\n2021-05-05,7,TR\n"
        assert values(world(tmp_path, rows, ", where: {country: TR}")) == [7]

    def test_rows_of_nothing_but_commas_and_blanks_are_no_orders(self, tmp_path: Path) -> None:
        assert values(world(tmp_path, ROWS + ",,,,,,\n\n  \n , ,,,,,\n")) == [100, 200, 300, 400]
        assert len(faults(tmp_path, ROWS + ",,,\n2021-05-01,,,\n")) == 1  # that of the row with a date

    def test_a_column_that_is_used_is_there_once(self, tmp_path: Path) -> None:
        rows = "date,amount,date,note,note\n2021-05-05,1,2021-06-06,,\n"
        assert faults(tmp_path, rows) == ["`r.csv` has 2 columns called `date`, expected one"]
        assert faults(tmp_path, rows.replace("date,note", "day,note"), ", where: {note: ''}") == [
            "`r.csv` has 2 columns called `note`, expected one"
        ]
        assert values(world(tmp_path, rows.replace("date,note", "day,note"))) == [1]

    def test_a_row_that_no_line_can_read_is_one_fault(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_text("date,amount\n2021-05-05\n", encoding="utf-8")
        first = WORLD[WORLD.index("  line:") : WORLD.index("policies")]
        with pytest.raises(ScenarioError) as caught:
            loads(WORLD.replace("policies", first.replace("line:", "other:") + "policies"), folder=tmp_path)
        assert len(caught.value.faults) == 1

    def test_orders_are_numbered_by_date_among_the_rows_of_their_line(self, tmp_path: Path) -> None:
        rows = "nr,date,amount,c\nL-900,2021-05-01,900,TR\nL-100,2021-02-01,100,TR\nL-555,2021-01-15,555,NO\n"
        scenario = world(tmp_path, rows + "L-101,2021-02-01,101,TR\n", ", where: {c: TR}")
        ledger = simulate(compile_plan(scenario), 0, seed=1, future=0, engine="reference")
        placed = ledger.fact == Fact.ORDERED
        numbered = zip(ledger.order[placed].tolist(), ledger.amount[placed].tolist(), strict=True)
        assert list(numbered) == [(1, 10000), (2, 10100), (3, 90000)]


class TestAmounts:
    def test_they_are_written_as_in_a_scenario(self, tmp_path: Path) -> None:
        written = ["5M", "250k", "1.2bn", "0.125M", "1_000", " 99.95 ", "1e6", ".5", "7."]
        rows = "date,amount\n" + "".join(f"2021-05-05,{amount}\n" for amount in written)
        assert values(world(tmp_path, rows)) == [5e6, 250e3, 1.2e9, 125e3, 1000, 99.95, 1e6, 0.5, 7]

    @pytest.mark.parametrize(
        ("amount", "expected"),
        [
            (
                "400.000",
                "`400000` or `400`: three digits after a point may be thousands"
                + MEANT.format('`decimal: "."` or `decimal: ",", thousands: "."`'),
            ),
            (
                "0.125",
                "`125` or `0.1250`: three digits after a point may be thousands"
                + MEANT.format('`decimal: "."` or `decimal: ",", thousands: "."`'),
            ),
            (
                "1234.500",
                "`1234500` or `1234.5`: three digits after a point may be thousands" + MEANT.format('`decimal: "."`'),
            ),
            (
                '"412.000,00"',
                "`412000`: the decimal mark is a point, and nothing stands between thousands"
                + MEANT.format('`decimal: ",", thousands: "."`'),
            ),
            (
                '"1,250,000"',
                "`1250000`: the decimal mark is a point, and nothing stands between thousands"
                + MEANT.format('`decimal: ".", thousands: ","`'),
            ),
            (
                '"1,5M"',
                "`1.5M`: the decimal mark is a point, and nothing stands between thousands"
                + MEANT.format('`decimal: ","`'),
            ),
            (
                "1 250 000",
                "`1250000`: the decimal mark is a point, and nothing stands between thousands"
                + MEANT.format('`decimal: ".", thousands: " "`'),
            ),
            (
                "1'250'000.50",
                "`1250000.5`: the decimal mark is a point, and nothing stands between thousands"
                + MEANT.format('`decimal: ".", thousands: "\'"`'),
            ),
            ("£412000", "an amount of money such as `1200`, `250k`, `5M` or `1.2bn`, without `£`"),
            ("412000 EUR", "an amount of money such as `1200`, `250k`, `5M` or `1.2bn`, without `EUR`"),
            ("-5", "an amount that is not negative"),
            ("1e15", "an amount of at most 10000bn"),
            ("1e999", "an amount of at most 10000bn"),
            ("(200)", "an amount of money such as `1200`, `250k`, `5M` or `1.2bn`"),
        ],
    )
    def test_what_cannot_be_read_is_said_with_what_is_expected(
        self, tmp_path: Path, amount: str, expected: str
    ) -> None:
        (found,) = faults(tmp_path, f"date,amount\n2021-05-05,{amount}\n")
        assert found == f"row 1: found `{amount.strip(chr(34))}` in `amount`, expected {expected}"

    def test_an_empty_cell_is_nothing(self, tmp_path: Path) -> None:
        (found,) = faults(tmp_path, "date,amount\n2021-05-05,\n")
        assert found.startswith("row 1: found nothing in `amount`, expected an amount of money")

    @pytest.mark.parametrize(
        ("marks", "amount", "value"),
        [
            ('decimal: ",", thousands: "."', "412.000,00", 412_000),
            ('decimal: ",", thousands: "."', "1.234.567", 1_234_567),
            ('decimal: ","', "412000,5", 412_000.5),
            ('decimal: ","', "400,000", 400),
            ('decimal: "."', "400.000", 400),
            ('thousands: ","', "400,000.25", 400_000.25),
            ('thousands: "."', "400.000", 400_000),
            ('thousands: " "', "1 234 567.8", 1_234_567.8),
            ('thousands: " "', "1\u202f234\u00a0567", 1_234_567),
            ('thousands: "\'"', "1’234’567.80", 1_234_567.8),
            ('decimal: ","', "1,5M", 1.5e6),
            ('decimal: ",", thousands: "."', "250", 250),
        ],
    )
    def test_a_register_may_say_its_marks(self, tmp_path: Path, marks: str, amount: str, value: float) -> None:
        scenario = world(tmp_path, f'date,amount\n2021-05-05,"{amount}"\n', f", {marks}")
        assert values(scenario) == [value]
        assert values(loads(explicit_text(scenario), folder=tmp_path)) == [value]

    @pytest.mark.parametrize(
        ("marks", "amount", "example", "meant"),
        [
            ('decimal: ","', "400.000", "1234567,89", MEANT.format('`decimal: "."` or `decimal: ",", thousands: "."`')),
            ('decimal: "."', "400,000", "1234567.89", MEANT.format('`decimal: ","` or `decimal: ".", thousands: ","`')),
            ('decimal: ",", thousands: "."', "12.34", "1.234.567,89", MEANT.format('`decimal: "."`')),
            ('decimal: ",", thousands: "."', "1234.567", "1.234.567,89", MEANT.format('`decimal: "."`')),
            ('thousands: ","', "1,23,456", "1,234,567.89", ""),
        ],
    )
    def test_and_is_read_by_them_alone(self, tmp_path: Path, marks: str, amount: str, example: str, meant: str) -> None:
        (found,) = faults(tmp_path, f'date,amount\n2021-05-05,"{amount}"\n', f", {marks}")
        expected = f"expected an amount such as `{example}`, by `decimal` and `thousands`{meant}"
        assert found == f"row 1: found `{amount}` in `amount`, {expected}"


class TestDays:
    def test_a_year_of_warm_up_reaches_back_to_the_first_of_january_of_a_leap_year(self, tmp_path: Path) -> None:
        rows = "date,amount\n2019-12-31 23:59,1\n2020-01-01,100\n2021-12-31 23:59,200\n2022-01-01,2\n"
        scenario = world(tmp_path, rows, **{"2021-12-31}": "2021-12-31, warm_up: 1y}"})
        assert values(scenario) == [100, 200] and not warnings_of(scenario)
        plan = compile_plan(scenario)
        ledger = simulate(plan, 0, seed=1, future=0, engine="reference")
        assert ledger.minute[ledger.fact == Fact.ORDERED].tolist() == [-366 * 1440, 364 * 1440 + 1439]

    @given(
        start=st.dates(date(1990, 1, 1), date(2030, 1, 1)),
        number=st.integers(0, 900),
        unit=st.sampled_from(["min", "h", "d", "w", "mo"]),
    )
    def test_a_run_begins_on_the_last_midnight_that_leaves_time_for_the_warm_up(
        self, start: date, number: int, unit: str
    ) -> None:
        period = Period.model_validate({"start": start, "end": start, "warm_up": f"{number}{unit}"})
        first, after = days_of(period)
        back = (start - first).days * 1440
        assert back - 1440 < period.warm_up.minutes <= back
        assert (after - start).days == 1

    @pytest.mark.parametrize("warm_up", ["0d", "1min", "1d", "36h", "1mo", "1y", "3y"])
    def test_the_plan_begins_there_too(self, warm_up: str) -> None:
        content = WORLD.replace("{register: r.csv, date: date, value: amount}", "1/y, value: 1")
        scenario = loads(content.replace("2021-12-31}", f"2021-12-31, warm_up: {warm_up}}}"))
        plan = compile_plan(scenario)
        first, after = days_of(scenario.period)
        start = scenario.period.start
        assert (plan.start, plan.end) == ((first - start).days * 1440, (after - start).days * 1440)


def lines(folder: Path, rows: str, *each: tuple[str, str, str]) -> Scenario:
    """A scenario of lines (name, file, where) that read a register."""
    (folder / "r.csv").write_text(rows, encoding="utf-8")
    taking = [line(name, f"where: {{{where}}}", register=file, date="d", value="v") for name, file, where in each]
    return loads(text_of(*taking), folder=folder)


OVERLAP = "d,v,c,g\n2021-02-01,100,TR,radar\n2021-03-01,10,NO,radar\n2021-04-01,1,TR,tanks\n2021-04-02,1000,NO,tanks\n"


def checked(scenario: Scenario) -> str:
    """What ``exportsim check`` says of a scenario, each line as long as it is."""
    return page(replace(contents.describe(scenario), width=1000)).text()


class TestAccount:
    def test_rows_that_are_taken_twice_or_not_at_all_are_counted_and_named(self, tmp_path: Path) -> None:
        # The file sums to 1111, the scenario orders 211.
        rows = OVERLAP + "2020-12-31,5,TR,radar\n,,,\n"  # before the run; nothing
        scenario = lines(tmp_path, rows, ("turkish", "r.csv", "c: TR"), ("radars", "r.csv", "g: radar"))
        assert sum(values(scenario, "turkish")) + sum(values(scenario, "radars")) == 211
        (account,) = register_accounts(scenario)
        assert account == ("r.csv", ("turkish", "radars"), 5, 1, 4, 2, (1,), (4,))
        said = (
            "r.csv: 3 of 4 rows within the run used; 1 by more than one line (row 1); 1 by none (row 4); "
            "1 outside the run\n"
        )
        assert said in checked(scenario)
        (warning,) = warnings_of(scenario)
        assert (warning.path, warning.line, warning.message) == (
            "demand.turkish.orders.register",
            9,
            "of 4 rows within the run, 1 is taken by more than one line (row 1) and 1 by none (row 4)",
        )

    def test_a_file_has_one_account_though_lines_say_otherwise_how_it_is_written(self, tmp_path: Path) -> None:
        (tmp_path / "r.csv").write_text(OVERLAP, encoding="utf-8")
        read = {"date": "d", "value": "v"}
        taking = [
            line("norse", "where: {c: NO}, encoding: cp1252", **read),
            line("radars", "where: {g: radar}", **read),
            line("turkish", 'where: {c: TR}, encoding: utf-8, delimiter: ","', **read),
        ]
        (account,) = register_accounts(loads(text_of(*taking), folder=tmp_path))
        assert account == ("r.csv", ("norse", "radars", "turkish"), 4, 0, 4, 2, (1, 2), ())

    def test_many_rows_are_counted_and_the_first_are_named(self, tmp_path: Path) -> None:
        rows = "d,v,c,g\n" + "2021-02-01,1,TR,radar\n" * 1200
        scenario = lines(tmp_path, rows, ("one", "r.csv", "c: TR"), ("other", "./r.csv", "g: radar"))
        (account,) = register_accounts(scenario)  # two spellings of one file
        assert (account.rows, account.used_once, len(account.used_more)) == (1200, 0, 1200)
        (warning,) = warnings_of(scenario)
        assert (
            warning.message == "of 1,200 rows within the run, 1,200 are taken by more than one line (rows 1, 2, 3, …)"
        )

    def test_a_file_that_is_shared_out_is_nothing_to_speak_of(self, tmp_path: Path) -> None:
        scenario = lines(tmp_path, OVERLAP, ("turkish", "r.csv", "c: TR"), ("norwegian", "r.csv", "c: NO"))
        assert not warnings_of(scenario)
        assert "r.csv: 4 of 4 rows within the run used\n" in checked(scenario)

    def test_what_one_line_leaves_out_is_counted_and_no_warning(self, tmp_path: Path) -> None:
        scenario = lines(tmp_path, OVERLAP, ("turkish", "r.csv", "c: TR"))
        assert not warnings_of(scenario)
        said = "r.csv: 2 of 4 rows within the run used; 2 by none (rows 2, 4)"
        assert said in checked(scenario)

    def test_check_prints_it(self, tmp_path: Path) -> None:
        scenario = lines(tmp_path, OVERLAP, ("turkish", "r.csv", "c: TR"), ("radars", "r.csv", "g: radar"))
        file = tmp_path / "s.yaml"
        file.write_text(explicit_text(scenario), encoding="utf-8")
        page = CliRunner().invoke(exportsim, ["check", str(file)])
        assert "r.csv: 3 of 4 rows within the run used; 1 by more than one line" in page.stdout
        assert "of 4 rows within the run, 1 is taken by more than one line (row 1) and 1 by none" in page.stderr
        printed = json.loads(CliRunner().invoke(exportsim, ["check", str(file), "--json"]).stdout)
        assert printed["registers"] == [
            {
                "file": "r.csv",
                "lines": ["turkish", "radars"],
                "read": 4,
                "outside": 0,
                "rows": 4,
                "used_once": 2,
                "used_more": 1,
                "unused": 1,
                "rows_used_more": [1],
                "rows_unused": [4],
            }
        ]

    def test_run_and_report_tell_it(self, tmp_path: Path) -> None:
        rows = OVERLAP + "2020-12-31,5,TR,radar\n"
        scenario = lines(tmp_path, rows, ("turkish", "r.csv", "c: TR"), ("radars", "r.csv", "g: radar"))
        result = xs.run(scenario, futures=2, engine="reference")
        (tmp_path / "r.csv").unlink()  # what is told was found when it was played
        said = (
            "r.csv: 3 of 4 rows within the run used; 1 by more than one line (row 1); 1 by none (row 4); "
            "1 outside the run"
        )
        assert said in page(replace(describe(result), width=1000)).text()
        assert said not in page(replace(describe(result, brief=True), width=1000)).text()
        (found,) = as_json(describe(result))["registers"]
        counts = {"read": 5, "outside": 1, "rows": 4, "used_once": 2, "used_more": 1, "unused": 1}
        assert {key: found[key] for key in counts} == counts
        table = page(replace(describe(result, everything=True), width=1000)).text()
        assert re.search(r"r\.csv +5 +2 +1 +1 +1\n", table)

    def test_a_file_is_read_once_for_all_lines_and_every_use(self, tmp_path: Path, monkeypatch: Any) -> None:
        read = []
        table = registers.Table
        monkeypatch.setattr(registers, "Table", lambda *given: read.append(1) or table(*given))
        scenario = lines(tmp_path, OVERLAP, ("turkish", "r.csv", "c: TR"), ("radars", "r.csv", "g: radar"))
        register_accounts(scenario)
        compile_plan(scenario)
        assert values(scenario, "radars") == [100, 10]
        assert len(read) == 1


def test_the_explicit_form_of_a_register_is_valid_and_final(tmp_path: Path) -> None:
    scenario = world(tmp_path, more=', where: {code: 0010, flag: TRUE}, decimal: ".", thousands: " "')
    orders = explicit(scenario)["demand"]["line"]["orders"]
    assert orders["where"] == {"code": "0010", "flag": "TRUE"}
    assert (orders["decimal"], orders["thousands"]) == (".", " ")
    assert build(explicit(scenario), folder=tmp_path) == scenario
    assert 'where: {code: "0010", flag: "TRUE"}' in explicit_text(scenario)


def test_decisions_of_very_many_lines_are_told_together() -> None:
    said = {"until": "2025-06-01", "decided": 3, "open": 2, "standing": 1, "stages_of": "2025-06-01"}
    many = [said | {"line": f"all-{number}"} for number in range(MOST_LINES - 1)]
    other = said | {"line": "other", "until": None, "stages_of": None, "open": 1}
    assert len(of_decisions([*many, other])) == MOST_LINES
    together, alone = of_decisions([*many, said | {"line": "last"}, other])
    assert together == (
        f"all-0 and {MOST_LINES - 1} others: applications decided as recorded before 1 June 2025: {3 * MOST_LINES}; "
        f"{2 * MOST_LINES} are open then, and the model decides them under every policy; {MOST_LINES} of them are at "
        "the stage that the register names"
    )
    assert alone == "other: applications decided as recorded: 3; 1 stays open to the end of the run"
