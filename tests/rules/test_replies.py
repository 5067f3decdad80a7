"""Replies: to a message of the same conversation that one can see."""

import pytest

from tests.rules.conftest import Unchanged
from tests.rules.records import key_of, to_message_id
from tests.support.graphql_client import Json
from tests.support.people import People, Person


@pytest.fixture(scope="module")
async def friends(crowd: People) -> tuple[Person, Person, Person, str]:
    ann, bob, cat = await crowd.friends("ann", "bob", "cat")
    return ann, bob, cat, await ann.make_group(bob, cat)


async def reply(person: Person, conversation_id: str, to: str) -> Json:
    """What the server answers to a reply."""
    fields = {"conversationId": conversation_id, "replyToId": to, "clientKey": to[-60:]}
    return await person.answer("messages/reply", content={"text": {"text": "a reply"}}, **fields)


async def test_a_reply_shows_what_it_replies_to(friends: tuple[Person, Person, Person, str]) -> None:
    ann, bob, cat, group = friends
    message = await ann.send_text(group, "first")
    replied = await reply(bob, group, message["id"])
    again = await reply(cat, group, replied["message"]["id"])
    for sent, to in ((replied, message), (again, replied["message"])):
        read = (await ann.ask("messages/message", id=sent["message"]["id"]))["node"]
        assert read["replyTo"] == {"id": to["id"], "seq": to["seq"], "fallbackText": to["fallbackText"]}


async def test_a_reply_to_something_elsewhere_or_to_nothing_is_refused(
    friends: tuple[Person, Person, Person, str], unchanged: Unchanged
) -> None:
    ann, bob, _, group = friends
    talk = await ann.talk_to(bob)
    elsewhere = await ann.send_text(talk, "elsewhere")
    notice = (await ann.messages(group))[0]
    async with unchanged():
        for to, code in (
            (elsewhere["id"], "INVALID_INPUT"),
            (notice["id"], "INVALID_INPUT"),
            (group, "INVALID_INPUT"),
            ("", "INVALID_INPUT"),
            (to_message_id(key_of(group), 10**6), "NOT_FOUND"),
            (to_message_id(key_of(group), 0), "NOT_FOUND"),
        ):
            assert (await reply(ann, group, to))["code"] == code
        hello = {"clientKey": "1", "content": {"text": {"text": "x"}}}
        assert await ann.refused("messages/send-to-person", recipientId=bob.id, replyToId=elsewhere["id"], **hello) == (
            "INVALID_INPUT"
        )


async def test_what_was_said_before_one_came_can_not_be_replied_to(people: People, unchanged: Unchanged) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob)
    before = await ann.send_text(group, "before")
    await ann.do("conversations/add-members", conversationId=group, userIds=[cat.id])
    async with unchanged():
        assert (await reply(cat, group, before["id"]))["code"] == "NOT_FOUND"


async def test_what_a_block_hides_can_not_be_replied_to(people: People, unchanged: Unchanged) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    messages = [await who.send_text(group, "hello") for who in (ann, bob)]
    await bob.do("people/block-user", userId=ann.id)
    async with unchanged():
        assert (await reply(bob, group, messages[0]["id"]))["code"] == "NOT_FOUND"
        assert (await reply(ann, group, messages[1]["id"]))["code"] == "NOT_FOUND"
    replied = (await reply(cat, group, messages[0]["id"]))["message"]
    seen = (await bob.ask("messages/message", id=replied["id"]))["node"]
    assert seen["replyTo"]["fallbackText"] == "This message is not available."
