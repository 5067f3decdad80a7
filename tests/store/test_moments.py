"""Moments come out of rows as they went in, as numbers and as text."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.services import Services
from app.store.moments import from_moment, microseconds, read, to_iso, to_moment, write, written

moments = st.datetimes(timezones=st.just(UTC)) | st.datetimes(timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)

TOLD = [
    datetime(*parts, tzinfo=UTC)  # type: ignore[misc]
    for parts in (
        (1969, 12, 31, 23, 59, 59, 999_999),
        (2026, 2, 28, 1, 2, 3, 1),
        (2026, 2, 28, 1, 2, 3, 120_000),
        (2026, 2, 28, 1, 2, 3),
    )
]


@given(moments)
def test_a_moment_comes_back_from_its_number_and_its_text(at: datetime) -> None:
    assert to_moment(from_moment(at)) == at
    assert read(write(at)) == at
    assert to_iso(write(at)) == at.isoformat()


async def test_postgresql_tells_the_same_number_and_text(services: Services) -> None:
    rows = await services.database.rows(
        f"SELECT {microseconds('at')} AS number, {written('at')} AS text FROM unnest($1::timestamptz[]) AS t (at)", TOLD
    )
    assert [to_moment(row["number"]) for row in rows] == TOLD
    assert [row["text"] for row in rows] == [write(at) for at in TOLD]
