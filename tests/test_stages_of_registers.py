"""What it is worth that a register names stages: an office is played, and its open cases forecast."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exportsim as xs
from exportsim.compile import compile_plan
from exportsim.engine import simulate
from exportsim.lifecycle import Fact
from exportsim.scenario import build
from exportsim.study.prediction.scoring import crps
from worlds import one_office

DAY = 1440
START, AS_OF = datetime(2020, 1, 1), date(2021, 1, 1)
OPEN_ON = (AS_OF - START.date()).days * DAY
REVIEW = [
    {"stage": "intake", "officers": 2, "work": "3bd"},
    {"stage": "desk", "officers": 13, "work": {"lognormal": {"median": "15bd", "p90": "40bd"}}},
    {"stage": "signature", "officers": 2, "work": {"exponential": {"mean": "4bd"}}},
]
SAYS: dict[str, dict[str, str]] = {"nothing": {}, "stage": {"stage": "stage"}}
SAYS["since"] = SAYS["stage"] | {"stage_since": "since"}


def office(folder: Path, orders: Any) -> xs.Scenario:
    world = one_office(
        period={"start": START.date(), "end": date(2022, 12, 31)},
        authorities__office={"country": "CA", "review": REVIEW},
        suppliers__maker={"country": "CA", "authority": "office", "slots": 500, "lead_time": "10d"},
        demand__x__orders=orders,
        policies={"free": {"measures": []}},
    )
    return build(world, folder=folder)


def register(folder: Path, ledger: xs.Ledger) -> dict[str, int]:
    """Write what the office would have recorded by a day, and return when what is open then was decided."""
    came, stands, decided = dict[int, int](), dict[int, tuple[int, int]](), dict[int, int]()
    for minute, fact, _, order, _, _, detail, _ in ledger.rows():
        if fact == Fact.APPLIED and minute < OPEN_ON:
            came[order], stands[order] = minute, (0, minute)
        elif fact == Fact.REVIEW_ENDED and minute < OPEN_ON:
            stands[order] = detail + 1, minute
        elif fact == Fact.APPROVED:
            decided[order] = minute
    rows = ["date,decided,id,stage,since"]
    for order, minute in came.items():
        if decided.get(order, OPEN_ON) < OPEN_ON:
            rows.append(f"{when(minute)},{when(decided[order])},{order},,")
        else:
            stage, since = stands[order]
            rows.append(f"{when(minute)},,{order},{REVIEW[stage]['stage']},{when(since)}")
    (folder / "log.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return {f"x/{order}": minute for order, minute in decided.items() if order in came and minute >= OPEN_ON}


def when(minute: int) -> str:
    return (START + timedelta(minutes=minute)).isoformat(timespec="minutes")


def measured(folder: Path, futures: int) -> dict[str, list[tuple[float, float, float]]]:
    """By what a register says, of each open case how far its median was off, its percentile, and its CRPS, in days."""
    plan, found = compile_plan(office(folder, "130/y")), {says: list[tuple[float, float, float]]() for says in SAYS}
    columns = {"register": "log.csv", "date": "date", "decided": "decided", "id": "id", "as_of": str(AS_OF)}
    for future in range(futures):
        decided = register(folder, simulate(plan, 0, seed=7, future=future))
        for says, more in SAYS.items():
            backlog = xs.backlog(office(folder, columns | more), futures=60, seed=3)
            assert {case.name for case in backlog.cases} == set(decided)
            for place, case in enumerate(backlog.cases):
                days = np.sort((backlog.ends[0, :, place] - OPEN_ON) / DAY)
                came = (decided[case.name] - OPEN_ON) / DAY
                off = abs(float(np.median(days)) - came)
                found[says].append((off, float((days < came).mean()), crps(days, came)))
    return found


def test_who_knows_the_stages_forecasts_better(tmp_path: Path) -> None:
    off, _, paid = zip(*(np.mean(each, axis=0) for each in measured(tmp_path, 3).values()), strict=True)
    assert off[1] < off[0] / 1.5 and paid[1] < paid[0] / 1.5
    assert paid[2] < paid[1]


@pytest.mark.long
def test_what_the_page_says_of_it(tmp_path: Path) -> None:
    found = measured(tmp_path, 25)
    assert {len(each) for each in found.values()} == {528}
    assert [round(np.mean([off for off, _, _ in each])) for each in found.values()] == [30, 16, 15]
    inside = [np.mean([0.1 < percentile < 0.9 for _, percentile, _ in each]) for each in found.values()]
    assert [round(100 * share) for share in inside] == [27, 62, 73]
