"""What an act says of the terms that measures set: the chance of approval, validity, take-up, work and priority."""

from __future__ import annotations

from typing import Any

from exportsim.scenario.schema import Act

DENIAL = "denial"
"""The chance of approval where all is denied: one that is given together with `deny`, or since."""


WORK_AT = "work at "
"""Before the name of a stage: what officers' time is multiplied with there."""


def stated(act: Act, key: str) -> Any:
    """What an act says of a term, None if nothing."""
    if key == DENIAL:
        denies = "standard" if act.applications == "deny" else None
        return denies if act.approval is None else act.approval
    if key == "take_up" and act.applications == "exempt" and act.take_up is None:
        return "standard"
    if key.startswith(WORK_AT):
        return act.work.get(key.removeprefix(WORK_AT)) if isinstance(act.work, dict) else act.work
    return getattr(act, key)
