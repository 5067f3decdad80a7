"""Moments as microseconds since 1970: to make a `datetime` of each takes longer than all else that a row needs."""

from datetime import UTC, datetime, timedelta

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
