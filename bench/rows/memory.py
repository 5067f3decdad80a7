"""What a subscription that hears nothing takes, against a bare socket; each time on a fresh server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.lab import Lab
from bench.row import BARE, OURS, Bar, Contender, Row, Sample
from bench.rows.fan_out import audience_of
from bench.sockets import Audience

SUBSCRIPTIONS = 2_000
FIRST = 100
"""Sockets that are open before, so that what is taken once is not counted."""


async def _listeners(lab: Lab, name: str, port: int, size: int) -> Audience:
    """All for one conversation where a bare socket is all there is to compare with; each of their own otherwise."""
    if name == BARE:
        audience = Audience()
        await audience.connect(port, [b""] * size)
        return audience
    return await audience_of(lab, port, lab.speaker(name), size)


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """Every server, started for each round."""

    def holding(name: str) -> Contender:
        async def run() -> Sample:
            async with lab.launch(name) as server:
                first = await _listeners(lab, name, server.port, FIRST)
                before = server.memory_bytes()
                rest = await _listeners(lab, name, server.port, SUBSCRIPTIONS)
                taken = server.memory_bytes() - before
                first.close()
                rest.close()
            return Sample(taken / SUBSCRIPTIONS / 1024)

        return Contender(name, run, lambda: 0.0)

    yield [holding(name) for name in (OURS, BARE, *(peer.name for peer in lab.peers))]


ROW = Row(
    "memory",
    f"memory of an idle subscription, of {SUBSCRIPTIONS:,}",
    "KiB",
    contenders,
    (Bar(BARE, at_most=1.5), *(Bar(name) for name in ("Mercurius",))),
    warms_up=False,
    more_is_better=False,
)
