"""`messageAdded`: one conversation's messages, each once and in order, from any seq on."""

import asyncio

import pytest

from app.services import Services
from tests.support.graphql_client import SocketClient, Subscription
from tests.support.people import People, operation


async def listen(socket: SocketClient, conversation_id: str, after_seq: int | None) -> Subscription:
    return await socket.subscribe(
        operation("live/message-added"), {"conversationId": conversation_id, "afterSeq": after_seq}
    )


async def seqs(live: Subscription, count: int) -> list[int]:
    return [(await live.next())["messageAdded"]["seq"] for _ in range(count)]


async def test_what_was_missed_comes_first_and_then_what_is_new(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    for number in range(5):
        await ann.send_text(conversation_id, f"text {number}")
    async with bob.socket() as socket:
        live = await listen(socket, conversation_id, 2)
        assert await seqs(live, 3) == [3, 4, 5]
        await ann.send_text(conversation_id, "new")
        assert await seqs(live, 1) == [6]


async def test_subscribing_in_the_middle_of_a_flood_loses_and_repeats_nothing(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    flood = asyncio.gather(*(ann.send_text(conversation_id, f"text {n}") for n in range(60)))
    async with bob.socket() as socket:
        lives = []
        for _ in range(6):
            lives.append(await listen(socket, conversation_id, 0))
            await socket.ping()
        await flood
        for live in lives:
            assert await seqs(live, 60) == list(range(1, 61))


async def test_without_after_seq_only_what_is_new_comes(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    await ann.send_text(conversation_id, "old")
    async with bob.socket() as socket:
        live = await listen(socket, conversation_id, None)
        marker = await listen(socket, conversation_id, 0)
        await marker.next()
        await ann.send_text(conversation_id, "new")
        assert await seqs(live, 1) == [2]


async def test_a_message_unsent_meanwhile_is_replayed_without_its_content(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    message = await ann.send_text(conversation_id, "secret")
    await ann.do("messages/unsend-message", messageId=message["id"])
    async with bob.socket() as socket:
        live = await listen(socket, conversation_id, 0)
        replayed = (await live.next())["messageAdded"]
    assert replayed["content"]["__typename"] == "UnsentContent"
    assert "secret" not in str(replayed)


async def test_a_stranger_gets_not_found(people: People) -> None:
    ann, bob, eve = [await people.join(name) for name in ("ann", "bob", "eve")]
    conversation_id = await ann.talk_to(bob)
    async with eve.socket() as socket:
        live = await listen(socket, conversation_id, 0)
        await live.expect_error("NOT_FOUND")


async def test_a_removed_member_hears_nothing_more(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = (await ann.do("conversations/create-group", title="Three", memberIds=[bob.id, cat.id]))["conversation"]
    async with bob.socket() as socket, cat.socket() as other:
        live, control = await listen(socket, group["id"], 1), await listen(other, group["id"], 1)
        await ann.send_text(group["id"], "for both")
        assert await seqs(live, 1) == [2]
        await ann.do("conversations/remove-member", conversationId=group["id"], userId=bob.id)
        await ann.send_text(group["id"], "for one")
        assert await seqs(control, 3) == [2, 3, 4]
        await live.expect_error("NOT_FOUND")


async def test_further_behind_than_the_limit_a_snapshot_is_required(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    await ann.send_text(conversation_id, "first")
    await services.database.rows(
        """WITH c AS (UPDATE conversations SET last_seq = 1100 WHERE (direct_low, direct_high) IN (
            SELECT least(a.id, b.id), greatest(a.id, b.id) FROM users a, users b WHERE a.handle = $1 AND b.handle = $2)
            RETURNING id)
        INSERT INTO messages (conversation_id, seq, sender_id, kind, text, sent_at)
        SELECT c.id, n, m.sender_id, 'TEXT', 'x', now() FROM c JOIN messages m ON m.conversation_id = c.id,
            generate_series(2, 1100) n""",
        ann.handle, bob.handle,
    )  # fmt: skip
    async with bob.socket() as socket:
        behind = await listen(socket, conversation_id, 0)
        await behind.expect_error("SNAPSHOT_REQUIRED")
        near = await listen(socket, conversation_id, 1000)
        assert await seqs(near, 100) == list(range(1001, 1101))


@pytest.mark.parametrize(("after_seq", "code"), [(-1, "INVALID_INPUT"), (1, "SNAPSHOT_REQUIRED")])
async def test_a_seq_that_can_not_be_is_refused(people: People, after_seq: int, code: str) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.socket() as socket:
        live = await listen(socket, conversation_id, after_seq)
        await live.expect_error(code)
