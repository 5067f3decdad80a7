"""A page of the inbox: 20 conversations with last message, members and unread count."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench import queries
from bench.lab import Lab
from bench.load import get
from bench.row import BARE, Bar, Contender, Row


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """All servers, each asked for the same person's inbox."""
    graphql, bare = lab.graphql(queries.INBOX), get(f"/inbox?id={lab.world.viewer.user_id}")
    yield lab.over_http(
        graphql=lambda: graphql, graphql_proof=b'"fallbackText":"', bare=lambda: bare, bare_proof=b'"fallbackText":"'
    )


ROW = Row(
    "inbox",
    "inbox, 20 conversations",
    "requests/s",
    contenders,
    (Bar(BARE, at_least=0.75), Bar("Mercurius", at_least=1.8)),
    anew=True,
)
