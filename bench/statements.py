"""How many statements PostgreSQL runs, by its own count (pg_stat_statements)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from app.embedded.postgres import EmbeddedPostgres


async def prepare_counting(folder: Path) -> None:
    """Make a new cluster in a folder that no engine has yet, and have it count from its next start."""
    postgres = EmbeddedPostgres(folder)
    try:
        connection = await asyncpg.connect(await postgres.start())
        await connection.execute("ALTER SYSTEM SET shared_preload_libraries = pg_stat_statements")
        await connection.close()
    finally:
        await postgres.stop()


class Statements:
    """The count, asked over a connection of its own."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def so_far(self) -> int:
        """All but those that ask here; what a function runs inside is part of the statement that calls it."""
        count = await self._connection.fetchval(
            "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'"
        )
        return int(count)


@asynccontextmanager
async def counting(url: str) -> AsyncIterator[Statements]:
    """Count in a database."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    try:
        yield Statements(connection)
    finally:
        await connection.close()
