"""Studies: what is asked of a scenario and what comes of it."""
