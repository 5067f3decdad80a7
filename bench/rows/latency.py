"""From a send to its delivery, at a light and fixed rate."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from bench.lab import Lab
from bench.load import Ask, asking
from bench.row import BARE, Bar, Contender, Row, Sample
from bench.rows.fan_out import audience_of, broadcast_request
from bench.rows.send import bare_send_request, send_request
from bench.sockets import Audience, Subscriber

SUBSCRIBERS = 100
A_SECOND = 20
BROADCAST = "bare broadcast"


async def _latencies(audience: Audience, ask: Ask, request: Callable[[], bytes], messages: int) -> list[float]:
    """Seconds from the start of each send, or from when it was due if the last one held it up, to its deliveries."""
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
        await ask(request())
    await audience.heard()
    audience.on_frame = lambda _: None
    return latencies


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """GraphQL servers; the bare handler's send, told to all sockets; and its broadcast, which writes nothing down."""

    def delivering(name: str, ask: Ask, audience: Audience, request: Callable[[], bytes]) -> Contender:
        async def run() -> Sample:
            messages = round(max(2.0, lab.options.seconds) * A_SECOND)
            latencies = await _latencies(audience, ask, request, messages)
            p99 = statistics.quantiles(latencies, n=100)[98]
            return Sample(p99 * 1000, extra={"p50": statistics.median(latencies) * 1000})

        return Contender(name, run, lambda: 0.0)

    async with AsyncExitStack() as stack:
        found = []
        for name, server in lab.graphql_servers.items():
            ask, speaker = await stack.enter_async_context(asking(server.port)), lab.speaker(name)
            audience = await audience_of(stack, lab, ask, server.port, speaker, SUBSCRIBERS)
            found.append(delivering(name, ask, audience, partial(send_request, lab, speaker)))
        port, listeners = lab.servers[BARE].port, stack.enter_context(Audience())
        await listeners.connect(port, [b""] * SUBSCRIBERS)
        ask = await stack.enter_async_context(asking(port))
        yield [
            *found,
            delivering(BARE, ask, listeners, partial(bare_send_request, lab.speaker(BARE))),
            delivering(BROADCAST, ask, listeners, broadcast_request),
        ]


ROW = Row(
    "latency",
    f"send to delivery, p99 of {A_SECOND} a second to {SUBSCRIBERS}",
    "ms",
    contenders,
    (Bar(BARE, at_most=2), Bar(BROADCAST, at_most=2), Bar("Mercurius")),
    more_is_better=False,
)
