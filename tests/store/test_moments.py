"""Moments as numbers are exact, there and back."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.services import Services
from app.store.moments import from_moment, microseconds, to_iso, to_moment

moments = st.datetimes(timezones=st.just(UTC))


@given(moments)
def test_a_moment_comes_back_from_its_number(at: datetime) -> None:
    assert to_moment(from_moment(at)) == at
    assert to_iso(from_moment(at)) == at.isoformat()


async def test_postgresql_tells_the_same_number(services: Services) -> None:
    told = [datetime(*parts, tzinfo=UTC) for parts in ((1969, 12, 31, 23, 59, 59, 999_999), (2026, 2, 28, 1, 2, 3, 1))]
    rows = await services.database.rows(
        f"SELECT {microseconds('at')} AS number FROM unnest($1::timestamptz[]) AS t (at)", told
    )
    assert [to_moment(row["number"]) for row in rows] == told
