"""Who came later, or was away, hears nothing about what was said without them."""

from contextlib import AsyncExitStack

import pytest

from app.live import hub
from tests.live.test_inbox import events
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
