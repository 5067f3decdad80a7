"""Those who wait for a turn with the same statement are read for by one, and each gets what they would alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from typing import Any
from uuid import UUID

import pytest

from app.errors import TryAgainError
from app.store import inboxes, messages
from app.store.conversations import MEMBER_NAMES
from app.store.database import Database, Reader, Transaction
from app.store.inboxes import MembersPage
from app.store.messages import Span
from app.store.reads import MOST_ROWS, Reads
from app.store.turns import Turns
from tests.conftest import database_named
from tests.store.crowded import Crowded, crowded_database, filling
from tests.store.test_turns import FAR_OFF, settled

KEYS = [(UUID(int=number),) for number in range(1, 40)]


class Lane:
    """One statement at a time, each answered when it is told to be: two rows for each key, the last keys' first."""

    def __init__(self) -> None:
        self.reads = Reads(self._run, Turns(1, FAR_OFF))
        self.begun: list[tuple[str, Any, tuple[object, ...]]] = []
        self._answers: list[asyncio.Future[None]] = []

    async def _run(self, sql: str, args: tuple[object, ...]) -> list[Any]:
        ids = [UUID(each) for each in str(args[0]).strip("{}").split(",")]
        self.begun.append((sql, ids, args[1:]))
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        await answer
        return [(ids[place - 1], copy, place) for copy in (1, 2) for place in range(len(ids), 0, -1)]

    def ask(
        self, *keys: tuple[UUID], sql: str = "SELECT", args: tuple[Hashable, ...] = (), size: int = 1
    ) -> asyncio.Task[list[list[Any]]]:
        return asyncio.create_task(self.reads.of_each(sql, keys, args, size))

    async def answer(self, error: Exception | None = None) -> None:
        """Let the statement under way end."""
        answer = self._answers.pop(0)
        answer.set_exception(error) if error else answer.set_result(None)
        await settled()


@pytest.fixture
async def lane() -> Lane:
    """One with a statement under way."""
    lane = Lane()
    lane.ask(*KEYS[:1])
    await settled()
    return lane


def ids_of(lists: Sequence[Sequence[Any]]) -> list[list[UUID]]:
    """The ids in the rows of each key."""
    return [[row[0] for row in rows] for rows in lists]


async def test_those_who_wait_take_one_statement_and_get_their_own_rows(lane: Lane) -> None:
    asked = [lane.ask(KEYS[1]), lane.ask(*KEYS[2:5]), lane.ask(KEYS[5])]
    await settled()
    assert len(lane.begun) == 1
    await lane.answer()
    assert [ids for _, ids, _ in lane.begun] == [[UUID(int=1)], [UUID(int=number) for number in range(2, 7)]]
    await lane.answer()
    found = [ids_of(await each) for each in asked]
    assert found == [[[key[0]] * 2 for key in keys] for keys in (KEYS[1:2], KEYS[2:5], KEYS[5:6])]


async def test_nobody_joins_a_statement_that_has_begun(lane: Lane) -> None:
    early = lane.ask(KEYS[1])
    await settled()
    await lane.answer()
    late = lane.ask(KEYS[2])
    await settled()
    await lane.answer()
    assert [ids for _, ids, _ in lane.begun] == [[UUID(int=1)], [UUID(int=2)], [UUID(int=3)]]
    await lane.answer()
    assert ids_of(await early) + ids_of(await late) == [[KEYS[1][0]] * 2, [KEYS[2][0]] * 2]


async def test_only_the_same_statement_with_the_same_arguments_is_joined(lane: Lane) -> None:
    others: list[dict[str, Any]] = [{}, {"sql": "SELECT 2"}, {"args": (1,)}, {"sql": "SELECT 2"}, {"args": (2,)}]
    asked = [lane.ask(key, **other) for key, other in zip(KEYS[1:], others, strict=False)]
    for _ in range(5):
        await settled()
        await lane.answer()
    assert [(sql, len(ids), args) for sql, ids, args in lane.begun[1:]] == [
        ("SELECT", 1, ()), ("SELECT 2", 2, ()), ("SELECT", 1, (1,)), ("SELECT", 1, (2,)),
    ]  # fmt: skip
    assert [ids_of(await each) for each in asked] == [[[key[0]] * 2] for key in KEYS[1:6]]


async def test_a_statement_reads_no_more_than_so_many_rows_for_several(lane: Lane) -> None:
    asked = [lane.ask(key, size=MOST_ROWS // 2) for key in KEYS[1:6]] + [lane.ask(*KEYS[6:12], size=MOST_ROWS)]
    for _ in range(4):
        await settled()
        await lane.answer()
    assert [len(ids) for _, ids, _ in lane.begun] == [1, 2, 2, 7]
    found = [ids for each in asked for ids in ids_of(await each)]
    assert found == [[key[0]] * 2 for key in KEYS[1:12]]


async def test_who_is_cancelled_takes_nothing_from_the_others(lane: Lane) -> None:
    asked = [lane.ask(key) for key in KEYS[1:4]]
    await settled()
    asked[0].cancel()
    await lane.answer()
    asked[1].cancel()
    await lane.answer()
    assert ids_of(await asked[2]) == [[KEYS[3][0]] * 2]
    assert [each.cancelled() for each in asked] == [True, True, False]


async def test_nobody_joins_a_statement_that_will_never_begin(lane: Lane) -> None:
    lost = lane.ask(KEYS[1])
    await settled()
    [read] = [task for task in asyncio.all_tasks() if task.get_name() == "read-of-each"]
    read.cancel()
    await settled()
    assert lost.cancelled()
    asked = lane.ask(KEYS[2])
    await settled()
    await lane.answer()
    await lane.answer()
    assert ids_of(await asked) == [[KEYS[2][0]] * 2]


async def test_a_failure_is_told_to_all_and_the_turn_is_given_back(lane: Lane) -> None:
    asked = [lane.ask(key) for key in KEYS[1:4]]
    await settled()
    await lane.answer()
    await lane.answer(TryAgainError("no"))
    assert [type(each.exception()) for each in asked] == [TryAgainError] * 3
    again = lane.ask(KEYS[4])
    await settled()
    await lane.answer()
    assert ids_of(await again) == [[KEYS[4][0]] * 2]


@pytest.fixture(scope="module")
async def crowded(engine_database_url: str) -> AsyncIterator[tuple[Crowded, str]]:
    name = "reads"
    async with crowded_database(engine_database_url, name, filling(120, long=60, full=20, events=80)) as crowded:
        # Every third of the long conversation's members blocks the one behind them.
        await crowded.connection.execute(
            """INSERT INTO blocks (blocker_id, blocked_id, blocked_at)
            SELECT a.id, b.id, now() FROM person a JOIN person b ON b.n = a.n + 1 WHERE a.n < 31 AND a.n % 3 = 0"""
        )
        yield crowded, database_named(engine_database_url, name)


Read = Callable[[Reader, UUID, Crowded], Awaitable[object]]
PAGES: dict[str, Read] = {
    "inbox": lambda r, person, _: inboxes.page(r, person, None, 5),
    "inbox, with members": lambda r, person, _: inboxes.page(
        r, person, None, 5, MembersPage(None, 40, len(MEMBER_NAMES))
    ),
    "history": lambda r, person, c: messages.pages(r, person, [c.long, c.talks[1]], Span(20, backwards=True)),
    "history, forwards": lambda r, person, c: messages.pages(r, person, [c.long], Span(20, after=5)),
}


def plain(found: Any) -> Any:
    """Rows as what they hold, but for the key's place, which depends on who else asked."""
    return [plain(each) for each in found] if found and isinstance(found[0], list) else [row[:-1] for row in found]


@pytest.mark.parametrize("name", PAGES)
async def test_each_gets_what_they_would_alone(crowded: tuple[Crowded, str], name: str) -> None:
    world, url = crowded
    statements: list[str] = []
    read = PAGES[name]
    database = await Database.open(url, pool_size=2, observer=statements.append)
    database._reads = Reads(database._run_alone, Turns(1, FAR_OFF))
    ids = [row["id"] for row in await world.connection.fetch("SELECT id FROM person WHERE n < 40 ORDER BY n")]
    alone = [plain(await read(Transaction(world.connection), person, world)) for person in ids]
    together = await asyncio.gather(*(read(database, person, world) for person in ids))
    await database.close()
    assert [plain(found) for found in together] == alone
    assert len({str(each) for each in alone}) > 10
    assert len(statements) < len(ids) / 2
