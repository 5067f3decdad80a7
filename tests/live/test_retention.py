"""The log is kept for a while; a cursor from before that requires a snapshot, never silence and never a part."""

import asyncio
from datetime import timedelta

import pytest

from app.ids import new_id
from app.live import retention, ring
from app.services import Services
from app.store import log
from app.store.database import Transaction
from app.store.events import Event, EventKind
from tests.live.test_inbox import events, head_of, refused
from tests.support.people import People

EVER = timedelta(days=-1)
"""Keeps nothing: whatever was written before tomorrow."""


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 7)
    monkeypatch.setattr(retention, "BATCH_SECONDS", 0.0)
    monkeypatch.setattr(ring.Ring, "holds", lambda *_: False)


async def test_a_cursor_from_before_what_was_deleted_requires_a_snapshot(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    start = await head_of(bob)
    for number in range(30):
        await ann.send_text(conversation_id, f"text {number}")
    await retention.sweep(services.database, EVER)
    await refused(bob, start)
    here = await head_of(bob)
    message = await ann.send_text(conversation_id, "after")
    async with bob.inbox(here) as inbox:
        assert [event["message"]["id"] for event in await events(inbox, 1)] == [message["id"]]


async def test_the_last_entry_of_each_lane_stays_and_positions_go_on(services: Services) -> None:
    heads = await log.heads(services.database, services.hub.cursors.lane_count)
    await retention.sweep(services.database, EVER)
    assert await log.heads(services.database, services.hub.cursors.lane_count) == heads
    rows = await services.database.rows("SELECT lane, count(*) AS count FROM events GROUP BY lane")
    assert {row["count"] for row in rows} == {1}
    floors = await log.floors(services.database)
    assert all(floors[lane] == head - 1 for lane, head in enumerate(heads) if head > 1)


async def test_what_is_young_enough_stays(services: Services) -> None:
    async def work(tx: Transaction) -> None:
        tx.emit(*(Event(EventKind.CONVERSATION_CHANGED, new_id()) for _ in range(40)))

    await services.database.unit(work)
    before = await services.database.rows("SELECT lane, pos FROM events ORDER BY lane, pos")
    assert await log.trim(services.database, timedelta(days=30), 500) == 0
    assert await services.database.rows("SELECT lane, pos FROM events ORDER BY lane, pos") == before


async def test_deleting_while_others_write_and_resume_loses_nobody_anything_silently(
    people: People, services: Services
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    start = await head_of(bob)
    sending = asyncio.gather(*(ann.send_text(conversation_id, f"text {number}") for number in range(40)))
    outcomes = []
    over = False
    while not over:
        over = sending.done()
        await retention.sweep(services.database, EVER)
        async with bob.socket() as socket:
            inbox = await socket.subscribe("subscription($a: Cursor) { inbox(after: $a) { __typename } }", {"a": start})
            outcomes.append((await events(inbox, 1))[0]["__typename"])
    assert outcomes[-1] == "SnapshotRequired"
    assert len(await sending) == 40
    assert [message["seq"] for message in await bob.messages(conversation_id)] == list(range(1, 41))


async def test_one_process_at_a_time_deletes(services: Services) -> None:
    async def hold(tx: Transaction) -> int:
        await tx.rows("SELECT pg_advisory_xact_lock(8267, 0)")
        return await log.trim(services.database, EVER, 500)

    async def work(tx: Transaction) -> None:
        tx.emit(*(Event(EventKind.CONVERSATION_CHANGED, new_id()) for _ in range(40)))

    await services.database.unit(work)
    assert await services.database.unit(hold) == 0
    assert await log.trim(services.database, EVER, 500) > 0
