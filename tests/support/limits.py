"""A plugin: a test that hangs fails, and one that fails is told at once, should the run itself be ended."""

import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from _pytest._code.code import ExceptionRepr, ReprEntry

TEST_SECONDS = 480.0
"""Some machines are ten times as slow as others. Fixtures, and tests that block, are ended by pytest-timeout, which
knows nothing of tasks and so waits somewhat longer."""

FOLDERS = ("app", "schema", "resolvers", "tests")


def limited(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Let the test fail where it waits for too long."""

    @functools.wraps(test)
    async def within_limit(**fixtures: Any) -> None:
        limit = asyncio.timeout(TEST_SECONDS)
        try:
            async with limit:
                await test(**fixtures)
        except TimeoutError as error:
            if limit.expired() and error.__cause__:
                waits = pytest.fail.Exception(f"it still waits after {TEST_SECONDS:.0f} s")
                raise waits.with_traceback(error.__cause__.__traceback__) from None
            raise

    return within_limit


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = limited(item.obj)


@pytest.hookimpl(trylast=True)  # it is there only when the plugins of pytest's own are configured
def pytest_configure(config: pytest.Config) -> None:
    if terminal := config.pluginmanager.get_plugin("terminalreporter"):
        config.pluginmanager.register(TellingFailures(terminal))


class TellingFailures:
    """On the terminal of the whole run, whichever worker ran the test."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._terminal.ensure_newline()
            self._terminal.write_line(f"{report.nodeid} failed after {report.duration:.1f} s: {crash(report)}")


def crash(report: pytest.TestReport) -> str:
    """The last line of ours that failed, and the first line of why."""
    if not isinstance(report.longrepr, ExceptionRepr) or not report.longrepr.reprcrash:
        return report.longreprtext
    entries = report.longrepr.reprtraceback.reprentries
    places = [entry.reprfileloc for entry in entries if isinstance(entry, ReprEntry) and entry.reprfileloc]
    ours = [f"{place.path}:{place.lineno}" for place in places if place.path.startswith(FOLDERS)]
    return f"{ours[-1] if ours else 'no line of ours'}: {report.longrepr.reprcrash.message.splitlines()[0]}"
