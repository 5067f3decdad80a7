"""A pytest plugin: makes compiled execution the default of graphql-core, and reports how its own tests fare.

It runs in a process of its own, where `tests` is graphql-core's package and not ours.
"""

import importlib
import json
from pathlib import Path

import graphql
import graphql.execution
import pytest
from counting import CountedExecutor, counted, counts  # type: ignore[import-not-found]

outcomes: dict[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--report", type=Path, required=True)


def pytest_configure() -> None:
    defaults = importlib.import_module("graphql.execution.execute")
    for name in ("IncrementalExecutor", "ExecutorThrowingOnIncremental"):
        setattr(defaults, name, counted(getattr(defaults, name)))
    graphql.Executor = graphql.execution.Executor = CountedExecutor  # type: ignore[misc]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or not report.passed:
        outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.getoption("report").write_text(json.dumps({"outcomes": outcomes, "counts": counts}))
