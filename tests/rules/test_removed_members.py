"""Whoever is removed from a group, or leaves it, has lost it on every path at once."""

import pytest

from tests.rules.cast import publish
from tests.rules.conftest import Unchanged
from tests.rules.test_direct_conversations import listed
from tests.support.graphql_client import Json
from tests.support.people import People, Person, operation


class Left:
    """A group that `bob` was in, with what he could still name of it."""

    def __init__(self, ann: Person, bob: Person, cat: Person, group: str) -> None:
        self.ann, self.bob, self.cat, self.group = ann, bob, cat, group
        self.own: Json = {}
        self.others: Json = {}
        self.video = ""


@pytest.fixture(scope="module", params=["removed", "left"])
async def left(crowd: People, request: pytest.FixtureRequest) -> Left:
    ann, bob, cat = await crowd.friends(*(f"{name}{request.param}" for name in ("ann", "bob", "cat")))
    left = Left(ann, bob, cat, await ann.make_group(bob, cat))
    left.own = (await bob.send(left.group, {"text": {"text": "mine"}}, clientKey="known"))["message"]
    left.others = await ann.send_text(left.group, "hers")
    left.video = (await publish(ann, "ONLY_SHARED"))["id"]
    await ann.send(left.group, {"video": {"videoId": left.video}})
    await bob.do("messages/react", messageId=left.others["id"], emoji="👍")
    assert await can_see(bob, left.video)
    if request.param == "removed":
        await ann.do("conversations/remove-member", conversationId=left.group, userId=bob.id)
    else:
        await bob.do("conversations/leave-group", conversationId=left.group)
    return left


async def can_see(person: Person, global_id: str) -> bool:
    [node] = (await person.ask("about/nodes", ids=[global_id]))["nodes"]
    return node is not None


async def test_nothing_of_it_is_found_by_id(left: Left) -> None:
    for global_id in (left.group, left.own["id"], left.others["id"], left.video):
        assert not await can_see(left.bob, global_id)
        assert await can_see(left.cat, global_id)
    assert (await left.bob.ask("conversations/history", id=left.group, last=5))["node"] is None
    assert await listed(left.bob) == []


async def test_nothing_can_be_done_in_it(left: Left, unchanged: Unchanged) -> None:
    bob, group, own, others = left.bob, left.group, left.own["id"], left.others["id"]
    talk = await bob.talk_to(left.cat)
    async with unchanged():
        for name, fields in (
            ("messages/send-text", {"conversationId": group, "clientKey": "1", "content": {"text": {"text": "x"}}}),
            ("messages/send-text", {"conversationId": group, "clientKey": "1", "content": {"text": {"text": "x"}},
                                    "replyToId": others}),
            ("messages/edit-message", {"messageId": own, "text": "x"}),
            ("messages/edit-message", {"messageId": own, "text": "mine"}),
            ("messages/unsend-message", {"messageId": own}),
            ("messages/react", {"messageId": others, "emoji": "👍"}),
            ("messages/unreact", {"messageId": others}),
            ("conversations/mark-read", {"conversationId": group}),
            ("conversations/mark-read", {"conversationId": group, "upToSeq": 1}),
            ("conversations/mute-conversation", {"conversationId": group}),
            ("conversations/update-group", {"conversationId": group, "title": "x"}),
            ("conversations/add-members", {"conversationId": group, "userIds": [bob.id, left.cat.id]}),
            ("conversations/remove-member", {"conversationId": group, "userId": left.cat.id}),
            ("conversations/set-member-role", {"conversationId": group, "userId": left.cat.id, "role": "ADMIN"}),
            ("conversations/leave-group", {"conversationId": group}),
            ("people/report", {"subject": {"messageId": others}, "category": "SPAM"}),
            ("people/report", {"subject": {"videoId": left.video}, "category": "SPAM"}),
        ):  # fmt: skip
            assert await bob.refused(name, **fields) == "NOT_FOUND", (name, fields)
        video = {"video": {"videoId": left.video}}
        assert (await bob.send(talk, video))["code"] == "NOT_FOUND"


async def test_the_others_see_no_more_of_the_member_and_all_of_what_was_said(left: Left) -> None:
    conversation = await left.cat.conversation(left.group)
    assert conversation
    assert [edge["node"]["id"] for edge in conversation["members"]["edges"]] == [left.ann.id, left.cat.id]
    first, mine, hers, *_ = await left.cat.messages(left.group)
    assert (mine["fallbackText"], mine["sender"]["id"]) == ("mine", left.bob.id)
    assert hers["reactions"] == [{"emoji": "👍", "count": 1, "viewerHasReacted": False}]
    assert first["seq"] == 1


async def test_a_retry_of_what_was_sent_before_still_says_that_it_was_sent(left: Left, unchanged: Unchanged) -> None:
    async with unchanged():
        again = await left.bob.send(left.group, {"text": {"text": "mine"}}, clientKey="known")
        assert (again["__typename"], again["wasReplay"]) == ("SendMessageSuccess", True)
        assert (again["message"]["id"], again["message"]["seq"]) == (left.own["id"], left.own["seq"])
        other = await left.bob.send(left.group, {"text": {"text": "other"}}, clientKey="known")
        assert other["__typename"] == "IdempotencyConflictError"


async def test_a_retry_tells_nothing_of_what_became_of_the_message(left: Left) -> None:
    await left.cat.do("messages/react", messageId=left.own["id"], emoji="🎉")
    await left.cat.do("conversations/mark-read", conversationId=left.group)
    query = """mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on SendMessageSuccess { message {
      id conversation { id } reactions { emoji } readBy { edges { node { id } } } } } } }"""
    fields = {"conversationId": left.group, "clientKey": "known", "content": {"text": {"text": "mine"}}}
    message = (await left.bob.client.execute(query, {"input": fields}))["sendMessage"]["message"]
    assert message == {"id": left.own["id"], "conversation": None, "reactions": [], "readBy": {"edges": []}}


async def test_what_is_said_afterwards_is_no_longer_heard(left: Left) -> None:
    async with left.bob.socket() as socket:
        live = await socket.subscribe(operation("live/message-added"), {"conversationId": left.group, "afterSeq": 0})
        await live.expect_error("NOT_FOUND")
