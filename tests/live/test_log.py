"""The log itself: dense positions in commit order, and no deadlock."""

import asyncio
import contextlib
import random
from uuid import UUID

import pytest

from app.errors import TryAgainError
from app.ids import new_id
from app.services import Services
from app.store import connections, database
from app.store.database import Transaction
from app.store.events import Event, EventKind
from tests.support.people import People


async def test_positions_are_dense_in_each_lane_and_follow_the_commits(services: Services) -> None:
    topics = [new_id() for _ in range(12)]
    committed: dict[UUID, list[int]] = {topic: [] for topic in topics}
    locks = {topic: asyncio.Lock() for topic in topics}

    async def write(number: int) -> None:
        topic = topics[number % len(topics)]

        async def work(tx: Transaction) -> None:
            tx.emit(Event(EventKind.CONVERSATION_CHANGED, topic, seq=number))

        async with locks[topic]:
            await services.database.unit(work)
            committed[topic].append(number)

    await asyncio.gather(*(write(number) for number in range(240)))
    rows = await services.database.rows("SELECT lane, pos, topic, seq FROM events ORDER BY lane, pos")
    for lane in range(services.hub.cursors.lane_count):
        positions = [row["pos"] for row in rows if row["lane"] == lane]
        assert positions == list(range(1, len(positions) + 1))
    for topic, numbers in committed.items():
        assert [row["seq"] for row in rows if row["topic"] == topic] == numbers


async def test_a_barrier_stands_in_every_lane(services: Services) -> None:
    user_id = new_id()

    async def work(tx: Transaction) -> None:
        tx.emit(Event(EventKind.SETTINGS_CHANGED, None, user_id=user_id))

    await services.database.unit(work)
    rows = await services.database.rows("SELECT lane FROM events WHERE user_id = $1 ORDER BY lane", user_id)
    assert [row["lane"] for row in rows] == list(range(services.hub.cursors.lane_count))


async def test_many_transactions_with_several_events_at_once_do_not_deadlock(services: Services) -> None:
    chance = random.Random(7)
    topics = [new_id() for _ in range(40)]

    async def write() -> None:
        chosen = chance.sample(topics, 5)

        async def work(tx: Transaction) -> None:
            tx.emit(*(Event(EventKind.CONVERSATION_CHANGED, topic) for topic in chosen))
            if chance.random() < 0.3:
                tx.emit(Event(EventKind.SETTINGS_CHANGED, None, user_id=chosen[0]))

        await services.database.unit(work)

    await asyncio.gather(*(write() for _ in range(200)))


async def test_a_transaction_that_fails_leaves_no_event(services: Services) -> None:
    topic = new_id()

    async def work(tx: Transaction) -> None:
        tx.emit(Event(EventKind.CONVERSATION_CHANGED, topic))
        raise LookupError

    with contextlib.suppress(LookupError):
        await services.database.unit(work)
    assert await services.database.rows("SELECT FROM events WHERE topic = $1", topic) == []
    assert await services.database.rows("SELECT FROM outbox") == []


async def test_a_caller_that_is_cancelled_leaves_its_unit_of_work_whole(services: Services) -> None:
    topics = [new_id() for _ in range(30)]

    async def unit(topic: UUID) -> None:
        async def work(tx: Transaction) -> None:
            await tx.rows("SELECT pg_sleep(0.01)")
            tx.emit(Event(EventKind.CONVERSATION_CHANGED, topic))

        await services.database.unit(work)

    tasks = [asyncio.create_task(unit(topic)) for topic in topics]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    marker = new_id()
    await unit(marker)
    while len(await services.database.rows("SELECT FROM events WHERE topic = ANY($1)", topics)) < len(topics):
        await unit(marker)


async def test_mixed_writes_of_two_people_do_not_deadlock(people: People) -> None:
    ann, bob, cat = await people.friends("ann", "bob", "cat")
    direct = await ann.talk_to(bob)
    group = (await ann.do("conversations/create-group", title="Three", memberIds=[bob.id, cat.id]))["conversation"][
        "id"
    ]
    work = []
    for number in range(12):
        work += [
            ann.send_text(direct, str(number)),
            bob.send_text(direct, str(number)),
            bob.send_text(group, str(number)),
            ann.do("people/unfollow-user", userId=bob.id),
            ann.do("people/follow-user", userId=bob.id),
            bob.do("people/update-settings", messagePolicy="EVERYONE"),
            cat.do("conversations/mark-read", conversationId=group),
            ann.do("conversations/update-group", conversationId=group, title=f"Title {number}"),
            ann.talk_to(cat),
            cat.talk_to(ann),
        ]
    await asyncio.gather(*work)
    assert [message["seq"] for message in await bob.messages(direct)] == list(range(1, 25))


async def test_without_a_free_connection_a_request_is_told_to_come_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = await database.Database.open(database_url, pool_size=2)
    all_held, done = asyncio.Barrier(3), asyncio.Event()

    async def hold(_tx: Transaction) -> None:
        await all_held.wait()
        await done.wait()

    holders = [asyncio.create_task(own.unit(hold)) for _ in range(2)]
    await all_held.wait()
    monkeypatch.setattr(connections, "ACQUIRE_SECONDS", 0.05)
    with pytest.raises(TryAgainError):
        await own.rows("SELECT 1")
    done.set()
    await asyncio.gather(*holders)
    monkeypatch.undo()
    assert await own.rows("SELECT 1")
    await own.close()
