"""Reads the log of one process: each entry once, in the order of its lane."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Protocol

from app.live.cursor import Cursors, Positions
from app.live.entry import Entry
from app.store import log
from app.store.database import Database

logger = logging.getLogger(__name__)

# Seconds between looks at the log where nothing woke the tailer: commits of processes whose hint was lost.
POLL_SECONDS = 1.0
# Entries read of each lane at once.
BATCH = 500


class Follower(Protocol):
    """Who is told the entries."""

    async def prepare(self, entries: Sequence[Entry]) -> None:
        """Load what applying these will need."""
        ...

    def apply(self, entry: Entry) -> None:
        """Take the next entry: what reads the tailer's positions now stands exactly behind it."""
        ...


class Tailer:
    """Knows the position of each lane and moves it forward entry by entry, each applied as its position is reached."""

    def __init__(self, database: Database, cursors: Cursors, positions: Positions) -> None:
        self._database = database
        self._cursors = cursors
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.positions = positions
        self.cursor = cursors.encode(positions)

    def start(self, follower: Follower) -> None:
        """Follow the log from here on."""
        self._database.on_commit = lambda _events: self._wake.set()
        self._task = asyncio.create_task(self._follow(follower), name="log-tailer")

    async def stop(self) -> None:
        """Follow it no more."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def reach(self, positions: Positions) -> bool:
        """Wait until every lane has got to these positions; False where the log itself has not."""
        if not self._is_at(positions):
            heads = await log.heads(self._database, len(self.positions))
            if any(head < wanted for head, wanted in zip(heads, positions, strict=True)):
                return False
            await self._get_to(positions)
        return True

    async def reach_head(self) -> None:
        """Wait until every lane has got to where it ends now."""
        await self._get_to(await log.heads(self._database, len(self.positions)))

    async def _get_to(self, positions: Sequence[int]) -> None:
        while not self._is_at(positions):
            self._moved.clear()
            self._wake.set()
            await self._moved.wait()

    def _is_at(self, positions: Sequence[int]) -> bool:
        return all(own >= wanted for own, wanted in zip(self.positions, positions, strict=True))

    async def _follow(self, follower: Follower) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
            self._wake.clear()
            try:
                await self._read_all(follower)
            except Exception:
                logger.exception("reading the event log failed; trying again")
                await asyncio.sleep(POLL_SECONDS)
                self._wake.set()

    async def _read_all(self, follower: Follower) -> None:
        more = True
        while more:
            rows = await log.read(self._database, self.positions, BATCH)
            entries = [Entry.from_row(row) for row in rows]
            await follower.prepare(entries)
            for entry in entries:
                self._advance(entry)
                follower.apply(entry)
            self._moved.set()
            more = len(rows) >= BATCH

    def _advance(self, entry: Entry) -> None:
        lane = entry.lane
        self.positions = (*self.positions[:lane], entry.pos, *self.positions[lane + 1 :])
        self.cursor = entry.cursor = self._cursors.encode(self.positions)
