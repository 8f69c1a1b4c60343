"""A line that is many: one for each destination and goods of its register, as if each were written out."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.support.registers import POLICIES, line, text_of

import exportsim as xs
from exportsim.cli import exportsim
from exportsim.errors import ScenarioError
from exportsim.report import html
from exportsim.report.contents import describe
from exportsim.report.json import as_json
from exportsim.scenario import (
    Scenario,
    build,
    explicit,
    explicit_text,
    files_read,
    load,
    loads,
    read_register,
    vary,
    warnings_of,
)
from exportsim.scenario import register as registers
from exportsim.scenario import register_table as tables
from exportsim.scenario.editors import json_schema
from exportsim.scenario.register_account import register_accounts
from exportsim.scenario.writer import digest

GOODS = ("sensors", "radar")
ROWS = """date,amount,country,category,kind
2021-01-05,1,TURKIJE,ML5,a
2021-02-05,2,Noorwegen,ML15,a
2021-03-05,3,Turkije,ML15,b
2021-04-05,4,NO,radar,a
2021-05-05,5,Turkije,ML5,a
2019-05-05,6,Atlantis,ML99,a
"""
SPELLINGS = """spelling,destination,goods,remark
Turkije,TR,,
TURKIJE,TR,,shouted
Noorwegen,NO,,
ML5,,radar,
ML15,,sensors,
"""
BY = "by: {destination: country, goods: category, spellings: names.csv}"


def many(name: str = "licences", orders: str = BY, **said: Any) -> str:
    return line(name, orders, **{"destination": None, "goods": None} | said)


def written(folder: Path, *lines: str, rows: str = ROWS, spellings: str | None = SPELLINGS, **said: Any) -> Path:
    """The file of a scenario of some lines, beside its register and its spellings."""
    (folder / "r.csv").write_text(rows, encoding="utf-8")
    if spellings is not None:
        (folder / "names.csv").write_text(spellings, encoding="utf-8")
    file = folder / "s.yaml"
    file.write_text(text_of(*lines, goods=GOODS, **said), encoding="utf-8")
    return file


def values(scenario: Scenario) -> dict[str, list[float]]:
    return {name: [(each.cents or 0) / 100 for each in read_register(scenario, name)] for name in scenario.demand}


def faults(file: Path, **said: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(file, **said)
    return [
        f"{Path(fault.file).name}:{fault.line}:{fault.column}: {fault.path}{': ' * bool(fault.path)}{fault.message}"
        for fault in caught.value.faults
    ]


class TestLines:
    def test_there_is_one_for_each_destination_and_goods_by_code_and_as_goods_are_listed(self, tmp_path: Path) -> None:
        scenario = load(written(tmp_path, many()))
        assert values(scenario) == {
            "licences-NO-sensors": [2],
            "licences-NO-radar": [4],
            "licences-TR-sensors": [3],
            "licences-TR-radar": [1, 5],
        }
        assert [(each.destination, each.goods) for each in scenario.demand.values()] == [
            ("NO", "sensors"),
            ("NO", "radar"),
            ("TR", "sensors"),
            ("TR", "radar"),
        ]
        (account,) = register_accounts(scenario)
        assert (account.read, account.used_once, account.unused, account.outside) == (6, 5, (), 1)

    def test_they_are_those_that_a_person_would_write_out(self, tmp_path: Path) -> None:
        by_hand = [
            line(f"licences-{to}-{what}", f"where: {{country: {country}, category: {category}}}", destination=to,
                 goods=what, more="patience: {review: 60d}")
            for to, country in (("NO", "[NO, Noorwegen]"), ("TR", "[TURKIJE, Turkije]"))
            for what, category in (("sensors", "ML15"), ("radar", "[ML5, radar]"))
        ]  # fmt: skip
        before, after = line("first", "where: {kind: c}"), line("last", "where: {kind: b}")
        hand = load(written(tmp_path, before, *by_hand, after))
        made = load(written(tmp_path, before, many(more="patience: {review: 60d}"), after))
        assert made == hand and explicit_text(made) == explicit_text(hand) and digest(made) == digest(hand)
        for engine in ("reference", "compiled"):
            found, expected = (
                xs.simulate(scenario, policy="base", seed=3, engine=engine).frame().to_csv()
                for scenario in (made, hand)
            )
            assert found == expected

    def test_licences_and_what_was_decided_of_them_are_those_of_each_line(self, tmp_path: Path) -> None:
        rows = """date,amount,country,category,nr,decided,outcome
2021-01-05,1,TR,radar,L1,2021-02-01,approved
2021-01-06,2,TR,sensors,L1,2021-02-01,approved
2021-01-07,3,TR,radar,L1,2021-02-01,approved
2021-01-08,4,NO,radar,L2,,
2021-01-09,5,NO,radar,L3,2021-01-20,denied
"""
        read = "id: nr, decided: decided, outcome: outcome"
        by = "by: {destination: country, goods: category}"
        made = load(written(tmp_path, many(orders=f"{read}, {by}"), rows=rows, spellings=None))
        cells = [("NO", "radar"), ("TR", "sensors"), ("TR", "radar")]
        hand = load(written(tmp_path, *(
            line(f"licences-{to}-{what}", f"{read}, where: {{country: {to}, category: {what}}}",
                 destination=to, goods=what)
            for to, what in cells
        ), rows=rows, spellings=None))  # fmt: skip
        assert made == hand and values(made) == {
            "licences-NO-radar": [4, 5], "licences-TR-sensors": [2], "licences-TR-radar": [4],
        }  # fmt: skip
        found, expected = (xs.simulate(each, "base", seed=1, engine="reference").frame() for each in (made, hand))
        assert found.to_csv() == expected.to_csv() and {"L1", "L2", "L3"} <= set(found["licence"])

    @pytest.mark.parametrize(
        ("by", "said", "names"),
        [
            ("destination: country", {"goods": "radar"}, ["licences-NO", "licences-TR"]),
            ("goods: category", {"destination": "TR"}, ["licences-sensors", "licences-radar"]),
        ],
    )
    def test_they_may_be_by_one_of_them_alone(self, tmp_path: Path, by: str, said: dict[str, str], names: Any) -> None:
        file = written(tmp_path, many(orders=f"by: {{{by}, spellings: names.csv}}", **said))
        scenario = load(file)
        assert list(scenario.demand) == names
        assert sum(map(sum, values(scenario).values())) == 15

    def test_codes_and_names_of_goods_need_no_spelling(self, tmp_path: Path) -> None:
        rows = "date,amount,country,category\n2021-01-05,1,TR,radar\n2021-01-06,2,NO,sensors\n"
        file = written(tmp_path, many(orders="by: {destination: country, goods: category}"), rows=rows, spellings=None)
        assert values(load(file)) == {"licences-NO-sensors": [2], "licences-TR-radar": [1]}

    def test_small_ones_are_one_line_with_the_destination_and_goods_of_this_one(self, tmp_path: Path) -> None:
        orders = BY.replace("}", ", fewest: 2}")
        file = written(tmp_path, many(orders=orders, destination="XX", goods="sensors", more="title: Licences"))
        scenario = load(file)
        assert values(scenario) == {"licences-TR-radar": [1, 5], "licences-others": [2, 3, 4]}
        others = scenario.demand["licences-others"]
        assert (others.destination, others.goods, others.title) == ("XX", "sensors", "Licences (others)")
        assert scenario.demand["licences-TR-radar"].title == "Licences (TR, radar)"
        assert load(written(tmp_path, many(orders=orders, destination="XX", goods="sensors"), rows=ROWS)).demand
        assert values(loads(explicit_text(scenario), folder=tmp_path)) == values(scenario)

    def test_rows_of_others_stay_apart_where_their_columns_are_shared(self, tmp_path: Path) -> None:
        rows = "date,amount,country\n" + "".join(f"2021-01-0{k},{k},{to}\n" for k, to in enumerate("AAABBC", start=1))
        spellings = "spelling,destination\nA,AA\nB,BB\nC,CC\n"
        orders = "by: {destination: country, spellings: names.csv, fewest: 3}"
        file = written(tmp_path, many(orders=orders, destination="XX", goods="radar"), rows=rows, spellings=spellings)
        assert values(load(file)) == {"licences-AA": [1, 2, 3], "licences-others": [4, 5, 6]}

    def test_where_says_which_rows_are_looked_at(self, tmp_path: Path) -> None:
        file = written(tmp_path, many(orders=f"where: {{kind: a}}, {BY}"))
        assert values(load(file)) == {
            "licences-NO-sensors": [2],
            "licences-NO-radar": [4],
            "licences-TR-radar": [1, 5],
        }
        file = written(tmp_path, many(orders=f"where: [{{country: Turkije}}, {{kind: b}}], {BY}"))
        assert values(load(file)) == {"licences-TR-sensors": [3], "licences-TR-radar": [5]}

    def test_very_many_are_told_in_a_few_lines(self, tmp_path: Path) -> None:
        codes = [first + second for first in "ABCDEFG" for second in "ABCDEFGH"]
        rows = "date,amount,country,category\n"
        rows += "".join(f"2021-01-05,{k + 1},{to},radar\n" for k, to in enumerate(codes))
        file = written(tmp_path, many(orders="by: {destination: country, goods: category}"), rows=rows, spellings=None)
        shown = CliRunner().invoke(exportsim, ["check", str(file)]).output
        assert "licences-GH-radar" in shown and "36 others" in shown and len(shown.splitlines()) < 200
        assert "licences-AA-radar and 55 others: dutch" in shown
        result = xs.run(load(file), futures=2, engine="reference")
        told = html.page(result, file=str(file))
        assert "licences-AA-radar and 55 others" in told and told.count("<td>r.csv") < 3
        assert told.count("licences-BA-radar") == told.count("demand:\n")  # in the explicit scenario alone
        told = as_json(describe(load(file)))
        assert [line["line"] for line in told["demand"]] == [f"licences-{to}-radar" for to in codes]

    def test_an_editor_asks_for_no_destination(self) -> None:
        needed = json_schema()["$defs"]["DemandLine"]["required"]
        assert needed == ["buyer", "orders", "sources"]

    def test_the_file_is_read_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        read = 0

        class Counted(tables.Table):
            def __init__(self, *given: Any) -> None:
                nonlocal read
                read += 1
                super().__init__(*given)

        monkeypatch.setattr(registers, "Table", Counted)
        load(written(tmp_path, many(), rows=ROWS + "2021-06-01,6,NO,ML5,z\n"))
        assert read == 1

    def test_engines_agree_on_more_cells_than_a_word_has_bits(self, tmp_path: Path) -> None:
        codes = [first + second for first in "ABCDEFGHIJ" for second in "ABCDEFGH"]
        rows = "date,amount,country,category\n"
        rows += "".join(f"2021-0{1 + k % 9}-05,{k + 1},{to},radar\n" for k, to in enumerate(codes * 2))
        hold = "{{on: 2021-0{}-01, applications: {}, destinations: [AB, IH, JA, JH]}}"
        measures = ", ".join([hold.format(2, "hold"), hold.format(6, "open")])
        file = written(
            tmp_path,
            many(orders="by: {destination: country, goods: category}", more="trust: {loss: {hold: 0.9}}"),
            rows=rows,
            spellings=None,
            policies=f"policies: {{base: {{}}, hold: {{measures: [{measures}]}}}}\n",
        )
        text = file.read_text(encoding="utf-8")
        text = text.replace("sources: {dutch: {}}", "sources: {dutch: {restart: 20d}, other: {}}")
        text = text.replace("demand:\n", "  other: {country: ES, slots: 100, lead_time: 30d}\ndemand:\n")
        text = text.replace("suppliers: {dutch: {", "suppliers:\n  dutch: {").replace(
            "lead_time: 30d}}", "lead_time: 30d}"
        )
        scenario = loads(text, folder=tmp_path)
        for seed in (5, 6):
            ledgers = [xs.simulate(scenario, "hold", seed=seed, engine=engine) for engine in ("reference", "compiled")]
            assert ledgers[0] == ledgers[1]


class TestChanged:
    def test_what_is_said_of_one_is_laid_over_it(self, tmp_path: Path) -> None:
        own = "  licences-TR-radar: {patience: {review: 7d}}\n  licences-NO-radar: null\n"
        for lines in ((many(), own), (own, many())):
            scenario = load(written(tmp_path, *lines))
            assert list(scenario.demand) == ["licences-NO-sensors", "licences-TR-sensors", "licences-TR-radar"]
            assert str(scenario.demand["licences-TR-radar"].patience.review) == "7d"
            assert scenario.demand["licences-TR-sensors"].patience.review == "never"

    def test_it_may_be_said_in_a_file_over_it_or_set(self, tmp_path: Path) -> None:
        written(tmp_path, many())
        over = tmp_path / "over.yaml"
        over.write_text("extends: s.yaml\ndemand: {licences-TR-radar: {patience: {review: 7d}}}\n", encoding="utf-8")
        set_one = load(tmp_path / "s.yaml", overrides=["demand.licences-TR-radar.patience.review=7d"])
        assert (
            load(over) == set_one == vary(load(tmp_path / "s.yaml"), {"demand.licences-TR-radar.patience.review": "7d"})
        )
        assert [str(each.patience.review) for each in set_one.demand.values()] == ["never"] * 3 + ["7d"]

    def test_what_is_set_of_the_line_is_set_of_all(self, tmp_path: Path) -> None:
        file = written(tmp_path, many())
        scenario = load(file, overrides={"demand.licences.patience.review": "7d"})
        assert {str(each.patience.review) for each in scenario.demand.values()} == {"7d"}
        both = ["demand.licences.patience.review=7d", "demand.licences-NO-radar.patience.review=8d"]
        reviews = [str(each.patience.review) for each in load(file, overrides=both).demand.values()]
        assert reviews == ["7d", "8d", "7d", "7d"]
        assert list(load(file, overrides=["demand.licences.orders.by.fewest=2", "demand.licences.goods=radar",
                                          "demand.licences.destination=XX"]).demand) == [
            "licences-TR-radar", "licences-others"]  # fmt: skip

    def test_a_name_that_no_line_has_is_a_fault(self, tmp_path: Path) -> None:
        (found,) = faults(written(tmp_path, many()), overrides=["demand.licences-TR-rader.patience.review=7d"])
        assert "there is no `licences-TR-rader` in `demand`, did you mean `licences-TR-radar`?" in found

    def test_the_files_of_a_line_belong_to_the_file_that_names_them(self, tmp_path: Path) -> None:
        base = tmp_path / "base"
        base.mkdir()
        written(base, many())
        (tmp_path / "over.yaml").write_text("extends: base/s.yaml\ntitle: Over\n", encoding="utf-8")
        scenario = load(tmp_path / "over.yaml")
        assert sum(map(sum, values(scenario).values())) == 15
        assert (tmp_path / "base/names.csv") in files_read(scenario)

    def test_a_mapping_made_in_python_may_say_it(self, tmp_path: Path) -> None:
        file = written(tmp_path, many())
        orders = {"register": "r.csv", "date": "date", "value": "amount"}
        by = {"destination": "country", "goods": "category", "spellings": "names.csv"}
        form = explicit(load(file))
        form["demand"] = {"licences": {"buyer": "navy", "sources": {"dutch": {}}, "orders": orders | {"by": by}}}
        assert build(form, folder=tmp_path) == load(file)

    def test_a_policy_reaches_them_by_their_destinations(self, tmp_path: Path) -> None:
        hold = "policies: {base: {}, hold: {measures: [{on: 2021-01-01, applications: hold, destinations: [TR]}]}}\n"
        scenario = load(written(tmp_path, many(), policies=hold))
        parts = xs.run(scenario, futures=1, engine="reference").outcomes_by(["destination"])["exports"]
        assert parts["hold", "TR", 0] == 0 < parts["hold", "NO", 0] == parts["base", "NO", 0]


def without_path(found: list[str]) -> list[str]:
    """Faults of other files that say that they are of what makes the line many, without that."""
    of = ": demand.licences.orders.by: "
    assert all(of in told for told in found if not told.startswith("s.yaml"))
    return [told.replace(of, ": ") for told in found]


class TestFaults:
    def test_spellings_that_nobody_knows_are_told_all_at_once(self, tmp_path: Path) -> None:
        rows = (
            ROWS.replace("TURKIJE", "Turkye").replace("ML15", "ML16").replace("2021-05-05,5,Turkije", "2021-05-05,5,")
        )
        assert without_path(faults(written(tmp_path, many(), rows=rows))) == [
            "r.csv:2:3: row 1: found `Turkye` in `country`, did you mean `Turkije`?",
            "r.csv:3:4: row 2: found `ML16` in `category`, did you mean `ML15`?; so in 2 rows",
            "r.csv:6:3: row 5: found nothing in `country`, expected the code of a country, such as `CA`, or an entry "
            "of `names.csv`",
        ]
        file = written(tmp_path, many(orders=BY.replace("}", ", unmapped: left_out}")), rows=rows)
        assert values(load(file)) == {"licences-NO-radar": [4]}
        (account,) = register_accounts(load(file))
        assert account.unused == (1, 2, 3, 5)
        shown = CliRunner().invoke(exportsim, ["check", str(file)]).output
        assert "1 of 5 rows within the run used; 4 by none (rows 1, 2, 3, …)" in " ".join(shown.split())

    def test_many_are_counted(self, tmp_path: Path) -> None:
        rows = "date,amount,country,category\n" + "".join(f"2021-01-05,1,place {k},radar\n" for k in range(30))
        found = faults(written(tmp_path, many(), rows=rows))
        assert len(found) == 10 and found[-1].endswith("(and 20 more in this file)")

    def test_none_leaves_out(self, tmp_path: Path) -> None:
        spellings = SPELLINGS.replace("Noorwegen,NO", "Noorwegen,none")
        assert list(load(written(tmp_path, many(), spellings=spellings)).demand) == [
            "licences-NO-radar",
            "licences-TR-sensors",
            "licences-TR-radar",
        ]

    @pytest.mark.parametrize(
        ("spellings", "expected"),
        [
            (SPELLINGS.replace("ML5,,radar", "ML5,,rader"),
             "names.csv:5:3: there are no goods `rader`, did you mean `radar`?"),
            (SPELLINGS.replace("Noorwegen,NO", "Noorwegen,no"), "names.csv:4:2: found `no`, did you mean `NO`?"),
            (SPELLINGS.replace("Noorwegen,NO", "Noorwegen,Norway"),
             "names.csv:4:2: found `Norway`, expected the two capital letters of a country, such as `CA`, or `none`"),
            (SPELLINGS + "Turkije,TM,,\n", "names.csv:7:2: found `TM` for `Turkije`, expected `TR` as in line 2"),
            (SPELLINGS.replace("spelling,destination", "spelling,destinaton"),
             "names.csv:1:1: found no column `destination`, did you mean `destinaton`?"),
            (SPELLINGS + "Spanje,ES\n", "names.csv:7:1: found 2 fields, expected 4 as in the header"),
            (None,
             "s.yaml:9:113: demand.licences.orders.by.spellings: `names.csv` cannot be read: No such file or "
             "directory"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_with_the_spellings_is_said_of_their_file(
        self, tmp_path: Path, spellings: str | None, expected: str
    ) -> None:
        assert without_path(faults(written(tmp_path, many(), spellings=spellings))) == [expected]

    def test_they_may_have_another_delimiter_and_a_mark_of_byte_order(self, tmp_path: Path) -> None:
        file = written(tmp_path, many(), spellings=SPELLINGS)
        plain = load(file)
        (tmp_path / "names.csv").write_bytes(b"\xef\xbb\xbf" + SPELLINGS.replace(",", ";").encode())
        assert load(file) == plain

    def test_what_is_wrong_with_the_line_is_said_once(self, tmp_path: Path) -> None:
        wrong = many(more="patience: {review: 400.000d}, filing: {holt: 1}").replace("dutch", "ditch")
        assert [found.split(": ", 1)[1] for found in faults(written(tmp_path, wrong))] == [
            "demand.licences.sources.ditch: there is no supplier `ditch`, did you mean `dutch`?",
            "demand.licences.patience.review: found `400.000d`, expected `400000d` or `400d`: three digits after a "
            "point may be thousands",
            "demand.licences.filing.holt: unknown key `holt`, did you mean `hold`?",
        ]
        (found,) = faults(written(tmp_path, many().replace("dutch", "ditch")))
        assert found.endswith("demand.licences.sources.ditch: there is no supplier `ditch`, did you mean `dutch`?")

    def test_and_so_is_what_is_odd(self, tmp_path: Path) -> None:
        scenario = load(written(tmp_path, many(), spellings=SPELLINGS.replace("TR", "AB")))
        found = [(Path(each.file).name, each.line, each.path) for each in warnings_of(scenario)]
        assert found == [("names.csv", 2, "demand.licences.destination")]

    @pytest.mark.parametrize(
        ("by", "expected"),
        [
            ("{}", "found neither `destination` nor `goods`, expected the column of one of them, or of both"),
            ("{destinations: country}", "unknown key `destinations`, did you mean `destination`?"),
            ("{destination: land, goods: category}",
             "`r.csv` has no column `land`, expected one of `date`, `amount`, `country`, `category`, `kind`"),
            ("{destination: country, goods: category, fewest: 1}", "found `1`, expected a number of at least 2"),
            ("{destination: country, goods: category, unmapped: out}", "found `out`, expected `left_out`"),
            ("{destination: country, goods: category, spellings: ../names.csv}",
             "`../names.csv` is outside the folder of the scenario; move it there, or allow it with "
             "`allow_outside=True`"),
            ("{destination: country, goods: category, spellings: names.csv, fewest: 2}",
             "found 3 cells with fewer rows, expected `destination` and `goods` on this line, for the one that is made "
             "of them"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_with_how_it_is_many_is_said(self, tmp_path: Path, by: str, expected: str) -> None:
        (found,) = faults(written(tmp_path, many(orders=f"by: {by}")))
        assert found.startswith("s.yaml:9:") and found.endswith(expected)

    def test_what_is_wrong_elsewhere_is_said_beside_it(self, tmp_path: Path) -> None:
        hold = "policies: {base: {measures: [{on: 2021-02-01, applications: hold, destinations: [TR]}]}, base: {}}\n"
        found = faults(written(tmp_path, many(), rows=ROWS.replace("ML15", "ML16"), policies=hold))
        assert len(found) == 2 and "found the key `base` again" in found[0] and "`ML16`" in found[1]

    def test_two_lines_that_would_have_one_name_are_a_fault(self, tmp_path: Path) -> None:
        lines = (
            many("licences", orders=BY),
            many("licences-TR", orders="by: {goods: category, spellings: names.csv}", destination="TR"),
        )
        assert any(
            "two lines come to be called `licences-TR-radar`" in found for found in faults(written(tmp_path, *lines))
        )

    def test_no_row_in_the_run_makes_no_line(self, tmp_path: Path) -> None:
        (found,) = faults(written(tmp_path, many(), rows=ROWS.replace("2021-", "2011-")))
        assert found.endswith("no row within the run is of a destination and goods of which a line could be made")


class TestWhereInAList:
    def test_rows_of_any_of_its_mappings_are_taken_once(self, tmp_path: Path) -> None:
        where = "where: [{country: NO}, {category: [ML5, radar]}, {kind: b}]"
        scenario = load(written(tmp_path, line("line", where), spellings=None))
        assert values(scenario) == {"line": [1, 3, 4, 5]}
        assert values(loads(explicit_text(scenario), folder=tmp_path)) == {"line": [1, 3, 4, 5]}

    def test_cells_are_text_in_it_and_what_is_nowhere_is_said_where_it_stands(self, tmp_path: Path) -> None:
        rows = "date,amount,code\n2021-01-05,1,0010\n2021-01-06,2,10\n"
        file = written(tmp_path, line("line", "where: [{code: 0010}, {code: 0011}]"), rows=rows, spellings=None)
        scenario = load(file)
        assert values(scenario) == {"line": [1]}
        assert warnings_of(scenario)[-1].path == "demand.line.orders.where.1.code"


PLACES = {"AA": ["aa", "Aa", "AA"], "BB": ["bb", "BB"], "CC": ["cc"]}
KINDS = {"radar": ["r", "radar"], "sensors": ["s", "Sen sors", "sensors"]}


@given(data=st.data(), fewest=st.none() | st.integers(2, 4), seed=st.integers(0, 9))
def test_whatever_a_register_holds_the_lines_are_those_written_out_from_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, fewest: int | None, seed: int
) -> None:
    meant = {text: to for to, texts in PLACES.items() for text in texts}
    kinds = {text: goods for goods, texts in KINDS.items() for text in texts}
    cell = st.tuples(st.sampled_from([*meant]), st.sampled_from([*kinds]))
    day = st.dates(date(2020, 7, 1), date(2022, 6, 1))
    rows = data.draw(st.lists(st.tuples(day, st.integers(1, 10**6), cell), min_size=1, max_size=25))
    cells: dict[tuple[str, str], int] = defaultdict(int)
    for when, _, (country, category) in rows:
        cells[meant[country], kinds[category]] += when.year == 2021
    order = sorted((each for each, times in cells.items() if times), key=lambda each: (each[0], GOODS.index(each[1])))
    if not order:
        return
    folder = tmp_path_factory.mktemp("many")
    own = {"country": {country for _, _, (country, _) in rows}, "category": {each for _, _, (_, each) in rows}}

    def where(to: str, goods: str) -> str:
        countries = sorted(text for text in own["country"] if meant[text] == to)
        categories = sorted(text for text in own["category"] if kinds[text] == goods)
        return f"{{country: {countries}, category: {categories}}}"

    apart = [each for each in order if fewest is None or cells[each] >= fewest]
    small = [each for each in order if each not in apart]
    lines = [line(f"all-{to}-{what}", f"where: {where(to, what)}", destination=to, goods=what) for to, what in apart]
    if small:
        any_of = ", ".join(where(*each) for each in small)
        lines.append(line("all-others", f"where: [{any_of}]", destination="XX", goods="radar"))
    text = io.StringIO()
    csv.writer(text).writerows(
        [("date", "amount", "country", "category"), *((when, cents, *of) for when, cents, of in rows)]
    )
    spellings = "spelling,destination,goods\n" + "".join(f"{text},{to},\n" for text, to in meant.items())
    spellings += "".join(f"{text},,{goods}\n" for text, goods in kinds.items())
    by = BY.replace("}", f", fewest: {fewest}}}") if fewest else BY
    policies = POLICIES.replace("{}}", "{}, hold: {measures: [{on: 2021-06-01, applications: hold}]}}")
    said = {"rows": text.getvalue(), "spellings": spellings, "policies": policies}
    made = load(written(folder, many("all", by, destination="XX", goods="radar"), **said))
    hand = load(written(folder, *lines, **said))
    assert list(made.demand) == list(hand.demand)
    for policy in ("base", "hold"):
        found, expected = (
            xs.simulate(scenario, policy=policy, seed=seed, engine="reference").frame().to_csv()
            for scenario in (made, hand)
        )
        assert found == expected
    assert [list(read_register(made, name)) for name in made.demand] == [
        list(read_register(hand, name)) for name in hand.demand
    ]
    assert sum(account.used_once for account in register_accounts(made)) == sum(cells.values())
