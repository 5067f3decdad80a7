"""Resuming costs little: from memory where that reaches back, in bounded work where it does not."""

import random
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import pytest

from app.live import inbox_feed, ring
from app.live.entry import Entry
from app.services import Services
from tests.live.processes import another_process
from tests.live.test_budgets import NOT_COUNTED
from tests.live.test_inbox import cursor_of, events, head_of
from tests.support.graphql_client import Json
from tests.support.people import People, Person, operation

# What each operation asks by itself, before its subscription is opened.
OF_EACH_OPERATION = "SELECT s.id, s.user_id FROM sessions s"


def spent(counted: Counter[str]) -> int:
    """Statements of joining, however long it took."""
    marks = (OF_EACH_OPERATION, *NOT_COUNTED)
    return sum(times for sql, times in counted.items() if not any(mark in sql for mark in marks))


async def test_two_hundred_who_resume_at_once_take_a_few_statements(people: People, services: Services) -> None:
    ann, *others = [await people.join(f"p{number}x") for number in range(21)]
    talks = [await ann.talk_to(other) for other in others]
    counted: Counter[str] = Counter()
    async with another_process(services, observer=lambda sql: counted.update([sql])) as process:
        await head_of(ann.at(process.url))
        cursors = [await cursor_of(other.at(process.url)) for other in others]
        for talk in talks:
            await ann.send_text(talk, "missed")
        await head_of(ann.at(process.url))
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(other.at(process.url).socket()) for other in others]
            counted.clear()
            inboxes = [
                await socket.subscribe(operation("live/inbox"), {"after": cursor})
                for socket, cursor in zip(sockets, cursors, strict=True)
                for _ in range(10)
            ]
            heard = [await events(inbox, 2) for inbox in inboxes]
    assert [[event["__typename"] for event in each] for each in heard] == [["Heartbeat", "MessageAdded"]] * 200
    assert {event["message"]["sender"]["handle"] for _, event in heard} == {ann.handle}
    assert {event["message"]["conversation"]["id"] for _, event in heard} == set(talks)
    assert not any("found.lane" in sql for sql in counted), "the log was read, which memory holds"
    # Heads, sessions, blocks, messages, and the senders and conversations that are asked for: one statement each for
    # all who ask while the one before is under way.
    assert spent(counted) <= 20, counted


async def test_two_hundred_who_resume_a_conversation_at_once_take_a_few_statements(
    people: People, services: Services
) -> None:
    ann, *others = [await people.join(f"p{number}x") for number in range(21)]
    talks = [await ann.talk_to(other) for other in others]
    counted: Counter[str] = Counter()
    async with another_process(services, observer=lambda sql: counted.update([sql])) as process:
        for talk in talks * 3:
            await ann.send_text(talk, "missed")
        await head_of(ann.at(process.url))
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(other.at(process.url).socket()) for other in others]
            counted.clear()
            lives = [
                await socket.subscribe(operation("live/message-added"), {"conversationId": talk, "afterSeq": 1})
                for socket, talk in zip(sockets, talks, strict=True)
                for _ in range(10)
            ]
            heard = [[(await live.next())["messageAdded"]["seq"] for _ in range(2)] for live in lives]
    assert heard == [[2, 3]] * 200
    assert spent(counted) <= 20, counted


@pytest.mark.parametrize("seed", range(3))
async def test_a_conversation_replayed_from_memory_equals_one_from_the_database(
    people: People, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    group = await ann.make_group(bob, cat)
    await _live(chance, group, ann, bob, cat)
    for _ in range(12):
        await chance.choice([ann, cat]).send_text(group, f"text {chance.random()}")
    last, original = (await bob.messages(group, last=1))[-1]["seq"], ring.Ring.said
    found: list[list[Entry] | None] = []

    def noted(*args: Any) -> list[Entry] | None:
        found.append(original(*args))
        return found[-1]

    for after in (0, *range(last - 14, last, 2)):
        with monkeypatch.context() as patched:
            patched.setattr(ring.Ring, "said", noted)
            from_memory = await _said(bob, group, after, ann)
            patched.setattr(ring.Ring, "said", lambda *_: None)
            from_database = await _said(bob, group, after, ann)
        assert from_memory == from_database[: len(from_memory)]
    assert sum(map(bool, found)) >= 6


async def _live(chance: random.Random, group: str, ann: Person, bob: Person, cat: Person) -> None:
    """Have things happen in a group that bob leaves and comes back to; at last he blocks somebody there."""
    is_inside, said = True, list[Json]()
    for _ in range(30):
        match chance.choice(["say", "say", "say", "edit", "unsend", "react", "move"]):
            case "say":
                said.append(await chance.choice([ann, cat]).send_text(group, f"text {chance.random()}"))
            case "edit" if said:
                await ann.answer("messages/edit-message", messageId=chance.choice(said)["id"], text="edited")
            case "unsend" if said:
                await ann.answer("messages/unsend-message", messageId=chance.choice(said)["id"])
            case "react" if said:
                await ann.answer("messages/react", messageId=chance.choice(said)["id"], emoji="👍")
            case "move":
                name, who = ("remove-member", {"userId": bob.id}), ("add-members", {"userIds": [bob.id]})
                act, target = name if is_inside else who
                await ann.do(f"conversations/{act}", conversationId=group, **target)
                is_inside = not is_inside
    if not is_inside:
        await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
    await bob.do("people/block-user", userId=cat.id)
    await head_of(bob)


async def _said(person: Person, group: str, after: int, other: Person) -> list[Json]:
    """What comes before a message that is sent once the stream stands."""
    async with person.socket() as socket:
        live = await socket.subscribe(operation("live/message-added"), {"conversationId": group, "afterSeq": after})
        marker = (await other.send_text(group, "marker"))["id"]
        heard: list[Json] = []
        while not heard or heard[-1]["id"] != marker:
            heard.append((await live.next())["messageAdded"])
    return heard[:-1]


async def test_a_replay_from_memory_looks_up_reactions_where_there_are_some(
    people: People, statements: Counter[str]
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    start = await head_of(bob)
    _, loved = [await ann.send_text(conversation_id, text) for text in ("plain", "loved")]
    await ann.do("messages/react", messageId=loved["id"], emoji="👍")
    await head_of(bob)
    before = Counter(statements)
    async with bob.inbox(start) as inbox:
        added, added_and_loved, changed = await events(inbox, 3)
    assert added["message"]["reactions"] == []
    assert added_and_loved["message"]["reactions"] == changed["message"]["reactions"] != []
    assert sum(times for sql, times in (statements - before).items() if "r.emoji" in sql) == 2


@pytest.mark.parametrize("seed", range(3))
async def test_a_replay_from_memory_equals_one_from_the_database(
    people: People, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    direct = await ann.talk_to(bob)
    groups = [await ann.make_group(bob, cat, title=f"Group {number}") for number in range(3)]
    start = await head_of(bob)
    inside = dict.fromkeys(groups, True)
    said = []
    for _ in range(40):
        group = chance.choice(groups)
        match chance.choice(["say", "say", "say", "edit", "unsend", "react", "read", "remove", "talk"]):
            case "say":
                said.append((group, await ann.send_text(group, f"text {chance.random()}")))
            case "talk":
                said.append((direct, await ann.send_text(direct, f"text {chance.random()}")))
            case "edit" if said:
                message = chance.choice(said)[1]
                await ann.answer("messages/edit-message", messageId=message["id"], text=f"edited {chance.random()}")
            case "unsend" if said:
                await ann.do("messages/unsend-message", messageId=said.pop(0)[1]["id"])
            case "react" if said:
                await ann.answer("messages/react", messageId=chance.choice(said)[1]["id"], emoji="👍")
            case "read":
                await cat.do("conversations/mark-read", conversationId=group)
            case "remove":
                if inside[group]:
                    await ann.do("conversations/remove-member", conversationId=group, userId=bob.id)
                else:
                    await ann.do("conversations/add-members", conversationId=group, userIds=[bob.id])
                inside[group] = not inside[group]
    await head_of(bob)  # memory is judged by what was applied, the database by what was committed
    from_memory = await _replayed(bob, start, ann, direct)
    monkeypatch.setattr(ring.Ring, "holds", lambda *_: False)
    from_database = await _replayed(bob, start, ann, direct)
    assert sorted(from_memory) == sorted(from_database)
    assert len(from_memory) > 5


async def _replayed(person: Person, cursor: str, other: Person, conversation_id: str) -> list[str]:
    """What comes before a message that is sent once the stream stands."""
    async with person.inbox(cursor) as inbox:
        marker = (await other.send_text(conversation_id, "marker"))["id"]
        heard: list[str] = []
        while not heard or marker not in heard[-1]:
            [event] = await events(inbox, 1)
            event.pop("cursor")
            heard.append(str(sorted(event.items())))
    return [event for event in heard if "marker" not in event]


async def test_a_process_that_has_just_started_remembers_what_was_before(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    start = await head_of(bob)
    for number in range(3):
        await ann.send_text(conversation_id, f"text {number}")
    counted: Counter[str] = Counter()
    async with another_process(services, observer=lambda sql: counted.update([sql])) as process:
        assert process.hub.ring.holds(process.hub.cursors.decode(start))
        async with bob.at(process.url).inbox(start) as inbox:
            assert [event["message"]["seq"] for event in await events(inbox, 3)] == [1, 2, 3]
    assert not any("found.lane" in sql for sql in counted)


async def test_what_was_unsent_meanwhile_is_not_replayed_from_memory(people: People) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.inbox() as listening:
        start = await cursor_of(bob)
        message = await ann.send_text(conversation_id, "secret")
        await ann.do("messages/unsend-message", messageId=message["id"])
        await events(listening, 2)
    async with bob.inbox(start) as inbox:
        replayed = await events(inbox, 2)
    assert "secret" not in str(replayed)
    assert [event["__typename"] for event in replayed] == ["MessageAdded", "MessageUnsent"]


async def test_a_ring_drops_the_oldest_and_says_so(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ring, "MOST_ENTRIES", 5)
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    start = await head_of(bob)
    for number in range(12):
        await ann.send_text(conversation_id, f"text {number}")
    late = await head_of(bob)
    await ann.send_text(conversation_id, "latest")
    await head_of(bob)
    hub = services.hub
    assert not hub.ring.holds(hub.cursors.decode(start))
    assert hub.ring.holds(hub.cursors.decode(late))
    for cursor, count in ((start, 13), (late, 1)):
        async with bob.inbox(cursor) as inbox:
            assert [event["message"]["seq"] for event in await events(inbox, count)] == list(range(14 - count, 14))


async def test_further_behind_than_the_limit_a_snapshot_is_required(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_feed, "REPLAY_LIMIT", 5)
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    start = await head_of(bob)
    for number in range(5):
        await ann.send_text(conversation_id, f"text {number}")
    async with bob.inbox(start) as inbox:
        await events(inbox, 5)
    await ann.send_text(conversation_id, "one more")
    for holds in (True, False):
        monkeypatch.setattr(ring.Ring, "holds", lambda *_, holds=holds: holds)
        async with bob.socket() as socket:
            inbox = await socket.subscribe(operation("live/inbox"), {"after": start})
            [event] = await events(inbox, 1)
            assert event["__typename"] == "SnapshotRequired"
            await inbox.expect_complete()
