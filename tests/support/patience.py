"""How long a test waits for what has to come."""

PATIENCE = 100.0
"""Seconds until it gives up: many times what it takes on a machine that has much else to do. A test fails earlier where
it can tell that nothing will come."""
