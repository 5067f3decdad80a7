"""Closes sockets whose token has expired, with one timer for all: one of its own takes 0.7 KiB."""

import asyncio
import math
import time
from typing import Protocol


class Expiring(Protocol):
    """Something that is good for a time."""

    def expire(self) -> None:
        """The time has come."""


class Expiry:
    """Tells each when its time has come, at the latest a second after it.

    Times are Unix times. They are taken together by whole seconds, as tokens have them.
    """

    def __init__(self) -> None:
        self._due: dict[int, set[Expiring]] = {}
        self._next = math.inf
        """The second that the timer waits for."""
        self._timer: asyncio.TimerHandle | None = None

    def join(self, one: Expiring, expires_at: float) -> None:
        """Tell this one then."""
        second = math.ceil(expires_at)
        self._due.setdefault(second, set()).add(one)
        if second < self._next:
            self._wait(second)

    def leave(self, one: Expiring, expires_at: float) -> None:
        """Do not tell it; one that was told, or never joined, stays so."""
        second = math.ceil(expires_at)
        others = self._due.get(second, set())
        others.discard(one)
        if not others:
            self._due.pop(second, None)

    def _wait(self, second: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._next = second
        self._timer = asyncio.get_running_loop().call_later(max(second - time.time(), 0), self._tell)

    def _tell(self) -> None:
        now = time.time()
        expired = [one for second in list(self._due) if second <= now for one in self._due.pop(second)]
        self._next, self._timer = math.inf, None
        if self._due:
            self._wait(min(self._due))
        for one in expired:
            one.expire()
