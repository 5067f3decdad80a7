"""The engines on one data folder."""

import asyncio
import shutil
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.embedded.account import Account, is_root
from app.embedded.errors import EngineError
from app.embedded.home import remove_home
from app.embedded.lock import FolderLock
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.s3 import EmbeddedS3, S3Endpoint
from app.embedded.valkey import EmbeddedValkey

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the engines are; None for one that was not wanted."""

    database_url: str | None
    s3: S3Endpoint | None
    redis_url: str | None


class EmbeddedEngines:
    """PostgreSQL, S3 and Valkey on a data folder that no other process has.

    What runs there already was left behind by a server that was killed: it is stopped before its successor starts. A
    Valkey that dies is started again.
    `postgres`, `s3` and `valkey` tell which engines are wanted; `durable` is as in `EmbeddedPostgres`, `s3_port` and
    `bucket` as in `EmbeddedS3`.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        postgres: bool = True,
        s3: bool = True,
        valkey: bool = False,
        s3_port: int | None = None,
        bucket: str = "backchannel",
        durable: bool = True,
        max_connections: int = 100,
    ) -> None:
        data_dir = data_dir.absolute()
        self._folder = data_dir
        self._lock = FolderLock(data_dir)
        self._postgres = (
            EmbeddedPostgres(data_dir / "postgres", durable=durable, max_connections=max_connections)
            if postgres
            else None
        )
        self._s3 = EmbeddedS3(data_dir / "s3", port=s3_port, bucket=bucket) if s3 else None
        self._valkey = EmbeddedValkey(data_dir / "valkey") if valkey else None
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> Endpoints:
        """Start the engines side by side; if one fails, or the wait is cancelled, none is left running.

        Raises:
            AlreadyRunningError: another process has the folder.
            EngineError: in one line, why an engine does not start.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _refuse_root_in_anothers(self._folder)
            self._lock.acquire()
        except OSError as error:
            raise _explained(error, self._folder) from error
        try:
            return await self._start()
        except BaseException as error:
            await self.stop()
            if isinstance(error, OSError):
                raise _explained(error, self._folder) from error
            raise

    async def stop(self) -> None:
        """Stop what runs, in good order, and give the folder back."""
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        try:
            await _all(engine.stop() for engine in (self._postgres, self._s3, self._valkey) if engine is not None)
        finally:
            self._lock.release()

    async def _start(self) -> Endpoints:
        url = asyncio.create_task(self._postgres.start()) if self._postgres else None
        endpoint = asyncio.create_task(self._s3.start()) if self._s3 else None
        redis_url = asyncio.create_task(self._valkey.start()) if self._valkey else None
        tasks = [task for task in (url, endpoint, redis_url) if task]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
        if self._valkey:
            self._keeping = asyncio.create_task(self._valkey.keep(), name="keep-valkey")
        return Endpoints(_result(url), _result(endpoint), _result(redis_url))


def _result(task: "asyncio.Task[T] | None") -> "T | None":
    return task.result() if task else None


def remove_data(data_dir: Path) -> None:
    """Delete a data folder, and the PostgreSQL cluster that root may have had to keep elsewhere for it.

    Raises:
        AlreadyRunningError: it is in use.
    """
    if data_dir.exists():
        lock = FolderLock(data_dir)
        lock.acquire()
        remove_home(data_dir / "postgres")
        shutil.rmtree(data_dir)
        lock.release()


async def _all(stops: Iterable[Coroutine[None, None, None]]) -> None:
    """Run all to their ends, then raise the first failure."""
    for outcome in await asyncio.gather(*stops, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _refuse_root_in_anothers(folder: Path) -> None:
    """Keep root from leaving files in another user's data folder that he then cannot open himself."""
    owner = Account.of_owner(folder)
    if is_root() and owner.uid != 0:
        raise EngineError(f"The data folder {folder} belongs to {owner.name}: run as {owner.name}, or choose another.")


def _explained(error: OSError, folder: Path) -> EngineError:
    return EngineError(f"The data folder {folder} does not serve: {error.strerror} ({error.filename}).")
