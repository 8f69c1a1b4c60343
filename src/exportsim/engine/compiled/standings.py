"""Where an order of the compiled engine stands, and what comes of a step."""

# `Order.standing`. An order that is produced without a permit, while it is renewed, is queued, at work, sent back or
# at the gate.
ENDED, UNSERVED, QUEUED, AT_WORK, AT_GATE, PERMITTED, UNFILED, SENT_BACK, ON_RECORD = range(9)
# `Order.production`, which goes on while a permit is renewed.
NOT_BEGUN, NOT_CALLED_OFF, WAITS_FOR_SLOT, IN_PRODUCTION, ALL_PRODUCED = range(5)
# What comes of a step: it waits for time, it goes on to production, its application was denied,
# or recorded as withdrawn.
WAITS, GOES_ON, IS_DENIED, IS_WITHDRAWN = range(4)
