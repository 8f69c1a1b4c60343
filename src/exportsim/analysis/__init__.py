"""What ledgers mean: every figure that exportsim reports is computed here, from ledgers alone. Nothing runs here."""
