"""Connections to PostgreSQL, lent for a statement or a unit of work."""

import logging
from types import TracebackType
from typing import Any

import asyncpg

from app.errors import TryAgainError

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


class Connections:
    """Keeps what asyncpg's pool gave it, and gives back what somebody waits for there or what had trouble.

    The way through asyncpg's pool and back takes a task, two time limits and two futures: as long as a short statement.
    """

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._idle: list[Any] = []
        self._waiting = 0
        self._is_closing = False

    def lend(self) -> "Loan":
        """A connection for the length of an `async with`.

        Raises:
            TryAgainError: there is none, or it was lost: the same may well work in a moment.
        """
        return Loan(self)

    async def close(self) -> None:
        """Close all; whoever has one is waited for."""
        self._is_closing = True
        while self._idle:
            await self._pool.release(self._idle.pop())
        await self._pool.close()

    async def take(self) -> Any:
        """One that nobody else has."""
        while self._idle:
            connection = self._idle.pop()
            if not _is_lost(connection):
                return connection
            await self._pool.release(connection)
        self._waiting += 1
        try:
            return await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        except (*PASSING_TROUBLE, asyncpg.InterfaceError) as error:
            raise TryAgainError("Too much is going on at the moment. Try again soon.") from error
        finally:
            self._waiting -= 1

    async def give_back(self, connection: Any, *, had_trouble: bool) -> None:
        """Take one back; where it had trouble, asyncpg sees to it first."""
        if had_trouble or self._waiting or self._is_closing:
            await self._pool.release(connection)
        else:
            self._idle.append(connection)


class Loan:
    """A connection that is lent for an `async with`."""

    __slots__ = ("_connection", "_connections")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def __aenter__(self) -> Any:
        self._connection = await self._connections.take()
        return self._connection

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        connection = self._connection
        try:
            if isinstance(error, PASSING_TROUBLE) or _is_broken(error, connection):
                logger.warning("the database did not do what was asked: %r", error)
                raise TryAgainError("The database is out of reach for the moment. Try the same again.") from error
        finally:
            await self._connections.give_back(connection, had_trouble=error is not None)


def _is_broken(error: BaseException | None, connection: Any) -> bool:
    """Whether the connection is to blame; an `InterfaceError` is a mistake of ours where it still stands."""
    return isinstance(error, BROKEN) and (not isinstance(error, asyncpg.InterfaceError) or _is_lost(connection))


def _is_lost(connection: Any) -> bool:
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has taken it back already, which it does with those that were lost
        return True
