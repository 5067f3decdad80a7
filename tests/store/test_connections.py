"""Connections come back as they were, whatever became of the statement that they were lent for."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.store.database import Database

UNDER_WAY = """SELECT state, (SELECT count(*) FROM pg_locks WHERE pg_locks.pid = $1) AS locks
    FROM pg_stat_activity WHERE pid = $1"""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """One with a single connection, so that the next statement has the one of the last."""
    database = await Database.open(database_url, pool_size=1)
    yield database
    await database.close()


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that looks on."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def pid_of(database: Database) -> int:
    [row] = await database.rows("SELECT pg_backend_pid() AS pid")
    return int(row["pid"])


def is_answered(task: asyncio.Task[object]) -> bool:
    """Whether a task is about to go on: what it waits for is there."""
    waiter: asyncio.Future[object] | None = task._fut_waiter  # type: ignore[attr-defined]
    return waiter is not None and waiter.done()


async def test_who_is_cancelled_once_a_statement_is_prepared_leaves_nothing_open(
    database: Database, other: asyncpg.Connection
) -> None:
    pid = await pid_of(database)
    asked = asyncio.create_task(database.rows("SELECT id FROM users LIMIT $1", 1))
    while not is_answered(asked):  # it is so for one turn of the event loop
        assert not asked.done()
        await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert tuple(await other.fetchrow(UNDER_WAY, pid)) == ("idle", 0)
    assert await pid_of(database) == pid


async def test_a_wrong_argument_leaves_nothing_open(database: Database, other: asyncpg.Connection) -> None:
    pid = await pid_of(database)
    with pytest.raises(asyncpg.DataError):
        await database.rows("SELECT id FROM users LIMIT $1", "one")
    assert tuple(await other.fetchrow(UNDER_WAY, pid)) == ("idle", 0)
    assert await pid_of(database) == pid


async def test_a_connection_that_can_not_be_kept_hides_no_error_and_makes_room_for_another(database: Database) -> None:
    pid = await pid_of(database)

    async def leave() -> None:
        async with database._connections.lend() as connection:
            asyncio.create_task(connection.fetch("SELECT pg_sleep(60)")).add_done_callback(ended.set_result)
            await asyncio.sleep(0)
            raise LookupError

    ended: asyncio.Future[asyncio.Task[object]] = asyncio.get_running_loop().create_future()
    with pytest.raises(LookupError):
        await leave()
    assert isinstance((await ended).exception(), asyncpg.ConnectionDoesNotExistError)
    assert await pid_of(database) != pid


async def test_a_statement_that_was_prepared_is_prepared_anew_once_a_type_has_changed(
    database: Database, other: asyncpg.Connection
) -> None:
    await other.execute("CREATE TABLE changing (first int); INSERT INTO changing VALUES (1)")
    try:
        asked = [await database.rows("SELECT * FROM changing")]
        await other.execute("ALTER TABLE changing ADD second int DEFAULT 2")
        asked += [await database.rows("SELECT * FROM changing") for _ in range(2)]
    finally:
        await other.execute("DROP TABLE changing")
    assert [dict(*rows) for rows in asked] == [{"first": 1}, {"first": 1, "second": 2}, {"first": 1, "second": 2}]
