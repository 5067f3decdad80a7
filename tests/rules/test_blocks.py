"""A block: silent, both ways, on every path between two people; what was said one to one stays readable."""

import pytest

from tests.rules.cast import publish
from tests.rules.conftest import Unchanged
from tests.rules.records import nobody
from tests.rules.test_direct_conversations import listed as conversations
from tests.rules.test_follows import listed, relation
from tests.rules.test_message_policy import HELLO, a_talk, assert_refused_everywhere, capability, let, permission
from tests.rules.test_search import found
from tests.support.people import People, Person

BLOCK, UNBLOCK = "people/block-user", "people/unblock-user"


@pytest.fixture(scope="module")
async def blocked(crowd: People) -> tuple[Person, Person, Person, str]:
    """`ann`, who has blocked `bob`; `cat`, a friend of both; and what ann and bob had said."""
    ann, bob, cat = await crowd.friends("ann", "bob", "cat")
    talk = await a_talk(ann, bob)
    await ann.do(BLOCK, userId=bob.id)
    return ann, bob, cat, talk


@pytest.fixture(params=["the one who blocks", "the one who is blocked"])
def pair(blocked: tuple[Person, Person, Person, str], request: pytest.FixtureRequest) -> tuple[Person, Person, str]:
    """(who looks, the other, their conversation)."""
    ann, bob, _, talk = blocked
    return (ann, bob, talk) if request.param == "the one who blocks" else (bob, ann, talk)


@pytest.fixture
def cat(blocked: tuple[Person, Person, Person, str]) -> Person:
    return blocked[2]


async def profile(person: Person, other: Person) -> object:
    return (await person.ask("people/user", handle=other.handle))["user"]


async def test_neither_finds_the_other(pair: tuple[Person, Person, str]) -> None:
    viewer, other, _ = pair
    assert await profile(viewer, other) is None
    assert (await viewer.ask("about/nodes", ids=[other.id, viewer.id]))["nodes"][0] is None
    assert await found(viewer, other.handle) == []
    assert await profile(viewer, viewer)


async def test_follows_end_both_ways_and_neither_can_follow(
    pair: tuple[Person, Person, str], cat: Person, unchanged: Unchanged
) -> None:
    viewer, other, _ = pair
    for name in ("followers", "following", "friends"):
        assert await listed(cat, name, viewer) == await listed(cat, name, other) == [cat.handle]
    async with unchanged():
        for name in ("people/follow-user", "people/unfollow-user"):
            assert await viewer.refused(name, userId=other.id) == "NOT_FOUND"


async def test_neither_is_in_the_lists_that_the_other_reads(pair: tuple[Person, Person, str], cat: Person) -> None:
    viewer, other, _ = pair
    for name in ("followers", "following", "friends"):
        assert await listed(viewer, name, cat) == [viewer.handle]
        assert sorted(await listed(cat, name, cat)) == sorted([other.handle, viewer.handle])


async def test_nothing_can_be_sent_and_the_code_is_that_of_any_refusal(
    pair: tuple[Person, Person, str], unchanged: Unchanged, cat: Person
) -> None:
    viewer, other, talk = pair
    await let(cat, "OFF")
    assert await permission(viewer, cat) == await capability(viewer, talk) == "RECIPIENT_UNAVAILABLE"
    own, others = sorted(await viewer.messages(talk), key=lambda message: message["clientKey"] is None)
    async with unchanged():
        assert (await viewer.send(talk, HELLO))["code"] == "RECIPIENT_UNAVAILABLE"
        assert (await viewer.send(talk, HELLO, replyToId=own["id"]))["code"] == "RECIPIENT_UNAVAILABLE"
        for name, fields in (
            ("messages/send-to-person", {"recipientId": other.id, "clientKey": "1", "content": HELLO}),
            ("messages/edit-message", {"messageId": own["id"], "text": "changed"}),
            ("messages/react", {"messageId": others["id"], "emoji": "👍"}),
            ("messages/unreact", {"messageId": others["id"]}),
        ):
            assert await viewer.refused(name, **fields) == "RECIPIENT_UNAVAILABLE", name


async def test_what_was_said_stays_readable_without_its_sender(pair: tuple[Person, Person, str]) -> None:
    viewer, _, talk = pair
    assert await viewer.talk_to(pair[1]) == talk
    assert talk in await conversations(viewer)
    conversation = await viewer.conversation(talk)
    assert conversation
    assert [edge["node"]["id"] for edge in conversation["members"]["edges"]] == [viewer.id]
    messages = await viewer.messages(talk)
    assert [message["fallbackText"] for message in messages] == ["hello", "hello"]
    assert sorted((message["sender"] or {}).get("id", "") for message in messages) == ["", viewer.id]
    [own] = [message for message in messages if message["sender"]]
    assert (await viewer.ask("messages/message", id=own["id"]))["node"]["readBy"] == {"edges": []}
    await viewer.do("conversations/mark-read", conversationId=talk)
    assert await viewer.unread(talk) == 0


async def test_a_profile_or_video_of_theirs_that_a_third_one_shares_is_not_shown(
    pair: tuple[Person, Person, str], cat: Person, unchanged: Unchanged
) -> None:
    viewer, other, _ = pair
    await let(cat, "EVERYONE")
    video = (await publish(other, "PUBLIC"))["id"]
    talk = await cat.talk_to(viewer)
    await cat.send(talk, {"profile": {"userId": other.id}})
    await cat.send(talk, {"video": {"videoId": video}})
    shared_profile, shared_video = [message["content"] for message in await viewer.messages(talk)]
    assert shared_profile["user"] is None
    assert (shared_video["isAvailable"], shared_video["video"]) == (False, None)
    async with unchanged():
        for content in ({"profile": {"userId": other.id}}, {"video": {"videoId": video}}):
            assert (await viewer.send(talk, content))["code"] == "NOT_FOUND"


async def test_without_a_conversation_the_other_is_just_not_there(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    await ann.do(BLOCK, userId=bob.id)
    async with unchanged():
        for viewer, other in ((ann, bob), (bob, ann)):
            hello = {"clientKey": "1", "content": HELLO}
            assert await viewer.refused("messages/send-to-person", recipientId=other.id, **hello) == "NOT_FOUND"
            assert await viewer.refused("conversations/start-conversation", userId=other.id) == "NOT_FOUND"
            ids = [other.id]
            assert await viewer.refused("conversations/create-group", title="x", memberIds=ids) == "NOT_FOUND"


async def test_an_answer_to_who_is_blocked_says_nothing_of_it(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    await ann.do(BLOCK, userId=bob.id)
    blocked = await bob.answer("people/follow-user", userId=ann.id)
    assert blocked == await bob.answer("people/follow-user", userId=nobody())


async def test_unblocking_brings_back_all_but_the_follows(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    talk = await a_talk(ann, bob)
    await ann.do(BLOCK, userId=bob.id)
    await ann.do(UNBLOCK, userId=bob.id)
    for viewer, other in ((ann, bob), (bob, ann)):
        assert await relation(viewer, other) == (False, False, False)
        assert await found(viewer, other.handle) == [other.handle]
        assert await permission(viewer, other) is await capability(viewer, talk) is None
        assert all(message["sender"] for message in await viewer.messages(talk))
        assert (await viewer.send(talk, HELLO))["__typename"] == "SendMessageSuccess"
    await ann.befriend(bob)


async def test_where_both_block_both_have_to_unblock(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = await a_talk(ann, bob)
    await ann.do(BLOCK, userId=bob.id)
    await bob.do(BLOCK, userId=ann.id)
    await ann.do(UNBLOCK, userId=bob.id)
    assert await profile(ann, bob) is await profile(bob, ann) is None
    async with unchanged():
        assert (await ann.send(talk, HELLO))["code"] == "RECIPIENT_UNAVAILABLE"
    await bob.do(UNBLOCK, userId=ann.id)
    assert await profile(ann, bob)
    assert (await ann.send(talk, HELLO))["__typename"] == "SendMessageSuccess"


async def test_only_the_blocker_sees_and_ends_it(people: People, unchanged: Unchanged) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]

    async def blocked(person: Person) -> list[str]:
        edges = (await person.ask("people/blocked-users"))["viewer"]["blockedUsers"]["edges"]
        return [edge["node"]["handle"] for edge in edges]

    await ann.do(BLOCK, userId=bob.id)
    assert (await blocked(ann), await blocked(bob)) == ([bob.handle], [])
    async with unchanged():
        await ann.do(BLOCK, userId=bob.id)
        await bob.do(UNBLOCK, userId=ann.id)
        await bob.do(UNBLOCK, userId=nobody())
        assert await ann.refused(BLOCK, userId=ann.id) == "SELF"
        assert await ann.refused(BLOCK, userId=nobody()) == "NOT_FOUND"
    assert await profile(ann, bob) is None
    await ann.do(UNBLOCK, userId=bob.id)
    assert await blocked(ann) == []


async def test_after_a_block_friends_only_means_friends_anew(people: People, unchanged: Unchanged) -> None:
    bob, ann = await people.friends("bob", "ann")
    talk = await a_talk(bob, ann)
    await let(ann, "FRIENDS")
    await ann.do(BLOCK, userId=bob.id)
    await ann.do(UNBLOCK, userId=bob.id)
    async with unchanged():
        await assert_refused_everywhere(bob, ann, talk, "RECIPIENT_UNAVAILABLE")
