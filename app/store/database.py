"""Single statements and units of work.

Queries are SQL over asyncpg's rows; Tortoise shapes the tables (`models.py`, `migrations/`). A unit of work is a task
of its own, shielded from its caller: a socket that drops in the middle of a send cancels the caller, never the
transaction.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, urlsplit

import asyncpg
import orjson

from app.errors import ConfigurationError
from app.store.connections import Connections
from app.store.events import Event, Sealed, append_events
from app.store.reads import Key, Reads, apart, arguments
from app.store.turns import Turns

logger = logging.getLogger(__name__)

Row = Mapping[str, Any]
T = TypeVar("T")
Observer = Callable[[str], None]

# Seconds for one statement.
STATEMENT_SECONDS = 30.0

SESSION_SETTINGS = {
    # How moments are written (`moments.written`), whatever a server or role is set to.
    "timezone": "UTC",
    "datestyle": "ISO",
    # So that no lock outlives a process or machine that stops in the middle of a transaction. The first does not count
    # while a statement is being prepared; the second does, from the first message of it on.
    "idle_in_transaction_session_timeout": "30s",
    "statement_timeout": "30s",
    "tcp_keepalives_idle": "30",
    # Compiling a plan takes tens of milliseconds, and no statement of ours runs long enough to earn them back.
    "jit": "off",
    # What is hot is in memory, and disks have no heads to move: by the default (4) the planner would rather read many
    # rows and sort them than walk along the index that has them in order.
    "random_page_cost": "1.1",
    # A plan stays until the statistics of its tables are renewed, and those tables may have grown by then. Of a small
    # table the planner would rather read all; by an index the same plan is good for a large one.
    "enable_seqscan": "off",
    # Of what a page looks up it would remember for the next row what that one seldom asks for.
    "enable_memoize": "off",
    # To plan a page of history anew takes twice as long as to read it, and the planner, which can't know how short a
    # page is, would do so each time. Every statement is written to be read along the same index whatever is asked for.
    "plan_cache_mode": "force_generic_plan",
}


class Reader(Protocol):
    """Whatever runs a statement: the database (on any connection) or a transaction (on its own)."""

    async def rows(self, sql: str, *args: object) -> list[Row]:
        """Run one statement and return its rows."""
        ...

    async def row(self, sql: str, *args: object) -> Row | None:
        """Run one statement and return its first row, if there is one."""
        ...

    async def of_each(self, sql: str, keys: Sequence[Key], args: tuple[Hashable, ...], size: int) -> list[list[Row]]:
        """Run one statement for several keys and return the rows of each, at most `size`.

        It takes the keys as `blocks.asked` has them, the arguments behind them, and its last column is the key's place.
        Those that differ only in their keys may be run as one.
        """
        ...


class Transaction:
    """A unit of work under way: statements that commit together, and the events that they will tell."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.events: list[Event] = []
        self.sealed: list[Sealed] = []

    async def rows(self, sql: str, *args: object) -> list[Row]:
        """Run one statement and return its rows."""
        return await self._connection.fetch(sql, *args)  # type: ignore[no-any-return]

    async def row(self, sql: str, *args: object) -> Row | None:
        """Run one statement and return its first row, if there is one."""
        return await self._connection.fetchrow(sql, *args)  # type: ignore[no-any-return]

    async def of_each(self, sql: str, keys: Sequence[Key], args: tuple[Hashable, ...], _size: int) -> list[list[Row]]:
        """Run one statement for several keys and return the rows of each."""
        return apart(await self.rows(sql, *arguments(keys, args)), len(keys))

    async def many(self, sql: str, rows: list[tuple[object, ...]]) -> None:
        """Run one statement for each row of arguments, in one round trip."""
        await self._connection.executemany(sql, rows)

    def tell(self, *sealed: Sealed) -> None:
        """Note events that stand in the log already; they are passed on once the unit of work has committed."""
        self.sealed.extend(sealed)

    def emit(self, *events: Event) -> None:
        """Note events; they are written to the log when the unit of work commits."""
        self.events.extend(events)


@dataclass(slots=True)
class _Units:
    """The units of work under way, kept so that closing can wait for them."""

    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Its caller, if there still is one, is told as well.
            logger.debug("a unit of work was rolled back: %s", error)


class Database:
    """One process's pool of connections to PostgreSQL."""

    def __init__(self, pool: Any, observer: Observer | None = None) -> None:
        self._connections = Connections(pool)
        self._reads = Reads(self._run_alone, Turns())
        self._observer = observer
        self._units = _Units()
        self.on_commit: Callable[[Sequence[Sealed]], None] | None = None

    @classmethod
    async def open(cls, url: str, *, pool_size: int, observer: Observer | None = None) -> "Database":
        """Connect. `observer` is told each statement (tests count them).

        Raises:
            ConfigurationError: the URL is malformed, or nothing answers there.
        """
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=min(2, pool_size),
                max_size=pool_size,
                command_timeout=STATEMENT_SECONDS,
                connection_class=_PooledConnection,
                max_cached_statement_lifetime=0,
                statement_cache_size=500,
                max_inactive_connection_lifetime=0,
                server_settings=SESSION_SETTINGS,
                init=_initialiser(observer),
            )
        except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise ConfigurationError(f"Can't use the database {_place(url)} (DATABASE_URL): {reason}") from error
        return cls(pool, observer)

    async def close(self) -> None:
        """Let the units of work under way finish, then close the pool."""
        while self._units.tasks:
            await asyncio.wait(self._units.tasks)
        await self._connections.close()

    async def rows(self, sql: str, *args: object) -> list[Row]:
        """Run one statement, on its own, and return its rows."""
        return await self._reads.rows(sql, args)

    async def row(self, sql: str, *args: object) -> Row | None:
        """Run one statement, on its own, and return its first row, if there is one."""
        rows = await self.rows(sql, *args)
        return rows[0] if rows else None

    async def of_each(self, sql: str, keys: Sequence[Key], args: tuple[Hashable, ...], size: int) -> list[list[Row]]:
        """Run one statement for several keys, perhaps together with other callers, and return the rows of each."""
        return await self._reads.of_each(sql, keys, args, size)

    async def _run_alone(self, sql: str, args: tuple[object, ...]) -> list[Row]:
        if self._observer:  # asyncpg tells it of those in transactions
            self._observer(sql)
        return await self._connections.fetch(sql, args)  # type: ignore[no-any-return]

    async def unit(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in one transaction, write its events, commit, and wake the log's tailer."""
        return await self.finish(self._run(work))

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something to its end, whatever becomes of the caller."""
        return await asyncio.shield(self.start(work))

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Run something to its end that closing waits for."""
        return self._units.start(work)

    async def _run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        try:
            return await self._attempt(work)
        except asyncpg.InvalidCachedStatementError:  # a migration has just changed a type; now it is known anew
            return await self._attempt(work)

    async def _attempt(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        async with self._connections.lend() as connection, connection.transaction():
            transaction = Transaction(connection)
            result = await work(transaction)
            if transaction.events:
                await append_events(transaction.rows, transaction.events)
        if transaction.sealed:
            self.tell(*transaction.sealed)
        if transaction.events:  # their places are not known here
            self.tell()
        return result

    def tell(self, *sealed: Sealed) -> None:
        """Tell the log's tailer what has committed; nothing says that something has, at places that are not known."""
        if self.on_commit:
            self.on_commit(sealed)


class _PooledConnection(asyncpg.Connection):  # type: ignore[misc,type-arg,unused-ignore]
    """A connection of which nothing is reset but the statement that it had begun.

    asyncpg asks PostgreSQL to wait behind a statement that it prepares. Whoever is cancelled then, or gives arguments
    that can't be encoded, never says what comes next: the transaction stays open with the locks of the tables, and its
    time goes on to count, until it ends whatever is asked next. Any statement makes an end of it. There is nothing else
    to reset: no statement of ours leaves session state behind (its advisory locks are the transaction's).
    """

    def get_reset_query(self) -> str:
        return "SELECT"


def _place(url: str) -> str:
    """Where a URL says that the database is, without the secrets in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or dict(parse_qsl(parts.query)).get("host", "localhost")
        return f"{parts.path.removeprefix('/')} at {host}:{parts.port or 5432}"
    except ValueError:
        return "of a malformed URL"


def _initialiser(observer: Observer | None) -> Callable[[Any], Awaitable[None]]:
    async def initialise(connection: Any) -> None:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=_to_json, decoder=orjson.loads, format="text"
        )
        if observer:
            connection.add_query_logger(lambda record: observer(record.query))

    return initialise


def _to_json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()  # asyncpg has a UUID class of its own
