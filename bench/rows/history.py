"""A page of history: 50 messages of mixed kinds with their senders, 16 KB."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench import queries
from bench.lab import Lab
from bench.load import get
from bench.row import BARE, Bar, Contender, Row


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """All servers, each asked for the end of the same conversation."""
    graphql = lab.graphql(queries.HISTORY, {"id": lab.world.viewer.node_id})
    bare = get(f"/history?id={lab.world.viewer.conversation_id}")
    yield lab.over_http(
        graphql=lambda: graphql,
        graphql_proof=b'"hasPreviousPage":true',
        bare=lambda: bare,
        bare_proof=b'"hasPreviousPage":true',
    )


ROW = Row(
    "history",
    "history page, 50 messages",
    "requests/s",
    contenders,
    (Bar(BARE, at_least=0.8), Bar("Mercurius", at_least=2.5)),
    anew=True,
)
