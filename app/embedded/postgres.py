"""PostgreSQL, as a child of ours that listens on a Unix socket and on no TCP port."""

import asyncio
import os
import shutil
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from app.embedded.account import Account
from app.embedded.child import POLL_SECONDS, START_SECONDS, Child, Steps, end_leftovers
from app.embedded.errors import EngineError
from app.embedded.home import settle
from app.embedded.installation import postgres_programs
from app.embedded.sockets import SocketFolder

DATABASE = "backchannel"

# Part of the socket's name only. It is in the URL so that a PGPORT in our environment does not replace it.
PORT = 5432

# A fast shutdown, an immediate one (which the next start recovers from), and the end.
# https://www.postgresql.org/docs/current/server-shutdown.html
STOP: Steps = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 30.0))
KILL: Steps = ((signal.SIGKILL, 30.0),)

# The collation is PostgreSQL's own, so that names sort and compare alike on every machine. Only the owner of the
# socket's folder can connect, so there is no password; nobody can over TCP, even if someone makes it listen.
INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth-local=trust",
    "--auth-host=reject",
    "--no-instructions",
)

# For data that need not survive a crash of the machine, as in tests.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class EmbeddedPostgres:
    """A PostgreSQL cluster in a folder, and its server.

    Whoever starts it must have the folder to himself (`FolderLock`): a server found running there is one that was
    left behind, and is stopped. `durable=False` trades what a crash of the machine may cost for speed.
    """

    def __init__(self, folder: Path, *, durable: bool = True, max_connections: int = 100) -> None:
        self._folder = folder
        self._durable = durable
        self._max_connections = max_connections
        self._server: Child | None = None
        self._sockets: SocketFolder | None = None

    async def start(self) -> str:
        """Start the server on an existing or a new cluster and return the URL of its database.

        The URL reads `postgresql://postgres@/backchannel?host=/folder/of/the/socket&port=5432`, which asyncpg, Tortoise
        and libpq all take.

        Raises:
            EngineError: in one line, why it does not start.
        """
        home, account = settle(self._folder)
        programs = await asyncio.to_thread(postgres_programs, account)
        cluster = home / "cluster"
        draft = home / "cluster.new"
        await end_leftovers("initdb", home, KILL)
        await end_leftovers("postgres", draft, KILL)
        await end_leftovers("postgres", cluster, STOP)
        if not cluster.exists():
            await self._create(draft, programs, account)
            draft.rename(cluster)
        _forget_dead_server(cluster)
        self._sockets = SocketFolder(home, f".s.PGSQL.{PORT}.lock")
        sockets = self._sockets.open(account)
        self._server = self._spawn(cluster, programs, account, sockets)
        await self._ready(sockets)
        return _url(sockets)

    async def stop(self) -> None:
        """End the server in good order: running transactions roll back, committed ones are on disk."""
        if self._server is not None:
            await self._server.stop(STOP)
            self._server = None
        if self._sockets is not None:
            self._sockets.close()
            self._sockets = None

    async def _create(self, draft: Path, programs: Path, account: Account | None) -> None:
        """Make a new cluster, as a draft: one that is interrupted is never taken for whole."""
        shutil.rmtree(draft, ignore_errors=True)
        arguments = [str(programs / "initdb"), "-D", str(draft), *INITDB]
        if not self._durable:
            arguments.append("--no-sync")
        initdb = self._child(arguments, draft.parent, account)
        if await initdb.finished() != 0:
            raise EngineError(f"PostgreSQL cannot make a cluster in {draft.parent}: {initdb.complaint()}")

    def _spawn(self, cluster: Path, programs: Path, account: Account | None, sockets: Path) -> Child:
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": os.fspath(sockets),
            "max_connections": str(self._max_connections),
            "timezone": "UTC",
            "log_timezone": "UTC",
            **({} if self._durable else CARELESS),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        arguments = [str(programs / "postgres"), "-D", str(cluster), *options]
        return self._child(arguments, cluster.parent, account)

    def _child(self, arguments: list[str], home: Path, account: Account | None) -> Child:
        # Not in the home, where its user could make a link of the log that would lead root astray. And nothing of our
        # environment: variables such as PGDATA or PGOPTIONS would change what the programs do.
        log = self._folder.with_name(f"{Path(arguments[0]).name}.log")
        return Child(arguments, folder=home, log=log, env={"PATH": os.defpath, "LC_ALL": "C"}, account=account)

    async def _ready(self, sockets: Path) -> None:
        """Wait until the server answers, and make sure that it has our database."""
        assert self._server is not None
        deadline = time.monotonic() + START_SECONDS
        while self._server.exit_code is None and time.monotonic() < deadline:
            try:
                await _touch(_url(sockets))
            except asyncpg.InvalidCatalogNameError:
                await _touch(_url(sockets, "postgres"), f"CREATE DATABASE {DATABASE}")
                return
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(POLL_SECONDS)
            else:
                return
        raise EngineError(f"PostgreSQL does not start: {self._server.complaint()} (its log is {self._server.log})")


def running_database(data_dir: Path) -> str:
    """The URL of the database that runs for a data folder, whoever started it.

    Raises:
        EngineError: none does.
    """
    try:
        sockets = SocketFolder.found_in((data_dir / "postgres").resolve())
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(os.fspath(sockets / f".s.PGSQL.{PORT}"))
    except OSError as error:
        raise EngineError(
            f"No embedded PostgreSQL can be reached in {data_dir} ({error.strerror}): start it with `run`, or choose"
            " another --data-dir."
        ) from None
    return _url(sockets)


def _url(sockets: Path, database: str = DATABASE) -> str:
    return f"postgresql://postgres@/{database}?host={quote(os.fspath(sockets))}&port={PORT}"


async def _touch(url: str, statement: str = "SELECT") -> None:
    connection = await asyncpg.connect(url, timeout=START_SECONDS)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _forget_dead_server(cluster: Path) -> None:
    """Remove the pid file of a dead server if its number is another process's by now, which stops PostgreSQL.

    No server works in this cluster: all that did were ended. A number that is free PostgreSQL sees through itself.
    """
    pid_file = cluster / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, IndexError):
        if psutil.pid_exists(int(pid_file.read_text().split()[0])):
            pid_file.unlink()
