"""Sending a text, each with a key of its own, by many people to as many conversations."""

import itertools
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from bench import queries
from bench.lab import Lab
from bench.load import post
from bench.row import BARE, SHORT_TURNS, Bar, Contender, Row
from bench.world import Client

TEXT = "Hello there"


def send_request(lab: Lab, by: Client) -> bytes:
    """A new text to the client's conversation."""
    content = {"text": {"text": TEXT}}
    sent = {"conversationId": by.node_id, "clientKey": secrets.token_hex(8), "content": content}
    return lab.graphql(queries.SEND, {"input": sent}, by)


def bare_send_request(by: Client) -> bytes:
    """The same for a bare handler."""
    said = {
        "conversation": str(by.conversation_id),
        "sender": str(by.user_id),
        "session": str(by.session_id),
        "key": secrets.token_hex(8),
        "text": TEXT,
    }
    return post("/send", orjson.dumps(said))


@asynccontextmanager
async def contenders(lab: Lab) -> AsyncIterator[list[Contender]]:
    """All servers, each taking texts of all clients in turn."""
    clients = itertools.cycle(lab.world.clients)
    yield lab.over_http(
        graphql=lambda: send_request(lab, next(clients)),
        graphql_proof=b'"wasReplay":false',
        bare=lambda: bare_send_request(next(clients)),
        bare_proof=b'"wasReplay":false',
    )


ROW = Row(
    "send",
    "send a text",
    "requests/s",
    contenders,
    (Bar(BARE, at_least=0.8), Bar("Mercurius", at_least=1.0)),
    anew=True,
    turns=SHORT_TURNS,
)
