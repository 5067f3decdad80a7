"""Who delivers what to whom, for the rows that measure deliveries: each server with an audience of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import orjson

from bench import queries
from bench.lab import Lab
from bench.load import Ask, asking, post
from bench.row import BARE
from bench.rows.send import send_request
from bench.servers import Server
from bench.sockets import Audience

BROADCAST = {"id": "1", "type": "next", "payload": {"data": {"messageAdded": "x" * 260}}}
"""A text as large as the frames of the others."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An audience that hears each answered request once; `name` is the contender's."""

    name: str
    audience: Audience
    ask: Ask
    request: Callable[[], bytes]

    async def send(self) -> None:
        """Have one message delivered; the audience may hear it later."""
        await self.ask(self.request())


@asynccontextmanager
async def deliveries(lab: Lab, subscribers: int) -> AsyncIterator[list[Delivery]]:
    """Of each GraphQL server, what its speaker sends; last, the bare handler's broadcast, which is not written down.

    Each has so many subscribers; a speaker's are the speaker's own, on so many devices.
    """
    async with AsyncExitStack() as stack:
        found = []
        for name, server in lab.graphql_servers.items():
            found.append(await _speaking(stack, lab, name, server, subscribers))
        yield [*found, await _broadcasting(stack, lab.servers[BARE], subscribers)]


async def _speaking(stack: AsyncExitStack, lab: Lab, name: str, server: Server, subscribers: int) -> Delivery:
    ask, speaker = await stack.enter_async_context(asking(server.port)), lab.speaker(name)
    audience, request = stack.enter_context(Audience()), partial(send_request, lab, speaker)
    seq = orjson.loads(await ask(request()))["data"]["sendMessage"]["message"]["seq"]
    variables = {"id": speaker.node_id, "after": seq}
    await audience.subscribe(server.port, [speaker.token] * subscribers, queries.FAN_OUT, [variables] * subscribers)
    return Delivery(name, audience, ask, request)


async def _broadcasting(stack: AsyncExitStack, server: Server, subscribers: int) -> Delivery:
    audience = stack.enter_context(Audience())
    await audience.connect(server.port, [b""] * subscribers)
    ask = await stack.enter_async_context(asking(server.port))
    return Delivery(BARE, audience, ask, lambda: post("/broadcast", orjson.dumps(BROADCAST)))
