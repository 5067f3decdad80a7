"""Sends that arrive together take one statement, and each has an outcome of its own."""

import asyncio
from collections import Counter
from uuid import UUID

import asyncpg
import pytest

from app.errors import DomainError, IdempotencyConflictError, NotAllowedError, NotFoundError, UnauthenticatedError
from app.services import Services
from app.store import grouped_sends
from app.store.messages import Draft
from app.store.sends import Request
from resolvers.content import Content
from resolvers.policy import MessageKind
from resolvers.sends import Outgoing, Sent, send
from tests.rules.records import key_of
from tests.store.test_sends import say, viewer_of
from tests.support.people import People, Person


@pytest.fixture(autouse=True)
async def judged_good(people: People, services: Services) -> None:
    """What the rules allow strangers is known, as it is to a process that has sent something before."""
    one, other = [await people.join(name) for name in ("one", "other")]
    await say(services, one, key_of(await one.talk_to(other)))


async def talks_of(people: People, person: Person, count: int, others: str = "other") -> list[UUID]:
    return [key_of(await person.talk_to(await people.join(f"{others}{number}x"))) for number in range(count)]


def sends_in(statements: Counter[str]) -> int:
    return sum(times for sql, times in statements.items() if "send_free_messages(" in sql or "send_messages(" in sql)


async def said_in(services: Services, conversation_id: UUID) -> list[str]:
    sql = "SELECT client_key, seq FROM messages WHERE conversation_id = $1 ORDER BY seq"
    rows = await services.database.rows(sql, conversation_id)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["client_key"] for row in rows]


async def test_sends_that_arrive_together_take_one_statement(
    people: People, services: Services, statements: Counter[str]
) -> None:
    ann = await people.join("ann")
    talks, before = await talks_of(people, ann, 20), sends_in(statements)
    sent = await asyncio.gather(*(say(services, ann, talk) for talk in talks))
    assert [each.row["conversation_id"] for each in sent] == talks
    assert sends_in(statements) - before == 1
    for talk in talks:
        assert await said_in(services, talk) == ["1"]


async def test_many_sends_to_one_conversation_keep_their_order(people: People, services: Services) -> None:
    ann = await people.join("ann")
    [talk] = await talks_of(people, ann, 1)
    sent = await asyncio.gather(*(say(services, ann, talk, str(number)) for number in range(20)))
    assert [each.row["seq"] for each in sent] == list(range(1, 21))
    assert await said_in(services, talk) == [str(number) for number in range(20)]


async def test_each_send_of_a_group_has_an_outcome_of_its_own(people: People, services: Services) -> None:
    ann, eve, late = [await people.join(name) for name in ("ann", "eve", "late")]
    good, used, blocked, strange, gone = await talks_of(people, ann, 4) + await talks_of(people, late, 1, "third")
    await say(services, ann, used, "1")
    await services.database.rows("INSERT INTO blocks SELECT user_id, $2, now() FROM members "
                                 "WHERE conversation_id = $1 AND user_id <> $2", blocked, key_of(ann.id))  # fmt: skip
    await services.database.rows("UPDATE sessions SET ended_at = now() WHERE user_id = $1", key_of(late.id))
    other = Outgoing("1", Content(MessageKind.TEXT, "something else"), conversation_id=used)
    outcomes = await asyncio.gather(
        say(services, ann, used, "1"), send(services, viewer_of(services, ann), other), say(services, ann, blocked),
        say(services, eve, strange), say(services, late, gone), say(services, ann, good),
        return_exceptions=True,
    )  # fmt: skip
    replay, *refused, sent = outcomes
    assert isinstance(replay, Sent)
    assert replay.was_replay
    refusals: list[type[DomainError]] = [
        IdempotencyConflictError, NotAllowedError, NotFoundError, UnauthenticatedError
    ]  # fmt: skip
    assert [type(each) for each in refused] == refusals
    assert isinstance(sent, Sent)
    assert [await said_in(services, talk) for talk in (good, used)] == [["1"], ["1"]]
    assert [await said_in(services, talk) for talk in (blocked, strange, gone)] == [[], [], []]


async def test_who_has_to_wait_for_a_lock_holds_up_nobody_else(
    people: People, services: Services, database_url: str
) -> None:
    ann = await people.join("ann")
    *free, locked = await talks_of(people, ann, 5)
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        await connection.execute("SELECT FROM conversations WHERE id = $1 FOR UPDATE", locked)
        waiting = [say(services, ann, locked, str(number)) for number in range(grouped_sends.GROUPS + 1)]
        await asyncio.gather(*(say(services, ann, talk) for talk in free))
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)
    await connection.close()
    assert sorted(await said_in(services, locked)) == [str(number) for number in range(len(waiting))]


@pytest.mark.parametrize("change", ["message_policy = 'FRIENDS'", "suspended_at = now()"])
async def test_a_change_of_settings_that_commits_meanwhile_counts(
    people: People, services: Services, database_url: str, change: str
) -> None:
    ann, bob = [await people.join(name) for name in ("ann", "bob")]
    talk = key_of(await ann.talk_to(bob))
    [free] = await talks_of(people, ann, 1)
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        await connection.execute(f"UPDATE users SET {change} WHERE id = $1", key_of(bob.id))
        late = say(services, ann, talk)
        await say(services, ann, free)
        while not await services.database.rows("SELECT FROM pg_locks WHERE $1 = ANY (pg_blocking_pids(pid))", pid):
            pass
    await connection.close()
    with pytest.raises(NotAllowedError):
        await late
    assert await said_in(services, talk) == []


async def test_what_breaks_a_statement_breaks_its_own_send_only(people: People, services: Services) -> None:
    ann = await people.join("ann")
    *good, bad = await talks_of(people, ann, 4)
    viewer = viewer_of(services, ann)
    # No check of ours lets such a seq through; PostgreSQL has no room for it.
    broken = services.sends.attempt(_request(viewer_ids=(viewer.user_id, viewer.session_id), talk=bad))
    outcomes = await asyncio.gather(broken, *(say(services, ann, talk) for talk in good), return_exceptions=True)
    assert isinstance(outcomes[0], asyncpg.DataError)
    assert all(isinstance(each, Sent) for each in outcomes[1:])
    assert [await said_in(services, talk) for talk in (*good, bad)] == [["1"], ["1"], ["1"], []]


def _request(viewer_ids: tuple[UUID, UUID], talk: UUID) -> Request:
    draft = Draft("TEXT", text="hello", reply_to_seq=1 << 64, client_key="1", content_hash=b"hash")
    return Request(*viewer_ids, talk, draft)
