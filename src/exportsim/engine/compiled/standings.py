"""Where an order of the compiled engine stands, and what comes of a step."""

# `Order.standing`.
ENDED, UNSERVED, QUEUED, AT_WORK, AT_GATE, WAITS_FOR_SLOT, IN_PRODUCTION, ALL_PRODUCED, UNFILED = range(9)
# What comes of a step: it waits for time, it goes on to production, its application was denied.
WAITS, GOES_ON, IS_DENIED = range(3)
