"""The engines that the scenarios break: a durable PostgreSQL, which recovers from each crash, and Valkey."""

import itertools
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from app.embedded import remove_data
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.valkey import EmbeddedValkey
from tests.conftest import database_named

CRASH = ((signal.SIGQUIT, 20.0),)


class Engine:
    """One cluster with the databases in it, and one Valkey, which all scenarios use in turn."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="backchannel-faults-"))
        self.folder.chmod(0o755)
        self._postgres = EmbeddedPostgres(self.folder / "postgres", max_connections=200)
        self._url = ""
        self.valkey = EmbeddedValkey(self.folder / "valkey")
        self.redis_url = ""
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """Make the cluster, and start both servers."""
        self._url = await self._postgres.start()
        self.redis_url = await self.valkey.start()

    async def stop(self) -> None:
        """Stop both servers and delete what they kept."""
        await self.valkey.stop()
        await self._postgres.stop()
        remove_data(self.folder)

    async def crash(self) -> None:
        """End the server without a checkpoint (an immediate shutdown), and start it again: it recovers from its log."""
        assert self._postgres._server is not None
        await self._postgres._server.stop(CRASH)
        self._url = await self._postgres.start()

    def signal_valkey(self, number: signal.Signals) -> None:
        """Kill or pause Valkey, or have it go on."""
        if self.valkey.pid:
            os.kill(self.valkey.pid, number)

    async def restart_valkey(self) -> None:
        """Start Valkey again, at the same address."""
        await self.valkey.stop()
        self.redis_url = await self.valkey.start()

    async def create(self, name: str = "", template: str = "template1") -> str:
        """A new database, as a copy of another that nobody is connected to; its name."""
        name = name or f"faults_{os.getpid()}_{next(self._numbers)}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop(self, name: str) -> None:
        """Delete a database, whoever is connected."""
        await self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def execute(self, sql: str) -> None:
        """Run a statement outside of the databases of the scenarios."""
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def url(self, name: str) -> str:
        """The URL of a database."""
        return database_named(self._url, name)

    async def connect(self, name: str) -> Any:
        """A connection to a database."""
        return await asyncpg.connect(self.url(name))
