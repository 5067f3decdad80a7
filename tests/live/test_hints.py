"""Hints save reading the log; lost, doubled, mixed up or forged they cost time and nothing else."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.hints import Hints, LocalHints
from app.ids import new_id
from app.live import sealed as sealing
from app.live import tailer as tailing
from app.live.entry import Entry
from app.live.life import Observatory
from app.live.tailer import TOPIC, Tailer
from app.services import Services
from app.store import log, messages
from app.store.database import Database, Row, Transaction
from app.store.events import Event, EventKind, Sealed
from schema.ids import parse_id
from tests.live.processes import Bus, BusHints, another_process, unreliable
from tests.live.test_inbox import events
from tests.support.patience import PATIENCE
from tests.support.people import People

SECRET = b"a secret for the tests, of good length"


class Recorder:
    """Follows a tailer and notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Entry] = []
        self.grew = asyncio.Event()

    async def prepare(self, _entries: Sequence[Entry]) -> None:
        await asyncio.sleep(0)

    def apply(self, entry: Entry) -> None:
        self.told.append(entry)
        self.grew.set()

    async def tell_listeners(self, run: Sequence[Entry]) -> None:
        assert self.told[-len(run) :] == list(run)

    def begin_anew(self) -> None:
        raise AssertionError

    async def until(self, count: int) -> list[Entry]:
        async with asyncio.timeout(PATIENCE):
            while len(self.told) < count:
                self.grew.clear()
                await self.grew.wait()
        return self.told


async def commit(database: Database, topic: UUID, seq: int) -> Sealed:
    """Commit an event; how it stands in the log."""

    async def work(tx: Transaction) -> None:
        tx.emit(Event(EventKind.CONVERSATION_CHANGED, topic, seq=seq))

    await database.unit(work)
    row = await database.row(f"SELECT {log.COLUMNS} FROM events e WHERE e.topic = $1 AND e.seq = $2", topic, seq)
    assert row
    return Sealed(row)


@pytest.fixture
async def own(services: Services) -> AsyncIterator[tuple[Database, Counter[str]]]:
    """A pool of this test's own, with its statements counted."""
    counted: Counter[str] = Counter()
    database = await Database.open(
        services.settings.database_url, pool_size=4, observer=lambda sql: counted.update([sql])
    )
    yield database, counted
    await database.close()


async def follow(database: Database, hints: Hints) -> tuple[Tailer, Recorder]:
    observatory, recorder = Observatory(), Recorder()
    tailer = Tailer(database, SECRET, observatory, await observatory.look(database))
    tailer.start(recorder, hints)
    return tailer, recorder


def reads(counted: Counter[str]) -> int:
    return sum(times for sql, times in counted.items() if "behind.number" in sql)


async def test_what_is_hinted_at_in_order_is_applied_without_reading_the_log(
    services: Services, own: tuple[Database, Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "POLL_SECONDS", 10 * PATIENCE)
    database, counted = own
    hints = BusHints(Bus())
    tailer, recorder = await follow(database, hints)
    topic = new_id()
    for number in range(20):
        sealed = await commit(services.database, topic, number)
        hints.tell(TOPIC, tailer.envelope.seal(sealing.to_json([sealed])))
    told = await recorder.until(20)
    await tailer.stop()
    assert [entry.seq for entry in told] == list(range(20))
    assert reads(counted) == 0


async def test_hints_out_of_order_wait_for_those_before_them(
    services: Services, own: tuple[Database, Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "POLL_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr(tailing, "GAP_SECONDS", 10 * PATIENCE)
    database, counted = own
    hints = BusHints(Bus())
    tailer, recorder = await follow(database, hints)
    topic = new_id()
    committed = [await commit(services.database, topic, number) for number in range(20)]
    random.Random(3).shuffle(committed)
    for sealed in committed:
        hints.tell(TOPIC, tailer.envelope.seal(sealing.to_json([sealed, sealed])))
    told = await recorder.until(20)
    await tailer.stop()
    assert [entry.seq for entry in told] == list(range(20))
    assert reads(counted) == 0


async def test_a_gap_is_filled_from_the_log(
    services: Services, own: tuple[Database, Counter[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "POLL_SECONDS", 10 * PATIENCE)
    database, _ = own
    hints = BusHints(Bus())
    tailer, recorder = await follow(database, hints)
    topic = new_id()
    await commit(services.database, topic, 0)
    second = await commit(services.database, topic, 1)
    hints.tell(TOPIC, tailer.envelope.seal(sealing.to_json([second])))
    told = await recorder.until(2)
    await tailer.stop()
    assert [entry.seq for entry in told] == [0, 1]


async def test_without_any_hint_the_log_is_read_within_a_second(
    services: Services, own: tuple[Database, Counter[str]]
) -> None:
    database, _ = own
    tailer, recorder = await follow(database, LocalHints())
    topic = new_id()
    for number in range(3):
        await commit(services.database, topic, number)
    told = await recorder.until(3)
    await tailer.stop()
    assert [entry.seq for entry in told] == [0, 1, 2]


@pytest.mark.parametrize("seed", range(4))
async def test_each_entry_comes_once_and_in_order_whatever_becomes_of_the_hints(
    services: Services, own: tuple[Database, Counter[str]], seed: int
) -> None:
    chance = random.Random(seed)
    bus = Bus(unreliable(seed))
    speaker, listener = bus.end(), bus.end()
    database, _ = own
    tailer, recorder = await follow(database, listener)
    topics = [new_id() for _ in range(6)]

    async def write(topic: UUID) -> None:
        for number in range(20):
            sealed = await commit(services.database, topic, number)
            known = [sealed] if chance.random() < 0.7 else []
            speaker.publish(TOPIC, tailer.envelope.seal(sealing.to_json(known)))

    await asyncio.gather(*map(write, topics))
    told = await recorder.until(120)
    await tailer.stop()
    assert len(told) == 120
    assert [entry.pos for entry in sorted(told, key=lambda e: e.lane) if entry.lane == 0] == sorted(
        entry.pos for entry in told if entry.lane == 0
    )
    for topic in topics:
        assert [entry.seq for entry in told if entry.conversation_id == topic] == list(range(20))


def test_rows_come_out_of_a_hint_as_they_went_in(services: Services) -> None:
    conversation_id, sender_id = new_id(), new_id()
    now = datetime.now(UTC)
    row: Row = {
        "lane": 3, "pos": 7, "kind": "MESSAGE_ADDED", "topic": conversation_id, "audience": [sender_id], "seq": 1,
        "user_id": sender_id, "other_id": None, "occurred_at": now,
    }  # fmt: skip
    message: Row = {
        "conversation_id": conversation_id, "seq": 1, "sender_id": sender_id, "kind": "PHOTOS", "notice": None,
        "text": "ü\u2028", "attachment_ids": [new_id()], "reply_to_seq": None, "client_key": "k",
        "edited_at": None, "unsent_at": None, "sent_text": "2026-01-01 00:00:00+00", "in_group": True,
    }  # fmt: skip
    envelope = services.hub.tailer.envelope
    payload = envelope.seal(sealing.to_json([Sealed(row, message)]))
    [restored] = sealing.from_json(envelope.open(payload))
    assert restored.row == row
    assert restored.message == message


async def test_two_processes_tell_each_other(people: People, services: Services) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    bus = Bus()
    async with (
        another_process(services, bus.end()) as one,
        another_process(services, bus.end()) as other,
        bob.at(other.url).inbox() as inbox,
    ):
        for number in range(5):
            await ann.at(one.url).send_text(conversation_id, f"text {number}")
        heard = await events(inbox, 5)
    assert [event["message"]["fallbackText"] for event in heard] == [f"text {number}" for number in range(5)]


async def test_a_backlog_leaves_others_their_turn(services: Services, own: tuple[Database, Counter[str]]) -> None:
    database, _ = own
    tailer, recorder = await follow(database, LocalHints())
    topic = new_id()
    await services.database.rows(
        """INSERT INTO outbox (events) SELECT jsonb_agg(jsonb_build_object(
            'kind', 'CONVERSATION_CHANGED', 'topic', $1::uuid, 'audience', '[]'::jsonb, 'seq', n))
        FROM generate_series(1, 2000) n""",
        topic,
    )
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += bool(recorder.told) and len(recorder.told) < 2000

    turner = asyncio.create_task(take_turns())
    await recorder.until(2000)
    turner.cancel()
    await tailer.stop()
    assert [entry.seq for entry in recorder.told] == list(range(1, 2001))
    assert turns >= 2000 / tailing.BREATH - 1


async def test_a_message_that_comes_with_its_hint_is_told_without_a_look_at_the_database(
    people: People, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tailing, "POLL_SECONDS", 10 * PATIENCE)
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    key = parse_id(conversation_id, "Conversation", "id")
    counted: Counter[str] = Counter()
    hints = BusHints(Bus())
    async with (
        another_process(services, hints, observer=lambda sql: counted.update([sql])) as process,
        bob.at(process.url).inbox() as inbox,
    ):
        counted.clear()
        await ann.send_text(conversation_id, "told at once")
        row = await services.database.row(f"SELECT {log.COLUMNS} FROM events e WHERE e.topic = $1", key)
        assert row
        [message] = await messages.for_events(services.database, [(key, 1, row["pos"])])
        hints.tell(TOPIC, process.hub.tailer.envelope.seal(sealing.to_json([Sealed(row, message)])))
        [event] = await events(inbox, 1)
    assert event["message"]["fallbackText"] == "told at once"
    assert reads(counted) == 0
    assert not any("wanted.pos" in sql for sql in counted), "the message was loaded"
