"""A page of the inbox: 20 conversations with last message, members and unread count."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

from bench import queries
from bench.lab import Lab
from bench.load import get
from bench.row import BARE, SHORT_TURNS, Bar, Contender, Row


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """All servers, each asked for the same people's inboxes in turn."""
    viewers = lab.world.viewers
    graphql = cycle([lab.graphql(queries.INBOX, by=viewer) for viewer in viewers])
    bare = cycle([get(f"/inbox?id={viewer.user_id}") for viewer in viewers])
    proof = b'"fallbackText":"'
    yield lab.over_http(graphql=lambda: next(graphql), graphql_proof=proof, bare=lambda: next(bare), bare_proof=proof)


ROW = Row(
    "inbox",
    "inbox, 20 conversations",
    "requests/s",
    contenders,
    (Bar(BARE, at_least=0.75), Bar("Mercurius", at_least=1.8)),
    anew=True,
    turns=SHORT_TURNS,
)
