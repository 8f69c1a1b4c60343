"""The answer in sentences and the account under it: every verdict by hand, and figures that are those of the frames."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len

import exportsim as xs
from exportsim import ExportsimError, Result
from exportsim.names import titles
from exportsim.report.answer import answer
from exportsim.report.breakdowns import breakdowns
from exportsim.report.document import Cell, Document, Table
from exportsim.report.moved_orders import MovedOrders
from exportsim.report.number_format import percentage, whole_percentage
from exportsim.report.policy_account import COLUMNS, account_of
from exportsim.report.processing_times import processing_times
from exportsim.report.result import describe
from exportsim.report.text import page
from exportsim.study.order_by_order import coming_back
from shell import Shell
from worlds import as_file, changed, one_office

ROOT = Path(__file__).parents[1]
SHIPPED = sorted([*ROOT.glob("scenarios/*.yaml"), *ROOT.glob("scenarios/validation/*.yaml")])

#: All north's, but for what is denied: 1, 2, 4, 8 and 16 million.
ORDERS = "received,worth\n" + "\n".join(
    ["2020-01-10,1000000", "2020-03-10,2000000", "2020-08-10,4000000", "2020-10-10,8000000", "2021-03-10,16000000"]
)


def world(folder: Path, **changes: Any) -> xs.Scenario:
    """Five orders on known days, each decided, built and delivered by the end, the same in every future."""
    (folder / "orders.csv").write_text(ORDERS)
    desk = {"stage": "desk", "officers": 9, "work": "5bd"}
    deny = {"on": "2020-06-01", "applications": "deny"}
    made = {
        "exportsim": 1,
        "period": {"start": "2020-01-01", "end": "2021-12-31"},
        "currency": "EUR",
        "goods": {"lamps": {}},
        "authorities": {"office": {"country": "CA", "review": [desk]}},
        "suppliers": {
            "north": {"title": "North", "country": "CA", "authority": "office", "slots": 9, "lead_time": "30d"},
            "south": {"title": "South", "country": "ZA", "slots": 9, "lead_time": "30d"},
        },
        "demand": {
            "line": {
                "buyer": "buyer", "destination": "TR", "goods": "lamps",
                "orders": {"register": "orders.csv", "date": "received", "value": "worth"},
                "sources": {"north": {"weight": 1e9}, "south": {"weight": 1e-9}},
            }
        },
        "policies": {
            "free": {"title": "Free trade"},
            "strict": {"title": "All denied", "measures": [deny]},
            "lifted": {
                "title": "Denied for a while",
                "measures": [deny, {"on": "2021-01-01", "applications": "open"}],
            },
            "idle": {"title": "Nothing done"},
        },
    }  # fmt: skip
    file = folder / "world.yaml"
    file.write_text(as_file(changed(made, **changes)))
    return xs.load(file)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return xs.run(world(tmp_path_factory.mktemp("world")), futures=4)


def with_exports(result: Result, policy: str, *changes: float) -> Result:
    """The result with other exports of its one office under a policy, by so much in each future."""
    values, names = result.values.copy(), list(result.units)
    row, reference = result.policies.index(policy), result.policies.index(result.scenario.reference)
    for name in ("exports", "exports/office"):
        column = names.index(name)
        values[row, :, column] = values[reference, :, column] + changes
    return dataclasses.replace(result, values=values)


# Every verdict, by hand


def test_less(result: Result) -> None:
    said = answer(result)
    assert said.policy == "strict"
    assert said.finding == "All denied: licensed exports from Canada to Türkiye 90 % (EUR 28.0 million) lower"
    assert said.sentences == (
        "From 2020 to 2021, licensed exports from Canada to Türkiye come to EUR 3.0 million under "
        "“All denied” instead of 31.0 million under “Free trade”: 28.0 million less (−90 %).",
        "Of these 28.0 million, all is taken over by South. In all, Türkiye receives just as much.",
        "In the last year North accounts for 0 % of all deliveries by value, under “Free trade” for 100 %.",
    )
    assert said.doubt == "Chance does not move this in any of 4 futures; 12 of 12 inputs are judgement."
    assert said.explanations == (
        "Chance does not move this change: it is the same in each of the 4 futures. 12 of the 12 numbers that the "
        "scenario puts in are judgement or have no source; how far they may be wrong is not in it.",
    )


def test_shares_before_during_and_after_are_told_of_what_is_lifted(result: Result) -> None:
    first, second, third = answer(result, "lifted").sentences
    assert "come to EUR 19.0 million" in first and "12.0 million less (−39 %)" in first
    assert second == "Of these 12.0 million, all is taken over by South. In all, Türkiye receives just as much."
    assert third == (
        "North delivers 100 % of what its buyers get before the restriction, 0 % during it and 100 % after it; it "
        "regains half its share in 4 of 4 futures."
    )


def test_what_was_never_lost_is_not_said_to_come_back(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    found = coming_back(result, "lifted", "north")
    found["north", "during"] = found["north", "during"]._replace(mean=0.6)
    monkeypatch.setattr("exportsim.report.answer.coming_back", lambda *_: found)
    assert answer(result, "lifted").sentences[2].endswith("60 % during it and 100 % after it.")


def test_more(tmp_path: Path) -> None:
    said = answer(xs.run(world(tmp_path, reference="strict"), futures=4), "free")
    assert said.finding == "Free trade: licensed exports from Canada to Türkiye 933 % (EUR 28.0 million) higher"
    assert said.sentences[0].endswith("instead of 3.0 million under “All denied”: 28.0 million more (+933 %).")
    assert said.sentences[1].startswith("Of these 28.0 million, under “All denied”, all is delivered by South.")
    assert said.sentences[2].startswith("In the last year North accounts for 100 %")


def test_not_distinguishable(result: Result) -> None:
    said = answer(with_exports(result, "strict", -2e6, 2e6, 1e6, 0.0))
    assert said.finding == ("All denied: no change in licensed exports from Canada that can be told from chance")
    (first,) = said.sentences
    low, high = account_of(with_exports(result, "strict", -2e6, 2e6, 1e6, 0.0)).changes["strict", "exports"][1:3]
    assert low < 0 < high
    assert first.endswith(
        "come to EUR 31.25 million under “All denied” and to 31.00 million under “Free trade”; 4 futures cannot tell "
        f"this difference from none (95 % interval: from −{-low / 1e6:.2f} to +{high / 1e6:.2f} million)."
    )


def test_the_same_in_every_future(result: Result) -> None:
    said = answer(result, "idle")
    assert said.finding == "Nothing done: licensed exports from Canada to Türkiye the same in every future"
    assert said.sentences == (
        "From 2020 to 2021, licensed exports from Canada to Türkiye are the same under “Nothing done” "
        "as under “Free trade” in every future: EUR 31.0 million.",
        "No order fares differently under “Nothing done” than under “Free trade”, in any future.",
    )
    assert said.explanations[0].startswith("Chance does not move this: the exports are the same in each of the 4")
    assert said.doubt.startswith("Chance does not move this in any of 4 futures; ")


def test_one_policy_alone(result: Result) -> None:
    alone = xs.run(result.scenario, policies=["free"], futures=2)
    said = answer(alone)
    assert said.policy == "free"
    assert said.finding == "Free trade: licensed exports from Canada to Türkiye of EUR 31.0 million"
    assert said.sentences == (
        "From 2020 to 2021, licensed exports from Canada to Türkiye come to EUR 31.0 million under "
        "“Free trade”, the only policy played.",
        "Of the EUR 31.0 million that is ordered in the period or open at its start, 31.0 million is exported.",
    )


def test_one_future(result: Result) -> None:
    one = xs.run(result.scenario, futures=1)
    said = answer(one)
    assert said.finding == "All denied: licensed exports from Canada to Türkiye 90 % lower in the one future played"
    assert ", in the one future played, licensed exports" in said.sentences[0]
    assert said.explanations[0].startswith("One future shows what can happen, not what is usual")
    assert said.doubt.startswith("One future shows what can happen, not what is usual; ")
    assert "are the same under “Nothing done” as under “Free trade”: EUR 31.0" in answer(one, "idle").sentences[0]
    assert answer(one, "idle").finding.endswith("the same in the one future played")


def test_nothing_exported(tmp_path: Path) -> None:
    always = [{"on": "2020-01-01", "applications": "deny"}]
    made = xs.run(world(tmp_path, policies__strict__measures=always, policies__idle__measures=always), futures=2)
    said = answer(made)
    assert said.sentences[0] == (
        "From 2020 to 2021, there are no licensed exports from Canada to Türkiye under “All denied”; "
        "under “Free trade” they come to EUR 31.0 million."
    )
    assert "100 % (EUR 31.0 million) lower" in said.finding
    turned = xs.replace(made.scenario, reference="strict")
    other = xs.run(turned, futures=2)
    assert answer(other, "free").sentences[0].endswith("under “Free trade”; under “All denied” there are none.")
    assert answer(other, "free").finding.endswith("of EUR 31.0 million instead of none")
    assert answer(other, "idle").sentences == (
        "From 2020 to 2021, there are no licensed exports from Canada to Türkiye, neither under "
        "“Nothing done” nor under “All denied”.",
        "No order fares differently under “Nothing done” than under “All denied”, in any future.",
    )


def test_nothing_delivered_in_the_last_year(result: Result) -> None:
    values = result.values.copy()
    values[result.policies.index("strict"), :, list(result.units).index("final_share/north")] = np.nan
    said = answer(dataclasses.replace(result, values=values))
    assert said.sentences[2].startswith("In the last year nothing is delivered under “All denied” in any future")


def test_exports_are_those_of_the_authorities_that_measures_reach(tmp_path: Path) -> None:
    """South needs a licence too, of an office that no measure touches: what it takes over is no export here."""
    office = {"country": "ZA", "review": [{"stage": "desk", "officers": 9, "work": "5bd"}]}
    deny = [{"on": "2020-06-01", "applications": "deny", "authorities": ["office"]}]
    several = world(
        tmp_path,
        authorities__other=office,
        suppliers__south__authority="other",
        policies__strict__measures=deny,
        policies__lifted__measures=[*deny, {"on": "2021-01-01", "applications": "open", "authorities": ["office"]}],
    )
    made = xs.run(several, futures=2)
    assert made.summary().loc[("strict", "exports"), "mean"] == 31e6  # with South's
    said = answer(made)
    assert "come to EUR 3.0 million under" in said.sentences[0]
    assert said.sentences[1].startswith("Of these 28.0 million, all is taken over by South.")
    account = account_of(made)
    assert account.authorities == ("office",)
    assert account.level("strict", "elsewhere") == 280
    assert "Exports here: licensed exports from Canada to Türkiye; elsewhere is all else" in account.table(80).note
    assert account.document()["policies"].loc["strict", "elsewhere"] == 28e6


def test_offices_of_one_country_are_told_apart_by_their_titles(tmp_path: Path) -> None:
    office = {"country": "CA", "title": "Other", "review": [{"stage": "desk", "officers": 9, "work": "5bd"}]}
    deny = [{"on": "2020-06-01", "applications": "deny", "authorities": ["office"]}]
    apart = world(
        tmp_path, authorities__other=office, suppliers__south__authority="other", policies__strict__measures=deny
    )
    said = answer(xs.run(xs.replace(apart, policies={n: apart.policies[n] for n in ("free", "strict")}), futures=2))
    assert "exports licensed by “office” come to EUR 3.0 million" in said.sentences[0]


def test_an_unknown_policy_is_answered_with_those_that_there_are(result: Result) -> None:
    with pytest.raises(ExportsimError, match="unknown policy `strickt`; did you mean `strict`"):
        result.answer("strickt")


# Doubt


def test_a_headline_carries_the_range_over_inputs(tmp_path: Path) -> None:
    uncertain = world(tmp_path, uncertainties={"suppliers.south.lead_time": {"uniform": ["20d", "60d"]}})
    made = xs.run(uncertain, futures=4, uncertain=4)
    assert made.doubt is not None
    found = made.doubt.range("exports", "strict", "free")
    assert (found.low, found.high) == (-28e6, -28e6)  # south's lead time moves no licence
    said = answer(made)
    assert said.sentences[0].endswith(
        "28.0 million less (−90 %). In 8 of 10 values of the uncertain input it is 28.0 million less."
    )
    assert said.explanations[0].startswith(
        "The range is that of the means at 8 in 10 of 4 values of the input that the scenario calls uncertain. Chance "
        "does not move this change: it is the same in each of the 4 futures. 12 of the 12 numbers that the scenario "
    )
    assert "those without a range were not varied" in said.explanations[0]
    certain = answer(xs.run(uncertain, futures=4))
    assert "the ranges that it gives for uncertain ones were left out" in certain.explanations[0]
    assert certain.doubt.endswith("are judgement, and the ranges of uncertain ones were left out.")
    assert said.doubt == "Chance does not move this in any of 4 futures; 12 of 12 inputs are judgement."


def test_a_range_over_inputs_is_that_of_the_doubt_whatever_its_signs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exportsim.report.answer import Compared
    from exportsim.study.input_ranges import InputRange

    uncertain = {f"suppliers.{name}.lead_time": {"uniform": ["20d", "60d"]} for name in ("north", "south")}
    result = xs.run(world(tmp_path, uncertainties=uncertain), futures=2, policies=["strict"], uncertain=2)
    for ends, said in (
        ((-30e6, -20e6), "In 8 of 10 sets of the 2 uncertain inputs it is 20.0 to 30.0 million less."),
        ((20e6, 30e6), "In 8 of 10 sets of the 2 uncertain inputs it is 20.0 to 30.0 million more."),
        ((-20e6, 30e6), "In 8 of 10 sets of the 2 uncertain inputs the change is from −20.0 to +30.0 million."),
        ((20e6, 20e6), "In 8 of 10 sets of the 2 uncertain inputs it is 20.0 million more."),
        ((0.0, 0.0), ""),
    ):
        monkeypatch.setattr(Compared, "over_inputs", InputRange(*ends, 0.5, 4))
        assert " ".join(Compared(account_of(result)).range_over_inputs()) == said


# Figures


@pytest.fixture(scope="module")
def founding() -> Result:
    return xs.run(ROOT / "scenarios" / "canada-turkiye.yaml", futures=12)


def test_who_takes_over_is_the_waterfalls_figure(founding: Result) -> None:
    moved = MovedOrders(founding, "historical", ["gac"])
    table = founding.waterfall("historical").set_index("bar")["mean"]
    taken = {name: -mean for name, mean in table.items() if str(name).startswith("taken_over/")}
    assert {f"taken_over/{part}": value for (kind, part), value in moved.away.items() if kind == "delivered"} == (
        pytest.approx(taken)
    )
    over = founding.taken_over("historical").set_index("supplier")["mean"]
    assert over["aselsan"] == pytest.approx(moved.away["delivered", "aselsan"])
    difference = sum(moved.gained.values()) - sum(moved.away.values())
    assert difference == pytest.approx(table["difference"]) and difference < 0


def test_figures_in_sentences_are_those_of_the_frames(founding: Result) -> None:
    said = answer(founding)
    mean = founding.summary()["mean"]
    there, here = (mean[policy, "exports"] / 1e6 for policy in ("unrestricted", "historical"))
    told = [float(figure.replace(",", "")) for figure in re.findall(r"([\d,]+) million", said.sentences[0])]
    assert told == pytest.approx([here, there, there - here], abs=1) and told[1] - told[0] == told[2]
    assert f"(−{100 - 100 * here / there:.0f} %)" in said.sentences[0]
    parts = [float(figure.replace(",", "")) for figure in re.findall(r"([\d,]+) million", said.sentences[1])]
    assert sum(parts[1:]) == told[2] and parts[0] in (told[1], told[2])
    over = founding.taken_over("historical").set_index("supplier")["mean"] / 1e6
    assert parts[1] == pytest.approx(over["aselsan"], abs=1) and "by ASELSAN (CATS)" in said.sentences[1]
    shares = founding.hysteresis("historical").set_index(["supplier", "figure"])["mean"]
    for figure in ("before", "during", "after"):
        assert whole_percentage(shares["wescam", figure]) in said.sentences[2]
    change = founding.compare().loc[("historical", "exports")]
    assert account_of(founding).changes["historical", "exports"][:3] == pytest.approx(
        change[["mean", "low", "high"]].to_list()
    )


def test_less_lost_under_a_restriction_is_explained_by_fates(founding: Result) -> None:
    table = founding.fates("historical")
    lost = table[(table["reference_fate"] == "lost/impatient") & (table["policy_fate"] != "lost/impatient")]
    by = lost.groupby("policy_fate", observed=True)["value"].sum() / 1e6
    (why,) = [text for text in answer(founding).explanations if text.startswith("Less is lost")]
    assert "because orders whose buyers give up waiting under “Permits as before, whatever happens” end" in why
    size, *parts = (float(figure.replace(",", "")) for figure in re.findall(r"([\d,.]+) million", why))
    account = account_of(founding)
    change = account.means["unrestricted"] - account.means["historical"]
    assert size == pytest.approx(change[COLUMNS.index("lost")] / 1e6, abs=1)
    assert sorted(parts) == pytest.approx(sorted(by[by > 0.5]), abs=1)


def test_the_inputs_that_are_judgement_are_counted_as_the_report_counts_them(founding: Result) -> None:
    from exportsim.report.assumptions import assumptions

    counts = assumptions(founding.scenario).counts
    judged, inputs = counts["judgement"] + counts["nothing"], sum(counts.values())
    said = f"{judged} of the {inputs} numbers that the scenario puts in are judgement or have no source"
    assert said in answer(founding).explanations[0]


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.656, "66 %"), (0.042, "4.2 %"), (0.0004, "0.04 %"), (0.998, "99.8 %"), (1.0, "100 %"), (0.0, "0 %"),
        (1.0004, "100.04 %"), (9.33, "933 %"), (-0.656, "−66 %"), (-0.998, "−99.8 %"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_a_percentage_reads_as_all_or_none_only_if_it_is(share: float, told: str) -> None:
    assert percentage(share) == told


def test_a_share_in_a_sentence_is_whole() -> None:
    shares = (1.0, 0.9996, 0.32, 0.004, 0.0)
    assert list(map(whole_percentage, shares)) == ["100 %", "more than 99 %", "32 %", "less than 1 %", "0 %"]


# Names


def test_titles_that_two_have_are_told_apart(tmp_path: Path) -> None:
    scenario = world(tmp_path, policies__strict__title="Free trade", policies__idle__title=None)
    assert titles(scenario, "policies") == {
        "free": "Free trade (free)", "strict": "Free trade (strict)", "lifted": "Denied for a while", "idle": "idle",
    }  # fmt: skip


def test_a_finding_is_never_longer_than_a_title_may_be(tmp_path: Path) -> None:
    for length in (10, 40, 70, 200):
        scenario = world(tmp_path, policies__strict__title=("word " * 60)[:length].strip())
        said = answer(xs.run(scenario, futures=2, policies=["strict"]))
        assert len(said.finding) <= 90 and "90 %" in said.finding and said.finding.endswith("lower")


# The account


def figures(text: str) -> float:
    return 0.0 if text == "same" else float(text.strip("()").replace(",", "").replace("−", "-").replace("+", ""))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_account_adds_up_in_print_for_every_shipped_scenario(file: Path) -> None:
    found = xs.run(file, futures=2)
    account = account_of(found)
    frame = found.account(authorities=account.authorities)
    exact = frame[list(COLUMNS)].sum(axis=1)
    step = account.money.step
    for policy in found.policies:
        cells = [account.level(policy, column) for column in COLUMNS]
        assert sum(cells) == pytest.approx(exact[policy] / step, abs=1)
        for column, cell in zip(COLUMNS, cells, strict=True):
            there = account.level(account.reference, column)
            assert cell - there == account.change(policy, column)
            assert account.change(policy, column) == pytest.approx(
                (frame.loc[policy, column] - frame.loc[account.reference, column]) / step, abs=1
            )
    for width in (80, 120):
        for row in printed_rows(account.table(width, everything=True), len(account.policies)):
            levels, changes = row
            assert sum(changes) == pytest.approx(sum(levels) - account.total(account.reference) * step_of(account))
    for row in account.table(80).cells:
        shown = [cell.text for cell, head in zip(row, account.table(80).head, strict=True) if head in COLUMNS]
        assert shown == [account.money.cell(account.level(policy_of(account, row[0].text), name)) for name in COLUMNS]
    for width in (60, 80, 100, 120, 160):
        lines = page(describe(found, width=width)).text().splitlines()
        assert max(map(cell_len, lines)) <= width


def policy_of(account: Any, title: str) -> str:
    return next(policy for policy, given in account.titles.items() if given == title)


def step_of(account: Any) -> float:
    return float(10.0**-account.money.decimals)


def printed_rows(table: Table, policies: int) -> Iterator[tuple[list[float], list[float]]]:
    """Of each policy but the reference: the figures of its account and of its changes, as printed."""
    beside = len(table.head) > 7
    places = [k for k, head in enumerate(table.head[:6]) if k and head != "%"][:4]
    for row in table.cells[1:]:
        levels = [figures(row[k].text) for k in places]
        if beside:
            half = (len(table.head) - 1) // 2
            yield levels, [figures(row[k + half].text) for k in places]
        else:
            yield levels, [figures(row[k].below) for k in places]


def test_policies_are_in_order_of_their_effect_after_the_reference(result: Result) -> None:
    account = account_of(result)
    assert account.policies == ["free", "strict", "lifted", "idle"]
    assert account.table(80).head == [
        "EUR million, means of 4 futures", "exports", "change", "elsewhere", "lost", "pending",
    ]  # fmt: skip
    assert [row[2].text for row in account.table(80).cells] == ["reference", "−90 %", "−39 %", "same"]
    assert account.table(80).cells[0][0].text == "Free trade"
    assert [[cell.text for cell in row[2:4]] for row in account.table(100).cells] == [
        ["reference", ""], ["−28.0", "−90 %"], ["−12.0", "−39 %"], ["same", "same"],
    ]  # fmt: skip
    table = account.table(80, everything=True)
    assert [row[0].text for row in table.cells] == [
        "Free trade (reference)", "All denied", "Denied for a while", "Nothing done",
    ]  # fmt: skip
    exports = [(row[1].text, row[1].below) for row in table.cells]
    assert exports == [("31.0", ""), ("3.0", "−28.0"), ("19.0", "−12.0"), ("31.0", "same")]
    assert [row[2].text for row in table.cells] == ["100 %", "10 %", "61 %", "100 %"]
    assert "Exports, elsewhere, lost and pending are EUR 31.0 million: all that is ordered or open" in table.note


def test_a_change_that_may_be_none_is_in_brackets(result: Result) -> None:
    doubtful = account_of(with_exports(result, "strict", -2e6, 2e6, 1e6, 0.0))
    assert next(row for row in doubtful.table(80).cells if row[0].text == "All denied")[2] == Cell(
        "+0.8 %", doubtful=True
    )
    below, beside = (
        next(row for row in doubtful.table(width, everything=True).cells if row[0].text == "All denied")
        for width in (80, 120)
    )
    assert below[1].below == "(+0.25)"
    assert beside[6] == Cell("+0.25", doubtful=True)
    assert "In brackets: 4 futures cannot tell the change from none." in doubtful.table(80).note


# In parts


def test_parts_add_up_to_the_account(founding: Result) -> None:
    account = account_of(founding)
    for name, table in zip(
        ("year", "supplier", "destination", "goods", "authority"),
        breakdowns(account, ["year", "supplier", "destination", "goods", "authority"]),
        strict=True,
    ):
        *parts, whole = table.cells
        for column, want in ((1, "exports"), (5, "elsewhere")):
            there, here, change = ([figures(row[column + k].text or "0") for row in parts] for k in range(3))
            assert sum(there) == account.level("unrestricted", want) == figures(whole[column].text), name
            assert sum(here) == account.level("historical", want) == figures(whole[column + 1].text), name
            assert sum(change) == account.change("historical", want), name


def test_parts_are_those_of_the_frames(founding: Result) -> None:
    account = account_of(founding)
    (table,) = breakdowns(account, ["year"])
    frame = founding.account(by=["year"])
    for row in table.cells[:-1]:
        year = int(row[0].text)
        assert figures(row[1].text or "0") == pytest.approx(frame.loc[("unrestricted", year), "exports"] / 1e6, abs=1)
        assert figures(row[6].text or "0") == pytest.approx(frame.loc[("historical", year), "elsewhere"] / 1e6, abs=2)


def test_suppliers_of_less_than_a_percent_are_one_row(founding: Result) -> None:
    (table,) = breakdowns(account_of(founding), ["supplier"])
    names = [row[0].text for row in table.cells]
    assert names[0] == "L3Harris Wescam" and re.fullmatch(r"\d+ others", names[-2]) and names[-1] == "all"
    shown = page(describe(founding, everything=True)).text()
    assert re.search(r"^\d+ others", shown, re.MULTILINE)


def test_parts_of_some_authorities_count_others_elsewhere(tmp_path: Path) -> None:
    office = {"country": "ZA", "title": "Pretoria", "review": [{"stage": "desk", "officers": 9, "work": "5bd"}]}
    deny = [{"on": "2020-06-01", "applications": "deny", "authorities": ["office"]}]
    several = world(
        tmp_path, authorities__other=office, suppliers__south__authority="other", policies__strict__measures=deny
    )
    made = xs.run(several, policies=["strict"], futures=2)
    supplier, authority = breakdowns(account_of(made), ["supplier", "authority"])
    for table, rows in ((supplier, ["North", "South", "all"]), (authority, ["office", "Pretoria", "all"])):
        assert [row[0].text for row in table.cells] == rows
        assert [cell.text for cell in table.cells[0][1:4]] == ["31.0", "3.0", "−28.0"]
        assert [cell.text for cell in table.cells[1][5:8]] == ["0.0", "28.0", "+28.0"]


def test_who_is_served_first_and_who_pays_is_told_by_destination(tmp_path: Path) -> None:
    """On each of five days three orders come in one minute, in the order of the file, and one officer takes 5 days."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    one_by_one = {"stage": "desk", "officers": 1, "work": "5d"}
    orders = {"register": "orders.csv", "date": "received", "value": "worth"}
    made = {
        f"demand__{name}": {
            "buyer": name, "destination": destination, "goods": "lamps", "orders": orders, "sources": {"north": {}}
        }
        for name, destination in (("french", "FR"), ("german", "DE"))
    }  # fmt: skip
    german = [{"on": "2020-01-01", "priority": "first", "destinations": ["DE"]}]
    several = world(
        tmp_path, authorities__office__review=[one_by_one], policies__german={"measures": german}, **made
    )  # fmt: skip
    (table,) = processing_times(account_of(xs.run(several, policies=["german"], futures=4), "german"), ["destination"])
    assert [[cell.text for cell in row] for row in table.cells] == [
        ["Türkiye", "5.0", "5.0", "same"],
        ["France", "10.0", "15.0", "+5.0"],
        ["Germany", "15.0", "10.0", "−5.0"],
        ["all orders", "10.0", "10.0", "same"],
    ]


def test_the_time_of_other_applications_stands_below_that_of_orders() -> None:
    busy = xs.build(one_office(authorities__office__traffic={"applications": "30/y"}))
    result = xs.run(busy, futures=6)
    (table,) = processing_times(account_of(result, busy.reference), ["line"])
    *_, all_orders, others = ([cell.text for cell in row] for row in table.cells)
    means = result.summary().xs(busy.reference)["mean"]
    assert all_orders[0] == "all orders" and others[0] == "other applications" and len(table.head) == 2
    assert float(all_orders[1]) == pytest.approx(means["processing_time_mean"], abs=0.06)
    assert float(others[1]) == pytest.approx(means["traffic_processing_time_mean"], abs=0.06)


# On the command line


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    world(tmp_path)
    monkeypatch.chdir(tmp_path)
    return Shell(capsys)


def test_run_prints_the_answer_first_then_one_account(shell: Any) -> None:
    said = shell("run", "world.yaml", "--futures", "2").out
    lines = said.splitlines()
    assert lines[1].startswith("From 2020 to 2021, licensed exports from Canada")
    assert "EUR million, means of 2 futures" in said
    assert "Outcomes by policy" not in said and "More: --all (with intervals)" in said
    assert len(lines) <= 22 and max(map(cell_len, lines)) <= 80
    everything = shell("run", "world.yaml", "--futures", "2", "--all").out
    for title in ("Account of the policies", "Outcomes by policy", "Difference from “Free trade”", "Who delivered"):
        assert title in everything


def test_brief_prints_sentences_only(shell: Any) -> None:
    said = shell("run", "world.yaml", "--futures", "2", "--brief").out
    assert "come to EUR 3.0 million" in " ".join(said.split()) and "Account" not in said and "More" not in said
    refused = shell("run", "world.yaml", "--brief", "--all")
    assert refused.status == 2 and "--brief prints sentences only" in refused.err


def test_the_answer_is_about_the_policy_that_is_asked_for(shell: Any) -> None:
    said = shell("run", "world.yaml", "--futures", "2", "--policy", "free", "--policy", "lifted", "--policy", "strict")
    assert "“Denied for a while” instead" in " ".join(said.out.split())


def test_parts_are_asked_for_by_name(shell: Any) -> None:
    said = shell("run", "world.yaml", "--futures", "2", "--by", "year,supplier", "--by", "goods").out
    assert [said.count(f"By {part}, EUR million") for part in ("year", "supplier", "goods", "line")] == [1, 1, 1, 0]
    wrong = shell("run", "world.yaml", "--by", "yaer")
    assert wrong.status == 2 and "unknown part in --by `yaer`; did you mean `year`?" in wrong.err


def test_the_width_of_the_terminal_is_used(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = shell("run", "world.yaml", "--futures", "2", "--by", "supplier").out.splitlines()
        assert 0.8 * width < max(map(cell_len, lines)) <= width


def test_json_has_the_answer_and_the_exact_account(shell: Any) -> None:
    data = json.loads(shell("run", "world.yaml", "--futures", "2", "--json").out)
    assert data["answer"]["policy"] == "strict" and data["answer"]["sentences"][1].startswith("Of these 28.0")
    assert data["account"]["authorities"] == ["office"]
    assert data["account"]["policies"]["strict"] == {
        "open_at_start": 0.0, "ordered": 31e6, "exports": 3e6, "elsewhere": 28e6, "lost": 0.0, "pending": 0.0,
    }  # fmt: skip
    assert data["account"]["changes"]["strict"]["exports"] == -28e6
    assert sum(data["account"]["changes"]["strict"][column] for column in COLUMNS) == 0
    assert data["summary"]["strict"]["exports"]["mean"] == 3e6


# In Python


def test_an_answer_shows_itself(result: Result) -> None:
    said = result.answer("lifted")
    assert repr(said) == str(said) and said.finding in repr(said) and all(text in repr(said) for text in said.sentences)
    shown = said._repr_html_()
    assert shown.startswith("<div><strong>Denied for a while") and "“Free trade”" in shown
    assert dataclasses.replace(said, finding="<b>")._repr_html_().startswith("<div><strong>&lt;b&gt;")
    assert said.document()["policy"] == "lifted" and result.answer().policy == "strict"


def test_a_document_of_an_answer_is_the_one_that_is_printed(result: Result) -> None:
    text = " ".join(page(Document(describe(result).blocks, dict)).text().split())
    for sentence in result.answer().sentences:
        assert sentence in text
