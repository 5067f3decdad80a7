"""What a server prints that runs as a process of its own."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import BinaryIO

from tests.support.patience import PATIENCE


class Output(asyncio.Protocol):
    """Printed by a process and by those that it starts."""

    def __init__(self) -> None:
        self._printed = bytearray()
        self._changed = asyncio.Event()
        self._over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self._printed += data
        self._changed.set()

    def connection_lost(self, _error: Exception | None) -> None:
        self._over.set()
        self._changed.set()

    @property
    def text(self) -> str:
        """So far."""
        return self._printed.decode(errors="replace")

    async def says(self, words: str, times: int = 1) -> None:
        """Wait until these words were printed so often."""
        await self._until(lambda text: text.count(words) >= times, words)

    async def finds(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Wait for what a pattern finds first."""
        await self._until(pattern.search, pattern.pattern)
        found = pattern.search(self.text)
        assert found
        return found

    async def _until(self, condition: Callable[[str], object], wanted: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition(self.text):
                    assert not self._over.is_set(), f"it ended: {self.text}"
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"it does not say {wanted!r}: {self.text}") from None

    async def lines(self) -> list[str]:
        """All of it, when all of them have ended."""
        async with asyncio.timeout(PATIENCE):
            await self._over.wait()
        return self.text.splitlines()


@asynccontextmanager
async def heard() -> AsyncIterator[tuple[BinaryIO, Output]]:
    """Where to print to, which is to be closed here once a process has inherited it, and what is printed."""
    ours, theirs = os.pipe()
    transport, output = await asyncio.get_running_loop().connect_read_pipe(Output, os.fdopen(ours, "rb"))
    try:
        yield os.fdopen(theirs, "wb"), output
    finally:
        transport.close()
