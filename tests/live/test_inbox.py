"""`inbox`: everything that a person may hear, in one stream that resumes without a gap or a repetition."""

import base64
from uuid import uuid4

import pytest

from app.live.cursor import Cursors
from app.services import Services
from tests.support.graphql_client import Json, Subscription
from tests.support.people import People, Person, operation
from tests.support.samples import a_photo

SIGNALS = {"TypingChanged", "PresenceChanged"}


async def events(inbox: Subscription, count: int) -> list[Json]:
    """The next events, but for those that may come at any moment, as beats may once the inbox stands."""
    heard: list[Json] = []
    while len(heard) < count:
        passed_over = {*SIGNALS, "Heartbeat"} if inbox.stands else SIGNALS
        event = (await inbox.next())["inbox"]
        if event["__typename"] not in passed_over:
            heard.append(event)
    return heard


async def kinds(inbox: Subscription, count: int) -> list[str]:
    return [event["__typename"] for event in await events(inbox, count)]


async def cursor_of(person: Person) -> str:
    return (await person.ask("people/viewer"))["viewer"]["inboxCursor"]  # type: ignore[no-any-return]


async def head_of(person: Person) -> str:
    """The cursor behind everything that was acknowledged; a query's may be a little earlier."""
    async with person.socket() as socket:
        inbox = await socket.subscribe(operation("live/inbox"))
        return (await events(inbox, 1))[0]["cursor"]  # type: ignore[no-any-return]


async def test_each_kind_of_event_arrives(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    conversation_id = await ann.talk_to(bob)
    async with bob.inbox() as inbox:
        message = await ann.send_text(conversation_id, "hello")
        await ann.do("messages/edit-message", messageId=message["id"], text="hello!")
        await bob.do("messages/react", messageId=message["id"], emoji="👍")
        await bob.do("conversations/mark-read", conversationId=conversation_id)
        await bob.do("conversations/mute-conversation", conversationId=conversation_id, until="2040-01-01T00:00:00Z")
        await ann.do("messages/unsend-message", messageId=message["id"])
        heard = await events(inbox, 6)  # where they are not of the same conversation, any order is right
        group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]
        await ann.do("conversations/remove-member", conversationId=group["id"], userId=bob.id)
        heard += await events(inbox, 4)
    [muted] = [event for event in heard if event["__typename"] == "ConversationChanged"]
    assert muted in heard[:6]
    heard.remove(muted)
    told = [event["__typename"] for event in heard]
    assert told[:5] == ["MessageAdded", "MessageEdited", "ReactionsChanged", "ReadMoved", "MessageUnsent"]
    assert told[5:] == ["MemberJoined", "MemberJoined", "MessageAdded", "MemberLeft"]
    assert heard[3]["seq"] == 1
    assert heard[8]["conversation"] is None


async def test_a_cursor_of_a_query_and_then_a_subscription_leave_no_gap(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    cursor = await cursor_of(bob)
    for number in range(3):
        await ann.send_text(conversation_id, f"text {number}")
    async with bob.inbox(cursor) as inbox:
        assert [event["message"]["seq"] for event in await events(inbox, 3)] == [1, 2, 3]


async def test_resuming_at_any_live_event_gives_exactly_the_rest(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    rooms = [await _group(ann, bob, n) for n in range(4)]
    async with bob.inbox() as inbox:
        for number in range(12):
            await ann.send_text(rooms[number % 4], f"text {number}")
        heard = await events(inbox, 12)
    for position, event in enumerate(heard):
        rest = {later["message"]["id"] for later in heard[position + 1 :]}
        async with bob.inbox(event["cursor"]) as resumed:
            replayed = await events(resumed, len(rest))
            assert {later["message"]["id"] for later in replayed} == rest


async def _group(owner: Person, member: Person, number: int) -> str:
    group = await owner.do("conversations/create-group", title=f"Group {number}", memberIds=[member.id])
    return group["conversation"]["id"]  # type: ignore[no-any-return]


async def test_every_cursor_of_a_replay_resumes_behind_its_event(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    rooms = [await _group(ann, bob, n) for n in range(4)]
    start = await head_of(bob)
    for number in range(8):
        await ann.send_text(rooms[number % 4], f"text {number}")
    async with bob.inbox(start) as inbox:
        replayed = await events(inbox, 8)
    for position, event in enumerate(replayed):
        async with bob.inbox(event["cursor"]) as resumed:
            rest = await events(resumed, 7 - position)
            assert [later["message"]["id"] for later in rest] == [e["message"]["id"] for e in replayed[position + 1 :]]


async def test_two_people_get_the_same_cursor_for_the_same_event(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with ann.inbox() as anns, bob.inbox() as bobs:
        await ann.send_text(conversation_id, "hello")
        [one], [other] = await events(anns, 1), await events(bobs, 1)
    assert one["cursor"] == other["cursor"]


async def test_events_of_conversations_left_meanwhile_are_not_replayed(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    group = (await ann.do("conversations/create-group", title="Two", memberIds=[bob.id]))["conversation"]
    cursor = await cursor_of(bob)
    await ann.send_text(group["id"], "while in")
    await ann.do("conversations/remove-member", conversationId=group["id"], userId=bob.id)
    await ann.send_text(group["id"], "while out")
    await head_of(bob)  # what the process had yet to hear of would be told as it came
    async with bob.inbox(cursor) as inbox:
        assert await kinds(inbox, 1) == ["MemberLeft"]
        await ann.send_text(await ann.talk_to(bob), "marker")
        assert (await events(inbox, 1))[0]["message"]["fallbackText"] == "marker"


async def test_a_stranger_hears_nothing(people: People) -> None:
    ann, bob, eve = [await people.join(name) for name in ("ann", "bob", "eve")]
    conversation_id, marker_id = await ann.talk_to(bob), await ann.talk_to(eve)
    async with eve.inbox() as inbox:
        await ann.send_text(conversation_id, "not for eve")
        await ann.send_text(marker_id, "for eve")
        assert (await events(inbox, 1))[0]["message"]["fallbackText"] == "for eve"


async def refused(person: Person, cursor: str) -> None:
    async with person.socket() as socket:
        inbox = await socket.subscribe(operation("live/inbox"), {"after": cursor})
        [event] = await events(inbox, 1)
        assert event["__typename"] == "SnapshotRequired"
        await inbox.expect_complete()
    async with person.inbox(event["cursor"]):
        pass


@pytest.mark.parametrize("cursor", ["", "?", "AAAA", "x" * 500])
async def test_what_is_no_cursor_requires_a_snapshot(people: People, cursor: str) -> None:
    await refused(await people.join("ann"), cursor)


async def test_a_forged_cursor_requires_a_snapshot(people: People) -> None:
    ann = await people.join("ann")
    raw = bytearray(base64.urlsafe_b64decode(await cursor_of(ann) + "=="))
    raw[24] ^= 1
    await refused(ann, base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


async def test_a_cursor_ahead_of_the_log_requires_a_snapshot(people: People, services: Services) -> None:
    ahead = tuple(position + 1000 for position in services.hub.tailer.positions)
    await refused(await people.join("ann"), services.hub.cursors.encode(ahead))


async def test_a_cursor_from_before_a_restore_requires_a_snapshot(people: People, services: Services) -> None:
    current = services.hub.cursors
    before = Cursors(current.secret, uuid4(), current.lane_count)
    await refused(await people.join("ann"), before.encode(services.hub.tailer.positions))


async def test_an_upload_is_told_to_its_owner_when_it_is_ready_and_when_it_is_rejected(people: People) -> None:
    ann, bob = await people.friends("ann", "bob")
    async with ann.inbox() as inbox, bob.inbox() as other:
        start = await cursor_of(ann)
        ready = await ann.upload(a_photo(), "image/jpeg")
        rejected = await ann.upload(b"no picture at all", "image/jpeg")
        heard = await events(inbox, 2)
        marker = await ann.send_text(await ann.talk_to(bob), "marker")
        of_others: list[Json] = []
        while not of_others or of_others[-1].get("message", {}).get("id") != marker["id"]:
            of_others += await events(other, 1)
        assert not any("upload" in event for event in of_others)
    assert [(event["upload"]["id"], event["upload"]["state"]) for event in heard] == [
        (ready["id"], "READY"),
        (rejected["id"], "REJECTED"),
    ]
    async with ann.inbox(start) as resumed:
        assert {event["upload"]["id"] for event in await events(resumed, 2)} == {ready["id"], rejected["id"]}
