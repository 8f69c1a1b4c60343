"""In a made-up language, English in «…», nothing that a person reads is outside of it but names, numbers and dates."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import exportsim as xs
from exportsim import language
from exportsim.outcomes import OUTCOMES
from exportsim.report import calibration, contents, discovery, expectations, orders_by_fate, prediction, sensitivity
from exportsim.report import result as played
from exportsim.report import seek as sought
from exportsim.report import several_files as compared
from exportsim.report import sweep as swept
from exportsim.report.document import Block, Dated, Document, Heading, Line, Table
from exportsim.report.folder import readme
from exportsim.report.html.page import page
from exportsim.scenario import warnings_of
from exportsim.version import __version__

#: Are no sentences: in the made-up language they are those of no other, so that none can be taken for English.
WHOLE = {
    "dates.months": " ".join(f"M{number}" for number in range(1, 13)),
    "dates.short": " ".join(f"m{number}" for number in range(1, 13)),
    "numbers.decimal": "⸴",
    "numbers.thousands": "⸱",
    "numbers.minus": "⁒",
    "numbers.one_below": "2",
    "page.language": "xx",
}
ENGLISH_NUMBER = re.compile(r"−?\d+(?:[.,]\d+)+(?!\w)|−\d+")  # with a unit behind it, it is a value of the file: 1.5M
WORLD: dict[str, Any] = {
    "exportsim": 1,
    "title": "Zwei Büros",
    "period": {"start": "2020-01-01", "end": "2021-12-31", "warm_up": "1mo"},
    "currency": "EUR",
    "goods": {"radar": {"title": "Radargeräte", "control": "ML5"}},
    "authorities": {
        "bafa": {
            "title": "Bundesamt",
            "country": "DE",
            "validity": "2y",
            "service_standard": "20bd",
            "traffic": {"applications": {"2020-01-01": "5/y", "2021-01-01": "9/y"}},
            "review": [{"stage": "pruefung", "officers": 2, "work": "5d"}],
            "case_by_case": {"review": [{"stage": "beirat", "officers": 1, "work": "5d"}]},
        }
    },
    "suppliers": {
        "hensoldt": {"title": "Hensoldt AG", "country": "DE", "authority": "bafa", "slots": 2, "lead_time": "60d"},
        "elsewhere": {"country": "XZ", "slots": 2, "lead_time": "90d", "price": 1.25},
    },
    "demand": {
        "marine": {
            "buyer": "flotte",
            "destination": "TR",
            "goods": "radar",
            "orders": "12/y",
            "value": "1.5M",
            "parts": 2,
            "programmes": {"nato": 0.3},
            "patience": {"review": "90d", "suspension": "60d", "unserved": "40d"},
            "sources": {
                "hensoldt": {"weight": 3},
                "elsewhere": {"qualification": {"starts": "disruption", "time": "30d"}},
            },
        }
    },
    "incidents": {"krieg": {"title": "Ein Krieg", "on": "2020-06-01", "window": "1y", "exposure": "1"}},
    "policies": {
        "frei": {"title": "Nichts"},
        "streng": {
            "title": "Streng",
            "measures": [
                {"name": "halt", "on": "2020-05-01", "applications": "hold", "except": {"programmes": ["nato"]}},
                {"on": "2020-07-01", "permits": "suspended", "officers": {"pruefung": 3}},
                {"after": "krieg", "delay": {"uniform": ["5d", "20d"]}, "applications": "deny", "goods": ["radar"]},
                {"on": "2021-02-01", "permits": "in_force", "applications": "case_by_case"},
                {
                    "when": {"in_review": {"above": 1, "below": 1}, "every": "2mo"},
                    "outcomes": [{"chance": 0.5, "cancel": "all"}, {"chance": 0.5}],
                },
            ],
        },
    },
    "reference": "frei",
    "uncertainties": {
        "suppliers.hensoldt.lead_time": {"uniform": ["20d", "200d"]},
        "demand.marine.value": {"uniform": ["1M", "2M"]},
        "authorities.bafa.review.pruefung.work": ["1d", "5d", "10d"],
    },
    "expect": [
        {"policy": "streng", "outcome": "exports", "year": 2021, "below": "frei"},
        {"policy": "frei", "outcome": "delay", "line": "marine", "between": ["1d", "900d"]},
        {"policy": "frei", "outcome": "exports", "set": {"demand.marine.value": "2M"}, "is": "above"},
    ],
}
STAGE = WORLD["authorities"]["bafa"]["review"][0]
OTHER = WORLD["suppliers"]["hensoldt"] | {"slots": 4}


def in_marks(tree: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The catalogue as a file, each sentence in «…»."""
    tables = {key: value for key, value in tree.items() if isinstance(value, dict) and value.keys() != {"one", "other"}}
    for key, value in tree.items():
        if isinstance(value, str):
            made = WHOLE.get(f"{above}{key}") or "|".join(f"«{part}»" for part in value.split("|"))  # heads of columns
            yield f"{key} = {json.dumps(made, ensure_ascii=False)}"
        elif key not in tables:
            one, other = (json.dumps(f"«{value[number]}»", ensure_ascii=False) for number in ("one", "other"))
            yield f"{key} = {{ one = {one}, other = {other} }}"
    for key, value in tables.items():
        yield f"[{above}{key}]"
        yield from in_marks(value, f"{above}{key}.")


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    english = (Path(language.__file__).parent / "en.toml").read_text(encoding="utf-8")
    folder = tmp_path / "languages"
    folder.mkdir()
    (folder / "en.toml").write_text(english, encoding="utf-8")
    (folder / "xx.toml").write_text("\n".join(in_marks(tomllib.loads(english))), encoding="utf-8")
    read = tomllib.loads(english)
    assert all(read[key.partition(".")[0]][key.partition(".")[2]] != made for key, made in WHOLE.items())
    files = language.resources.files
    own = language.__name__
    monkeypatch.setattr(language.resources, "files", lambda package: folder if package == own else files(package))
    monkeypatch.setenv(language.VARIABLE, "xx")
    language.catalogue.cache_clear()
    yield
    monkeypatch.undo()
    language.catalogue.cache_clear()


def texts(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Line():
            yield block.text
        case Dated():
            yield from (sentence for column in block.columns for sentence in column)
        case Table():
            yield from (block.caption, block.note, *block.head)
            yield from (cell.text for row in block.cells for cell in row)


def numbers_in_english(said: list[str]) -> set[str]:
    """Numbers that the language would write otherwise; those that stand so in the scenario are of its file."""
    found = {number for text in said for number in ENGLISH_NUMBER.findall(text)}
    return {number for number in found if number not in str(WORLD) and number != __version__}


def outside(text: str) -> str:
    """What of a text is in no «…»."""
    while (less := re.sub("«[^«»]*»", " ", text)) != text:
        text = less
    return text


def names(tree: Any) -> Iterator[str]:
    """All that a scenario says, word by word."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from (*names(key), *names(value))
    elif isinstance(tree, list):
        for value in tree:
            yield from names(value)
    else:
        yield from re.findall(r"[^\W\d_]+", str(tree))


NAMES = {
    *names(WORLD),
    *names([outcome.name for outcome in OUTCOMES]),
    *names(["base", "other", "record", "sobol", "morris", "prim", "compiled", "measure", "rest", "world", "yaml"]),
    *(check.split()[0] for check in ("frei", "streng")),
}


#: Names of files, columns, programs and formats that are the same in every language.
OF_FILES = {
    *re.findall("[a-zA-Z]+", "summary comparison csv parquet json readme series account outcomes doubt scenario")
}
OF_FILES |= {*re.findall("[a-zA-Z]+", "provenance exportsim report futures seed uncertain out html UTC")}


def assert_all_in_marks(document: Document) -> None:
    """Only names are outside, numbers, units of a path's values and letters of columns."""
    said = [text for block in document.blocks for text in texts(block)]
    assert any("«" in text for text in said)
    left = {word: text for text in said for word in re.findall(r"[^\W\d_]{2,}", outside(text)) if word not in NAMES}
    assert left == {}
    assert numbers_in_english(said) == set()


def world(**changes: Any) -> xs.Scenario:
    return xs.build(copy.deepcopy(WORLD) | changes)


@pytest.mark.usefixtures("made_up")
def test_check_and_trace() -> None:
    scenario = world()
    assert_all_in_marks(contents.describe(scenario))
    marine = copy.deepcopy(WORLD["demand"]["marine"]) | {"filing": {"hold": 0.7, "lag": "2w"}}
    marine["sources"]["hensoldt"]["restart"] = "6mo"
    assert_all_in_marks(contents.describe(world(demand={"marine": marine})))
    ends = set()
    for number in range(1, 13):
        for policies in (("streng", "frei"), ("streng", None)):
            told = xs.trace(scenario, policies[0], f"marine/{number}", reference=policies[1], engine="reference")
            ends |= {fact.fact for fact in told.lives[0].happenings}
            for width in (80, 120):
                assert_all_in_marks(told.describe(width))
    assert len(ends) > 12  # kinds of facts that were told
    for fate in ("delivered", "lost", "cancelled", "impatient", "pending", "delayed"):
        found = orders_by_fate.find(scenario, "streng", fate, reference="frei", engine="reference")
        assert_all_in_marks(Document(orders_by_fate.describe(found).blocks[:-1], dict))  # the last is a command


@pytest.mark.usefixtures("made_up")
@pytest.mark.long
def test_sweeps_and_what_is_found_in_them() -> None:
    scenario = world()
    sweep = xs.sweep(scenario, samples=24, futures=2)
    assert_all_in_marks(swept.describe(sweep, ("exports", "delay", "lost")))
    for levers in (
        {"suppliers.hensoldt.slots": "1..4"},
        {"suppliers.hensoldt.slots": [4, 1], "demand.marine.parts": [1, 2]},
    ):
        for target in ("exports>=1k", "exports>=900bn"):
            assert_all_in_marks(sought.describe(xs.seek(scenario, levers, target=target, futures=12)))
    level = sweep.table.query("policy == 'streng' and outcome == 'exports'")["mean"].median()
    for figure, limit in (("mean", level), ("difference", -1.0), ("regret", 1e12)):
        try:
            found = xs.discover(sweep, "streng", below=limit, figure=figure, resamples=2)
        except xs.ExportsimError:
            assert figure != "mean"
            continue
        assert_all_in_marks(discovery.describe(found))
    for method, samples in (("morris", 8), ("sobol", 8)):
        asked = {"method": method, "samples": samples, "second_order": method == "sobol"}
        study = xs.sensitivity(scenario, policy="streng", reference="frei", futures=2, **asked)
        assert_all_in_marks(sensitivity.describe(study))


@pytest.mark.usefixtures("made_up")
@pytest.mark.long
def test_expectations_comparisons_and_calibrations() -> None:
    scenario = world()
    report = xs.check_expectations(scenario, futures=12, plays=1)
    assert_all_in_marks(expectations.describe([("world.yaml", report)]))
    other = world(suppliers=WORLD["suppliers"] | {"hensoldt": OTHER})
    assert_all_in_marks(compared.describe(xs.compare({"base": scenario, "other": other}, futures=3)))
    record = pd.DataFrame(
        {"outcome": "exports", "period": ["2020", "2021"], "value": 1e7, "error": 1e6, "source": "judgement"}
    )
    fit = {
        "demand.marine.value": {"uniform": ["1M", "2M"]},
        "suppliers.hensoldt.lead_time": {"uniform": ["20d", "90d"]},
    }
    found = xs.calibrate(scenario, record, fit, policy="frei", trials=48, futures=20)
    assert_all_in_marks(calibration.describe(found))
    unsure = world(uncertainties=fit)
    forecast = xs.predict(unsure, policy="frei", record=record, samples=4, futures=3)
    assert_all_in_marks(prediction.describe(forecast))


@pytest.mark.usefixtures("made_up")
def test_a_run_and_its_doubt() -> None:
    result = xs.run(world(), futures=6, uncertain=4)
    assert result.doubt is not None
    for width in (80, 120):
        said = played.describe(result, everything=True, by=("year", "supplier"), width=width)
        assert_all_in_marks(said)
    readme_of_result = outside(readme(result))
    assert not set(re.findall(r"[^\W\d_]{3,}", readme_of_result)) - {*NAMES, *OF_FILES, *map(str.upper, NAMES)}


@pytest.mark.usefixtures("made_up")
def test_the_page() -> None:
    reader = Reader()
    result = xs.run(world(), futures=6, uncertain=4)
    reader.feed(page(result))
    assert len(reader.said) > 300 and any("M5" in text for text in reader.said)
    said, origin = outside("\n".join(reader.said)), result.provenance
    for value in (origin["scenario"], origin["implementation"], *origin["platform"].values(), *origin["libraries"]):
        said = said.replace(value, "")
    for version in (origin["python"], *origin["libraries"].values()):
        said = said.replace(version, "")
    left = said.split("\n")
    words = {word: line for line in left for word in re.findall(r"[^\W\d_]{3,}", line)}
    assert {word: line for word, line in words.items() if word not in NAMES | OF_FILES} == {}
    assert numbers_in_english(left) == set()


@pytest.mark.usefixtures("made_up")
def test_what_is_noticed() -> None:
    suppliers = WORLD["suppliers"] | {"idle": OTHER | {"country": "UK"}, "far": OTHER | {"country": "QQ"}}
    slow = {**WORLD["authorities"]["bafa"], "validity": "30d", "review": [STAGE | {"work": "2000d"}]}
    source = {"qualification": {"starts": "2021-12-30", "time": "60d"}}
    line = WORLD["demand"]["marine"] | {"sources": {"hensoldt": {"weight": 3}, "far": source}}
    policies = WORLD["policies"] | {"leer": {"measures": [{"on": "2021-01-01", "applications": "open"}]}}
    odd = world(suppliers=suppliers, authorities={"bafa": slow}, demand={"marine": line}, policies=policies)
    found = [*warnings_of(odd), *xs.run(odd, futures=2).noticed]
    assert len({re.sub("[^«]", "", fault.message)[:1] + fault.path for fault in found}) > 6
    for fault in found:
        left = set(re.findall(r"[^\W\d_]{2,}", outside(fault.message))) - NAMES
        assert left == set(), fault
    assert numbers_in_english([fault.message for fault in found]) == set()


class Reader(HTMLParser):
    """What a page says: text, and what is read out for what is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "pre", "code"):
            self._inside = tag
        self.said += [value or "" for key, value in attrs if key in ("aria-label", "title", "alt")]

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.said.append(data)
