"""Who may message me: EVERYONE, FRIENDS or OFF, enforced on every path and answered by the same rule."""

import pytest

from tests.rules.conftest import Unchanged
from tests.rules.test_direct_conversations import listed
from tests.support.graphql_client import Json
from tests.support.people import People, Person

HELLO: Json = {"text": {"text": "hello"}}


async def let(person: Person, policy: str) -> None:
    """Change who may message somebody."""
    await person.do("people/update-settings", messagePolicy=policy)


async def permission(person: Person, other: Person) -> str | None:
    """The code of `viewerCanMessage`; None allows."""
    answer = (await person.ask("people/user", handle=other.handle))["user"]["viewerCanMessage"]
    assert answer["allowed"] is (answer["code"] is None) is (answer["reason"] is None)
    return answer["code"]  # type: ignore[no-any-return]


async def capability(person: Person, conversation_id: str) -> str | None:
    """The code of a conversation's `capabilities`; None allows."""
    conversation = await person.conversation(conversation_id)
    assert conversation
    answer = conversation["capabilities"]
    assert answer["canSend"] is (answer["code"] is None) is bool(answer["kinds"])
    return answer["code"]  # type: ignore[no-any-return]


async def assert_refused_everywhere(person: Person, other: Person, talk: str, code: str) -> None:
    """Nothing passes from a person to another in their conversation, whose message seq 1 is the person's own."""
    assert await permission(person, other) == await capability(person, talk) == code
    own, others = (await person.messages(talk))[:2]
    assert (await person.send(talk, HELLO))["code"] == code
    assert (await person.send(talk, HELLO, replyToId=others["id"]))["code"] == code
    assert await person.refused("messages/send-to-person", recipientId=other.id, clientKey="1", content=HELLO) == code
    assert await person.refused("messages/edit-message", messageId=own["id"], text="changed") == code
    assert await person.refused("messages/react", messageId=others["id"], emoji="👍") == code
    assert await person.refused("messages/unreact", messageId=others["id"]) == code


async def a_talk(ann: Person, bob: Person) -> str:
    """A conversation with a message of each."""
    talk = await ann.talk_to(bob)
    for who in (ann, bob):
        assert (await who.send(talk, HELLO))["__typename"] == "SendMessageSuccess"
    return talk


async def test_everyone_may_message_at_first(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    assert await permission(ann, bob) is None
    talk = await a_talk(ann, bob)
    assert await capability(ann, talk) is await capability(bob, talk) is None


async def test_off_neither_receives_nor_sends(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await a_talk(ann, bob)
    await let(bob, "OFF")
    async with unchanged():
        await assert_refused_everywhere(ann, bob, talk, "RECIPIENT_UNAVAILABLE")
    swapped = (await bob.messages(talk))[1]
    async with unchanged():
        assert await permission(bob, ann) == await capability(bob, talk) == "MESSAGES_OFF"
        assert (await bob.send(talk, HELLO))["code"] == "MESSAGES_OFF"
        assert await bob.refused("messages/edit-message", messageId=swapped["id"], text="x") == "MESSAGES_OFF"
    await let(bob, "EVERYONE")
    assert (await ann.send(talk, HELLO))["__typename"] == "SendMessageSuccess"


async def test_friends_are_those_who_follow_each_other(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await a_talk(ann, bob)
    await let(bob, "FRIENDS")
    for step in (None, bob.follow(ann)):
        if step is not None:
            await step
        async with unchanged():
            await assert_refused_everywhere(ann, bob, talk, "RECIPIENT_UNAVAILABLE")
    await ann.follow(bob)
    assert await permission(ann, bob) is await capability(ann, talk) is None
    assert (await ann.send(talk, HELLO))["__typename"] == "SendMessageSuccess"
    await bob.do("people/unfollow-user", userId=ann.id)
    async with unchanged():
        await assert_refused_everywhere(ann, bob, talk, "RECIPIENT_UNAVAILABLE")
    assert (await bob.send(talk, HELLO))["__typename"] == "SendMessageSuccess"


async def test_a_first_message_that_is_refused_leaves_no_conversation(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    await let(bob, "FRIENDS")
    async with unchanged():
        refused = await ann.answer("messages/send-to-person", recipientId=bob.id, clientKey="1", content=HELLO)
    assert (refused["__typename"], refused["code"]) == ("NotAllowedError", "RECIPIENT_UNAVAILABLE")
    assert await listed(ann) == await listed(bob) == []


async def test_reading_and_taking_back_stay_possible(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await a_talk(ann, bob)
    await let(bob, "OFF")
    own = (await ann.messages(talk))[0]
    await ann.do("conversations/mark-read", conversationId=talk)
    await ann.do("conversations/mute-conversation", conversationId=talk, until="2999-01-01T00:00:00Z")
    await ann.do("messages/unsend-message", messageId=own["id"])
    assert [message["content"]["__typename"] for message in await bob.messages(talk)] == [
        "UnsentContent",
        "TextContent",
    ]


async def test_in_groups_it_only_governs_who_can_be_added(people: People, unchanged: Unchanged) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob)
    for who in (ann, bob, cat):
        await let(who, "OFF")
    message = (await bob.send(group, HELLO))["message"]
    await ann.do("messages/react", messageId=message["id"], emoji="👍")
    await bob.do("messages/edit-message", messageId=message["id"], text="hi")
    assert await capability(ann, group) is None
    async with unchanged():
        assert await ann.refused("conversations/add-members", conversationId=group, userIds=[cat.id]) == "MESSAGES_OFF"
        assert await ann.refused("conversations/create-group", title="x", memberIds=[bob.id]) == "MESSAGES_OFF"
    await let(ann, "FRIENDS")
    async with unchanged():
        for name, fields in (
            ("conversations/add-members", {"conversationId": group, "userIds": [cat.id]}),
            ("conversations/create-group", {"title": "x", "memberIds": [cat.id]}),
        ):
            assert await ann.refused(name, **fields) == "RECIPIENT_UNAVAILABLE"
    await let(cat, "FRIENDS")
    await ann.do("conversations/add-members", conversationId=group, userIds=[cat.id])


async def test_oneself_and_when_signed_out_there_is_nothing_to_ask(people: People) -> None:
    ann = await people.join("ann")
    for client in (ann.client, people.anyone):
        query = "query ($handle: String!) { user(handle: $handle) { viewerCanMessage { allowed } } }"
        answer = await client.execute(query, {"handle": ann.handle})
        assert answer["user"]["viewerCanMessage"] is None


@pytest.mark.parametrize("policy", ["EVERYONE", "FRIENDS", "OFF"])
async def test_others_are_not_told_which_setting_it_is(people: People, policy: str) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    await let(bob, policy)
    answer = (await ann.ask("people/user", handle=bob.handle))["user"]
    expected = policy == "EVERYONE"
    assert answer["viewerCanMessage"]["allowed"] is expected
    reason = None if expected else "This person can't receive direct messages from you."
    assert answer["viewerCanMessage"]["reason"] == reason
