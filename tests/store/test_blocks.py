"""What is read by a form of its own for viewers without blocks is the same by either form."""

from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from app.store import blocks, inboxes
from app.store.blocks import HEEDED, NONE, Blocks
from app.store.conversations import MEMBER_NAMES
from app.store.database import Row, Transaction
from app.store.inboxes import MembersPage
from tests.store.crowded import Crowded, crowded_database, filling

BLOCK = "INSERT INTO blocks (blocker_id, blocked_id, blocked_at) VALUES ($1, $2, now())"
UNBLOCK = "DELETE FROM blocks WHERE $1 IN (blocker_id, blocked_id)"
MEMBERS = MembersPage(None, 40, len(MEMBER_NAMES))


@pytest.fixture(scope="module")
async def crowded(engine_database_url: str) -> AsyncIterator[Crowded]:
    async with crowded_database(engine_database_url, "blocks", filling(120, long=50, full=20, events=80)) as crowded:
        yield crowded


class Counting(Transaction):
    """Counts statements."""

    statements = 0

    async def rows(self, sql: str, *args: object) -> list[Row]:
        self.statements += 1
        return await super().rows(sql, *args)


class Only:
    """Keeps to one form, whoever asks."""

    def __init__(self, form: Blocks) -> None:
        self.form = form

    async def __call__(self, reader: Any, statement: Any, viewer_id: UUID, *args: object) -> list[Row]:
        rows: list[Row] = await reader.rows(statement(self.form), viewer_id, *args)
        return rows


async def inbox(crowded: Crowded, reader: Transaction | None = None) -> list[tuple[Any, ...]]:
    reader = reader or Transaction(crowded.connection)
    return [tuple(row) for row in await inboxes.page(reader, crowded.hub, None, 30, MEMBERS)]


@pytest.mark.parametrize("blocks_them", [True, False])
async def test_both_forms_read_the_same_but_of_who_has_blocks(
    crowded: Crowded, monkeypatch: pytest.MonkeyPatch, blocks_them: bool
) -> None:
    monkeypatch.setattr(inboxes, "rows_past_blocks", Only(HEEDED))
    heeded = await inbox(crowded)
    assert len(heeded) > 10
    monkeypatch.setattr(inboxes, "rows_past_blocks", Only(NONE))
    assert await inbox(crowded) == heeded
    other = await crowded.connection.fetchval("SELECT id FROM users WHERE handle = 'p1'")
    await crowded.connection.execute(BLOCK, *((crowded.hub, other) if blocks_them else (other, crowded.hub)))
    assert await inbox(crowded) == []
    monkeypatch.setattr(inboxes, "rows_past_blocks", Only(HEEDED))
    assert len(await inbox(crowded)) == len(heeded)
    assert await inbox(crowded) != heeded
    await crowded.connection.execute(UNBLOCK, other)


async def test_who_turned_out_to_have_blocks_is_read_by_one_statement_again(crowded: Crowded) -> None:
    reader = Counting(crowded.connection)
    without = await inbox(crowded, reader)
    assert reader.statements == 1
    other = await crowded.connection.fetchval("SELECT id FROM users WHERE handle = 'p1'")
    await crowded.connection.execute(BLOCK, crowded.hub, other)
    assert await inbox(crowded, reader) != without
    assert reader.statements == 3
    assert await inbox(crowded, reader) != without
    assert reader.statements == 4
    await crowded.connection.execute(UNBLOCK, other)
    assert await inbox(crowded, reader) == without
    assert reader.statements == 5


async def test_an_empty_page_makes_nobody_one_who_has_blocks(crowded: Crowded) -> None:
    reader, nobody = Counting(crowded.connection), UUID(int=1)
    for _ in range(2):
        assert await inboxes.page(reader, nobody, None, 30) == []
    assert reader.statements == 4


async def test_the_guesses_are_bounded(crowded: Crowded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_VIEWERS_MAX", 2)
    monkeypatch.setattr(blocks, "_viewers_with_blocks", OrderedDict())
    people = [row["id"] for row in await crowded.connection.fetch("SELECT id FROM users WHERE handle > 'p1' LIMIT 4")]
    for one in people:
        await crowded.connection.execute(BLOCK, one, crowded.hub)
        assert await inboxes.page(Transaction(crowded.connection), one, None, 30)
    assert list(blocks._viewers_with_blocks) == people[-2:]
    await crowded.connection.execute(UNBLOCK, crowded.hub)
