"""What a subscription that hears nothing takes, against a bare socket; each time on a fresh server.

Each subscriber is another person who listens to another conversation, so that nothing can be shared between them. They
come a few at a time: what many who come at once need for a moment is not what a subscription takes.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager

from bench import queries
from bench.lab import Lab
from bench.row import BARE, OURS, Bar, Contender, Row, Sample
from bench.servers import Server
from bench.sockets import Audience
from bench.world import Client

FIRST = 100
"""Sockets that are open before, so that what is taken once is not counted."""
SUBSCRIPTIONS = 2_000
AT_ONCE = 50
QUIET_SECONDS = 0.5


async def _listen(stack: ExitStack, name: str, server: Server, clients: Sequence[Client]) -> None:
    """Open a socket for each client, and wait until the server has done all that this takes."""
    audiences: list[Audience] = []
    for start in range(0, len(clients), AT_ONCE):
        audience, few = stack.enter_context(Audience()), clients[start : start + AT_ONCE]
        if name == BARE:
            await audience.connect(server.port, [b""] * len(few))
        else:
            variables = [{"id": client.node_id} for client in few]
            await audience.subscribe(server.port, [client.token for client in few], queries.FAN_OUT, variables)
        audiences.append(audience)
    await _quiet(server)
    frames = sum(subscriber.frames for audience in audiences for subscriber in audience.subscribers)
    if frames != (0 if name == BARE else 2 * len(clients)):  # the ack and the pong
        raise RuntimeError(f"{len(clients)} subscribers heard {frames} frames: not all are subscribed")


async def _quiet(server: Server) -> None:
    """Wait until the server does next to nothing."""
    used = -1.0
    while server.cpu_seconds() - used > QUIET_SECONDS / 20:
        used = server.cpu_seconds()
        await asyncio.sleep(QUIET_SECONDS)


async def _taken(lab: Lab, name: str) -> float:
    """Bytes for each subscription."""
    first, rest = lab.world.clients[:FIRST], lab.world.clients[FIRST : FIRST + SUBSCRIPTIONS]
    async with lab.launch(name) as server:
        with ExitStack() as stack:
            await _listen(stack, name, server, first)
            before = server.memory_bytes()
            await _listen(stack, name, server, rest)
            return (server.memory_bytes() - before) / len(rest)


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
