"""Inboxes: a person's conversations, the latest active first, and what is unread in them."""

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from app.store.blocks import OF_EACH, OF_ONE, Blocks, asked
from app.store.columns import NOTHING, STATEMENTS, Spared, columns
from app.store.conversations import MEMBER_NAMES, member_page, shown_columns
from app.store.database import Reader, Row
from app.store.messages import seen_columns, senders
from app.store.users import EARLIEST, LATEST, Place

# Nothing is counted beyond this, so that what a count costs does not grow with what is unread.
MOST_UNREAD = 100

_PLACE = itemgetter("activity_microseconds", "id")


def _unread(blocks: Blocks) -> str:
    """SQL: whether `m` counts as unread: another's message behind the read mark, no notice, not unsent, not hidden.

    The mark of an active member never stands before their last stay, so all behind it is visible to them.
    """
    return f"""me.unread_seq IS NOT NULL AND m.seq > me.last_read_seq
        AND m.conversation_id = me.conversation_id AND m.sender_id <> me.user_id
        AND m.kind <> 'NOTICE' AND m.unsent_at IS NULL AND NOT (c.kind = 'GROUP' AND {blocks.sender})"""


def _state(spared: Spared = NOTHING) -> str:
    """SQL: the state of member `me` in conversation `c`; the unread are `_counted`."""
    mine = columns("me", ("role", "last_read_seq", "muted_until"), spared)
    return f"{mine}, {columns('unread', ('count', 'first_seq'), spared)}"


def _counted(blocks: Blocks = OF_ONE) -> str:
    return f"""LATERAL (SELECT count(*) AS count, min(first.seq) AS first_seq FROM (
        SELECT m.seq FROM messages m WHERE {_unread(blocks)} ORDER BY m.seq LIMIT {MOST_UNREAD}) first) unread"""


class MembersPage(NamedTuple):
    """A page of each conversation's members, from behind a place: so many, so many columns of `MEMBER_NAMES`."""

    place: Place | None
    limit: int
    width: int


async def page(
    reader: Reader,
    viewer_id: UUID,
    after: Place | None,
    limit: int,
    members: MembersPage | None = None,
    spared: Spared = NOTHING,
) -> list[Row]:
    """A page of the viewer's conversations; direct ones only once something was said.

    Each comes with the viewer's state in it. The first columns are those of its last message (`messages.SEEN_NAMES`),
    null where the viewer may not see it: they are read by place, because the names that come twice (`kind`,
    `avatar_id`) are those of the conversation. Of `members` it comes with what `members_of` reads.
    """
    sql = _page(members.width if members else 0, spared)
    of_members = (*(members.place or EARLIEST), members.limit) if members else ()
    (rows,) = await reader.of_each(sql, [(viewer_id,)], (*(after or LATEST), limit, *of_members), limit)
    rows.sort(key=_PLACE, reverse=True)  # here, as PostgreSQL would not notice that they come in order
    return rows


@lru_cache(maxsize=STATEMENTS)
def _page(members_width: int, spared: Spared) -> str:
    people, ahead = ("people.*,", _members(members_width)) if members_width else ("", "")
    return f"""
        SELECT {seen_columns(spared)}, {shown_columns(spared)}, {_state(spared)}, {people} asked.place
        FROM {asked("viewer_id")} CROSS JOIN LATERAL (
            SELECT * FROM members
            WHERE user_id = asked.viewer_id AND (inbox_at, conversation_id) < ($2::timestamptz, $3::uuid)
            ORDER BY inbox_at DESC, conversation_id DESC LIMIT $4
        ) me JOIN conversations c ON c.id = me.conversation_id
        LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = c.last_seq AND me.visible @> m.seq
        {senders(OF_EACH)} CROSS JOIN {_counted(OF_EACH)} {ahead}
    """


def _members(width: int) -> str:
    columns = ", ".join(f"array_agg(p.{name}) AS member_{name}" for name in MEMBER_NAMES[:width])
    page = member_page("c.id", "$5", "$6", "$7", OF_EACH)
    return f"CROSS JOIN LATERAL (SELECT {columns} FROM {page}) people"


def members_of(row: Any, width: int) -> list[Any]:
    """The rows of the members that a conversation came with: as `conversations.member_pages` has them, cut short."""
    columns = row[-1 - width : -1]
    return list(zip(*columns, strict=True)) if columns[0] else []


async def viewer_states(reader: Reader, viewer_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """The viewer's own state in each conversation: role, read mark, mute, and what is unread."""
    sql = f"""
        SELECT me.conversation_id, {_state()}
        FROM members me JOIN conversations c ON c.id = me.conversation_id CROSS JOIN {_counted()}
        WHERE me.user_id = $1 AND me.conversation_id = ANY($2) AND me.active
    """
    return await reader.rows(sql, viewer_id, ids)


async def unread_conversations(reader: Reader, viewer_id: UUID) -> int:
    """In how many conversations something is unread; `MOST_UNREAD` at most."""
    sql = f"""
        SELECT count(*) AS count FROM (
            SELECT FROM members me
            CROSS JOIN LATERAL (SELECT kind FROM conversations WHERE id = me.conversation_id OFFSET 0) c
            CROSS JOIN LATERAL (SELECT FROM messages m WHERE {_unread(OF_ONE)} LIMIT 1) first
            WHERE me.user_id = $1 AND me.unread_seq IS NOT NULL LIMIT {MOST_UNREAD}
        ) unread
    """
    row = await reader.row(sql, viewer_id)
    assert row is not None
    return int(row["count"])
