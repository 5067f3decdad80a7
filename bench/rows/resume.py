"""Two thousand clients whose sockets were cut come back at once, each with a cursor, and get what they missed."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson

from bench import queries
from bench.lab import Lab
from bench.load import asking, send_all
from bench.row import BARE, OURS, Bar, Contender, Row, Sample
from bench.rows.send import send_request
from bench.sockets import Audience, subscribe_frame, text_frame
from bench.world import Client

CLIENTS = 2_000


@dataclass
class Stopwatch:
    """Seconds and statements."""

    seconds: float
    statements: int

    def sample(self) -> Sample:
        """Both."""
        return Sample(self.seconds, extra={"statements": self.statements})


@asynccontextmanager
async def _stopwatch(lab: Lab) -> AsyncIterator[Stopwatch]:
    """What passes while it is open."""
    said = await lab.statements.so_far()
    stopwatch = Stopwatch(-time.perf_counter(), -said)
    yield stopwatch
    stopwatch.seconds += time.perf_counter()
    stopwatch.statements += await lab.statements.so_far()


def _clients(lab: Lab) -> Sequence[Client]:
    return lab.world.clients[:CLIENTS]


async def _miss(lab: Lab) -> None:
    """Let each client miss a message."""
    requests = [send_request(lab, client) for client in _clients(lab)]
    await send_all(lab.servers[OURS].port, requests, b'"wasReplay":false')


async def _resume(lab: Lab) -> Sample:
    """Connect, sign in, subscribe with a cursor from before the storm, and hear of the missed message."""
    port, clients = lab.servers[OURS].port, _clients(lab)
    async with asking(port) as ask:
        cursor = orjson.loads(await ask(lab.graphql(queries.CURSOR)))["data"]["viewer"]["inboxCursor"]
    await _miss(lab)
    frame = subscribe_frame(queries.RESUME, {"after": cursor})
    with Audience() as audience:
        async with _stopwatch(lab) as stopwatch:
            await audience.sign_in(port, [client.token for client in clients])
            await audience.say_each([frame] * len(clients), b'"MessageAdded"')
    return stopwatch.sample()


async def _resume_bare(lab: Lab) -> Sample:
    """Connect, name a conversation and a seq from before the storm, and hear what one query finds."""
    connection = await asyncpg.connect(lab.database_url)
    ids = [client.conversation_id for client in _clients(lab)]
    rows = await connection.fetch("SELECT id, last_seq FROM conversations WHERE id = ANY($1)", ids)
    await connection.close()
    seqs: dict[UUID, int] = {row["id"]: row["last_seq"] for row in rows}
    await _miss(lab)
    asked = [text_frame({"conversation": str(each), "after": seqs[each]}) for each in ids]
    with Audience() as audience:
        async with _stopwatch(lab) as stopwatch:
            await audience.connect(lab.servers[BARE].port, [b""] * len(ids))
            await audience.say_each(asked, b'"messageAdded"')
    return stopwatch.sample()


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """Ours, and bare sockets; Mercurius knows no resuming."""
    yield [
        Contender(OURS, lambda: _resume(lab), lambda: 0.0),
        Contender(BARE, lambda: _resume_bare(lab), lambda: 0.0),
    ]


ROW = Row("resume", f"{CLIENTS:,} clients come back at once", "s", contenders, (Bar(BARE),), more_is_better=False)
