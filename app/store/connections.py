"""Connections to PostgreSQL, lent for a statement or a unit of work."""

import asyncio
import logging
from collections import deque
from types import TracebackType
from typing import Any

import asyncpg

from app.errors import DomainError, TryAgainError

logger = logging.getLogger(__name__)

# Seconds to wait for a free connection before the request is shed.
ACQUIRE_SECONDS = 20.0

# What may be over when the same is tried again: lost connections, restarts, no more room, deadlocks, time limits.
PASSING_TROUBLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.DeadlockDetectedError,
    OSError,
    TimeoutError,
)

# What asyncpg says of a connection that was lost while a statement was prepared or a transaction rolled back.
BROKEN = (asyncpg.InterfaceError, asyncpg.InternalClientError)


class Held:
    """A connection that asyncpg's pool gave, and the statements that are prepared on it.

    Otherwise asyncpg looks a statement up each time, a fifth of what it does for a short one.
    """

    __slots__ = ("_statements", "connection")

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._statements: dict[str, Any] = {}

    async def fetch(self, sql: str, args: tuple[object, ...]) -> Any:
        """Run a statement outside of any transaction and return its rows."""
        statement = self._statements.get(sql) or await self._prepare(sql)
        try:
            return await statement.fetch(*args)
        except asyncpg.InvalidCachedStatementError:  # a migration has just changed a type; now it is known anew
            return await (await self._prepare(sql)).fetch(*args)

    async def _prepare(self, sql: str) -> Any:
        statement = self._statements[sql] = await self.connection.prepare(sql)
        return statement

    @property
    def is_lost(self) -> bool:
        """Whether it is closed, or the pool has taken it back already, which it does with those that were lost."""
        try:
            return bool(self.connection.is_closed())
        except asyncpg.InterfaceError:
            return True


class Connections:
    """Keeps what asyncpg's pool gave it, hands it from one to the next, and gives back what had trouble.

    The way through asyncpg's pool and back takes a task, two time limits and two futures: as long as a short statement.
    """

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._most = pool.get_max_size()
        self._held = 0
        """How many the pool gave or is asked for."""
        self._idle: list[Held] = []
        self._waiters: deque[asyncio.Future[Held | None]] = deque()
        self._is_closing = False

    def lend(self) -> "Loan":
        """A connection for the length of an `async with`.

        Raises:
            TryAgainError: there is none, or it was lost: the same may well work in a moment.
        """
        return Loan(self)

    async def fetch(self, sql: str, args: tuple[object, ...]) -> Any:
        """Run one statement and return its rows: as within `lend`, in fewer steps where a connection is idle.

        Raises:
            TryAgainError: as `lend`.
        """
        held = self._ready() or await self.take()
        try:
            rows = await held.fetch(sql, args)
        except BaseException as error:
            await self.take_back(held, error)
            raise
        await self.take_back(held) if self._is_closing else self._pass_on(held)
        return rows

    async def close(self) -> None:
        """Close all; whoever has one is waited for."""
        self._is_closing = True
        while self._idle:
            await self._give_up(self._idle.pop())
        await self._pool.close()

    async def take(self) -> Held:
        """One that nobody else has."""
        try:
            while True:
                held = self._idle.pop() if self._idle else await self._next()
                if held is not None:
                    if not held.is_lost:
                        return held
                    await self._give_up(held)
        except (*PASSING_TROUBLE, asyncpg.InterfaceError) as error:
            raise TryAgainError("Too much is going on at the moment. Try again soon.") from error

    async def take_back(self, held: Held, error: BaseException | None = None) -> None:
        """Take one back; where it had trouble, asyncpg sees to it first.

        Raises:
            TryAgainError: that was the trouble.
        """
        # A refusal comes from the rules, and is no trouble: the transaction around them has been rolled back.
        if (error is None or isinstance(error, DomainError)) and not self._is_closing:
            self._pass_on(held)
            return
        try:
            if isinstance(error, PASSING_TROUBLE) or _is_broken(error, held):
                logger.warning("the database did not do what was asked: %r", error)
                raise TryAgainError("The database is out of reach for the moment. Try the same again.") from error
        finally:
            await self._give_up(held)

    def _ready(self) -> Held | None:
        """An idle one, unless it was lost."""
        return self._idle.pop() if self._idle and not self._idle[-1].is_lost else None

    async def _next(self) -> Held | None:
        """One from the pool or from somebody who is done; None to look again."""
        if self._held >= self._most:
            return await self._wait()
        self._held += 1
        try:
            return Held(await self._pool.acquire(timeout=ACQUIRE_SECONDS))
        except BaseException:
            self._make_room()
            raise

    async def _wait(self) -> Held | None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Held | None] = loop.create_future()
        self._waiters.append(waiter)
        limit = loop.call_later(ACQUIRE_SECONDS, _expire, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and not waiter.exception():
                self._pass_on(waiter.result())
            raise
        finally:
            limit.cancel()

    async def _give_up(self, held: Held) -> None:
        try:
            await self._pool.release(held.connection)
        except (*PASSING_TROUBLE, *BROKEN) as error:  # asyncpg has ended it
            logger.warning("a connection could not be kept: %r", error)
        finally:
            self._make_room()

    def _make_room(self) -> None:
        self._held -= 1
        self._pass_on(None)

    def _pass_on(self, held: Held | None) -> None:
        """Hand it to whoever has waited longest, or (None) have them ask the pool."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(held)
                return
        if held is not None:
            self._idle.append(held)


def _expire(waiter: "asyncio.Future[Held | None]") -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())


class Loan:
    """A connection that is lent for an `async with`."""

    __slots__ = ("_connections", "_held")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def __aenter__(self) -> Any:
        self._held = await self._connections.take()
        return self._held.connection

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._connections.take_back(self._held, error)


def _is_broken(error: BaseException | None, held: Held) -> bool:
    """Whether the connection is to blame; an `InterfaceError` is a mistake of ours where it still stands."""
    return isinstance(error, BROKEN) and (not isinstance(error, asyncpg.InterfaceError) or held.is_lost)
