"""Who came later, or was away, hears nothing about what was said without them."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from app.auth.viewer import Viewer
from app.live import hub
from app.live.entry import Entry, Telling
from app.live.inbox_feed import InboxFeed
from app.live.people import Feed
from app.services import Services
from schema.events import Heartbeat, MessageAdded, inbox_event
from schema.ids import parse_id
from tests.live.both_ways import settle
from tests.live.test_inbox import cursor_of, events
from tests.support.patience import PATIENCE
from tests.support.people import People


async def test_edits_and_reactions_of_what_was_said_before_do_not_reach_a_late_joiner(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]["id"]
    before = await ann.send_text(group, "before cat")
    await ann.do("conversations/add-members", conversationId=group, userIds=[cat.id])
    async with cat.inbox() as cats, bob.inbox() as bobs:
        await ann.do("messages/edit-message", messageId=before["id"], text="edited before cat")
        await bob.do("messages/react", messageId=before["id"], emoji="👍")
        await ann.do("messages/unsend-message", messageId=before["id"])
        await ann.send_text(group, "marker")
        told = [event["__typename"] for event in await events(bobs, 4)]
        [only] = await events(cats, 1)
    assert told == ["MessageEdited", "ReactionsChanged", "MessageUnsent", "MessageAdded"]
    assert only["message"]["fallbackText"] == "marker"


async def test_who_was_removed_and_came_back_can_subscribe_at_once(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]["id"]
    await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
    await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
    async with bob.socket() as socket:
        live = await socket.subscribe(
            "subscription($id: ID!) { messageAdded(conversationId: $id, afterSeq: 3) { seq } }", {"id": group}
        )
        await ann.send_text(group, "welcome back")
        assert (await live.next())["messageAdded"]["seq"] == 4


async def test_who_comes_while_others_are_told_hears_each_message_once(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where many listen, others have a turn between two of them."""
    monkeypatch.setattr(hub, "TOLD_AT_ONCE", 1)
    ann, bob = await people.friends("ann", "bob")
    talk = await ann.talk_to(bob)
    first = (await ann.send_text(talk, "marker"))["seq"]
    query = """subscription($id: ID!, $seq: Int!) {
        messageAdded(conversationId: $id, afterSeq: $seq) { seq sender { handle } } }"""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(person.socket()) for person in (ann, bob) * 2]
        lives = []
        for number in range(1, 11):
            for socket in sockets:
                lives += [await socket.subscribe(query, {"id": talk, "seq": first}) for _ in range(3)]
            await ann.send_text(talk, f"text {number}")
        for live in lives:
            told = [(await live.next())["messageAdded"] for _ in range(10)]
            assert told == [{"seq": first + n, "sender": {"handle": ann.handle}} for n in range(1, 11)]
        for socket in sockets:
            await socket.ping()
        assert all(live.heard.empty() for live in lives)


SEQS = "subscription($id: ID!) { messageAdded(conversationId: $id) { seq } }"


class Heard(asyncio.Queue[Any]):
    """A sink that keeps what it is told."""

    def push(self, event: Any) -> None:
        self.put_nowait(getattr(event, "root", event))

    def push_all(self, events: Sequence[Any]) -> None:
        for event in events:
            self.push(event)

    def finish(self, error: Exception | None = None) -> None:
        self.put_nowait(error)

    idle = True

    async def drained(self) -> None:
        pass


async def test_who_opens_an_inbox_while_others_are_told_gets_the_next_entry_whole(
    people: People, services: Services, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody heard of that one when both were read from the log, so that its message had not been loaded then."""
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    talks = [(await ann.talk_to(other), other) for other in (bob, cat)]
    # Entries that are read from the log come by lanes.
    talks.sort(key=lambda talk: parse_id(talk[0], "Conversation", "id").bytes[-1] % 8)
    (first, listener), (second, late) = talks
    claims = services.access_tokens.read(late.client.token or "")
    viewer = Viewer(claims.user_id, claims.session_id, claims.expires_at)
    feed, heard = InboxFeed(services.hub, viewer, await cursor_of(late), inbox_event), Heard()
    original = hub._tell
    starting: list[Entry] = []

    def tell(run: Sequence[Entry], feeds: Iterable[Feed], tellings: Sequence[Telling]) -> None:
        original(run, feeds, tellings)
        [entry] = run
        if not starting and entry.conversation_id == parse_id(first, "Conversation", "id"):
            starting.append(entry)
            feed.start(heard)

    async with listener.socket() as socket:
        lives = [await socket.subscribe(SEQS, {"id": first}) for _ in range(3)]
        await socket.ping()
        await settle(services, server)
        monkeypatch.setattr(hub, "TOLD_AT_ONCE", 1)
        monkeypatch.setattr(hub, "_tell", tell)
        monkeypatch.setattr(services.database, "on_commit", None)
        await asyncio.gather(ann.send_text(first, "one"), ann.send_text(second, "two"))
        await services.hub.tailer.reach_head()
        for live in lives:
            await live.next()
        async with asyncio.timeout(PATIENCE):
            opening, event = await heard.get(), await heard.get()
    feed.stop()
    assert isinstance(opening, Heartbeat)
    assert isinstance(event, MessageAdded)
    assert event.message.key.seq == 1


async def test_an_inbox_that_catches_up_while_listeners_are_told_is_told_as_an_inbox(
    people: People, services: Services, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What feeds of one kind share of an entry is nothing for a feed of another kind, also not of the same person."""
    ann, bob = await people.friends("ann", "bob")
    talk = await ann.talk_to(bob)
    claims = services.access_tokens.read(bob.client.token or "")
    viewer = Viewer(claims.user_id, claims.session_id, claims.expires_at)
    feed, heard, may_go_live = (
        InboxFeed(services.hub, viewer, await cursor_of(bob), inbox_event),
        Heard(),
        asyncio.Event(),
    )
    know, original = services.hub.know, hub._tell

    async def know_in_time(joining: Feed) -> None:
        await know(joining)
        if joining is feed:
            await may_go_live.wait()

    def tell(run: Sequence[Entry], feeds: Iterable[Feed], tellings: Sequence[Telling]) -> None:
        original(run, feeds, tellings)
        if any(telling.hearings for telling in tellings):
            may_go_live.set()

    monkeypatch.setattr(hub, "TOLD_AT_ONCE", 1)
    monkeypatch.setattr(hub, "_tell", tell)
    monkeypatch.setattr(services.hub, "know", know_in_time)
    async with bob.socket() as socket:
        lives = [await socket.subscribe(SEQS, {"id": talk}) for _ in range(6)]
        await socket.ping()
        await settle(services, server)
        feed.start(heard)
        said = await ann.send_text(talk, "one")
        assert [(await live.next())["messageAdded"]["seq"] for live in lives] == [said["seq"]] * 6
        async with asyncio.timeout(PATIENCE):
            opening, event = await heard.get(), await heard.get()
    feed.stop()
    assert isinstance(opening, Heartbeat)
    assert isinstance(event, MessageAdded)
