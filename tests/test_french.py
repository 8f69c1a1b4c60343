"""French is what a person reads who asks for it, written as in Canada, with nothing left in English by forgetting."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import exportsim as xs
from exportsim import language
from exportsim.digits import in_every_language, money_of, number
from exportsim.language import Entry, catalogue, day, listed, short_day, text
from exportsim.names import outcome_title
from exportsim.report import contents
from exportsim.report.html.assurance import records
from exportsim.report.html.page import page
from exportsim.report.number_format import money, percentage, plain
from exportsim.report.result import describe
from exportsim.report.text import page as as_text
from shell import Shell

QUICKSTART = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"

#: Entries with words that are the same in both languages; countries beside them.
SAME = {
    "account.total",
    "discovery.head.quasi_p",
    "discovery.methods.prim",
    "doubt.minutes",
    "expect.points",
    "figures.units.min",
    "learn.roles.destination",
    "outcomes.name.incidents",
    "page.assurance.date",
    "page.assurance.provenance_link",
    "page.inputs.incidents",
    "page.inputs.sources",
    "page.inputs.sources_link",
    "page.method.estimation",
    "page.method.initialisation",
    "page.origin.python",
    "parts.destination",
    "prediction.head.crps",
    "prediction.head.verdict",
    "rules.name.conservation",
    "rules.name.invariants",
    "sensitivity.head.second",
    "sensitivity.head.total",
    "sensitivity.indices.sobol",
    "sensitivity.names.morris",
    "sensitivity.titles.total",
    "sweep.head.point",
    "table.destination",
}
SAME_COUNTRIES = {"ai", "aw", "cu", "cw", "dj", "gi", "gu", "hk", "je", "mc", "mg", "mo", "ms", "nr", "nu", "om"} | {
    "sx",
    "yt",
}

#: Entries that English says of one and of several, and French in one way.
ONE_FORM = {"durations.mo", "compare.title", "warnings.overload", "registers.outside"}


def words_of(entry: Entry) -> list[str]:
    """The words of an entry that are not filled in."""
    return re.findall(r"[^\W\d_]{3,}", re.sub(r"\{\w+\}", " ", " ".join(entry)))


@cache
def french() -> dict[str, Entry]:
    return dict(catalogue("fr"))


def test_nothing_is_left_in_english_by_forgetting() -> None:
    same = {key for key, entry in french().items() if entry == catalogue("en")[key] and words_of(entry)}
    assert same == SAME | {f"countries.{code}" for code in SAME_COUNTRIES}


def test_it_has_a_sentence_for_one_wherever_english_has_and_one_that_also_holds_of_none() -> None:
    of_one = {key for key, (one, other) in catalogue("en").items() if one != other}
    assert {key for key in of_one if french()[key][0] == french()[key][1]} == ONE_FORM
    says_one = re.compile(r"(?<![\d.,])1(?![\d.,])")  # 0 takes this sentence too
    assert [key for key, (one, other) in french().items() if one != other and says_one.search(one)] == []
    assert all(
        [sentence.count("|") for sentence in entry] == [sentence.count("|") for sentence in catalogue("en")[key]]
        for key, entry in french().items()
    )


def test_signs_stand_as_they_do_in_canada() -> None:
    wrong = re.compile(r" [%:»]|« |“|”|\w'\w|\s[;?!]|[^\s\u202f\d}0-9]%")
    found = {
        key for key, entry in french().items() for said in entry for line in said.split("\n") if wrong.search(line)
    }
    assert found == {"table.share"} & found


def test_numbers_money_dates_and_lists() -> None:
    with language.use("fr"):
        assert number(-1234567.25, 2) == "−1\u202f234\u202f567,25"
        assert in_every_language("−1\u202f234\u202f567,25") == "-1234567.25" and in_every_language("3 ±1") == "3 ±1"
        assert percentage(0.998) == "99,8\u202f%"
        many = money_of("CAD", [1.25e7])
        assert many.full(125) == "12,5\u00a0millions\u00a0CAD" and many.full(12) == "1,2\u00a0million\u00a0CAD"
        assert many.unit == "millions CAD" and money(523_000_000, "CAD") == "5,23\u202fM\u00a0CAD"
        assert day(date(2021, 4, 1)) == "1er avril 2021" and day(date(2021, 4, 12)) == "12 avril 2021"
        assert short_day(date(2021, 7, 1)) == "1er juil. 2021"
        assert listed(["a", "b", "c"]) == "a, b et c"
        said = [text("studies.future", number=amount, amount=amount) for amount in (0, 1, 2)]
        assert said == ["0 avenir", "1 avenir", "2 avenirs"]
        assert text("durations.y", number=1.5, amount="1,5") == "1,5 an"
    assert in_every_language("−1,234,567.25") == "-1234567.25" and in_every_language("2019") == "2019"


def test_a_terminal_without_its_signs_gets_others() -> None:
    assert plain("«\u00a0a\u00a0» : 12,5\u202f%, d’où") == '" a " : 12,5 %, d\'o\\xf9'


@cache
def played() -> xs.Result:
    with language.use("fr"):
        return xs.run(xs.load(QUICKSTART), futures=8, engine="reference")


ENGLISH = re.compile(r"\b(the|of|and|under|with|by|future|futures|policy|policies|mean|which|exports|year|is|are)\b")


def its_own(said: str) -> str:
    """What is said, without the titles and notes of the scenario, which are in English."""
    scenario = played().scenario
    parts = [*scenario.policies.values(), *scenario.suppliers.values(), *scenario.authorities.values()]
    own = [scenario.title, *(part.title for part in parts), *(goods.title for goods in scenario.goods.values())]
    for title in [*own, *map(str, scenario.sources.values())]:
        said = said.replace(title, "") if title else said
    return said


def test_an_answer_reads_as_french() -> None:
    with language.use("fr"):
        said = as_text(describe(played(), everything=True, by=("year", "supplier"))).text()
        assert outcome_title(played().scenario, "received/TR") == "reçu\u00a0: la Türkiye"
        listing = as_text(contents.describe(played().scenario)).text()
    assert ENGLISH.findall(its_own(said + listing)) == []
    flat = said.replace("\n  ", " ")
    lines = flat.split("\n")
    assert re.fullmatch(
        "De 2018 à 2024, les exportations sous licence depuis le Royaume-Uni vers la Türkiye s’élèvent à "
        r"[\d,]+\smillions\sGBP avec «\sWhat was done\s» au lieu de [\d,]+\smillions avec «\sLicences as before\s»\s: "
        r"[\d,]+\smillions de moins \(−\d+\s%\)\.",
        lines[1],
    ), lines[1]
    assert re.match(r"Sur ces [\d,]+\smillions\s: [\d,]+\smillions? repris par Turkish industry", lines[2]), lines[2]
    assert "Compte des politiques, millions GBP, moyennes de 8 avenirs" in said
    assert "À compter du 15 octobre 2019, toutes les demandes sont laissées en suspens." in " ".join(listing.split())


def test_the_page_is_in_french_and_says_how_to_make_it_again() -> None:
    with language.use("fr"):
        html = page(played())
    reader = Reader()
    reader.feed(html)
    assert reader.language == "fr"
    assert "rapport exportsim" in html and re.search(r"--language fr\b", html)
    found = {line for line in reader.lines if ENGLISH.search(re.sub(r"\w+_\w+", "", its_own(line)))}
    episodes = {f"{episode['title']}\u00a0: {episode['verdict']}." for episode in records()["validation"]}
    of_file = {line for line in found if re.match(r"(lognormal|weibull) \(", line)}
    cited = {language.catalogue("fr")["page.method.order"][0]}
    assert found - episodes - of_file == cited  # what the project found of itself is told as its pages have it


class Reader(HTMLParser):
    """What a page says, in a line each, without code."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.language, self._inside = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "html":
            self.language = said.get("lang") or ""
        if tag in ("style", "pre", "code"):
            self._inside = tag
        self.lines += [value or "" for key, value in attrs if key in ("aria-label", "title", "alt")]

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.lines.append(data)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def test_a_command_speaks_it_when_asked_and_english_afterwards(shell: Shell) -> None:
    status, said, _ = shell("check", str(QUICKSTART), "--language", "fr")
    assert status == 0 and "\nPolitiques\n" in said and "Du 1er janvier 2018 au 31 décembre 2024" in said
    assert "\nPolicies\n" in shell("check", str(QUICKSTART)).out


def test_data_are_the_same_in_all_languages(shell: Shell) -> None:
    both = [json.loads(shell("check", str(QUICKSTART), "--json", "--language", name).out) for name in ("en", "fr")]
    assert both[0] != both[1]  # sentences are in the language
    assert without_sentences(both[0]) == without_sentences(both[1])


def without_sentences(data: Any) -> Any:
    """Keys, numbers and names of a document."""
    if isinstance(data, dict):
        return {key: without_sentences(value) for key, value in data.items()}
    if isinstance(data, list):
        return list(map(without_sentences, data))
    return "a sentence" if isinstance(data, str) and data.endswith(".") and " " in data else data


@pytest.mark.parametrize(
    ("asked", "told"),
    [("fr-CA", "did you mean `fr`?"), ("Français", "did you mean `fr`?"), ("de", "expected one of en, fr")],
)
def test_a_language_that_is_not_there_is_a_mistake_with_a_near_miss(shell: Shell, asked: str, told: str) -> None:
    status, said, error = shell("check", str(QUICKSTART), "--language", asked)
    assert (status, said) == (2, "") and f"--language: found `{asked}`, {told}" in error
