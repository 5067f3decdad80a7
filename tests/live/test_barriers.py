"""A block, a sign-out and a setting change are barriers: nothing committed after them reaches open sockets."""

import asyncio
import random

import pytest

from app.transport.protocol import CloseCode
from tests.live.test_inbox import events
from tests.support.graphql_client import GraphQLRequestError
from tests.support.people import People, Person, operation


async def _group_of(owner: Person, *members: Person) -> str:
    group = await owner.do("conversations/create-group", title="All", memberIds=[member.id for member in members])
    return group["conversation"]["id"]  # type: ignore[no-any-return]


async def test_after_a_sign_out_an_open_socket_hears_nothing_and_is_closed(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.socket() as socket:
        inbox = await socket.subscribe(operation("live/inbox"))
        await inbox.next()
        await bob.client.execute(operation("identity/sign-out"))
        await ann.send_text(conversation_id, "after the sign-out")
        await socket.expect_close(CloseCode.UNAUTHORIZED)
        heard = [inbox.heard.get_nowait() for _ in range(inbox.heard.qsize())]
    assert "after the sign-out" not in str(heard)


async def test_a_socket_of_an_ended_session_can_do_nothing(people: People) -> None:
    bob = await people.join("bob")
    await bob.client.execute(operation("identity/sign-out"))
    with pytest.raises(AssertionError):
        async with bob.socket():
            pass
    with pytest.raises(GraphQLRequestError) as refusal:
        await bob.ask("people/viewer")
    assert refusal.value.codes == ["UNAUTHENTICATED"]


async def test_after_a_block_what_the_other_says_in_a_group_comes_without_sender_and_content(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group_id = await _group_of(ann, bob, cat)
    async with cat.inbox() as cats, bob.inbox() as bobs:
        await cat.do("people/block-user", userId=bob.id)
        await bob.send_text(group_id, "from bob")
        await cat.send_text(group_id, "from cat")
        to_cat, to_bob = await events(cats, 2), await events(bobs, 2)
    for hidden in (to_cat[0], to_bob[1]):
        assert hidden["message"]["sender"] is None
        assert hidden["message"]["content"]["__typename"] == "UnsentContent"
        assert "from" not in hidden["message"]["fallbackText"]
    for shown in (to_cat[1], to_bob[0]):
        assert shown["message"]["content"]["__typename"] == "TextContent"


async def test_after_a_block_nothing_else_of_the_other_is_told(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group_id = await _group_of(ann, bob, cat)
    async with cat.inbox() as inbox:
        message = await ann.send_text(group_id, "hello")
        await events(inbox, 1)
        await bob.do("people/block-user", userId=cat.id)
        await bob.do("messages/react", messageId=message["id"], emoji="👍")
        await bob.do("conversations/mark-read", conversationId=group_id)
        await ann.send_text(group_id, "marker")
        [event] = await events(inbox, 1)
    assert event["message"]["fallbackText"] == "marker"


async def test_after_an_unblock_it_is_told_again(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group_id = await _group_of(ann, bob, cat)
    await cat.do("people/block-user", userId=bob.id)
    async with cat.inbox() as inbox:
        await cat.do("people/unblock-user", userId=bob.id)
        await bob.send_text(group_id, "heard")
        [event] = await events(inbox, 1)
    assert event["message"]["fallbackText"] == "heard"


@pytest.mark.parametrize("seed", range(3))
async def test_a_block_in_the_middle_of_a_flood_lets_nothing_pass_afterwards(people: People, seed: int) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    chance = random.Random(seed)
    blocked = asyncio.Event()
    outcomes: list[tuple[bool, str]] = []

    async def send(number: int) -> None:
        started_after = blocked.is_set()
        fields = {
            "conversationId": conversation_id,
            "clientKey": str(number),
            "content": {"text": {"text": str(number)}},
        }
        answer = await ann.answer("messages/send-text", **fields)
        outcomes.append((started_after, answer["__typename"]))

    async def block() -> None:
        await bob.do("people/block-user", userId=ann.id)
        blocked.set()
        before = {message["seq"] for message in await bob.messages(conversation_id)}
        outcomes.append((False, f"count {len(before)}"))

    work = [send(number) for number in range(30)]
    work.insert(chance.randrange(5, 25), block())
    await asyncio.gather(*work)
    await send(99)
    said = len(await bob.messages(conversation_id))
    assert f"count {said}" in [outcome for _, outcome in outcomes], (
        "a message was added after the block was acknowledged"
    )
    assert all(outcome == "NotAllowedError" for late, outcome in outcomes if late)


async def test_after_messages_are_turned_off_none_is_added(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.inbox() as inbox:
        flood = [
            ann.answer(
                "messages/send-text", conversationId=conversation_id, clientKey=str(n), content={"text": {"text": "x"}}
            )
            for n in range(20)
        ]

        async def turn_off() -> int:
            await bob.do("people/update-settings", messagePolicy="OFF")
            return len(await bob.messages(conversation_id))

        answers = await asyncio.gather(*flood[:10], turn_off(), *flood[10:])
        kept = answers[10]
        assert len(await bob.messages(conversation_id)) == kept
        assert sum(isinstance(a, dict) and a["__typename"] == "SendMessageSuccess" for a in answers) == kept
        heard = await events(inbox, kept)
    assert [event["message"]["seq"] for event in heard] == list(range(1, kept + 1))
