from __future__ import annotations

from pathlib import Path

from exportsim.scenario.draft import Draft
from exportsim.scenario.messages import Complaint

MAX_ORDERS = 2_000_000


def problems(draft: Draft, folder: Path, max_orders: int) -> tuple[list[Complaint], list[Complaint]]:
    return [], []
