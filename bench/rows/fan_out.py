"""One conversation's new messages, delivered to a thousand subscribers."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import orjson

from bench import queries
from bench.lab import Lab
from bench.load import Ask, asking, post
from bench.row import BARE, Bar, Contender, Row, Sample
from bench.rows.send import send_request
from bench.sockets import Audience
from bench.world import Client

SUBSCRIBERS = 1_000
MESSAGES = 5

BROADCAST = {"id": "1", "type": "next", "payload": {"data": {"messageAdded": "x" * 260}}}
"""A text as large as the frames of the others."""


def broadcast_request() -> bytes:
    """For a bare handler: a text for all its sockets."""
    return post("/broadcast", orjson.dumps(BROADCAST))


async def audience_of(stack: AsyncExitStack, lab: Lab, ask: Ask, port: int, speaker: Client, size: int) -> Audience:
    """Subscribers to the speaker's conversation, the speaker on so many devices."""
    audience = stack.enter_context(Audience())
    answer = orjson.loads(await ask(send_request(lab, speaker)))
    seq = answer["data"]["sendMessage"]["message"]["seq"]
    variables = {"id": speaker.node_id, "after": seq}
    await audience.subscribe(port, [speaker.token] * size, queries.FAN_OUT, [variables] * size)
    return audience


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """GraphQL servers deliver what is sent; the bare handler sends a text of the same size to all its sockets."""

    def delivering(name: str, ask: Ask, audience: Audience, request: Callable[[], bytes]) -> Contender:
        async def run() -> Sample:
            started, deliveries = time.perf_counter(), 0
            while time.perf_counter() - started < lab.options.seconds:
                audience.expect(SUBSCRIBERS * MESSAGES)
                for _ in range(MESSAGES):
                    await ask(request())
                await audience.heard()
                deliveries += SUBSCRIBERS * MESSAGES
            return Sample(deliveries / (time.perf_counter() - started), deliveries)

        return Contender(name, run, lab.servers[name].cpu_seconds)

    async with AsyncExitStack() as stack:
        found = []
        for name, server in lab.graphql_servers.items():
            ask, speaker = await stack.enter_async_context(asking(server.port)), lab.speaker(name)
            audience = await audience_of(stack, lab, ask, server.port, speaker, SUBSCRIBERS)
            found.append(delivering(name, ask, audience, partial(send_request, lab, speaker)))
        port, listeners = lab.servers[BARE].port, stack.enter_context(Audience())
        await listeners.connect(port, [b""] * SUBSCRIBERS)
        ask = await stack.enter_async_context(asking(port))
        yield [*found, delivering(BARE, ask, listeners, broadcast_request)]


ROW = Row(
    "fanout",
    f"fan-out to {SUBSCRIBERS:,} subscribers",
    "deliveries/s",
    contenders,
    (Bar(BARE, at_least=0.7), Bar("Mercurius", at_least=5)),
)
