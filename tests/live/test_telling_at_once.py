"""Messages that are said faster than they can be told are told together, and mean the same to everyone."""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp.test_utils import TestServer

from app.services import Services
from app.store.events import Sealed
from app.transport.outbox import Outbox
from tests.live.both_ways import settle
from tests.live.test_message_added import listen, seqs
from tests.support.graphql_client import Subscription
from tests.support.people import People, Person

AT_HAND = "subscription ($id: ID!) { messageAdded(conversationId: $id) { seq sender { handle } } }"
"""What comes with the event, so that nothing has to wait."""


class Held:
    """Keeps what commits from the tailer, and gives it all at once in the end."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self._tailer = services.hub.tailer
        self._events: list[Sealed] = []
        monkeypatch.setattr(services.database, "on_commit", self._events.extend)
        monkeypatch.setattr(self._tailer, "_next_look", math.inf)

    async def let_go(self) -> None:
        events, self._events[:] = self._events[:], ()
        self._tailer._tell(events)
        await self._tailer.reach_head()


@pytest.fixture
async def held(services: Services, monkeypatch: pytest.MonkeyPatch) -> Held:
    await services.hub.tailer.reach_head()
    return Held(services, monkeypatch)


@asynccontextmanager
async def listening(
    services: Services, server: TestServer, conversation_id: str, *people: Person
) -> AsyncIterator[list[Subscription]]:
    """Each listens to the conversation by a socket of their own, and has caught up."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(person.socket()) for person in people]
        lives = [await listen(socket, conversation_id, None) for socket in sockets]
        for socket in sockets:
            await socket.ping()
        await settle(services, server)
        yield lives


async def test_each_socket_is_written_to_once_for_all_that_was_said_in_turn(
    people: People, services: Services, server: TestServer, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = await people.friends("ann", "bob")
    talk = await ann.talk_to(bob)
    frames: Counter[Outbox] = Counter()
    send = Outbox.send

    def counting(outbox: Outbox, frame: bytes) -> None:
        frames[outbox] += b"messageAdded" in frame
        send(outbox, frame)

    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(person.socket()) for person in (ann, bob, bob)]
        lives = [await socket.subscribe(AT_HAND, {"id": talk}) for socket in sockets]
        for socket in sockets:
            await socket.ping()
        await settle(services, server)
        monkeypatch.setattr(Outbox, "send", counting)
        for number in range(5):
            await ann.send_text(talk, f"text {number}")
        await held.let_go()
        assert [await seqs(live, 5) for live in lives] == [[1, 2, 3, 4, 5]] * 3
    assert list(frames.values()) == [1, 1, 1]


async def test_who_is_removed_in_between_hears_what_came_before_and_nothing_more(
    people: People, services: Services, server: TestServer, held: Held
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with listening(services, server, group, bob, cat) as (removed, staying):
        first = (await ann.send_text(group, "one"))["seq"]
        await ann.send_text(group, "two")
        await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
        await ann.send_text(group, "three")
        await ann.send_text(group, "four")
        await held.let_go()
        assert await seqs(staying, 5) == list(range(first, first + 5))  # the third tells of the removal
        assert await seqs(removed, 2) == [first, first + 1]
        await removed.expect_error("NOT_FOUND")


async def test_what_a_blocked_person_says_in_between_is_hidden_from_where_the_block_stands(
    people: People, services: Services, server: TestServer, held: Held
) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    async with listening(services, server, group, bob, cat) as (blocking, other):
        await ann.send_text(group, "before")
        await bob.do("people/block-user", userId=ann.id)
        await ann.send_text(group, "after")
        await cat.send_text(group, "by another")
        await held.let_go()
        heard, all_of_it = [
            [(await live.next())["messageAdded"]["content"].get("text") for _ in range(3)] for live in (blocking, other)
        ]
    assert all_of_it == ["before", "after", "by another"]
    assert heard[1:] == [None, "by another"]


async def test_who_comes_while_much_is_told_at_once_hears_each_message_once(
    people: People, services: Services, server: TestServer, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.hub.TOLD_AT_ONCE", 4)
    ann, bob = await people.friends("ann", "bob")
    talk = await ann.talk_to(bob)
    async with bob.socket() as socket:
        lives = [await listen(socket, talk, 0) for _ in range(8)]
        await socket.ping()
        await settle(services, server)
        for _ in range(3):
            for number in range(4):
                await ann.send_text(talk, f"text {number}")
            telling = asyncio.ensure_future(held.let_go())
            lives += [await listen(socket, talk, 0) for _ in range(3)]
            await telling
        for live in lives:
            assert await seqs(live, 12) == list(range(1, 13))
        await socket.ping()
        assert all(live.heard.empty() for live in lives)
