"""One conversation's new messages, delivered to a thousand subscribers."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import orjson

from bench import queries
from bench.lab import Lab
from bench.load import ask, post
from bench.row import BARE, Bar, Contender, Row, Sample
from bench.rows.send import send_request
from bench.sockets import Audience
from bench.world import Client

SUBSCRIBERS = 1_000
MESSAGES = 5


async def send_one(lab: Lab, port: int, by: Client) -> int:
    """Have somebody say something; its seq."""
    answer = await ask(port, send_request(lab, by))
    return int(orjson.loads(answer)["data"]["sendMessage"]["message"]["seq"])


async def audience_of(lab: Lab, port: int, speaker: Client, size: int) -> Audience:
    """Subscribers to the speaker's conversation, the speaker on so many devices."""
    audience = Audience()
    variables = {"id": speaker.node_id, "after": await send_one(lab, port, speaker)}
    await audience.subscribe(port, [speaker.token] * size, queries.FAN_OUT, variables)
    return audience


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """GraphQL servers deliver what is sent; the bare handler sends a text of the same size to all its sockets."""
    text = orjson.dumps({"id": "1", "type": "next", "payload": {"data": {"messageAdded": "x" * 260}}})
    audiences: list[Audience] = []

    def delivering(name: str, audience: Audience, request: Callable[[], bytes]) -> Contender:
        server = lab.servers[name]
        audiences.append(audience)

        async def run() -> Sample:
            started, deliveries = time.perf_counter(), 0
            while time.perf_counter() - started < lab.options.seconds:
                audience.expect(SUBSCRIBERS * MESSAGES)
                for _ in range(MESSAGES):
                    await ask(server.port, request())
                await audience.heard()
                deliveries += SUBSCRIBERS * MESSAGES
            return Sample(deliveries / (time.perf_counter() - started), deliveries)

        return Contender(name, run, server.cpu_seconds)

    found = []
    for name, server in lab.graphql_servers.items():
        speaker = lab.speaker(name)
        audience = await audience_of(lab, server.port, speaker, SUBSCRIBERS)
        found.append(delivering(name, audience, partial(send_request, lab, speaker)))
    listeners = Audience()
    await listeners.connect(lab.servers[BARE].port, [b""] * SUBSCRIBERS)
    yield [*found, delivering(BARE, listeners, lambda: post("/broadcast", text))]
    for audience in audiences:
        audience.close()


ROW = Row(
    "fanout",
    f"fan-out to {SUBSCRIBERS:,} subscribers",
    "deliveries/s",
    contenders,
    (Bar(BARE, at_least=0.7), Bar("Mercurius", at_least=5)),
)
