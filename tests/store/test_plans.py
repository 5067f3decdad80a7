"""Every list is read along an index, page by page: what a page costs does not grow with the list."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.store import conversations, follows, inboxes, log, media, messages, sessions, users
from app.store.conversations import MEMBER_NAMES
from app.store.database import Reader, Transaction
from app.store.inboxes import MembersPage
from app.store.messages import Span
from app.store.users import LATEST
from tests.store.crowded import EPOCH, LONG, Crowded, crowded_database
from tests.store.plans import reading_of

PAGE = 21
HISTORY = 51

# Tables that are as long as the installation is large.
GROWING = {
    "blocks", "conversations", "events", "follows", "members", "messages", "photos", "reactions", "sessions", "users",
    "video_shares", "videos",
}  # fmt: skip

Read = Callable[[Crowded, Reader], Awaitable[object]]
HOUR_AGO = (datetime.now(UTC) - timedelta(hours=1), LATEST[1])
# Just before the long conversation, of which everything is unread.
DEEP = (datetime.now(UTC) - timedelta(days=1, minutes=-5), LATEST[1])

# Name: the statement, and how many rows one page of it may take to read.
LISTS: dict[str, tuple[Read, int]] = {
    "inbox": (lambda c, r: inboxes.page(r, c.hub, None, PAGE), 12 * PAGE),
    "inbox, with members": (
        lambda c, r: inboxes.page(r, c.hub, None, PAGE, MembersPage(None, 6, len(MEMBER_NAMES))), 20 * PAGE + 100,
    ),
    "inbox, at the long conversation": (lambda c, r: inboxes.page(r, c.hub, DEEP, PAGE), 12 * PAGE + 110),
    "states, of the long conversation": (lambda c, r: inboxes.viewer_states(r, c.hub, c.talks), 8 * PAGE + 110),
    "unread conversations": (lambda c, r: inboxes.unread_conversations(r, c.hub), 350),
    "members": (lambda c, r: conversations.member_pages(r, c.hub, c.talks, None, 6), 8 * PAGE + 100),
    "members of a group": (lambda c, r: conversations.member_pages(r, c.hub, [c.long], None, 6), 20),
    "readers": (lambda c, r: conversations.reader_pages(r, c.hub, [(c.long, LONG)], None, PAGE), 150),
    "history, the latest": (
        lambda c, r: messages.pages(r, c.hub, [c.long], Span(HISTORY, backwards=True)),
        3 * HISTORY,
    ),
    "history, deep": (
        lambda c, r: messages.pages(r, c.hub, [c.long], Span(HISTORY, before=LONG // 2, backwards=True)),
        3 * HISTORY,
    ),
    "history, from the beginning": (
        lambda c, r: messages.pages(r, c.hub, [c.long], Span(HISTORY)), 3 * HISTORY,
    ),
    "history of several": (
        lambda c, r: messages.pages(r, c.hub, c.talks, Span(HISTORY, backwards=True)),
        20 * 15 + 5 * HISTORY,
    ),
    "replay": (lambda c, r: messages.pages(r, c.hub, [c.long], Span(HISTORY, after=LONG // 2)), 2 * HISTORY + 5),
    "messages by key": (
        lambda c, r: messages.by_keys(r, c.hub, [(c.long, seq) for seq in range(1, HISTORY)]), 6 * HISTORY,
    ),
    "reactions": (
        lambda c, r: messages.reactions(r, c.hub, [(c.long, seq) for seq in range(1, HISTORY)]), 4 * HISTORY,
    ),
    "people for several": (lambda c, r: users.seen(r, [(c.hub, c.blocker), (c.blocker, c.hub)]), 8),
    "conversations for several": (lambda c, r: conversations.seen(r, [(c.hub, talk) for talk in c.talks]), 3 * PAGE),
    "followers": (lambda c, r: follows.edge_pages(r, c.blocker, [c.hub], "followers", HOUR_AGO, PAGE), 4 * PAGE),
    "following": (lambda c, r: follows.edge_pages(r, c.blocker, [c.hub], "following", HOUR_AGO, PAGE), 4 * PAGE),
    "friends": (lambda c, r: follows.friend_pages(r, c.blocker, [c.hub], HOUR_AGO, PAGE), 4 * PAGE),
    "blocked people": (lambda c, r: follows.blocked_people(r, c.blocker, None, PAGE), 4 * PAGE),
    "videos": (lambda c, r: media.videos_of(r, c.blocker, [c.hub], HOUR_AGO, PAGE), 4 * PAGE),
    "sessions": (lambda c, r: sessions.of_user(r, c.hub, HOUR_AGO[0]), 4 * PAGE),
    "the log": (lambda _, r: log.read(r, EPOCH, [100] * 8, PAGE), 9 * PAGE),
    "heads of the log": (lambda _, r: log.heads(r, 8), 8),
}  # fmt: skip


@pytest.fixture(scope="module")
async def crowded(engine_database_url: str) -> AsyncIterator[Crowded]:
    async with crowded_database(engine_database_url, "crowded") as crowded:
        yield crowded


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_reads_about_as_much_as_it_shows(crowded: Crowded, name: str) -> None:
    read, most = LISTS[name]
    reading = await reading_of(crowded.connection, lambda reader: read(crowded, reader))
    assert not reading.whole_tables & GROWING
    assert reading.rows <= most, reading
    assert reading.pages <= 8 * most, reading


@pytest.mark.parametrize("name", ["inbox", "inbox, with members", "members"])
async def test_what_an_index_has_in_order_is_not_sorted(crowded: Crowded, name: str) -> None:
    read, _ = LISTS[name]
    reading = await reading_of(crowded.connection, lambda reader: read(crowded, reader))
    assert reading.sorted_rows == 0


@pytest.mark.parametrize("name", ["history, the latest", "history, deep", "history, from the beginning", "replay"])
async def test_of_a_history_only_the_stays_are_sorted(crowded: Crowded, name: str) -> None:
    read, _ = LISTS[name]
    reading = await reading_of(crowded.connection, lambda reader: read(crowded, reader))
    assert reading.sorted_rows == 1


async def test_the_long_conversation_counts_as_unread_up_to_the_cap(crowded: Crowded) -> None:
    rows = await inboxes.page(Transaction(crowded.connection), crowded.hub, DEEP, PAGE)
    assert [row["count"] for row in rows if row["id"] == crowded.long] == [inboxes.MOST_UNREAD]
