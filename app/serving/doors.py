"""Where a worker takes connections: at sockets of its own, and for a while at those of a worker that has died."""

import socket
from collections.abc import Sequence

from aiohttp import web

from app.serving.listeners import BACKLOG


class Doors:
    """The listening sockets of all workers, by their places, of which this one has `own`."""

    def __init__(self, places: Sequence[Sequence[socket.socket]], own: int) -> None:
        self._places = places
        self._own = own
        self._runner: web.AppRunner | None = None
        self._open: dict[int, list[web.SockSite]] = {}

    async def open(self, runner: web.AppRunner) -> None:
        """Take connections at our own place."""
        self._runner = runner
        await self.cover(self._own)

    async def cover(self, place: int) -> None:
        """Take connections at a place, in this process too."""
        if self._runner and place not in self._open:
            # Copies: the sockets themselves are kept for another time.
            self._open[place] = [
                web.SockSite(self._runner, each.dup(), backlog=BACKLOG) for each in self._places[place]
            ]
            for site in self._open[place]:
                await site.start()

    async def leave(self, place: int) -> None:
        """Take none there any more."""
        for site in self._open.pop(place, []):
            await site.stop()

    async def close(self) -> None:
        """Take none at all, and let go of every socket: as long as anybody has one, connections queue there."""
        self._runner = None
        for place in list(self._open):
            await self.leave(place)
        for each in {each for sockets in self._places for each in sockets}:
            each.close()
