"""From a send to its delivery, at a light and fixed rate."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from bench.lab import Lab
from bench.row import BARE, Bar, Contender, Row, Sample
from bench.rows.deliveries import Delivery, deliveries
from bench.rows.send import bare_send_request
from bench.sockets import Subscriber

SUBSCRIBERS = 100
A_SECOND = 20
BROADCAST = "bare broadcast"


async def _latencies(delivery: Delivery, messages: int) -> list[float]:
    """Seconds from the start of each send, or from when it was due if the last one held it up, to its deliveries."""
    audience = delivery.audience
    sent: list[float] = []
    latencies: list[float] = []
    heard_before = {id(subscriber): subscriber.frames for subscriber in audience.subscribers}

    def note(subscriber: Subscriber) -> None:
        number = subscriber.frames - heard_before[id(subscriber)] - 1
        latencies.append(time.perf_counter() - sent[number])

    audience.on_frame = note
    audience.expect(SUBSCRIBERS * messages)
    started = time.perf_counter()
    for number in range(messages):
        due = started + number / A_SECOND
        wait = due - time.perf_counter()
        await asyncio.sleep(wait)
        sent.append(due if wait < 0 else time.perf_counter())
        await delivery.send()
    await audience.heard()
    audience.on_frame = lambda _: None
    return latencies


def _contender(lab: Lab, delivery: Delivery) -> Contender:
    async def run() -> Sample:
        messages = round(max(2.0, lab.options.seconds) * A_SECOND)
        latencies = await _latencies(delivery, messages)
        p99 = statistics.quantiles(latencies, n=100)[98]
        return Sample(p99 * 1000, extra={"p50": statistics.median(latencies) * 1000})

    return Contender(delivery.name, run, lambda: 0.0)


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """GraphQL servers; the bare handler's send, told to all sockets; and its broadcast, which writes nothing down."""
    async with deliveries(lab, SUBSCRIBERS) as (*of_graphql, broadcast):
        send = replace(broadcast, request=partial(bare_send_request, lab.speaker(BARE)))
        found = (*of_graphql, send, replace(broadcast, name=BROADCAST))
        yield [_contender(lab, delivery) for delivery in found]


ROW = Row(
    "latency",
    f"send to delivery, p99 of {A_SECOND} a second to {SUBSCRIBERS}",
    "ms",
    contenders,
    (Bar(BARE, at_most=2), Bar(BROADCAST, at_most=2), Bar("Mercurius")),
    more_is_better=False,
)
