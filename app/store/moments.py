"""Moments as rows hold them: to make a `datetime` of each takes longer than all else that a row needs.

Those that are compared come as microseconds since 1970, those that are only shown as PostgreSQL writes them in UTC.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_DIGITS = len("123456")
USUAL_LENGTH = len("2026-01-01 00:00:00.123456+00")
"""Of a moment that is written, unless its last digits are zeros."""


def microseconds(column: str) -> str:
    """SQL: a column of type `timestamptz`, in microseconds; exact, as PostgreSQL keeps no finer time."""
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


def to_moment(number: int) -> datetime:
    """The moment of a number of microseconds."""
    return EPOCH + number * MICROSECOND


def from_moment(at: datetime) -> int:
    """The microseconds of a moment."""
    return (at - EPOCH) // MICROSECOND


def written(column: str) -> str:
    """SQL: a column of type `timestamptz` as text, without zeros at the end."""
    return f"{column}::text"


def write(at: datetime) -> str:
    """The same of a moment in UTC."""
    text = at.isoformat(" ").removesuffix(":00")
    head, point, digits = text.removesuffix("+00").partition(".")
    return f"{head}{point}{digits.rstrip('0')}+00"


def read(text: str) -> datetime:
    """The moment that was written."""
    return datetime.fromisoformat(text)


def to_iso(text: str) -> str:
    """A moment that was written, as `datetime.isoformat` writes it."""
    missing = USUAL_LENGTH - len(text)
    if missing == 0:
        return f"{text[:10]}T{text[11:]}:00"
    return f"{text[:10]}T{text[11:-3]}{'0' * missing}+00:00" if 0 < missing < _DIGITS else read(text).isoformat()
