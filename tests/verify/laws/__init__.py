"""What theory, or another simulator, knows of small worlds."""

from laws import another, coverage, draws, flows, numbers, priorities, queues

LAWS = (*queues.LAWS, *priorities.LAWS, *numbers.LAWS, *flows.LAWS, *coverage.LAWS, *draws.LAWS, *another.LAWS)
