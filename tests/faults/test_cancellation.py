"""A task that is cancelled at any of its awaits leaves the pool whole and no transaction open."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any

import pytest

from app.ids import new_id
from app.store.database import Database, Transaction
from tests.support.patience import PATIENCE

POOL = 3
OPEN_TRANSACTIONS = """SELECT count(*) AS number FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"""


class CancelledAt(Coroutine[Any, Any, Any]):
    """Runs `work`, and has the task that it runs in cancelled as it begins to wait for the n-th time."""

    def __init__(self, work: Coroutine[Any, Any, Any], number: int) -> None:
        self._work = work
        self._number = number
        self.waits = 0

    def send(self, value: Any) -> Any:
        return self._waiting(self._work.send(value))

    def throw(self, *error: Any) -> Any:
        return self._waiting(self._work.throw(*error))

    def close(self) -> None:
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise NotImplementedError

    def _waiting(self, future: Any) -> Any:
        self.waits += 1
        if self.waits == self._number:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        return future


async def write(tx: Transaction) -> None:
    """A transaction of several statements."""
    await tx.rows("SELECT 1")
    await tx.rows("INSERT INTO cancelled VALUES ($1)", new_id())
    await tx.rows("SELECT 1")


WAYS: dict[str, Callable[[Database], Coroutine[Any, Any, Any]]] = {
    "a unit of work": lambda database: database.unit(write),
    "the task of a unit of work": lambda database: database._run(write),
    "a statement": lambda database: database.rows("SELECT 1"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_task_cancelled_at_any_await_leaves_the_pool_whole(database_url: str, way: str) -> None:
    number, waited = 0, True
    while waited:
        number += 1
        database = await Database.open(database_url, pool_size=POOL)
        await database.rows("CREATE TABLE IF NOT EXISTS cancelled (id uuid PRIMARY KEY)")
        work = CancelledAt(WAYS[way](database), number)
        with suppress(asyncio.CancelledError):
            await asyncio.create_task(work)
        waited = work.waits >= number
        await assert_whole(database)
        await database.rows("DROP TABLE cancelled")
        await database.close()
    assert number > 1


async def assert_whole(database: Database) -> None:
    """Every connection of the pool serves, at the same time as all others, and none is left in a transaction."""
    all_held = asyncio.Barrier(POOL)

    async def hold(tx: Transaction) -> None:
        await all_held.wait()
        await tx.rows("SELECT 1")

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*(database.unit(hold) for _ in range(POOL)))
        while (await database.rows(OPEN_TRANSACTIONS))[0]["number"]:
            pass
