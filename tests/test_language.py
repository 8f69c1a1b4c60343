"""The catalogue of sentences: each is used, each that is used is there, and a second language is one file."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from threading import Barrier, Thread

import pytest

from exportsim import language
from exportsim.digits import money_of, number, short
from exportsim.errors import ExportsimError
from exportsim.language import Catalogue, Entry, catalogue, day, listed, short_day, template, text
from exportsim.report.number_format import estimate, percentage

SOURCE = Path(language.__file__).parents[1]
CALLS = {"text", "template"}  # that take a key first


def keys_used() -> dict[str, str]:
    """Every key that the code asks for, and where: calls in modules, and in the page's templates."""
    used = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in catalogue("en"):
                used[node.value] = path.name
            if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("language.") in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and "." in str(first.value):
                    used[str(first.value)] = path.name
                for part in ast.walk(first):  # f"answer.{kind}": all entries that fit
                    if isinstance(part, ast.JoinedStr):
                        used |= dict.fromkeys(fitting(part), path.name)
    for path in SOURCE.rglob("*.html"):
        used |= dict.fromkeys(re.findall(r"\b(?:text|template)\([\"']([a-z_0-9.]+)[\"']", path.read_text()), path.name)
    return used


def placeholders(entry: Entry) -> set[str]:
    """The names that an entry has in braces."""
    return {name for sentence in entry for _, name, _, _ in Formatter().parse(sentence) if name}


def differences(of: str) -> list[str]:
    """What a language lacks, has too much or fills in otherwise than English, key by key."""
    standard, read = catalogue("en"), dict(catalogue(of))
    filled = {
        key: (sorted(placeholders(read[key])), sorted(placeholders(standard[key]))) for key in read if key in standard
    }
    return [
        *(f"{key}: missing" for key in standard if key not in read),
        *(f"{key}: unknown" for key in read if key not in standard),
        *(
            f"{key}: found {found}, expected {expected}"
            for key, (found, expected) in filled.items()
            if found != expected
        ),
    ]


def fitting(joined: ast.JoinedStr) -> list[str]:
    """The keys that an f-string may be."""
    pattern = "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"[a-z_0-9]+" for p in joined.values)
    fit = [key for key in catalogue("en") if re.fullmatch(pattern, key)]
    assert fit, ast.unparse(joined)
    return fit


def test_every_key_that_is_used_is_there_and_every_entry_is_used() -> None:
    used = keys_used()
    assert {key: where for key, where in used.items() if key not in catalogue("en")} == {}
    assert sorted(set(catalogue("en")) - set(used)) == []


@pytest.mark.parametrize("of", language.languages())
def test_every_language_says_all_that_english_says_and_fills_in_the_same(of: str) -> None:
    assert differences(of) == []


def test_a_section_is_read_when_it_is_asked_for_and_all_come_to_the_whole_file() -> None:
    written = (SOURCE / "language" / "en.toml").read_text()
    asked = Catalogue(written)
    assert asked["dates.day"] == ("{day} {month} {year}",) * 2 and "dates.none" not in asked and "none.day" not in asked
    assert set(asked._read) == {"dates.day", "dates.months", "dates.short"}
    assert dict(asked) == dict(language._entries("", tomllib.loads(written))) and len(asked) > 1000


def test_a_sentence_is_filled_in() -> None:
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"
    assert day(date(2021, 4, 12)) == "12 April 2021"
    assert placeholders(catalogue("en")["dates.day"]) == {"day", "month", "year"}
    with pytest.raises(KeyError):
        template("dates.none")


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of languages with the English one and room for another."""
    (tmp_path / "en.toml").write_text((SOURCE / "language" / "en.toml").read_text())
    monkeypatch.setattr(language.resources, "files", lambda _: tmp_path)
    catalogue.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    catalogue.cache_clear()


def test_a_second_language_is_one_file(second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    english = (second / "en.toml").read_text()
    (second / "de.toml").write_text(english.replace("{day} {month} {year}", "{day}. {month} {year}"))
    monkeypatch.setenv("EXPORTSIM_LANGUAGE", "de")
    assert text("dates.day", day=1, month="Mai", year=2021) == "1. Mai 2021"


def test_numbers_and_dates_are_written_as_the_language_does(second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    french = (second / "en.toml").read_text()
    for english, written in (
        ('decimal = "."', 'decimal = ","'),
        ('thousands = ","', 'thousands = "\u202f"'),
        ('"January February March April ', '"janvier février mars avril '),
        ('million = "million"', 'million = "millions"'),
        ('short = "Jan Feb Mar Apr', 'short = "janv. févr. mars avr.'),
        ('and = "{most} and {last}"', 'and = "{most} et {last}"'),
        ('percent = "{number} %"', 'percent = "{number}\u00a0%"'),
    ):
        assert english in french
        french = french.replace(english, written)
    (second / "fr.toml").write_text(french)
    monkeypatch.setenv("EXPORTSIM_LANGUAGE", "fr")
    assert number(-1234567.25, 2) == "−1\u202f234\u202f567,25"
    assert short(1234.5) == "1\u202f234" and short(0.25) == "0,25"
    assert estimate(1234.5, 1200.0, 1269.0) == "1\u202f234 ±35" and percentage(0.998) == "99,8\u00a0%"
    assert money_of("EUR", [1.25e7]).full(125) == "EUR 12,5 millions"
    assert day(date(2021, 4, 12)) == "12 avril 2021" and short_day(date(2021, 2, 1)) == "1 févr. 2021"
    assert listed(["a", "b"]) == "a et b"


def test_what_a_language_lacks_is_said_in_english_and_a_language_that_is_not_there_is_refused(
    second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = (second / "en.toml").read_text()
    monkeypatch.setenv("EXPORTSIM_LANGUAGE", "de")
    with pytest.raises(ExportsimError, match="EXPORTSIM_LANGUAGE: found `de`, expected one of en"):
        text("dates.day")
    (second / "de.toml").write_text(english.replace("{day} {month} {year}", "{month}").replace("minus =", "plus ="))
    assert text("numbers.minus") == "−" and not language.has("numbers.none")
    assert differences("de") == [
        "numbers.minus: missing",
        "numbers.plus: unknown",
        "dates.day: found ['month'], expected ['day', 'month', 'year']",
    ]


def test_a_language_is_used_in_its_block_and_by_its_thread_alone(second: Path) -> None:
    english = (second / "en.toml").read_text()
    (second / "de.toml").write_text(english.replace('"{most} and {last}"', '"{most} und {last}"'))
    both, said = Barrier(2, timeout=60), dict[str, list[str]]()

    def tell(spoken: str | None) -> None:
        with language.use(spoken):
            both.wait()  # neither says anything before the other has chosen
            said[spoken or "none"] = [listed(["a", "b"]) for _ in range(100)]
            both.wait()

    with language.use("de"):
        assert listed(["a", "b"]) == "a und b" and language.in_use() == "de"
        with language.use(None), language.use("en"):
            assert listed(["a", "b"]) == "a and b"
        threads = [Thread(target=tell, args=[spoken]) for spoken in ("de", None)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert listed(["a", "b"]) == "a und b"
    assert listed(["a", "b"]) == "a and b"
    assert said == {"de": ["a und b"] * 100, "none": ["a and b"] * 100}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("de-AT", "language: found `de-AT`, did you mean `de`?"),
        ("DE", "language: found `DE`, did you mean `de`?"),
        ("es", "language: found `es`, expected one of de, en"),
        ("", "language: found ``, expected one of de, en"),
        ("../en", "language: found `../en`, expected one of de, en"),
    ],
)
def test_a_language_that_is_nearly_there_is_named(second: Path, asked: str, told: str) -> None:
    (second / "de.toml").write_text((second / "en.toml").read_text())
    with pytest.raises(ExportsimError) as error, language.use(asked):
        pass
    assert str(error.value) == told
