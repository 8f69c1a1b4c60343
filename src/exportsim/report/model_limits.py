"""What the model leaves out, said once: the documentation and every report quote it from here."""

from __future__ import annotations

#: What is left out, and what that means, topic by topic.
OMISSIONS: tuple[tuple[str, str], ...] = (
    (
        "Prices and budgets",
        "Prices are given and relative; nobody pays more for scarcity, no buyer runs out of money, and an order's "
        "value does not depend on who supplies it.",
    ),
    (
        "Strategy",
        "Buyers trust less and wait less; they do not order ahead of an expected stop, split orders, or bargain. "
        "Suppliers do not move production abroad or lobby. Authorities follow the scenario.",
    ),
    (
        "Demand",
        "Orders come whatever was delivered before: a drone that was never fitted with a sensor does not cancel the "
        "order of the next one.",
    ),
    (
        "Permits",
        "One permit an order and attempt. Permits for several orders, amendments and partial returns are not told "
        "apart.",
    ),
    (
        "Review",
        "Officers are alike within a stage; nothing overtakes in a queue; priorities by destination or value are to be "
        "written as separate authorities.",
    ),
    (
        "Diversion",
        "Incidents and their evidence are drawn; what happens with the goods after delivery is not followed.",
    ),
    (
        "Others",
        "No third country's authority reacts to what the first one does, unless the scenario says so with measures.",
    ),
)

CONSEQUENCE = (
    "Each could change an answer. A longer memory of buyers, or ordering ahead, would make a restriction's effect "
    "earlier and its end less of a return; prices would move some of the loss from value to spend."
)
