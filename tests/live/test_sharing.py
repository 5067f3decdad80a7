"""One execution serves all who would get the same; who would not, moves out of the group at once."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from app.execution.engine import Engine
from app.live import hub
from app.services import Services
from app.store import conversations
from schema.ids import message_id_head, parse_id
from tests.live.both_ways import running_operations, settle
from tests.support.graphql_client import SocketClient, Subscription
from tests.support.people import People, Person, operation

SENDER = (
    "subscription ($id: ID!) { messageAdded(conversationId: $id) { seq sender { handle } content { __typename } } }"
)
READERS = "subscription ($id: ID!) { messageAdded(conversationId: $id) { seq readBy { edges { node { handle } } } } }"
PLAIN = "subscription ($id: ID!) { messageAdded(conversationId: $id) { seq fallbackText } }"
KEY = "subscription ($id: ID!) { messageAdded(conversationId: $id) { clientKey } }"


async def quietly(person: Person, mutation: str, **fields: Any) -> None:
    """A mutation whose answer reads nothing that the tests hold back or count."""
    kind = mutation[0].upper() + mutation[1:]
    query = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ __typename }} }}"
    data = await person.client.execute(query, {"input": fields})
    assert data[mutation]["__typename"] == f"{kind}Success"


async def say(person: Person, conversation_id: str, text: str) -> None:
    await quietly(
        person, "sendMessage", conversationId=conversation_id, clientKey=text, content={"text": {"text": text}}
    )


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an event was executed."""
    counted: Counter[str] = Counter()
    original = Engine.begun

    def begun(self: Engine, *args: Any, **kwargs: Any) -> Any:
        counted["events"] += len(args) > 3
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Engine, "begun", begun)
    return counted


class Gate:
    """Holds back what loads readers, so that an execution waits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open, self.reached, self.passed = asyncio.Event(), asyncio.Event(), 0
        self._original = conversations.reader_pages
        monkeypatch.setattr(conversations, "reader_pages", self._read)

    async def _read(self, *args: Any) -> Any:
        self.reached.set()
        await self.open.wait()
        self.passed += 1
        return await self._original(*args)


async def subscribed(
    stack: AsyncExitStack, everyone: Iterable[Person], document: str, group: str, each: int
) -> list[Subscription]:
    """Subscriptions to what is said in a group, so many on a socket of each person."""
    lives: list[Subscription] = []
    for person in everyone:
        socket = await stack.enter_async_context(person.socket())
        lives += [await socket.subscribe(document, {"id": group}) for _ in range(each)]
        await socket.ping()
    return lives


@pytest.mark.parametrize(("document", "read_statements"), [(SENDER, 0), (READERS, 1)])
async def test_many_subscribers_of_one_document_take_one_execution_and_read_what_did_not_come_with_the_event_once(
    people: People,
    services: Services,
    server: TestServer,
    executions: Counter[str],
    statements: Counter[str],
    document: str,
    read_statements: int,
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with AsyncExitStack() as stack:
        lives = await subscribed(stack, (ann, bob, cat), document, group, each=10)
        await settle(services, server)
        before, read = executions["events"], Counter(statements)
        await say(ann, group, "hello")
        told = [await live.next() for live in lives]
    assert told == [told[0]] * 30
    assert told[0]["messageAdded"].get("sender") == ({"handle": ann.handle} if document == SENDER else None)
    assert executions["events"] - before == 1
    told_apart = (
        "asked.viewer_id",
        "last_read_seq >= wanted.seq",
        "e.kind = 'MEMBER_LEFT' AND",
    )  # people, readers, barriers since
    counted = [sum(n for sql, n in (statements - read).items() if mark in sql) for mark in told_apart]
    assert counted == [0, read_statements, read_statements]


async def test_each_person_takes_one_execution_at_most_where_others_have_a_turn_in_between(
    people: People,
    services: Services,
    server: TestServer,
    executions: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was executed for one person alone, and is over, is not handed on to others: one of them leads anew."""
    monkeypatch.setattr(hub, "TOLD_AT_ONCE", 1)
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with AsyncExitStack() as stack:
        lives = await subscribed(stack, (ann, bob, cat), SENDER, group, each=50)
        await settle(services, server)
        before = executions["events"]
        await say(ann, group, "hello")
        told = [await live.next() for live in lives]
    assert told == [told[0]] * 150
    assert 1 <= executions["events"] - before <= 3


async def test_the_sender_and_the_others_are_two_groups_where_the_document_tells_them_apart(
    people: People, services: Services, server: TestServer, executions: Counter[str]
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with ann.socket() as anns, bob.socket() as bobs, cat.socket() as cats:
        lives = [await socket.subscribe(KEY, {"id": group}) for socket in (anns, anns, bobs, cats)]
        for socket in (anns, bobs, cats):
            await socket.ping()
        await settle(services, server)
        before = executions["events"]
        await ann.send_text(group, "hello", clientKey="the key")
        told = [(await live.next())["messageAdded"]["clientKey"] for live in lives]
    assert told == ["the key", "the key", None, None]
    assert executions["events"] - before == 2


async def test_a_socket_that_drops_during_the_execution_does_not_disturb_the_rest(
    people: People, services: Services, server: TestServer, monkeypatch: pytest.MonkeyPatch, executions: Counter[str]
) -> None:
    ann, bob = await people.friends("ann", "bob")
    talk = await ann.talk_to(bob)
    async with AsyncExitStack() as stack:
        sockets: list[SocketClient] = []
        for _ in range(4):
            sockets.append(await stack.enter_async_context(bob.socket()))
            await sockets[-1].subscribe(READERS, {"id": talk})
            await sockets[-1].ping()
        await settle(services, server)
        before, gate = executions["events"], Gate(monkeypatch)
        await say(ann, talk, "hello")
        await gate.reached.wait()
        operations = running_operations(server)
        leader: Any = operations[0]._busy._takers[0]  # type: ignore[union-attr]
        leader._host._request.transport.abort()
        while leader in running_operations(server):  # noqa: ASYNC110 - the socket tells nobody that it has ended
            await asyncio.sleep(0)
        gate.open.set()
        heard = 0
        for socket in sockets:
            (live,) = socket._subscriptions.values()
            try:
                assert (await live.next())["messageAdded"]["readBy"] == {"edges": []}
                heard += 1
            except AssertionError:
                assert socket.close_code is not None
    assert heard == 3
    assert executions["events"] - before == 1


async def test_events_keep_their_order_whether_or_not_they_wait_for_a_shared_answer(
    people: People, services: Services, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    for person in (ann, bob, cat):  # what comes of presence would stand between the events
        await quietly(person, "updateSettings", showsPresence=False)
    group = await ann.make_group(bob, cat)
    mixed = """subscription { inbox { __typename
        ... on MessageAdded { message { seq readBy { edges { node { handle } } } } }
        ... on MessageEdited { message { seq } } ... on ReadMoved { seq } } }"""
    async with bob.socket() as bobs, cat.socket() as cats:
        lives = [await socket.subscribe(mixed) for socket in (bobs, bobs, cats)]
        plain = await bobs.subscribe(PLAIN, {"id": group})
        for live in lives:
            await live.next()
        await bobs.ping()
        await settle(services, server)
        gate = Gate(monkeypatch)
        for number in range(5):
            await say(ann, group, f"text {number}")
            message_id = f"{message_id_head(parse_id(group, 'Conversation', 'id'))}{number + 2}"
            await quietly(ann, "editMessage", messageId=message_id, text=f"new {number}")
        seqs = [(await plain.next())["messageAdded"]["seq"] for _ in range(5)]
        assert all(live.heard.empty() for live in lives)
        gate.open.set()
        for live in lives:
            told = [(await live.next())["inbox"] for _ in range(10)]
            assert [event["__typename"] for event in told] == ["MessageAdded", "MessageEdited"] * 5
            assert [event["message"]["seq"] for event in told[::2]] == seqs
    assert gate.passed < 5 * len(lives)


async def test_a_block_between_two_events_moves_a_viewer_out_of_the_group_at_once(
    people: People, services: Services, server: TestServer
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with ann.socket() as anns, bob.socket() as bobs, cat.socket() as cats:
        lives = [await socket.subscribe(SENDER, {"id": group}) for socket in (anns, bobs, cats)]
        for socket in (anns, bobs, cats):
            await socket.ping()
        await settle(services, server)
        await ann.send_text(group, "marker")
        for live in lives:
            await live.next()
        await cat.do("people/block-user", userId=bob.id)
        await bob.send_text(group, "not for cat")
        to_ann, to_bob, to_cat = [(await live.next())["messageAdded"] for live in lives]
    assert to_ann == to_bob
    assert to_ann["sender"] == {"handle": bob.handle}
    assert to_cat == {"seq": to_ann["seq"], "sender": None, "content": {"__typename": "UnsentContent"}}


async def test_a_block_that_commits_during_the_execution_keeps_what_was_read_from_the_blocked(
    people: People, services: Services, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event stands before the block, but what is read of the blocked now does not."""
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with ann.socket() as anns, cat.socket() as cats:
        to_ann = await anns.subscribe(READERS, {"id": group})
        to_cat = await cats.subscribe(READERS, {"id": group})
        for socket in (anns, cats):
            await socket.ping()
        await settle(services, server)
        gate = Gate(monkeypatch)
        await say(ann, group, "hello")
        await gate.reached.wait()
        await quietly(bob, "markRead", conversationId=group, upToSeq=2)
        await quietly(cat, "blockUser", userId=bob.id)
        gate.open.set()
        readers = {"edges": [{"node": {"handle": bob.handle}}]}
        assert (await to_ann.next())["messageAdded"] == {"seq": 2, "readBy": readers}
        assert (await to_cat.next())["messageAdded"] == {"seq": 2, "readBy": {"edges": []}}


async def test_an_execution_with_errors_is_not_shared(
    people: People, services: Services, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    failures = 2  # compiled execution has graphql-core try the same again

    async def read(*args: Any) -> Any:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise RuntimeError("only the first execution")
        return await original(*args)

    async with bob.socket() as bobs, cat.socket() as cats:
        lives = [await socket.subscribe(READERS, {"id": group}) for socket in (bobs, cats)]
        for socket in (bobs, cats):
            await socket.ping()
        await settle(services, server)
        original = conversations.reader_pages
        monkeypatch.setattr(conversations, "reader_pages", read)
        await say(ann, group, "hello")
        results = [await live.result() for live in lives]
    assert sum("errors" in result for result in results) == 1
    assert [result["data"]["messageAdded"]["readBy"] for result in results if "errors" not in result] == [{"edges": []}]


async def test_a_chat_document_shares_what_a_text_does_not_need(
    people: People, services: Services, server: TestServer, executions: Counter[str]
) -> None:
    """Replies, reactions and videos depend on the viewer, but a text that has none of them does not."""
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with bob.socket() as bobs, cat.socket() as cats:
        query = operation("live/message-added")
        lives = [await socket.subscribe(query, {"conversationId": group}) for socket in (bobs, cats)]
        for socket in (bobs, cats):
            await socket.ping()
        await settle(services, server)
        before = executions["events"]
        message = await ann.send_text(group, "hello")
        assert (await lives[0].next()) == (await lives[1].next())
        assert executions["events"] - before == 1
        await ann.send_text(group, "reply", replyToId=message["id"])
        for live in lives:
            assert (await live.next())["messageAdded"]["replyTo"]["id"] == message["id"]
        assert executions["events"] - before == 3
