"""The open sockets of this process."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from app.transport.heartbeat import Heartbeat
from app.transport.protocol import CloseCode


class OpenSocket(Protocol):
    """What is asked of a socket from outside."""

    @property
    def connection(self) -> Any:
        """What `connect` returned for it, None before that."""

    def close_for(self, code: CloseCode, reason: str = "") -> None:
        """Close it; from now on nothing is sent to it."""

    def leave(self, code: CloseCode, reason: str = "") -> None:
        """Close it once what was asked has been answered, or soon in any case; nothing new is begun."""

    def beat(self) -> None:
        """Check whether the peer is alive."""


class Sockets:
    """Registers sockets while they are open, keeps their heartbeat, and closes many of them."""

    def __init__(self, heartbeat_seconds: float) -> None:
        self.draining = False
        self._sockets: set[OpenSocket] = set()
        self._heartbeat = Heartbeat(heartbeat_seconds)
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        return len(self._sockets)

    def add(self, socket: OpenSocket) -> None:
        """A socket was opened."""
        self._sockets.add(socket)
        self._heartbeat.join(socket)
        self._none.clear()

    def remove(self, socket: OpenSocket) -> None:
        """A socket has ended."""
        self._sockets.discard(socket)
        self._heartbeat.leave(socket)
        if not self._sockets:
            self._none.set()

    def close_where(self, condition: Callable[[Any], bool], code: CloseCode, reason: str = "") -> int:
        """Close the sockets whose connection fulfils a condition; how many those were."""
        matching = [s for s in self._sockets if s.connection is not None and condition(s.connection)]
        for socket in matching:
            socket.close_for(code, reason)
        return len(matching)

    async def close_all(
        self,
        over_seconds: float,
        code: CloseCode = CloseCode.SERVICE_RESTART,
        reason: str = "",
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Open no more sockets and close those there are, spread evenly over a time; returns when all have ended.

        One whose turn has not come works as ever. `pause` waits between two of them.
        """
        self.draining = True
        sockets = list(self._sockets)
        for number, socket in enumerate(sockets):
            if number:
                await pause(over_seconds / (len(sockets) - 1))
            socket.leave(code, reason)
        await self.all_gone()

    async def all_gone(self) -> None:
        """Wait until no socket is open."""
        await self._none.wait()
