"""Where the events of a subscription come from.

A subscription resolver may return any async generator; reading one costs a waiting task. A `Source` is one too, but
whoever reads it may instead have its events pushed into a `Sink`, so that a subscription which hears nothing has no
task, and an event reaches many subscriptions by plain calls.
"""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol, TypeVar

E_co = TypeVar("E_co", covariant=True)


class Sink(Protocol):
    """Takes the events of one subscription, in order."""

    def push(self, event: Any) -> None:
        """Take the next event. Returns at once and never raises: a sink that is too full ends itself and the source."""

    def push_all(self, events: Sequence[Any]) -> None:
        """Take the next events, as if they were pushed one by one, but at less cost."""

    def finish(self, error: Exception | None = None) -> None:
        """Take no more: the subscription has come to its end, or failed. The source must not push after that."""

    @property
    def idle(self) -> bool:
        """Whether nothing that was pushed waits: neither for its answer nor for the peer. For what may get lost."""

    async def drained(self) -> None:
        """Wait until what was pushed has been dealt with; for sources with much to push at once, as in a replay."""


class Source(AsyncGenerator[E_co, None]):
    """A stream of events that can be pushed or pulled. Subclasses say how to `start` and `stop` pushing.

    Used for one subscription: it is either started with a sink, or iterated over, once.
    """

    __slots__ = ("_queue",)

    _queue: "_Queue"

    @abstractmethod
    def start(self, sink: Sink) -> None:
        """Push every event into the sink from now on, beginning within this call or later, and finish it at the end."""

    @abstractmethod
    def stop(self) -> None:
        """Push nothing from now on and let go of the sink. Called once after `start`, even if the sink was finished."""

    async def asend(self, _value: None) -> E_co:
        """The next event, for those who iterate."""
        if not hasattr(self, "_queue"):
            self._queue = _Queue()
            self.start(self._queue)
        return await self._queue.next()  # type: ignore[no-any-return]

    async def athrow(self, typ: Any, *_details: Any) -> E_co:
        """Stop; `aclose` comes here as well."""
        if hasattr(self, "_queue"):
            self.stop()
            del self._queue
        raise typ


class _Queue:
    """A sink that can be waited at."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[tuple[bool, Any]] = asyncio.Queue()

    def push(self, event: Any) -> None:
        self._items.put_nowait((True, event))

    def push_all(self, events: Sequence[Any]) -> None:
        for event in events:
            self.push(event)

    def finish(self, error: Exception | None = None) -> None:
        self._items.put_nowait((False, error or StopAsyncIteration()))

    @property
    def idle(self) -> bool:
        return self._items.empty()

    async def drained(self) -> None:
        await self._items.join()

    async def next(self) -> Any:
        is_event, item = await self._items.get()
        self._items.task_done()
        if is_event:
            return item
        self.finish(item)  # the end is the end, however often it is asked for
        raise item
