"""A page of history: 50 messages of mixed kinds with their senders, 16 KB."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

from bench import queries
from bench.lab import Lab
from bench.load import get
from bench.row import BARE, SHORT_TURNS, Bar, Contender, Row


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """All servers, each asked for the ends of the same conversations in turn."""
    viewers = lab.world.viewers
    graphql = cycle([lab.graphql(queries.HISTORY, {"id": viewer.node_id}, by=viewer) for viewer in viewers])
    bare = cycle([get(f"/history?id={viewer.conversation_id}") for viewer in viewers])
    proof = b'"hasPreviousPage":true'
    yield lab.over_http(graphql=lambda: next(graphql), graphql_proof=proof, bare=lambda: next(bare), bare_proof=proof)


ROW = Row(
    "history",
    "history page, 50 messages",
    "requests/s",
    contenders,
    (Bar(BARE, at_least=0.8), Bar("Mercurius", at_least=2.5)),
    anew=True,
    turns=SHORT_TURNS,
)
