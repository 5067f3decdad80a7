"""Single statements: a few at a time, and one for all who wait for the same of different keys."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from app.store.arrays import array_of
from app.store.turns import Turns

Key = tuple[UUID, ...]
Rows = list[Any]
"""As asyncpg gives them: read by name and by place."""
What = tuple[str, tuple[Hashable, ...]]
"""A statement, and its arguments behind the keys."""

# Rows that one statement reads for several who wait, so that nobody waits long for what others have asked for.
MOST_ROWS = 100

_PLACE = itemgetter(-1)


@dataclass(slots=True, eq=False)
class Gathering:
    """Keys of a statement that waits for its turn."""

    keys: list[Key] = field(default_factory=list)
    lists: "asyncio.Task[list[Rows]]" = field(init=False)


class Reads:
    """Runs the single statements of a process. Units of work have no turns: they wait for locks and the disk."""

    def __init__(self, run: Callable[[str, tuple[object, ...]], Awaitable[Rows]], turns: Turns) -> None:
        self._run = run
        self._turns = turns
        self._gatherings: dict[What, Gathering] = {}

    async def rows(self, sql: str, args: tuple[object, ...]) -> Rows:
        """Run one statement and return its rows."""
        if turn := self._turns.take():
            await turn
        try:
            return await self._run(sql, args)
        finally:
            self._turns.end()

    async def of_each(self, sql: str, keys: Sequence[Key], args: tuple[Hashable, ...], size: int) -> list[Rows]:
        """As `Reader.of_each`.

        Under load statements wait for their turn, and those who wait for the same are read for by one: PostgreSQL then
        takes a fifth less for an inbox. None is joined that has begun: it may have seen less than what somebody knows
        of.
        """
        if not self._turns.all_taken:
            return apart(await self.rows(sql, arguments(keys, args)), len(keys))
        gathering = self._gathering((sql, args))
        first = len(gathering.keys)
        gathering.keys += keys
        if len(gathering.keys) * size >= MOST_ROWS:
            del self._gatherings[sql, args]
        lists = await asyncio.shield(gathering.lists)
        return lists[first : first + len(keys)]

    def _gathering(self, what: What) -> Gathering:
        gathering = self._gatherings.get(what)
        if gathering is None:
            gathering = self._gatherings[what] = Gathering()
            gathering.lists = asyncio.create_task(self._read(what, gathering), name="read-of-each")
        return gathering

    async def _read(self, what: What, gathering: Gathering) -> list[Rows]:
        try:
            if turn := self._turns.take():
                await turn
        finally:
            if self._gatherings.get(what) is gathering:
                del self._gatherings[what]
        try:
            sql, args = what
            return apart(await self._run(sql, arguments(gathering.keys, args)), len(gathering.keys))
        finally:
            self._turns.end()


def arguments(keys: Sequence[Key], args: tuple[object, ...]) -> tuple[object, ...]:
    """Those of a statement `of_each`: an array for each part of the keys, and the rest."""
    return (*map(array_of, zip(*keys, strict=True)), *args)


def apart(rows: Rows, count: int) -> list[Rows]:
    """The rows of each of so many keys, by the place that the last column says."""
    if count == 1:
        return [rows]
    lists: list[Rows] = [[] for _ in range(count)]
    for place, of_one in groupby(rows, _PLACE):
        lists[place - 1] += of_one
    return lists
