"""A server process as `python -m app serve` starts it, with the named points of a send laid bare.

Nothing in `app/` knows of this: it is composed from outside, by wrapping what a send passes through.
"""

import asyncio
import functools
import importlib
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import asyncpg
import uvloop
from asyncpg.prepared_stmt import PreparedStatement

from app.config import load_settings
from app.serving import process
from app.store.database import Database
from app.transport.answer import Answer
from tests.faults.plan import Plan, Point

# How the statement that writes a message is known: alone, or within a transaction.
WRITES_MESSAGE = ("send_messages(", "send_free_messages(", "INSERT INTO messages AS m")
SUCCESS = b"SendMessageSuccess"
CLOCKED = ("app", "resolvers", "schema", "jwt")


def main(environment: Mapping[str, str], plan: Plan, log: Path, ready: Connection) -> None:
    """Serve until told to stop; `ready` is told when the port is open. All that is said goes to the log."""
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    os.environ.clear()
    os.environ.update(environment)
    _upset(plan)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(process.serve(load_settings(), announce=functools.partial(ready.send, "ready")))


def _upset(plan: Plan) -> None:
    for name, value in plan.constants.items():
        module, _, constant = name.rpartition(".")
        setattr(importlib.import_module(module), constant, value)
    if plan.clock_shift or plan.clock_jump:
        clock = Clock(plan.clock_shift)
        clock.rule()
        signal.signal(signal.SIGUSR1, lambda *_: clock.jump(plan.clock_jump))
    if plan.server_settings:
        _with_server_settings(plan.server_settings)
    if plan.point:
        _expose(Points(plan))


class Points:
    """Counts the passages of the planned point, and does what is planned at the right one."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._passages = 0

    def pass_by(self, point: Point) -> None:
        """A send is at this point."""
        if point is self._plan.point:
            self._passages += 1
            if self._passages == self._plan.passage:
                os.kill(os.getpid(), self._plan.signal)


def _expose(points: Points) -> None:
    for name in ("fetch", "fetchrow"):
        run = getattr(asyncpg.Connection, name)
        setattr(asyncpg.Connection, name, _wrapped_statement(run, lambda _connection, sql, *_args: sql, points))
    run = PreparedStatement.fetch
    PreparedStatement.fetch = _wrapped_statement(run, lambda statement, *_args: statement.get_query(), points)
    Database.on_commit = _AroundHint(points)  # type: ignore[assignment]
    Answer.prepare = _wrapped_answer(Answer.prepare, points)  # type: ignore[method-assign, assignment]


def _wrapped_statement(
    run: Callable[..., Awaitable[Any]], sql_of: Callable[..., str], points: Points
) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(run)
    async def wrapped(*args: Any, **options: Any) -> Any:
        sql = sql_of(*args)
        if not any(mark in sql for mark in WRITES_MESSAGE):
            return await run(*args, **options)
        points.pass_by(Point.BEFORE)
        statement = asyncio.ensure_future(run(*args, **options))
        await asyncio.sleep(0)  # the statement is written to the socket
        points.pass_by(Point.ASKED)
        try:
            result = await statement
        except asyncio.CancelledError:
            statement.cancel()
            with suppress(BaseException):
                await statement
            raise
        points.pass_by(Point.ANSWERED)
        return result

    return wrapped


class _AroundHint:
    """Stands before `Database.on_commit`: what is called between COMMIT and reply, and wakes or hints the tailers."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._callback: Callable[[Sequence[Any]], None] | None = None

    def __get__(self, database: Database | None, _owner: type) -> Callable[[Sequence[Any]], None]:
        return self._call

    def __set__(self, _database: Database, callback: Callable[[Sequence[Any]], None] | None) -> None:
        self._callback = callback

    def _call(self, events: Sequence[Any]) -> None:
        self._points.pass_by(Point.COMMITTED)
        if self._callback:
            self._callback(events)
        self._points.pass_by(Point.HINTED)


def _wrapped_answer(prepare: Callable[..., Awaitable[None]], points: Points) -> Callable[..., Awaitable[None]]:
    @functools.wraps(prepare)
    async def wrapped(answer: Answer, request: Any) -> None:
        if SUCCESS in answer.whole:
            points.pass_by(Point.REPLYING)
        await prepare(answer, request)

    return wrapped


def _with_server_settings(settings: Mapping[str, str]) -> None:
    create_pool = asyncpg.create_pool

    @functools.wraps(create_pool)
    def wrapped(*args: Any, **options: Any) -> Any:
        options["server_settings"] = {**options.get("server_settings", {}), **settings}
        return create_pool(*args, **options)

    asyncpg.create_pool = wrapped


class _AnyDatetime(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, datetime)


class Clock:
    """So many seconds ahead of the true one; jumps forward, or back where that is negative."""

    def __init__(self, ahead: float) -> None:
        self._ahead = ahead

    def jump(self, seconds: float) -> None:
        """From now on it is that much further ahead."""
        self._ahead += seconds
        logging.getLogger(__name__).info("the clock is %g s ahead", self._ahead)

    def rule(self) -> None:
        """Make this process believe in it, as `time.time` and `datetime.now` tell it."""
        true_time = time.time
        time.time = lambda: true_time() + self._ahead
        clock = self

        class Shifted(datetime, metaclass=_AnyDatetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return datetime.now(tz) + timedelta(seconds=clock._ahead)

        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in CLOCKED and getattr(module, "datetime", None) is datetime:
                module.datetime = Shifted  # type: ignore[attr-defined]
