"""A Valkey that tests may stop, kill and start again."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.embedded import EmbeddedValkey
from app.hints import link
from app.hints.valkey import ValkeyHints
from tests.support.patience import PATIENCE


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nothing announces."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be dropped because this process was not on turn."""
    monkeypatch.setattr(link, "DEADLINE_SECONDS", 1.0)


class Valkey:
    """A server at an address that stays the same."""

    def __init__(self, folder: Path) -> None:
        self._engine = EmbeddedValkey(folder)
        self.url = ""

    async def start(self) -> None:
        self.url = await self._engine.start()

    async def stop(self) -> None:
        self.signal(signal.SIGCONT)
        await self._engine.stop()

    def signal(self, number: signal.Signals) -> None:
        if self._engine.pid:
            os.kill(self._engine.pid, number)

    async def kill(self) -> None:
        self.signal(signal.SIGKILL)
        await self._engine.stop()


class Listener:
    """One process's hints, and what it hears on a topic."""

    def __init__(self, hints: ValkeyHints, topic: str) -> None:
        self.hints = hints
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.connected: asyncio.Queue[None] = asyncio.Queue()
        hints.on_reconnect(lambda: self.connected.put_nowait(None))
        hints.listen(topic, self.heard.put_nowait)

    async def connects(self) -> None:
        """Wait until it is connected, for the first time or again."""
        await asyncio.wait_for(self.connected.get(), PATIENCE)

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.heard.get(), PATIENCE)


@pytest.fixture
async def unstarted() -> AsyncIterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="hints-") as folder:
        valkey = Valkey(Path(folder, "valkey"))
        yield valkey
        await valkey.stop()


@pytest.fixture
async def valkey(unstarted: Valkey) -> Valkey:
    await unstarted.start()
    return unstarted


class Processes:
    """Opens hints as if each were a process of its own."""

    def __init__(self, stack: AsyncExitStack, url: str) -> None:
        self._stack = stack
        self._url = url

    async def join(self, topic: str = "log") -> Listener:
        listener = Listener(await self._stack.enter_async_context(ValkeyHints.open(self._url)), topic)
        await listener.connects()
        return listener


@pytest.fixture
async def processes(valkey: Valkey) -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        yield Processes(stack, valkey.url)
