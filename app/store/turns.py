"""Turns: a few statements at a time, as long as they are quick."""

import asyncio
from collections import deque
from collections.abc import Awaitable

# Reads of one process that PostgreSQL has at the same time. A process that asks more than it can take in gains nothing,
# and PostgreSQL's processes push each other out of its caches: 10 at a time took it a fifth longer for each than 3.
FEW = 3
# Seconds. Where none has ended for so long, as those under way are slow or PostgreSQL is far away, one more may begin.
QUIET_SECONDS = 0.005


class Turns:
    """Lets a few begin, and the others when one ends, in the order in which they came.

    While some wait and nothing ends, one more may begin every `quiet_seconds`: slow ones hold up nobody for long.
    """

    def __init__(self, few: int = FEW, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._few = few
        self._quiet_seconds = quiet_seconds
        self._under_way = 0
        self._changed_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._watch: asyncio.TimerHandle | None = None

    @property
    def all_taken(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self._under_way >= self._few

    def take(self) -> Awaitable[None] | None:
        """Take a turn, or return what to wait for it by; call `end` behind it."""
        if self.all_taken:
            return self._wait()
        self._under_way += 1
        return None

    async def _wait(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._watch_on()
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # it had just got its turn
                self.end()
            raise

    def end(self) -> None:
        """Whoever had a turn is done."""
        self._under_way -= 1
        if self._waiting:
            self._changed_at = asyncio.get_running_loop().time()
            if self._under_way < self._few:
                self._let_one_begin()

    def _let_one_begin(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                self._under_way += 1
                waiter.set_result(None)
                return

    def _watch_on(self) -> None:
        if self._watch is None:
            loop = asyncio.get_running_loop()
            self._changed_at = loop.time()
            self._watch = loop.call_later(self._quiet_seconds, self._look)

    def _look(self) -> None:
        """Let one more begin if nothing has changed for so long, and look again while somebody waits."""
        loop, self._watch = asyncio.get_running_loop(), None
        if (now := loop.time()) - self._changed_at >= self._quiet_seconds:
            self._let_one_begin()
            self._changed_at = now
        if self._waiting:
            self._watch = loop.call_at(self._changed_at + self._quiet_seconds, self._look)
