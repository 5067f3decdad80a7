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

BROADCAST = "bare broadcast"


async def _latencies(delivery: Delivery, messages: int, a_second: int) -> list[float]:
    """Seconds from the start of each send, or from when it was due if the last one held it up, to its deliveries."""
    audience = delivery.audience
    sent: list[float] = []
    latencies: list[float] = []
    heard_before = {id(subscriber): subscriber.frames for subscriber in audience.subscribers}

    def note(subscriber: Subscriber) -> None:
        number = subscriber.frames - heard_before[id(subscriber)] - 1
        latencies.append(time.perf_counter() - sent[number])

    audience.on_frame = note
    audience.expect(len(audience.subscribers) * messages)
    started = time.perf_counter()
    for number in range(messages):
        due = started + number / a_second
        wait = due - time.perf_counter()
        await asyncio.sleep(wait)
        sent.append(due if wait < 0 else time.perf_counter())
        await delivery.send()
    await audience.heard()
    audience.on_frame = lambda _: None
    return latencies


def _contender(lab: Lab, delivery: Delivery, a_second: int) -> Contender:
    async def run() -> Sample:
        messages = round(max(2.0, lab.options.seconds) * a_second)
        latencies = await _latencies(delivery, messages, a_second)
        p99 = statistics.quantiles(latencies, n=100)[98]
        return Sample(p99 * 1000, extra={"p50": statistics.median(latencies) * 1000})

    return Contender(delivery.name, run, lambda: 0.0)


@asynccontextmanager
async def contenders(lab: Lab, subscribers: int, a_second: int) -> AsyncIterator[list[Contender]]:
    """GraphQL servers; the bare handler's send, told to all sockets; and its broadcast, which writes nothing down."""
    async with deliveries(lab, subscribers) as (*of_graphql, broadcast):
        send = replace(broadcast, request=partial(bare_send_request, lab.speaker(BARE)))
        found = (*of_graphql, send, replace(broadcast, name=BROADCAST))
        yield [_contender(lab, delivery, a_second) for delivery in found]


def _row(name: str, subscribers: int, a_second: int) -> Row:
    return Row(
        name,
        f"send to delivery, p99 of {a_second} a second to {subscribers:,}",
        "ms",
        partial(contenders, subscribers=subscribers, a_second=a_second),
        (Bar(BARE, at_most=2), Bar(BROADCAST, at_most=2), Bar("Mercurius")),
        more_is_better=False,
    )


ROWS = _row("latency", subscribers=1_000, a_second=10), _row("latency-of-few", subscribers=100, a_second=20)
