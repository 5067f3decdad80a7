"""Conversations and their members."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.store.arrays import array_of
from app.store.blocks import NOT_BLOCKED, OF_ONE, Blocks
from app.store.columns import NOTHING, Spared, columns
from app.store.database import Reader, Row, Transaction
from app.store.memberships import mine
from app.store.moments import microseconds
from app.store.users import COLUMNS as USER_COLUMNS
from app.store.users import EARLIEST

_STORED = ("id", "kind", "title", "avatar_id", "direct_low", "direct_high", "last_seq")


def shown_columns(spared: Spared = NOTHING) -> str:
    """SQL: what is shown of conversation `c`."""
    return f"{columns('c', _STORED, spared)}, {microseconds('c.last_activity_at')} AS activity_microseconds"


COLUMNS = shown_columns()


async def seen(reader: Reader, keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Row]:
    """By (viewer, conversation): the conversations that the viewer is a member of."""
    if not keys:
        return {}
    viewer_ids, ids = zip(*keys, strict=True)
    rows = await reader.rows(
        f"""SELECT asked.viewer_id, {COLUMNS}
        FROM unnest($1::text::uuid[], $2::text::uuid[]) AS asked (viewer_id, id)
        CROSS JOIN {mine("asked.id", "asked.viewer_id")} JOIN conversations c ON c.id = asked.id""",
        array_of(viewer_ids), array_of(ids),
    )  # fmt: skip
    return {(row["viewer_id"], row["id"]): row for row in rows}


async def last_seqs(reader: Reader, keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], int]:
    """The last seq of each conversation, by (viewer, conversation), where the viewer is a member of it."""
    if not keys:
        return {}
    viewer_ids, ids = zip(*keys, strict=True)
    rows = await reader.rows(
        """SELECT me.user_id, me.conversation_id, c.last_seq
        FROM unnest($1::uuid[], $2::uuid[]) AS asked (viewer_id, id)
        JOIN members me ON me.conversation_id = asked.id AND me.user_id = asked.viewer_id AND me.active
        JOIN conversations c ON c.id = asked.id""",
        viewer_ids, ids,
    )  # fmt: skip
    return {(row["user_id"], row["conversation_id"]): row["last_seq"] for row in rows}


async def direct(reader: Reader, low: UUID, high: UUID) -> Row | None:
    """The direct conversation of an ordered pair."""
    sql = f"SELECT {COLUMNS} FROM conversations c WHERE c.direct_low = $1 AND c.direct_high = $2"
    return await reader.row(sql, low, high)


async def lock(tx: Transaction, conversation_id: UUID) -> Row | None:
    """The conversation, locked: whatever is read in a later statement holds until this transaction ends."""
    sql = f"SELECT {COLUMNS} FROM conversations c WHERE c.id = $1 FOR UPDATE"
    return await tx.row(sql, conversation_id)


async def insert_direct(tx: Transaction, conversation_id: UUID, low: UUID, high: UUID, now: datetime) -> Row:
    """Add the pair's direct conversation with both as members; call it under the pair's lock."""
    sql = f"""
        WITH joined AS (
            INSERT INTO members (conversation_id, user_id, role, visible, joined_at)
            SELECT $1, u.id, 'MEMBER', '{{[1,)}}', $4 FROM unnest(ARRAY[$2, $3]::uuid[]) AS u (id)
        )
        INSERT INTO conversations AS c (id, kind, direct_low, direct_high, last_activity_at, created_at)
        VALUES ($1, 'DIRECT', $2, $3, $4, $4) RETURNING {COLUMNS}
    """
    row = await tx.row(sql, conversation_id, low, high, now)
    assert row is not None
    return row


async def insert_group(tx: Transaction, conversation_id: UUID, title: str, now: datetime) -> Row:
    """Add an empty group."""
    sql = f"""
        INSERT INTO conversations AS c (id, kind, title, last_activity_at, created_at)
        VALUES ($1, 'GROUP', $2, $3, $3) RETURNING {COLUMNS}
    """
    row = await tx.row(sql, conversation_id, title, now)
    assert row is not None
    return row


async def update_group(tx: Transaction, conversation_id: UUID, title: str | None, avatar_id: UUID | None) -> Row:
    """Change a group's title or avatar; None leaves it."""
    sql = f"""
        UPDATE conversations c SET title = coalesce($2, c.title), avatar_id = coalesce($3, c.avatar_id)
        WHERE c.id = $1 RETURNING {COLUMNS}
    """
    row = await tx.row(sql, conversation_id, title, avatar_id)
    assert row is not None
    return row


async def add_members(
    tx: Transaction,
    conversation_id: UUID,
    user_ids: Sequence[UUID],
    *,
    role: str,
    from_seq: int,
    now: datetime,
) -> None:
    """Let people in from `from_seq` on; who was a member before sees that stay again too.

    `now` is when the conversation was last active: a notice tells of it.
    """
    await tx.rows(
        """INSERT INTO members AS m (conversation_id, user_id, role, visible, last_read_seq, joined_at, inbox_at)
        SELECT $1, u.id, $3, int8multirange(int8range($4, NULL)), $4 - 1, $5, $5 FROM unnest($2::uuid[]) AS u (id)
        ON CONFLICT (conversation_id, user_id) DO UPDATE SET active = true, role = excluded.role,
            visible = m.visible + excluded.visible, last_read_seq = excluded.last_read_seq,
            joined_at = excluded.joined_at, inbox_at = excluded.inbox_at""",
        conversation_id, user_ids, role, from_seq, now,
    )  # fmt: skip


async def end_membership(tx: Transaction, conversation_id: UUID, user_id: UUID, last_seq: int) -> None:
    """Let a person see nothing behind `last_seq` any more."""
    await tx.rows(
        """UPDATE members SET active = false, inbox_at = NULL, unread_seq = NULL,
            visible = visible - int8multirange(int8range($3, NULL, '()'))
        WHERE conversation_id = $1 AND user_id = $2""",
        conversation_id, user_id, last_seq,
    )  # fmt: skip


async def set_role(tx: Transaction, conversation_id: UUID, user_id: UUID, role: str) -> None:
    """Change an active member's role."""
    await tx.rows(
        "UPDATE members SET role = $3 WHERE conversation_id = $1 AND user_id = $2 AND active",
        conversation_id, user_id, role,
    )  # fmt: skip


async def roles(reader: Reader, conversation_id: UUID) -> dict[UUID, str]:
    """The active members and their roles, in the order in which they joined."""
    rows = await reader.rows(
        "SELECT user_id, role FROM members WHERE conversation_id = $1 AND active ORDER BY joined_at, user_id",
        conversation_id,
    )
    return {row["user_id"]: row["role"] for row in rows}


# Of member `m`, and the names and places in a row that begins with them: the first are those of a person.
MEMBER_COLUMNS = f"""{USER_COLUMNS}, m.role, {microseconds("m.joined_at")} AS joined_microseconds, m.last_read_seq"""
MEMBER_NAMES = ("id", "handle", "display_name", "bio", "avatar_id", "role", "joined_microseconds", "last_read_seq")
ROLE, JOINED_MICROSECONDS, LAST_READ_SEQ = range(5, 8)


def member_page(conversation: str, joined_after: str, user_after: str, limit: str, blocks: Blocks = OF_ONE) -> str:
    """SQL: a page `p` of the members of the conversation of this column whom viewer $1 may see, to cross join."""
    return f"""LATERAL (
        SELECT {MEMBER_COLUMNS} FROM members m JOIN users u ON u.id = m.user_id
        WHERE m.conversation_id = {conversation} AND m.active AND NOT {blocks.user}
            AND (m.joined_at, m.user_id) > ({joined_after}::timestamptz, {user_after}::uuid)
        ORDER BY m.joined_at, m.user_id LIMIT {limit}
    ) p"""


async def member_pages(
    reader: Reader, viewer_id: UUID, ids: Sequence[UUID], after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """For each conversation a page of the members whom the viewer may see, in the order in which they joined.

    `place` says, from 1 on, which of the conversations a row is of.
    """
    sql = f"""
        SELECT p.*, wanted.place FROM unnest($2::text::uuid[]) WITH ORDINALITY AS wanted (id, place)
        CROSS JOIN {member_page("wanted.id", "$3", "$4", "$5")}
    """
    return await reader.rows(sql, viewer_id, array_of(ids), *(after or EARLIEST), limit)


async def reader_pages(
    reader: Reader,
    viewer_id: UUID,
    messages: Sequence[tuple[UUID, int]],
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    """For each message that the viewer may see a page of the other members who have read that far."""
    sql = f"""
        SELECT p.*, wanted.seq FROM unnest($2::uuid[], $3::bigint[]) AS wanted (id, seq)
        CROSS JOIN {mine("wanted.id")} CROSS JOIN LATERAL (
            SELECT {MEMBER_COLUMNS}, m.conversation_id
            FROM members m
            JOIN users u ON u.id = m.user_id
            JOIN messages said ON said.conversation_id = wanted.id AND said.seq = wanted.seq
            WHERE m.conversation_id = wanted.id AND m.active AND m.last_read_seq >= wanted.seq
                AND m.visible @> wanted.seq AND m.user_id <> said.sender_id AND {NOT_BLOCKED}
                AND (m.joined_at, m.user_id) > ($4::timestamptz, $5::uuid)
            ORDER BY m.joined_at, m.user_id LIMIT $6
        ) p WHERE me.visible @> wanted.seq
    """
    ids, seqs = [conversation for conversation, _ in messages], [seq for _, seq in messages]
    return await reader.rows(sql, viewer_id, ids, seqs, *(after or EARLIEST), limit)


async def move_read_mark(tx: Transaction, conversation_id: UUID, user_id: UUID, seq: int) -> bool:
    """Move a read mark forward; False where it stood there or beyond."""
    moved = await tx.row(
        """UPDATE members SET last_read_seq = $3, unread_seq = CASE WHEN unread_seq > $3 THEN unread_seq END
        WHERE conversation_id = $1 AND user_id = $2 AND active AND last_read_seq < $3 RETURNING user_id""",
        conversation_id, user_id, seq,
    )  # fmt: skip
    return moved is not None


async def mute(tx: Transaction, conversation_id: UUID, user_id: UUID, until: datetime | None) -> None:
    """Mute a conversation for a member until then, or unmute it."""
    await tx.rows(
        "UPDATE members SET muted_until = $3 WHERE conversation_id = $1 AND user_id = $2",
        conversation_id, user_id, until,
    )  # fmt: skip
