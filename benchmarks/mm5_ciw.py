"""M/M/5 in Ciw, as its documentation has it: a network of one node. Ciw records every visit whether one asks or not."""

from __future__ import annotations

import ciw  # type: ignore[import-untyped]


def simulate(applications: int, gap: float, work: float, officers: int, seed: int) -> list[tuple[float, float, float]]:
    """When each application was applied for, and when its review started and ended."""
    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=1 / gap)],
        service_distributions=[ciw.dists.Exponential(rate=1 / work)],
        number_of_servers=[officers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(applications)
    return [
        (record.arrival_date, record.service_start_date, record.service_end_date)
        for record in simulation.get_all_records()
    ]
