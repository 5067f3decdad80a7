"""Two thousand clients whose sockets were cut come back at once, each with a cursor, and get what they missed."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import orjson

from bench import queries
from bench.lab import Lab
from bench.load import ask, send_all
from bench.row import BARE, OURS, Bar, Contender, Row, Sample
from bench.rows.send import send_request
from bench.sockets import Audience, subscribe_frame, text_frame


async def _storm(lab: Lab) -> None:
    """Let each client miss a message."""
    requests = [send_request(lab, client) for client in lab.world.clients]
    await send_all(lab.servers[OURS].port, requests, b'"wasReplay":false')


async def _resume(lab: Lab) -> Sample:
    """Connect, sign in, subscribe with a cursor from before the storm, and hear of the missed message."""
    port, clients, audience = lab.servers[OURS].port, lab.world.clients, Audience()
    cursor = orjson.loads(await ask(port, lab.graphql(queries.CURSOR)))["data"]["viewer"]["inboxCursor"]
    await _storm(lab)
    started = time.perf_counter()
    await audience.sign_in(port, [client.token for client in clients])
    frame = subscribe_frame(queries.RESUME, {"after": cursor})
    await audience.say_each([frame] * len(clients), b'"MessageAdded"')
    elapsed = time.perf_counter() - started
    audience.close()
    return Sample(elapsed)


async def _resume_bare(lab: Lab) -> Sample:
    """Connect, name a conversation and a seq from before the storm, and hear what one query finds."""
    connection = await asyncpg.connect(lab.database_url)
    ids = [client.conversation_id for client in lab.world.clients]
    rows = await connection.fetch("SELECT id, last_seq FROM conversations WHERE id = ANY($1)", ids)
    await connection.close()
    seqs: dict[UUID, int] = {row["id"]: row["last_seq"] for row in rows}
    await _storm(lab)
    audience, started = Audience(), time.perf_counter()
    await audience.connect(lab.servers[BARE].port, [b""] * len(ids))
    asked = [text_frame({"conversation": str(each), "after": seqs[each]}) for each in ids]
    await audience.say_each(asked, b'"messageAdded"')
    elapsed = time.perf_counter() - started
    audience.close()
    return Sample(elapsed)


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """Ours, and bare sockets; Mercurius knows no resuming."""
    yield [
        Contender(OURS, lambda: _resume(lab), lambda: 0.0),
        Contender(BARE, lambda: _resume_bare(lab), lambda: 0.0),
    ]


ROW = Row("resume", "2,000 clients resume after a storm", "s", contenders, (Bar(BARE),), more_is_better=False)
