"""What a subscription that hears nothing takes, against a bare socket; each time on a fresh server.

Each subscriber is another person who listens to another conversation, so that nothing can be shared between them.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bench import queries
from bench.lab import Lab
from bench.load import asking
from bench.row import BARE, OURS, Bar, Contender, Row, Sample
from bench.rows.send import send_request
from bench.servers import Server
from bench.sockets import Audience
from bench.world import Client

FIRST = 100
"""Sockets that are open before, so that what is taken once is not counted."""
SUBSCRIPTIONS = 2_000
QUIET_SECONDS = 0.5


async def _listen(audience: Audience, name: str, server: Server, clients: Sequence[Client]) -> None:
    """Open a socket for each client, and wait until the server has done all that this takes."""
    if name == BARE:
        await audience.connect(server.port, [b""] * len(clients))
    else:
        variables = [{"id": client.node_id} for client in clients]
        await audience.subscribe(server.port, [client.token for client in clients], queries.FAN_OUT, variables)
    used = -1.0
    while server.cpu_seconds() - used > QUIET_SECONDS / 20:
        used = server.cpu_seconds()
        await asyncio.sleep(QUIET_SECONDS)


async def _all_hear(lab: Lab, audience: Audience, server: Server, clients: Sequence[Client]) -> None:
    """Make sure that these are subscribed."""
    audience.expect(len(clients))
    async with asking(server.port) as ask:
        for client in clients:
            await ask(send_request(lab, client))
    await audience.heard()


async def _taken(lab: Lab, name: str) -> float:
    """Bytes for each subscription."""
    first, rest = lab.world.clients[:FIRST], lab.world.clients[FIRST : FIRST + SUBSCRIPTIONS]
    async with lab.launch(name) as server:
        with Audience() as few, Audience() as many:
            await _listen(few, name, server, first)
            before = server.memory_bytes()
            await _listen(many, name, server, rest)
            taken = server.memory_bytes() - before
            if name != BARE:
                await _all_hear(lab, many, server, rest[::100])
    return taken / len(rest)


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """Every server, started for each round."""

    def holding(name: str) -> Contender:
        async def run() -> Sample:
            return Sample(await _taken(lab, name) / 1024)

        return Contender(name, run, lambda: 0.0)

    yield [holding(name) for name in (OURS, BARE, *(peer.name for peer in lab.peers))]


ROW = Row(
    "memory",
    f"memory of an idle subscription, of {SUBSCRIPTIONS:,}",
    "KiB",
    contenders,
    (Bar(BARE, at_most=1.5), Bar("Mercurius")),
    warms_up=False,
    more_is_better=False,
)
