"""Finds out which peers are gone, with one timer for all sockets."""

import asyncio
from typing import Protocol

SLOTS = 32
"""Groups in which the sockets of an interval are taken, so that not all of them are written to at once."""


class Peer(Protocol):
    """Something that can be checked for life."""

    def beat(self) -> None:
        """Ping the peer, or give it up if nothing was heard since the last beat."""


class Heartbeat:
    """Calls `beat` on every peer once per interval; a peer that is gone is given up within two of them."""

    def __init__(self, interval_seconds: float) -> None:
        self._pause = interval_seconds / SLOTS
        self._slots: list[set[Peer]] = [set() for _ in range(SLOTS)]
        self._hand = 0
        self._timer: asyncio.TimerHandle | None = None

    def join(self, peer: Peer) -> None:
        """Check this peer from now on."""
        farthest_first = [self._slots[self._hand - turn] for turn in range(1, SLOTS + 1)]
        min(farthest_first, key=len).add(peer)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._pause, self._tick)

    def leave(self, peer: Peer) -> None:
        """Check it no more."""
        for slot in self._slots:
            slot.discard(peer)

    def _tick(self) -> None:
        for peer in tuple(self._slots[self._hand]):
            peer.beat()
        self._hand = (self._hand + 1) % SLOTS
        empty = not any(self._slots)
        self._timer = None if empty else asyncio.get_running_loop().call_later(self._pause, self._tick)
