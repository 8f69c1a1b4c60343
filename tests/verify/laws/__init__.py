"""What theory, or another simulator, knows of small worlds."""

from laws import (
    another,
    another_queues,
    coverage,
    draws,
    flows,
    numbers,
    priorities,
    queues,
    shares,
    stages,
    standards,
)

MODULES = (
    queues, priorities, numbers, flows, stages, shares, standards, coverage, draws, another, another_queues,
)  # fmt: skip
LAWS = tuple(law for module in MODULES for law in module.LAWS)
