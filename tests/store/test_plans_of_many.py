"""What a page costs does not grow with how many follow or block the viewer."""

from collections.abc import AsyncIterator
from typing import cast

import pytest

from app.store import conversations, follows, inboxes, media, messages, permissions, users
from app.store.conversations import MEMBER_NAMES
from app.store.database import Reader, Transaction
from app.store.inboxes import MembersPage
from app.store.messages import Span
from tests.store.crowded import LONG, Crowded, crowded_database
from tests.store.plans import reading_of
from tests.store.test_plans import HISTORY, HOUR_AGO, PAGE, Read


@pytest.fixture(scope="module")
async def many(engine_database_url: str) -> AsyncIterator[Crowded]:
    async with crowded_database(engine_database_url, "many") as crowded:
        await crowded.connection.execute(
            """INSERT INTO blocks (blocker_id, blocked_id, blocked_at)
            SELECT p.id, b.id, now() FROM person p, person b WHERE b.n = 0 AND p.n > 4000"""
        )
        await crowded.connection.execute("INSERT INTO user_search_terms (term, user_id) SELECT handle, id FROM users")
        await crowded.connection.execute("VACUUM ANALYZE")
        yield crowded


def as_transaction(reader: Reader) -> Transaction:
    """What takes down the statement of a function that asks for a transaction."""
    return cast("Transaction", reader)


LISTS: dict[str, tuple[Read, int]] = {
    "permission, of one": (lambda c, r: permissions.between(r, c.hub, [c.blocker]), 20),
    "permission, of one, held": (lambda c, r: permissions.hold_between(as_transaction(r), c.hub, [c.blocker]), 20),
    "relations": (lambda c, r: follows.relations(r, c.hub, [c.blocker]), 20),
    "inbox": (lambda c, r: inboxes.page(r, c.hub, None, PAGE), 12 * PAGE),
    "inbox, with members": (
        lambda c, r: inboxes.page(r, c.hub, None, PAGE, MembersPage(None, 6, len(MEMBER_NAMES))), 20 * PAGE + 100,
    ),
    "members": (lambda c, r: conversations.member_pages(r, c.hub, c.talks, None, 6), 8 * PAGE + 100),
    "readers": (lambda c, r: conversations.reader_pages(r, c.hub, [(c.long, LONG)], None, PAGE), 150),
    "history": (lambda c, r: messages.pages(r, c.hub, [c.long], Span(HISTORY, backwards=True)), 4 * HISTORY),
    "messages by key": (
        lambda c, r: messages.by_keys(r, c.hub, [(c.long, seq) for seq in range(1, HISTORY)]), 6 * HISTORY,
    ),
    "reactions": (
        lambda c, r: messages.reactions(r, c.hub, [(c.long, seq) for seq in range(1, HISTORY)]), 4 * HISTORY,
    ),
    "states": (lambda c, r: inboxes.viewer_states(r, c.hub, c.talks), 8 * PAGE + 110),
    "unread": (lambda c, r: inboxes.unread_conversations(r, c.hub), 350),
    "following of another": (
        lambda c, r: follows.edge_pages(r, c.hub, [c.blocker], "following", HOUR_AGO, PAGE), 8 * PAGE,
    ),
    "friends of another": (lambda c, r: follows.friend_pages(r, c.hub, [c.blocker], HOUR_AGO, PAGE), 8 * PAGE),
    "videos": (lambda c, r: media.videos_of(r, c.hub, [c.blocker], HOUR_AGO, PAGE), 4 * PAGE),
    "by handle": (lambda c, r: users.by_handle_key(r, c.hub, "p100"), 10),
    "search": (lambda c, r: users.search(r, c.hub, "p1234", "", PAGE), 60),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_reads_about_as_much_as_it_shows(many: Crowded, name: str) -> None:
    read, most = LISTS[name]
    reading = await reading_of(many.connection, lambda reader: read(many, reader))
    assert reading.rows <= most, reading
    assert reading.pages <= 8 * most, reading
