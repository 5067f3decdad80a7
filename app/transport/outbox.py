"""What waits to be written to one socket: bounded, and nothing at all while the peer keeps up."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

WRITTEN_AT_ONCE = 65_536
"""Bytes of several frames that are joined for one write: what the transport takes before it says stop."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a peer may fall behind, beyond the 64 KiB that the transport takes before it says stop."""

    frames: int = 256
    size: int = 1_048_576
    """Bytes."""
    drain_seconds: float = 20.0
    """Time without progress after which a peer that is behind is given up."""


class Outbox:
    """Writes frames in order. Where the transport cannot take them they wait here, and a task sees to them.

    `overflow` is called once, when more waits than the bounds allow or for longer; from then on frames are dropped.
    """

    __slots__ = ("_backlog", "_bounds", "_closed", "_flusher", "_overflow", "_protocol", "_size", "_writer")

    def __init__(
        self, request: web.Request, writer: AbstractStreamWriter, bounds: Bounds, overflow: Callable[[], None]
    ) -> None:
        self._protocol = request.protocol
        self._writer = writer
        self._bounds = bounds
        self._overflow = overflow
        self._backlog: deque[bytes] | None = None
        self._size = 0
        self._flusher: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def waiting(self) -> bool:
        """Whether the peer is behind."""
        return self._flusher is not None

    def send(self, frame: bytes) -> None:
        """Write a frame, or have it wait for its turn."""
        if self._closed:
            return
        if self._flusher is None:
            transport = self._protocol.transport
            if transport is None or transport.is_closing():
                return
            if not transport.get_write_buffer_size() or not self._protocol.writing_paused:  # the first is the faster
                transport.write(frame)
                return
        if self._backlog is None:
            self._backlog = deque()
        self._backlog.append(frame)
        self._size += len(frame)
        if len(self._backlog) > self._bounds.frames or self._size > self._bounds.size:
            self._give_up()
        elif self._flusher is None:
            self._flusher = asyncio.get_running_loop().create_task(self._flush())

    def send_all(self, frames: Sequence[bytes]) -> None:
        """Write frames by one call of the system if the peer keeps up, else one by one."""
        transport = self._protocol.transport
        keeps_up = transport is not None and not transport.get_write_buffer_size() and self._flusher is None
        if keeps_up and sum(map(len, frames)) <= WRITTEN_AT_ONCE:
            self.send(b"".join(frames))
        else:
            for frame in frames:
                self.send(frame)

    async def drained(self) -> None:
        """Wait until nothing waits here any more."""
        if self._flusher is not None:
            await asyncio.wait([self._flusher])

    def close(self) -> None:
        """Drop what waits, and all that comes."""
        self._closed = True
        self._backlog = None
        self._size = 0
        if self._flusher is not None:
            self._flusher.cancel()

    def _give_up(self) -> None:
        self.close()
        self._overflow()

    async def _flush(self) -> None:
        """Write what waits as the transport asks for it. Over when nothing waits: an idle socket has no task."""
        try:
            while self._backlog and self._protocol.transport is not None:
                async with asyncio.timeout(self._bounds.drain_seconds):
                    await self._writer.drain()
                self._write_what_fits()
        except TimeoutError:
            self._give_up()
        except ConnectionError:
            self.close()
        finally:
            self._flusher = None
            self._backlog = None

    def _write_what_fits(self) -> None:
        transport = self._protocol.transport
        if transport is None or transport.is_closing():
            self.close()
            return
        while self._backlog and not self._protocol.writing_paused:
            frame = self._backlog.popleft()
            self._size -= len(frame)
            transport.write(frame)
