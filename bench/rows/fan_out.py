"""One conversation's new messages, delivered to a thousand subscribers."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.lab import Lab
from bench.row import BARE, Bar, Contender, Row, Sample
from bench.rows.deliveries import Delivery, deliveries

SUBSCRIBERS = 1_000
MESSAGES = 5


def _contender(lab: Lab, delivery: Delivery) -> Contender:
    async def run() -> Sample:
        started, delivered = time.perf_counter(), 0
        while time.perf_counter() - started < lab.options.seconds:
            delivery.audience.expect(SUBSCRIBERS * MESSAGES)
            for _ in range(MESSAGES):
                await delivery.send()
            await delivery.audience.heard()
            delivered += SUBSCRIBERS * MESSAGES
        return Sample(delivered / (time.perf_counter() - started), delivered)

    return Contender(delivery.name, run, lab.servers[delivery.name].cpu_seconds)


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """GraphQL servers deliver what is sent; the bare handler sends a text of the same size to all its sockets."""
    async with deliveries(lab, SUBSCRIBERS) as found:
        yield [_contender(lab, delivery) for delivery in found]


ROW = Row(
    "fanout",
    f"fan-out to {SUBSCRIBERS:,} subscribers",
    "deliveries/s",
    contenders,
    (Bar(BARE, at_least=0.7), Bar("Mercurius", at_least=5)),
)
