"""Moments as microseconds since 1970: to make a `datetime` of each takes longer than all else that a row needs."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(column: str) -> str:
    """SQL: a column of type `timestamptz`, in microseconds; exact, as PostgreSQL keeps no finer time."""
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


def to_moment(number: int) -> datetime:
    """The moment of a number of microseconds."""
    return EPOCH + number * MICROSECOND


def from_moment(at: datetime) -> int:
    """The microseconds of a moment."""
    return (at - EPOCH) // MICROSECOND


def to_iso(number: int) -> str:
    """The moment of a number of microseconds, as `datetime.isoformat` writes it."""
    day, rest = divmod(number, 86_400_000_000)
    minute, rest = divmod(rest, 60_000_000)
    digits = str(100_000_000 + rest)  # a one, two digits of seconds, six of microseconds
    fraction = f".{digits[3:]}" if rest % 1_000_000 else ""
    return f"{_day(day)}{_MINUTES[minute]}{digits[1:3]}{fraction}+00:00"


_MINUTES = [f"{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60)]


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    return f"{(EPOCH + timedelta(days=number)).date().isoformat()}T"
