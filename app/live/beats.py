"""Heartbeats of all inboxes with one timer, spread over time: 10,000 at the same moment would hold everything up."""

import asyncio
from collections.abc import Callable

from app.live.entry import Beat
from app.live.people import Feed

# Seconds between beats, so that a client (and every proxy on the way) can tell a quiet stream from a dead one.
BEAT_SECONDS = 20.0
# Groups in which the feeds of an interval are taken.
SLOTS = 64


class Beats:
    """Tells every feed once per interval how far the log has got."""

    def __init__(self, cursor: Callable[[], str]) -> None:
        self._cursor = cursor
        self._slots: list[set[Feed]] = [set() for _ in range(SLOTS)]
        self._hand = 0
        self._timer: asyncio.TimerHandle | None = None

    def join(self, feed: Feed) -> None:
        """Beat for this feed from now on."""
        self._slot(feed).add(feed)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BEAT_SECONDS / SLOTS, self._tick)

    def leave(self, feed: Feed) -> None:
        """Beat for it no more."""
        self._slot(feed).discard(feed)

    def stop(self) -> None:
        """Beat for nobody."""
        if self._timer:
            self._timer.cancel()

    def _slot(self, feed: Feed) -> set[Feed]:
        return self._slots[hash(feed) % SLOTS]

    def _tick(self) -> None:
        self._hand = (self._hand + 1) % SLOTS
        self._timer = (
            asyncio.get_running_loop().call_later(BEAT_SECONDS / SLOTS, self._tick) if any(self._slots) else None
        )
        beat = Beat.now(self._cursor())
        for feed in tuple(self._slots[self._hand]):
            feed.beat(beat)
