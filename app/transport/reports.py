"""What is told of operations that failed or were slow."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.execution.documents import Operation
from app.execution.result import Result

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """One operation, for the log: never its document, variables or data."""

    transport: str
    """`http` or `socket`."""
    kind: str
    """`query`, `mutation` or `subscription`; empty where the document did not get that far."""
    name: str
    """The operation's name, or empty."""
    seconds: float
    codes: Sequence[str]
    """`extensions.code` of each error; none means that the operation was slow."""


Reporter = Callable[[Report], None]


def log_report(report: Report) -> None:
    """A reporter that writes one line with the report's fields as `extra`."""
    name = report.name if report.name.isprintable() else ""
    logger.warning(
        "%s %s %s took %.3f s%s",
        report.transport,
        report.kind or "request",
        name or "(anonymous)",
        report.seconds,
        f" and failed: {', '.join(report.codes)}" if report.codes else "",
        extra={
            "transport": report.transport,
            "kind": report.kind,
            "operation": name,
            "seconds": round(report.seconds, 4),
            "codes": list(report.codes),
        },
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """Decides which operations are reported: those with errors, and those slower than `slow_seconds`."""

    slow_seconds: float = 1.0
    reporter: Reporter = log_report

    def finished(self, transport: str, operation: Operation | None, started: float, result: Result) -> None:
        """Called after every operation; `started` is a time of `time.perf_counter()`."""
        seconds = time.perf_counter() - started
        if not result.errors and seconds < self.slow_seconds:
            return
        kind, name = (operation.kind.value, operation.name or "") if operation else ("", "")
        self.reporter(Report(transport, kind, name, seconds, result.codes))
