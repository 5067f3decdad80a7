"""Follows the log in one process: each entry once, in the order of its lane.

What this process commits and what others hint at is applied without a look at the database, if it is the next of its
lane. Where something is missing, was only hinted at, or a second has passed, the log is read: hints that are lost,
doubled, late or nonsense cost time and nothing else.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from app.errors import TryAgainError
from app.hints import Hints, LocalHints
from app.live import sealed
from app.live.cursor import Positions
from app.live.entry import Entry
from app.live.envelope import Envelope
from app.live.life import Observatory, State
from app.live.pending import Pending
from app.live.runs import runs
from app.store import log
from app.store.database import Database
from app.store.events import Sealed
from app.store.together import Together

logger = logging.getLogger(__name__)

TOPIC = "log"

# Seconds between looks at the log whatever the hints say: some may be lost, and the log may have been replaced.
POLL_SECONDS = 1.0
# Seconds that an entry waits for those before it: commits of one lane are told in any order, milliseconds apart.
GAP_SECONDS = 0.02
# Entries read of each lane at once.
BATCH = 500
# Entries applied before others have their turn.
BREATH = 100


class LogLostError(Exception):
    """Entries that the log has given positions to are not there any more."""


class Follower(Protocol):
    """Who is told the entries."""

    async def prepare(self, entries: Sequence[Entry]) -> None:
        """Load what applying these will need."""
        ...

    def apply(self, entry: Entry) -> None:
        """Take the next entry: what reads the tailer's positions now stands exactly behind it."""
        ...

    async def tell_listeners(self, run: Sequence[Entry]) -> None:
        """Take what was applied just now to those who listen to its conversation; the entries are a run (`runs.py`)."""
        ...

    def begin_anew(self) -> None:
        """The log is another one from here on: nothing that was told or held continues in it."""
        ...


class Tailer:
    """Knows the position of each lane and moves it forward entry by entry, each applied as its position is reached."""

    def __init__(self, database: Database, secret: bytes, observatory: Observatory, state: State) -> None:
        self._database = database
        self._secret = secret
        self._observatory = observatory
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._hints: Hints | None = None
        self._pending = Pending()
        self._heads = Together(self._read_heads)
        self._must_read = False
        self._next_look = 0.0
        self._gap_until: float | None = None
        self._begin(state)

    def _begin(self, state: State) -> None:
        self.life = state.life
        self.cursors = state.life.cursors(self._secret)
        self.envelope = Envelope(self._secret, self.cursors.epoch)
        self.positions: Positions = state.heads
        self.cursor = self.cursors.encode(self.positions)
        self._marks: list[datetime | None] = [None] * len(self.positions)
        self._pending.clear()

    def start(self, follower: Follower, hints: Hints) -> None:
        """Follow the log from here on."""
        self._hints = hints
        hints.listen(TOPIC, self._hear)
        hints.on_reconnect(self._look)
        self._database.on_commit = self._tell
        self._next_look = asyncio.get_running_loop().time() + POLL_SECONDS
        self._task = asyncio.create_task(self._follow(follower), name="log-tailer")

    async def stop(self) -> None:
        """Follow it no more."""
        self._database.on_commit = None
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    # What happens elsewhere.

    def _tell(self, events: Sequence[Sealed]) -> None:
        """This process has committed these events, or (none given) some that it knows no positions of."""
        self._take(events)
        if self._hints and not isinstance(self._hints, LocalHints):
            self._hints.publish(TOPIC, self.envelope.seal(sealed.to_json(events)))

    def _hear(self, payload: bytes) -> None:
        """Another process has."""
        body: list[list[Any]] | None = self.envelope.open(payload)
        self._take(sealed.from_json(body) if body else ())

    def _take(self, events: Sequence[Sealed]) -> None:
        for event in events:
            if not self._pending.add(Entry.from_sealed(event)):
                self._must_read = True
        self._must_read = self._must_read or not events
        self._wake.set()

    def _look(self) -> None:
        self._must_read = True
        self._wake.set()

    # Waiting until a position is reached.

    async def reach(self, positions: Positions) -> bool:
        """Wait until every lane has got to these positions; False where the log itself has not."""
        if not self._is_at(positions):
            heads = await self._heads.get_all([None])
            if any(head < wanted for head, wanted in zip(heads[None], positions, strict=False)):
                return False
            await self._get_to(positions)
        return True

    async def reach_head(self) -> None:
        """Wait until every lane has got to where it ends now."""
        heads = await self._heads.get_all([None])
        await self._get_to(heads[None])

    async def _read_heads(self, _keys: Sequence[None]) -> dict[None, list[int]]:
        return {None: await log.heads(self._database, len(self.positions))}

    async def _get_to(self, positions: Sequence[int]) -> None:
        life = self.life
        while self.life is life and not self._is_at(positions):
            self._moved.clear()
            self._look()
            await self._moved.wait()

    def _is_at(self, positions: Sequence[int]) -> bool:
        # Another life of the log may have more lanes; whoever waits looks at that as well.
        return all(own >= wanted for own, wanted in zip(self.positions, positions, strict=False))

    # Following.

    async def _follow(self, follower: Follower) -> None:
        while True:
            await self._rest()
            try:
                await self._go_on(follower)
            except LogLostError:
                await self._try_to_begin_anew(follower)
            except TryAgainError as error:
                logger.warning("the event log can't be read, trying again: %s", error)
                await self._pause()
            except Exception:
                logger.exception("reading the event log failed; trying again")
                await self._pause()

    async def _rest(self) -> None:
        until = min(self._next_look, self._gap_until or self._next_look)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()
        self._wake.clear()

    async def _pause(self) -> None:
        await asyncio.sleep(POLL_SECONDS)
        self._look()

    async def _go_on(self, follower: Follower) -> None:
        await self._apply(self._pending.take_next(self.positions), follower)
        now = asyncio.get_running_loop().time()
        if now >= self._next_look:
            self._next_look = now + POLL_SECONDS
            await self._check()
        if self._must_read or self._has_waited_enough(now):
            self._must_read = False
            self._gap_until = None
            await self._read_all(follower)

    def _has_waited_enough(self, now: float) -> bool:
        """Whether an entry is still waiting for those before it, and has been for long."""
        if self._pending:
            self._pending.forget(self.positions)
        if not self._pending:
            self._gap_until = None
        elif self._gap_until is None:
            self._gap_until = now + GAP_SECONDS
        return self._gap_until is not None and now >= self._gap_until

    async def _check(self) -> None:
        """See whether the log goes on behind what is known, and is the same at all."""
        positions, marks = self.positions, list(self._marks)
        state = await self._observatory.look(self._database, positions)
        if not state.continues(self.life, positions, marks):
            raise LogLostError
        self._must_read = self._must_read or state.heads != positions

    async def _read_all(self, follower: Follower) -> None:
        more = True
        while more:
            rows = await log.read(self._database, self.life.epoch, self.positions, BATCH)
            entries = [Entry.from_row(row) for row in rows]
            self._check_dense(entries)
            await self._apply(entries, follower)
            self._moved.set()
            more = len(rows) >= BATCH

    def _check_dense(self, entries: Sequence[Entry]) -> None:
        reached = list(self.positions)
        for entry in entries:
            if entry.pos != reached[entry.lane] + 1:
                raise LogLostError
            reached[entry.lane] = entry.pos

    async def _apply(self, entries: Sequence[Entry], follower: Follower) -> None:
        for start in range(0, len(entries), BREATH):
            some = entries[start : start + BREATH]
            await follower.prepare(some)
            for run in runs(some):
                await follower.prepare(run)  # somebody may have come while many were told of those before
                for entry in run:
                    self._advance(entry)
                    follower.apply(entry)
                await follower.tell_listeners(run)
            self._moved.set()
            await asyncio.sleep(0)

    def _advance(self, entry: Entry) -> None:
        lane = entry.lane
        self.positions = (*self.positions[:lane], entry.pos, *self.positions[lane + 1 :])
        self._marks[lane] = entry.occurred_at
        self.cursor = entry.cursor = self.cursors.encode(self.positions)

    async def _try_to_begin_anew(self, follower: Follower) -> None:
        try:
            state = await self._observatory.look(self._database)
        except Exception as error:  # noqa: BLE001 - the next look tells
            logger.warning("the event log can't be read, trying again: %s", error)
            await self._pause()
            return
        logger.warning("the event log is another one: the database was restored or has failed over; all load afresh")
        self._begin(state)
        follower.begin_anew()
        self._moved.set()
