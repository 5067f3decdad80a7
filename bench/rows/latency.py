"""From a send to its delivery, at a light and fixed rate."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import orjson

from bench.lab import Lab
from bench.load import ask, post
from bench.row import BARE, Bar, Contender, Row, Sample
from bench.rows.fan_out import audience_of
from bench.rows.send import bare_send_request, send_request
from bench.sockets import Audience, Subscriber

SUBSCRIBERS = 100
A_SECOND = 20
BROADCAST = "bare broadcast"


async def _latencies(audience: Audience, port: int, request: Callable[[], bytes], messages: int) -> list[float]:
    """Seconds from the start of each send to each of its deliveries."""
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
        await asyncio.sleep(started + number / A_SECOND - time.perf_counter())
        sent.append(time.perf_counter())
        await ask(port, request())
    await audience.heard()
    audience.on_frame = lambda _: None
    return latencies


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """GraphQL servers; the bare handler's send, told to all sockets; and its broadcast, which writes nothing down."""
    bare = lab.servers[BARE]
    text = orjson.dumps({"id": "1", "type": "next", "payload": {"data": {"messageAdded": "x" * 260}}})
    audiences: list[Audience] = []

    def delivering(name: str, port: int, audience: Audience, request: Callable[[], bytes]) -> Contender:
        audiences.append(audience)

        async def run() -> Sample:
            messages = round(max(2.0, lab.options.seconds) * A_SECOND)
            latencies = await _latencies(audience, port, request, messages)
            p99 = statistics.quantiles(latencies, n=100)[98]
            return Sample(p99 * 1000, extra={"p50": statistics.median(latencies) * 1000})

        return Contender(name, run, lambda: 0.0)

    found = []
    for name, server in lab.graphql_servers.items():
        speaker = lab.speaker(name)
        audience = await audience_of(lab, server.port, speaker, SUBSCRIBERS)
        found.append(delivering(name, server.port, audience, partial(send_request, lab, speaker)))
    listeners = Audience()
    await listeners.connect(bare.port, [b""] * SUBSCRIBERS)
    found += [
        delivering(BARE, bare.port, listeners, partial(bare_send_request, lab.speaker(BARE))),
        delivering(BROADCAST, bare.port, listeners, lambda: post("/broadcast", text)),
    ]
    yield found
    for audience in audiences:
        audience.close()


ROW = Row(
    "latency",
    f"send to delivery, p99 of {A_SECOND} a second to {SUBSCRIBERS}",
    "ms",
    contenders,
    (Bar(BARE, at_most=2), Bar(BROADCAST), Bar("Mercurius")),
    more_is_better=False,
)
