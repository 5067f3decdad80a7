"""What an operation leaves behind: nothing that has to wait for the garbage collector, whose pauses all would feel."""

import gc
from collections.abc import Iterator

import pytest

from app.execution.compiled import Compiled
from app.services import Services
from schema.context import Operation
from schema.conversations import Conversation
from schema.messages import Message
from schema.people import User
from tests.rules.cast import Cast
from tests.support.people import People

OURS = (Compiled, Operation, Conversation, Message, User)

HISTORY = """query ($id: ID!) { node(id: $id) { ... on Conversation { id messages(last: 50) { edges { cursor node {
    id sender { id handle } content { __typename } reactions { count } replyTo { id } } } } } } }"""
INBOX = """{ viewer { user { id } conversations(first: 20) { edges { node { id lastMessage { id sender { id } }
    members(first: 5) { edges { node { id } } } viewerState { unread { count } } } } } } }"""
SEVERAL = "query ($id: ID!) { one: node(id: $id) { id } two: node(id: $id) { id } viewer { user { id } } }"


@pytest.fixture(scope="module")
async def cast(crowd: People, services: Services) -> Cast:
    return await Cast.assemble(crowd, services)


@pytest.fixture
def uncollected() -> Iterator[list[object]]:
    """What would have been collected, were it not kept here."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.mark.parametrize("query", [HISTORY, INBOX, SEVERAL])
async def test_operations_leave_no_circles(cast: Cast, uncollected: list[object], query: str) -> None:
    variables = {"id": cast.talk} if "$id" in query else None
    await cast.ann.client.execute(query, variables)
    gc.collect()
    assert [kept for kept in uncollected if isinstance(kept, OURS)] == []
