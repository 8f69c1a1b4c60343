"""What theory, or another simulator, knows of small worlds."""

from laws import another, coverage, draws, flows, numbers, queues

LAWS = (*queues.LAWS, *numbers.LAWS, *flows.LAWS, *coverage.LAWS, *draws.LAWS, *another.LAWS)
