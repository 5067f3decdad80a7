"""A few reads go at a time, unless they are slow."""

import asyncio

import asyncpg
import pytest

from app.store.database import Database
from app.store.turns import FEW, Turns

FAR_OFF = 3600.0
AT_ONCE = 0.0


class Lane:
    """Statements that end when they are told to; `begun` has the numbers of those that got a turn."""

    def __init__(self, few: int, quiet_seconds: float) -> None:
        self.turns = Turns(few, quiet_seconds)
        self.begun: list[int] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, count: int) -> None:
        """Ask for so many turns, and see who gets one."""
        for _ in range(count):
            self.tasks.append(asyncio.create_task(self._take(len(self.tasks))))
        await settled()

    async def end(self) -> None:
        self.turns.end()
        await settled()

    async def _take(self, number: int) -> None:
        if turn := self.turns.take():
            await turn
        self.begun.append(number)


async def settled() -> None:
    """Let all tasks go as far as they can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_so_many_begin_and_the_others_in_their_order_as_they_end() -> None:
    lane = Lane(2, FAR_OFF)
    await lane.ask(4)
    assert lane.begun == [0, 1]
    await lane.end()
    assert lane.begun == [0, 1, 2]
    await lane.ask(1)
    await lane.end()
    await lane.end()
    assert lane.begun == [0, 1, 2, 3, 4]


async def test_all_turns_can_be_taken_again_once_they_have_ended() -> None:
    lane = Lane(2, FAR_OFF)
    await lane.ask(2)
    await lane.end()
    await lane.end()
    await lane.ask(3)
    assert lane.begun == [0, 1, 2, 3]


async def test_who_is_cancelled_holds_up_nobody() -> None:
    lane = Lane(1, FAR_OFF)
    await lane.ask(3)
    lane.tasks[1].cancel()
    await lane.end()
    assert lane.begun == [0, 2]


async def test_who_is_cancelled_with_a_turn_just_given_passes_it_on() -> None:
    lane = Lane(1, FAR_OFF)
    await lane.ask(3)
    lane.turns.end()
    lane.tasks[1].cancel()
    await settled()
    assert lane.begun == [0, 2]
    await lane.end()
    await lane.ask(1)
    assert lane.begun == [0, 2, 3]


async def test_where_nothing_ends_all_begin_after_a_while() -> None:
    lane = Lane(1, AT_ONCE)
    await lane.ask(4)
    await asyncio.gather(*lane.tasks)
    assert lane.begun == [0, 1, 2, 3]


async def test_those_that_began_beyond_the_few_count() -> None:
    lane = Lane(1, AT_ONCE)
    await lane.ask(3)
    await asyncio.gather(*lane.tasks)
    lane.turns._quiet_seconds = FAR_OFF
    await lane.ask(1)
    await lane.end()
    await lane.end()
    assert lane.begun == [0, 1, 2]
    await lane.end()
    assert lane.begun == [0, 1, 2, 3]


@pytest.fixture
async def lock(database_url: str) -> asyncpg.Connection:
    """A connection that holds what the others wait for."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("SELECT pg_advisory_lock(1, 1)")
    return connection


async def test_statements_that_wait_hold_up_no_other(database_url: str, lock: asyncpg.Connection) -> None:
    database = await Database.open(database_url, pool_size=FEW + 2)
    waiting = [
        asyncio.create_task(database.rows("SELECT pg_advisory_xact_lock_shared(1, 1)::text")) for _ in range(FEW)
    ]
    assert [row["one"] for row in await database.rows("SELECT 1 AS one")] == [1]
    assert not any(task.done() for task in waiting)
    await lock.close()
    await asyncio.gather(*waiting)
    await database.close()


async def test_statements_that_fail_give_their_turns_back(database_url: str) -> None:
    database = await Database.open(database_url, pool_size=2)
    database._reads._turns = Turns(FEW, FAR_OFF)
    failures = await asyncio.gather(
        *(database.rows("SELECT 1 / $1::int", 0) for _ in range(2 * FEW)), return_exceptions=True
    )
    assert {type(failure) for failure in failures} == {asyncpg.DivisionByZeroError}
    assert [row["one"] for row in await database.rows("SELECT 1 AS one")] == [1]
    await database.close()
