"""Ledgers and outcomes of the shipped scenarios are what they were, to the bit: who moves one, means to.

Where a change is meant, ``python tests/test_kept_results.py`` writes ``kept_results.json`` anew.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import exportsim as xs

KEPT = Path(__file__).with_name("kept_results.json")
SCENARIOS = Path(__file__).parents[1] / "scenarios"
FUTURES = 2


def digests(name: str) -> dict[str, str]:
    """By policy, of its ledgers; and of the outcomes of all."""
    result = xs.run(SCENARIOS / f"{name}.yaml", futures=FUTURES, keep_ledgers=True)
    digests = {"outcomes": sha256(result.values.astype("<f8").tobytes()).hexdigest()}
    for policy in result.policies:
        plays = (np.array(result.ledgers[policy, future].rows(), dtype="<i8") for future in range(FUTURES))
        digests[policy] = sha256(b"".join(play.tobytes() for play in plays)).hexdigest()
    return digests


@pytest.mark.parametrize("name", sorted(path.stem for path in SCENARIOS.glob("*.yaml")))
def test_ledgers_and_outcomes_of_a_shipped_scenario_are_what_they_were(name: str) -> None:
    assert digests(name) == json.loads(KEPT.read_text(encoding="utf-8"))[name]


if __name__ == "__main__":
    kept = {path.stem: digests(path.stem) for path in sorted(SCENARIOS.glob("*.yaml"))}
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
