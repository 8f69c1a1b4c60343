"""The tutorial of the live page: what it quotes is what the page says at its futures, step by step as it tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import exportsim as xs
from exportsim import language
from exportsim.live.messages import Forget, Keep, Life, Orders, Save, Set, SettingSaid
from exportsim.live.session import Live, Session
from exportsim.live.setting import Setting
from outputs import Block, blocks

ROOT = Path(__file__).parents[1]
FILE = "scenarios/canada-turkiye.yaml"
PAGE = (ROOT / "docs" / "tutorial-cabinet.md").read_text(encoding="utf-8")
FUTURES = 100  # at which its page rests
CERTAIN = " --certain"  # what the tutorial adds to a command that is copied, but to the first
CANCELLED, IN_FORCE = (f"policies.historical.measures.measure-{number}.on" for number in (6, 7))
LATER = "2022-04-12"
LOOKED_AT = ("unrestricted", "historical")
CARVED = ("historical", "nato-carve-out")
BY_INPUTS = re.compile(r" In 8 of 10 sets of the \d+ uncertain inputs it is [^.]+\.")

Pair = tuple[str, str]


class Official:
    """Whoever follows the tutorial: moves things, and remembers all that the page has said."""

    def __init__(self) -> None:
        self.scenario = xs.load(ROOT / FILE)
        self.told: list[dict[str, Any]] = []
        live = Live(self.scenario, FILE, futures=FUTURES, memory=1 << 28)
        live.frames = (FUTURES,)  # nobody looks at those before
        self.session = Session(live, lambda message: self.told.append(dict(message)))
        self.session.enter()

    def hear(self, message: Any) -> dict[str, Any]:
        """What the page answers to a message last."""
        self.session.hear(message)
        while self.session.need():
            self.session.step()
        assert not [each for each in self.told if each["kind"] == "faults"]
        return self.told[-1]

    def set(
        self, *overrides: Pair, policies: tuple[str, ...] = LOOKED_AT, reference: str = "unrestricted"
    ) -> dict[str, Any]:
        """The page under a setting; what is said of a policy does not depend on which others are played."""
        setting = said(*overrides, policies=policies, reference=reference)
        return self.hear(Set(kind="set", number=len(self.told), setting=setting))


def said(*overrides: Pair, policies: tuple[str, ...] = LOOKED_AT, reference: str = "unrestricted") -> SettingSaid:
    return SettingSaid(overrides=list(overrides), policies=list(policies), reference=reference)


def plain(text: str) -> str:
    """Text without its lines."""
    return " ".join(text.split())


def answers() -> Iterator[tuple[str, str]]:
    """The commands of the tutorial, each with what it shows of the answer."""
    command = ""
    for block in blocks(PAGE):
        if block.language == "console":
            (command,) = re.findall(r"^\$ (.*)$", block.text, re.MULTILINE)
        elif block.language == "text":
            yield command, block.text


ANSWERS = dict(answers())
QUOTED = [
    plain(re.sub("^>", "", quoted, flags=re.MULTILINE)) for quoted in re.findall(r"(?:^> ?.*\n)+", PAGE, re.MULTILINE)
]


@pytest.fixture(scope="module")
def official() -> Official:
    return Official()


@pytest.fixture(scope="module")
def scenes(official: Official) -> list[dict[str, Any]]:
    """What the page shows at each step of which the tutorial gives the command, and what else it has said by then."""
    trust = ("demand.tb2-sensors.trust.half_life", "10y")
    first = official.set()
    alone = official.set((CANCELLED, LATER))
    official.set((CANCELLED, "2020-04-12"))
    official.set()
    official.session.hear(Keep(kind="keep", setting=said()))
    both = official.set((CANCELLED, LATER), (IN_FORCE, LATER))
    official.session.hear(Forget(kind="forget"))
    official.set(reference="historical")
    carve_out = official.set(policies=CARVED, reference="historical")
    official.set()
    slower = official.set(trust)
    with language.use("fr"):
        french = official.set(policies=CARVED, reference="historical")
    return [first, alone, both, carve_out, slower, french]


def commands() -> list[str]:
    """The commands that the tutorial has from *Copy command*."""
    return [command for command in ANSWERS if command.startswith("exportsim run ")]


def test_the_commands_are_those_that_the_page_gives(official: Official, scenes: list[dict[str, Any]]) -> None:
    copied = []
    for scene in scenes:
        setting = Setting.from_json(scene["setting"], official.scenario)
        if setting.policies == LOOKED_AT:  # all are played on the page of the tutorial
            setting = replace(setting, policies=tuple(official.scenario.policies))
        copied.append(setting.command(FILE, FUTURES))
    typed = [command.removesuffix(CERTAIN).replace(" --language fr", "") for command in commands()]
    assert typed == copied
    assert [CERTAIN in command for command in commands()] == [False, *[True] * 5]


def test_what_the_commands_print_is_what_the_page_says(scenes: list[dict[str, Any]]) -> None:
    for command, scene in zip(commands(), scenes, strict=True):
        printed = BY_INPUTS.sub("", plain(ANSWERS[command]))
        *sentences, by_chance = scene["scene"]["sentences"]
        assert f" {plain(' '.join(sentences))} " in printed
        low, high = re.findall(r"[+−][\d,]+", by_chance)  # said in another sentence there
        assert re.search(rf"{re.escape(low)} \S+ {re.escape(high)} million", printed), by_chance


def test_an_account_that_is_shown_has_the_numbers_of_the_page(scenes: list[dict[str, Any]]) -> None:
    command, scene = commands()[3], scenes[3]
    lines = ANSWERS[command].splitlines()
    for row in scene["scene"]["account"]["rows"]:
        policy, exports, change, _, percent, *others = map(str, row)
        shown = " ".join([exports, percent or change, *others])
        assert any(line.startswith(policy[:20]) and plain(line).endswith(f" {shown}") for line in lines), row


def test_its_quotations_are_what_the_page_has_said_by_then(official: Official, scenes: list[dict[str, Any]]) -> None:
    (band,) = {title for mark in marks(scenes[0], "fates") if (title := mark["title"]) in QUOTED}
    official.set()
    flow = next(mark["flow"] for mark in marks(scenes[0], "fates") if mark["title"] == band)
    first, *_ = official.hear(Orders(kind="orders", number=1, flow=flow))["orders"]
    order = f"{first['title']} {first['order']}"
    pool = [plain(text) for answer in official.told if answer["kind"] == "scene" for text in texts(answer["scene"])]
    for quoted in QUOTED:
        assert quoted in (band, order) or any(text.endswith(quoted) for text in pool), quoted
    assert len(QUOTED) == 8 and order in QUOTED
    assert f"worth {first['value']}, in future {first['future']}" in plain(PAGE)
    trace = next(command for command in ANSWERS if command.startswith("exportsim trace "))
    assert f"--order {first['line']}/{first['order']} --future {first['future']}" in trace
    life = official.hear(Life(kind="life", number=2, future=first["future"], line=first["line"], order=first["order"]))[
        "life"
    ]
    lines = [part["text"] for part in life["told"] if part["kind"] == "line"]
    told = ANSWERS[trace].partition("\nUnder ")[0]
    # The page calls the order by the title of its line, the command by the name by which it is asked for.
    assert plain(" ".join(lines[1:4])) == plain(told.partition("\n")[2])


def marks(answer: dict[str, Any], figure: str) -> list[dict[str, Any]]:
    """What can be clicked of a figure."""
    (found,) = (each for each in answer["scene"]["figures"] if each["id"] == figure)
    return [mark["about"] for mark in found["marks"] if "flow" in mark.get("about", {})]


def texts(scene: dict[str, Any]) -> list[str]:
    return [scene["changed"], *scene["warnings"], *scene["sentences"]]


def test_the_file_that_it_shows_is_the_one_that_the_page_saves(official: Official) -> None:
    (saved,) = (block for block in blocks(PAGE) if block.title)
    official.set(("demand.tb2-sensors.trust.half_life", "10y"))
    assert saved == Block("yaml", "setting.yaml", official.hear(Save(kind="save", what="overlay"))["text"])


def test_amounts_in_its_text_are_those_of_its_answers() -> None:
    text = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    amounts = re.findall(r"(?<![\d.,])(\d[\d.,]*)(?: million|M\b)", text)
    known = plain(" ".join([*ANSWERS.values(), *QUOTED])) + " CAD 49.3M"
    assert len(amounts) >= 8
    for amount in amounts:
        assert re.search(rf"(?<![\d.,]){re.escape(amount)}(?![\d])", known), amount
