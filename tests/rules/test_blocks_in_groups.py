"""A block within a group: the two see nothing of each other there; everyone else sees all."""

from typing import Any

import pytest

from tests.rules.conftest import Unchanged
from tests.rules.test_message_policy import HELLO
from tests.support.graphql_client import Json
from tests.support.people import People, Person

UNAVAILABLE = "This message is not available."


class Room:
    """`cat` owns a group with `ann` and `bob`, who wrote, reacted and replied before ann blocked bob."""

    def __init__(self, ann: Person, bob: Person, cat: Person, group: str) -> None:
        self.ann, self.bob, self.cat, self.group = ann, bob, cat, group
        self.said: dict[str, Json] = {}

    def sides(self) -> list[tuple[Person, Person, str, str]]:
        """(who looks, the other, name of own message, name of the other's), both ways."""
        return [(self.ann, self.bob, "ann", "bob"), (self.bob, self.ann, "bob", "ann")]


@pytest.fixture(scope="module")
async def room(crowd: People) -> Room:
    cat, ann, bob = await crowd.friends("cat", "ann", "bob")
    room = Room(ann, bob, cat, await cat.make_group(ann, bob))
    for name, who in (("ann", ann), ("bob", bob), ("cat", cat)):
        room.said[name] = await who.send_text(room.group, f"of {name}")
    for name, who in (("ann", bob), ("bob", ann)):
        sent = await who.send(room.group, {"text": {"text": f"reply to {name}"}}, replyToId=room.said[name]["id"])
        room.said[f"reply to {name}"] = sent["message"]
    for who in (ann, bob, cat):
        await who.do("messages/react", messageId=room.said["cat"]["id"], emoji="👍")
        await who.do("conversations/mark-read", conversationId=room.group)
    await ann.do("people/block-user", userId=bob.id)
    return room


async def texts(person: Person, group: str) -> list[str]:
    return [message["fallbackText"] for message in await person.messages(group)][1:]


async def test_neither_reads_what_the_other_said(room: Room) -> None:
    hidden = UNAVAILABLE
    assert await texts(room.ann, room.group) == ["of ann", hidden, "of cat", hidden, "reply to bob"]
    assert await texts(room.bob, room.group) == [hidden, "of bob", "of cat", "reply to ann", hidden]
    assert await texts(room.cat, room.group) == ["of ann", "of bob", "of cat", "reply to ann", "reply to bob"]


async def test_a_hidden_message_shows_nothing_of_its_sender_or_content(room: Room) -> None:
    for viewer, other, _, name in room.sides():
        for message in (room.said[name], room.said[f"reply to {'ann' if name == 'bob' else 'bob'}"]):
            seen = (await viewer.ask("messages/message", id=message["id"]))["node"]
            assert (seen["sender"], seen["content"]["__typename"]) == (None, "UnsentContent")
            assert (seen["replyTo"], seen["editedAt"], seen["clientKey"]) == (None, None, None)
            assert (seen["id"], seen["seq"]) == (message["id"], message["seq"])
            assert other.handle not in str(seen)
            assert "of " not in str(seen)


async def test_a_reply_to_a_hidden_message_does_not_quote_it(room: Room) -> None:
    for viewer, _, _, other in room.sides():
        seen = (await viewer.ask("messages/message", id=room.said[f"reply to {other}"]["id"]))["node"]
        assert seen["replyTo"]["fallbackText"] == UNAVAILABLE
        seen = (await room.cat.ask("messages/message", id=seen["id"]))["node"]
        assert seen["replyTo"]["fallbackText"] == f"of {other}"


async def test_reactions_and_readers_leave_the_other_out(room: Room) -> None:
    for viewer, other, *_ in room.sides():
        seen = (await viewer.ask("messages/message", id=room.said["cat"]["id"]))["node"]
        assert seen["reactions"] == [{"emoji": "👍", "count": 2, "viewerHasReacted": True}]
        assert [edge["node"]["handle"] for edge in seen["readBy"]["edges"]] == [viewer.handle]
        assert other.handle not in str(seen)
    seen = (await room.cat.ask("messages/message", id=room.said["cat"]["id"]))["node"]
    assert seen["reactions"] == [{"emoji": "👍", "count": 3, "viewerHasReacted": True}]
    assert {edge["node"]["handle"] for edge in seen["readBy"]["edges"]} == {room.ann.handle, room.bob.handle}


async def test_members_leave_the_other_out(room: Room) -> None:
    async def members(person: Person) -> set[str]:
        conversation = await person.conversation(room.group)
        assert conversation
        return {edge["node"]["id"] for edge in conversation["members"]["edges"]}

    assert await members(room.ann) == {room.ann.id, room.cat.id}
    assert await members(room.bob) == {room.bob.id, room.cat.id}
    assert await members(room.cat) == {room.ann.id, room.bob.id, room.cat.id}


async def test_neither_can_react_or_reply_to_the_other(room: Room, unchanged: Unchanged) -> None:
    async with unchanged():
        for viewer, _, _, name in room.sides():
            message_id = room.said[name]["id"]
            assert await viewer.refused("messages/react", messageId=message_id, emoji="🎉") == "NOT_FOUND"
            assert await viewer.refused("messages/unreact", messageId=message_id) == "NOT_FOUND"
            assert (await viewer.send(room.group, HELLO, replyToId=message_id))["code"] == "NOT_FOUND"


async def test_a_shared_group_leads_to_no_profile(room: Room) -> None:
    for viewer, other, *_ in room.sides():
        for name, variables in (
            ("conversations/conversations", {}),
            ("conversations/conversation", {"id": room.group}),
            ("conversations/history", {"id": room.group, "last": 50}),
        ):
            answer: dict[str, Any] = await viewer.ask(name, **variables)
            assert other.handle not in str(answer)
            assert other.id not in str(answer)


async def test_notices_about_the_other_do_not_name_them(people: People) -> None:
    cat, ann, bob = await people.friends("cat", "ann", "bob")
    group = await cat.make_group(ann)
    await cat.do("conversations/set-member-role", conversationId=group, userId=ann.id, role="ADMIN")
    await cat.do("conversations/add-members", conversationId=group, userIds=[bob.id])
    await ann.do("conversations/update-group", conversationId=group, title="By ann")
    await ann.do("people/block-user", userId=bob.id)
    joined = (await ann.messages(group))[1]["content"]
    assert (joined["notice"], joined["people"], joined["actor"]["handle"]) == ("JOINED", [], cat.handle)
    renamed = (await bob.messages(group))[-1]
    assert (renamed["content"]["__typename"], renamed["sender"]) == ("UnsentContent", None)
    assert (await bob.conversation(group) or {})["title"] == "By ann"


async def test_unblocking_shows_all_again(people: People) -> None:
    cat, ann, bob = await people.friends("cat", "ann", "bob")
    group = await cat.make_group(ann, bob)
    await ann.do("people/block-user", userId=bob.id)
    await bob.send_text(group, "meanwhile")
    assert await texts(ann, group) == [UNAVAILABLE]
    await ann.do("people/unblock-user", userId=bob.id)
    assert await texts(ann, group) == ["meanwhile"]
    [message] = await ann.messages(group, last=1)
    assert message["sender"]["id"] == bob.id


async def test_whom_a_block_hides_is_not_there_for_an_owner_in_the_group_or_out_of_it(people: People) -> None:
    cat, ann, bob = await people.friends("cat", "ann", "bob")
    group = await ann.make_group(bob, cat)
    await bob.do("people/block-user", userId=ann.id)
    named = {"conversationId": group, "userId": bob.id}
    for is_member in (True, False):
        assert (await bob.conversation(group) is not None) is is_member
        assert await ann.refused("conversations/remove-member", **named) == "NOT_FOUND"
        assert await ann.refused("conversations/set-member-role", **named, role="ADMIN") == "NOT_FOUND"
        assert await ann.refused("conversations/add-members", conversationId=group, userIds=[bob.id]) == "NOT_FOUND"
        if is_member:
            await bob.do("conversations/leave-group", conversationId=group)
