"""What is planned while there are few people is read along indexes, so that it stays good when there are many."""

from collections.abc import AsyncIterator

import pytest

from tests.store import test_plans, test_plans_of_many
from tests.store.crowded import Crowded, crowded_database, filling
from tests.store.plans import reading_of
from tests.store.test_plans import GROWING

# The 100th is a blocker, and 20 conversations make a page.
FEW = filling(people=120, long=60, full=20, events=80)
LISTS = [*test_plans.LISTS.items(), *test_plans_of_many.LISTS.items()]


@pytest.fixture(scope="module")
async def few(engine_database_url: str) -> AsyncIterator[Crowded]:
    async with crowded_database(engine_database_url, "few", FEW) as few:
        yield few


@pytest.mark.parametrize(("name", "read"), [(name, read) for name, (read, _) in LISTS])
async def test_no_table_that_grows_is_read_whole(few: Crowded, name: str, read: test_plans.Read) -> None:
    reading = await reading_of(few.connection, lambda reader: read(few, reader))
    assert not reading.whole_tables & GROWING, (name, reading)
