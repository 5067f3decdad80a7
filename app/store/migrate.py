"""Bringing a database's schema up to date, by one process at a time."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from app.errors import ConfigurationError

# The key of the session-level advisory lock that migrating processes queue on.
MIGRATION_LOCK = 0x6261636B

APPS = {
    "store": {
        "models": ["app.store.models"],
        "migrations": "app.store.migrations",
        "default_connection": "default",
    }
}


async def migrate(url: str) -> list[str]:
    """Apply the migrations that are missing and return their names; others that migrate meanwhile wait.

    Raises:
        ConfigurationError: the database can't be reached.
    """
    try:
        guard = await asyncpg.connect(url)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise ConfigurationError(f"Can't use the database that DATABASE_URL names: {error}") from error
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        return await _apply(url) if await _is_behind(guard) else []
    finally:
        await guard.close()


async def _is_behind(connection: asyncpg.Connection) -> bool:
    """Whether a migration is missing; where none is, Tortoise need not be imported, which takes half a second."""
    if await connection.fetchval("SELECT to_regclass('tortoise_migrations')") is None:
        return True
    applied = {row["name"] for row in await connection.fetch("SELECT name FROM tortoise_migrations")}
    known = {path.stem for path in (Path(__file__).parent / "migrations").glob("[0-9]*.py")}
    return not known <= applied


async def _apply(url: str) -> list[str]:
    from tortoise.context import TortoiseContext  # noqa: PLC0415 - see `_is_behind`
    from tortoise.migrations.executor import MigrationExecutor, MigrationTarget  # noqa: PLC0415

    applied: list[str] = []

    def note(event: str, _app: str, name: str) -> None:
        if event == "apply_done":
            applied.append(name)

    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(url))
        executor = MigrationExecutor(context.connections.get("default"), APPS)
        await executor.migrate([MigrationTarget("store", "__latest__")], direction="forward", progress=note)
    return applied


def tortoise_config(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a PostgreSQL URL in libpq form (`?host=/folder` names a Unix socket)."""
    engine = {"engine": "tortoise.backends.asyncpg", "credentials": {**_credentials(url), "maxsize": 2}}
    return {"connections": {"default": engine}, "apps": APPS}


def _credentials(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "user": unquote(parts.username) if parts.username else query.get("user"),
        "password": unquote(parts.password) if parts.password else query.get("password"),
        "host": query.get("host") or parts.hostname,
        "port": parts.port or int(query.get("port", "5432")),
        "database": parts.path.lstrip("/") or None,
        **({"ssl": query["sslmode"]} if "sslmode" in query else {}),
    }
