"""One statement for all who ask at about the same time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

# Keys in one statement.
MOST = 1_000
# A turn of the event loop that takes longer had other work to do.
BUSY_SECONDS = 0.0001


class Together(Generic[K, V]):
    """Asks for many keys at once; a storm of those who join takes as many statements as there are round trips in it.

    What somebody asks for is never answered by a statement that was under way already: it may have seen less than what
    they know of. While the event loop is busy, it waits for more of them, up to `patience` seconds.
    """

    def __init__(self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], *, patience: float = 0.0) -> None:
        self._ask = ask
        self._patience = patience
        self._waiting: list[tuple[Sequence[K], asyncio.Future[Mapping[K, V]]]] = []
        self._task: asyncio.Task[None] | None = None

    async def get(self, key: K) -> V | None:
        """What is found for a key; None for nothing. Raises what asking raises."""
        return (await self.get_all([key])).get(key)

    async def get_all(self, keys: Sequence[K]) -> Mapping[K, V]:
        """What is found for some keys (and perhaps for others)."""
        answer: asyncio.Future[Mapping[K, V]] = asyncio.get_running_loop().create_future()
        self._waiting.append((keys, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="ask-together")
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                await self._answer(self._next())
        finally:
            self._task = None

    async def _gather(self) -> None:
        """Wait as long as each turn of the event loop brings more who ask, or has work that may."""
        loop, count = asyncio.get_running_loop(), 0
        end = loop.time() + self._patience
        while count < len(self._waiting) < MOST:
            count = len(self._waiting)
            began = time.perf_counter()
            await asyncio.sleep(0)
            if time.perf_counter() - began > BUSY_SECONDS and loop.time() < end:
                count = 0

    def _next(self) -> list[tuple[Sequence[K], asyncio.Future[Mapping[K, V]]]]:
        taken, count = 0, 0
        while taken < len(self._waiting) and count < MOST:
            count += len(self._waiting[taken][0])
            taken += 1
        asked, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return [(keys, answer) for keys, answer in asked if not answer.done()]

    async def _answer(self, asked: list[tuple[Sequence[K], asyncio.Future[Mapping[K, V]]]]) -> None:
        wanted = list(dict.fromkeys(key for keys, _ in asked for key in keys))
        try:
            found = await self._ask(wanted) if wanted else {}
        except Exception as error:  # noqa: BLE001 - told to whoever asked
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for _, answer in asked:
                if not answer.done():
                    answer.set_result(found)
