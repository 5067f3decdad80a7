"""A database that was restored, or has failed over, is another log: nobody goes on in it as if nothing had happened."""

import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from app.operating import begin_new_life
from app.services import Services
from app.store import log
from app.store.database import Row, Transaction
from tests.conftest import TEMPLATE, database_named
from tests.live.processes import Process, another_process
from tests.live.test_inbox import cursor_of, events, head_of, refused
from tests.support.graphql_client import GraphQLClient, Subscription
from tests.support.people import People, Person


@dataclass
class Restorable:
    """A database of the test's own, with a server on it."""

    url: str
    process: Process
    people: People


@pytest.fixture
async def own(engine_database_url: str, services: Services, anyone: GraphQLClient) -> AsyncIterator[Restorable]:
    name = f"restored_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{secrets.token_hex(4)}"
    connection = await asyncpg.connect(engine_database_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = database_named(engine_database_url, name)
    async with another_process(services, database_url=url) as process:
        yield Restorable(url, process, People(GraphQLClient(anyone.session, process.url)))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def ends(inbox: Subscription) -> str:
    """The cursor with which an inbox ends, because everything is to be loaded afresh."""
    [event] = await events(inbox, 1)
    assert event["__typename"] == "SnapshotRequired", event
    await inbox.expect_complete()
    return event["cursor"]  # type: ignore[no-any-return]


async def _goes_on(ann: Person, bob: Person, conversation_id: str, cursor: str) -> None:
    message = await ann.send_text(conversation_id, "in the new life")
    async with bob.inbox(cursor) as inbox:
        assert (await events(inbox, 1))[0]["message"]["id"] == message["id"]


async def test_the_command_ends_open_inboxes_and_refuses_old_cursors(own: Restorable) -> None:
    ann, bob = [await own.people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    old = await head_of(bob)
    async with bob.inbox() as inbox:
        await begin_new_life(own.url)
        cursor = await ends(inbox)
    await refused(bob, old)
    await _goes_on(ann, bob, conversation_id, cursor)


async def test_heads_that_went_back_are_noticed(own: Restorable) -> None:
    ann, bob = [await own.people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    await ann.send_text(conversation_id, "kept")
    async with bob.inbox() as inbox:
        message = await ann.send_text(conversation_id, "lost by the restore")
        await events(inbox, 1)
        await own.process.services.database.rows(
            "DELETE FROM events WHERE topic = (SELECT id FROM conversations) AND seq = $1", message["seq"]
        )
        cursor = await ends(inbox)
    await _goes_on(ann, bob, conversation_id, cursor)


async def test_other_events_at_the_same_positions_are_noticed(own: Restorable) -> None:
    ann, bob = [await own.people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.inbox() as inbox:
        await ann.send_text(conversation_id, "lost by the restore")
        await events(inbox, 1)
        await own.process.services.database.rows(
            """UPDATE events SET occurred_at = occurred_at + interval '1 second'
            WHERE topic = (SELECT id FROM conversations)"""
        )
        cursor = await ends(inbox)
    await _goes_on(ann, bob, conversation_id, cursor)


async def test_positions_that_are_missing_in_the_log_are_noticed(own: Restorable) -> None:
    ann, bob = [await own.people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    await ann.send_text(conversation_id, "first")
    async with bob.inbox() as inbox:
        await own.process.services.database.rows(
            """INSERT INTO events (lane, pos, kind, audience, occurred_at)
            SELECT lane, pos + 3, 'CONVERSATION_CHANGED', '{}', now() FROM events"""
        )
        cursor = await ends(inbox)
    await _goes_on(ann, bob, conversation_id, cursor)


async def test_the_log_may_get_more_lanes_with_a_new_life(own: Restorable) -> None:
    ann, bob = [await own.people.join(name) for name in ("ann", "bob")]
    conversation_id = await ann.talk_to(bob)
    async with bob.inbox() as inbox:
        await own.process.services.database.rows("UPDATE log SET epoch = gen_random_uuid(), lane_count = 12")
        cursor = await ends(inbox)
    await _goes_on(ann, bob, conversation_id, cursor)
    assert len(own.process.hub.tailer.positions) == 12


async def test_a_role_that_may_not_ask_for_the_cluster_can_still_serve(
    own: Restorable, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "CLUSTER", "missing_function() AS system, NULL AS timeline")
    async with another_process(services, database_url=own.url) as process:
        people = People(GraphQLClient(own.people.anyone.session, process.url))
        assert await cursor_of(await people.join("ann"))


async def test_an_ordinary_role_may_ask_for_the_cluster(own: Restorable) -> None:
    async def work(tx: Transaction) -> Row:
        role = f"plain_{secrets.token_hex(4)}"
        await tx.rows(f"CREATE ROLE {role}")
        await tx.rows(f"GRANT SELECT ON log, log_floors, events TO {role}")
        await tx.rows(f"SET LOCAL ROLE {role}")
        row = await log.state(tx, [], cluster=True)
        await tx.rows("RESET ROLE")
        await tx.rows(f"DROP OWNED BY {role}")
        await tx.rows(f"DROP ROLE {role}")
        return row

    row = await own.process.services.database.unit(work)
    assert row["system"]
    assert row["timeline"] == "00000001"
