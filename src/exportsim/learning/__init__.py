"""From an event log to a draft scenario: what was recorded of an office, said as numbers of the model."""
