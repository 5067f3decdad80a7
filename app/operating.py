"""What operators do by command, beside servers that may be running."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.errors import ConfigurationError, DomainError
from app.store import log
from app.store.database import Database, Transaction
from resolvers import suspension

T = TypeVar("T")


async def begin_new_life(url: str) -> None:
    """Have every client load the state afresh: the database was restored, and their cursors are of what is gone."""

    async def work(tx: Transaction) -> None:
        await log.begin_life(tx)

    await _on(url, lambda database: database.unit(work))


async def suspend(url: str, handle: str) -> int:
    """Suspend an account; how many sessions that ended."""
    return await _on(url, lambda database: suspension.suspend(database, handle))


async def unsuspend(url: str, handle: str) -> None:
    """Let a suspended account sign in again."""
    await _on(url, lambda database: suspension.unsuspend(database, handle))


async def _on(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    database = await Database.open(url, pool_size=2)
    try:
        return await work(database)
    except DomainError as error:
        raise ConfigurationError(error.reason) from None
    finally:
        await database.close()
