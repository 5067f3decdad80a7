"""A page of history in the middle of a conversation of a million messages, against one at its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench import queries
from bench.lab import Lab
from bench.load import Load
from bench.row import OURS, SHORT_TURNS, Bar, Contender, Row
from bench.world import add_messages
from schema.paging import number_cursor

MESSAGES = 1_000_000
AT_THE_END = "at its end"


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """Ours, asked for both pages; the last client's conversation is the long one."""
    client, server = lab.world.clients[-1], lab.servers[OURS]
    await add_messages(lab.database_url, client, MESSAGES)
    deep = lab.graphql(queries.HISTORY, {"id": client.node_id, "before": number_cursor(MESSAGES // 2)}, client)
    end = lab.graphql(queries.HISTORY, {"id": client.node_id}, client)
    proof = b'"hasPreviousPage":true'
    yield [
        lab.asking(OURS, server, Load(lambda: deep, proof)),
        lab.asking(AT_THE_END, server, Load(lambda: end, proof)),
    ]


ROW = Row(
    "deep",
    "history page amid 1 million messages",
    "requests/s",
    contenders,
    (Bar(AT_THE_END, at_least=0.9),),
    turns=SHORT_TURNS,
)
