"""One run of the reference engine from beginning to end."""

from __future__ import annotations

from collections.abc import Sequence

from exportsim.chance import Chance
from exportsim.engine.arrivals import Arrivals
from exportsim.engine.extensions import Observer, Rule, names_with_rules, observing, start_rules
from exportsim.engine.policy import Authorities
from exportsim.engine.reference import OrderLife
from exportsim.engine.sittings import Sittings
from exportsim.engine.sourcing import Sourcing
from exportsim.engine.state import Run
from exportsim.ledger import Ledger
from exportsim.plan import Plan


def play(
    plan: Plan, policy: int, *, seed: int, future: int, observers: Sequence[Observer] = (), rules: Sequence[Rule] = ()
) -> Ledger:
    """Play a policy against a future; see :func:`exportsim.engine.simulate`."""
    plan = plan._replace(names=names_with_rules(plan.names, policy, rules))
    run = Run(plan, Chance(plan, seed, future), observing(plan, policy, observers))
    sourcing = Sourcing(run)
    lives = OrderLife(run, sourcing)
    arrivals = Arrivals(run, lives, plan.policies[policy])
    authorities = Authorities(run, lives, plan.policies[policy])
    for part in (arrivals, sourcing, authorities, Sittings(run)):
        part.start()
    start_rules(authorities, rules)
    run.env.run(until=plan.end)
    return Ledger.of(run.rows, names=plan.names, origin=plan.origin, policy=policy, seed=seed, future=future)
