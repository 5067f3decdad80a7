"""Messages and reactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.store.database import Reader, Row, Transaction

COLUMNS = """m.conversation_id, m.seq, m.sender_id, m.kind, m.notice, m.text, m.attachment_ids, m.reply_to_seq,
    m.client_key, m.sent_at, m.edited_at, m.unsent_at"""

# Whether a block hides a group's message from viewer $1; one to one, what was said before a block stays readable.
HIDDEN = """(c.kind = 'GROUP' AND EXISTS (SELECT FROM blocks b
    WHERE (b.blocker_id = $1 AND b.blocked_id = m.sender_id) OR (b.blocker_id = m.sender_id AND b.blocked_id = $1)
    )) AS hidden"""

# Of member `me` (viewer $1): active, and the message said during one of their stays.
SEEN_BY_ME = "me.user_id = $1 AND me.active AND me.visible @> m.seq"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it is about to be written, all but its place in the conversation."""

    kind: str
    text: str | None = None
    attachment_ids: Sequence[UUID] = ()
    notice: str | None = None
    reply_to_seq: int | None = None
    client_key: str | None = None
    content_hash: bytes | None = None


async def insert(tx: Transaction, conversation_id: UUID, seq: int, sender_id: UUID, draft: Draft, now: datetime) -> Row:
    """Write a message at `seq`, move the conversation to it, and (but for a notice) mark it read by its sender."""
    sql = f"""
        WITH moved AS (UPDATE conversations SET last_seq = $2, last_activity_at = $11 WHERE id = $1),
        read AS (UPDATE members SET last_read_seq = $2
            WHERE conversation_id = $1 AND user_id = $3 AND $4::text <> 'NOTICE')
        INSERT INTO messages AS m (conversation_id, seq, sender_id, kind, notice, text, attachment_ids,
            reply_to_seq, client_key, content_hash, sent_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING {COLUMNS}
    """
    row = await tx.row(
        sql, conversation_id, seq, sender_id, draft.kind, draft.notice, draft.text, list(draft.attachment_ids),
        draft.reply_to_seq, draft.client_key, draft.content_hash, now,
    )  # fmt: skip
    assert row is not None
    return row


async def by_keys(reader: Reader, viewer_id: UUID, keys: Sequence[tuple[UUID, int]]) -> list[Row]:
    """The messages among (conversation, seq) that the viewer may see."""
    sql = f"""
        SELECT {COLUMNS}, {HIDDEN} FROM unnest($2::uuid[], $3::bigint[]) AS wanted (id, seq)
        JOIN messages m ON m.conversation_id = wanted.id AND m.seq = wanted.seq
        JOIN conversations c ON c.id = m.conversation_id
        JOIN members me ON me.conversation_id = m.conversation_id AND {SEEN_BY_ME}
    """
    return await reader.rows(sql, viewer_id, [key[0] for key in keys], [key[1] for key in keys])


async def at(reader: Reader, conversation_id: UUID, seq: int) -> Row | None:
    """One message, whoever asks: for rules that hold the conversation's lock."""
    sql = f"SELECT {COLUMNS} FROM messages m WHERE m.conversation_id = $1 AND m.seq = $2"
    return await reader.row(sql, conversation_id, seq)


async def pages(
    reader: Reader,
    viewer_id: UUID,
    ids: Sequence[UUID],
    *,
    after: int | None,
    before: int | None,
    limit: int,
    backwards: bool,
) -> list[Row]:
    """For each conversation a page between two seqs (exclusive), as the viewer may see it, in ascending order."""
    order = "DESC" if backwards else "ASC"
    sql = f"""
        SELECT p.* FROM unnest($2::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
            SELECT {COLUMNS}, {HIDDEN} FROM messages m
            JOIN conversations c ON c.id = m.conversation_id
            JOIN members me ON me.conversation_id = m.conversation_id AND {SEEN_BY_ME}
            WHERE m.conversation_id = wanted.id AND m.seq > $3 AND m.seq < $4 ORDER BY m.seq {order} LIMIT $5
        ) p ORDER BY p.conversation_id, p.seq
    """
    return await reader.rows(sql, viewer_id, ids, after or 0, 1 << 62 if before is None else before, limit)


async def audience(tx: Transaction, conversation_id: UUID, seq: int) -> list[UUID]:
    """The active members who may see a message: not those who came later, or were away."""
    rows = await tx.rows(
        "SELECT user_id FROM members WHERE conversation_id = $1 AND active AND visible @> $2::bigint",
        conversation_id, seq,
    )  # fmt: skip
    return [row["user_id"] for row in rows]


async def edit(tx: Transaction, conversation_id: UUID, seq: int, text: str, now: datetime) -> Row | None:
    """Replace a message's text."""
    sql = f"""
        UPDATE messages m SET text = $3, edited_at = $4 WHERE m.conversation_id = $1 AND m.seq = $2
        RETURNING {COLUMNS}
    """
    return await tx.row(sql, conversation_id, seq, text, now)


async def unsend(tx: Transaction, conversation_id: UUID, seq: int, now: datetime) -> Row | None:
    """Erase a message's content for everyone; its place stays."""
    sql = f"""
        WITH silenced AS (DELETE FROM reactions WHERE conversation_id = $1 AND seq = $2),
        unshared AS (DELETE FROM video_shares WHERE conversation_id = $1 AND seq = $2)
        UPDATE messages m SET text = NULL, attachment_ids = '{{}}', reply_to_seq = NULL, unsent_at = $3
        WHERE m.conversation_id = $1 AND m.seq = $2 RETURNING {COLUMNS}
    """
    return await tx.row(sql, conversation_id, seq, now)


async def share_video(tx: Transaction, video_id: UUID, conversation_id: UUID, seq: int) -> None:
    """Note where a video was shared: who may see one that is ONLY_SHARED follows from it."""
    await tx.rows(
        "INSERT INTO video_shares (video_id, conversation_id, seq) VALUES ($1, $2, $3)",
        video_id,
        conversation_id,
        seq,
    )


async def react(
    tx: Transaction, conversation_id: UUID, seq: int, user_id: UUID, emoji: str | None, now: datetime
) -> bool:
    """Set or (None) take back a person's one reaction to a message; False where nothing changed."""
    if emoji is None:
        sql = "DELETE FROM reactions WHERE conversation_id = $1 AND seq = $2 AND user_id = $3 RETURNING seq"
        return await tx.row(sql, conversation_id, seq, user_id) is not None
    changed = await tx.row(
        """INSERT INTO reactions AS r (conversation_id, seq, user_id, emoji, reacted_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (conversation_id, seq, user_id) DO UPDATE
            SET emoji = excluded.emoji, reacted_at = excluded.reacted_at WHERE r.emoji <> excluded.emoji
        RETURNING r.seq""",
        conversation_id, seq, user_id, emoji, now,
    )  # fmt: skip
    return changed is not None


async def reactions(reader: Reader, viewer_id: UUID, keys: Sequence[tuple[UUID, int]]) -> list[Row]:
    """For each message that the viewer may see its reactions by emoji, without those of people whom a block hides."""
    return await reader.rows(
        f"""SELECT r.conversation_id, r.seq, r.emoji, count(*) AS count, bool_or(r.user_id = $1) AS viewer_reacted
        FROM unnest($2::uuid[], $3::bigint[]) AS m (conversation_id, seq)
        JOIN members me ON me.conversation_id = m.conversation_id AND {SEEN_BY_ME}
        JOIN reactions r ON r.conversation_id = m.conversation_id AND r.seq = m.seq
        WHERE NOT EXISTS (SELECT FROM blocks b
            WHERE (b.blocker_id = $1 AND b.blocked_id = r.user_id) OR (b.blocker_id = r.user_id AND b.blocked_id = $1))
        GROUP BY r.conversation_id, r.seq, r.emoji ORDER BY min(r.reacted_at), r.emoji""",
        viewer_id, [key[0] for key in keys], [key[1] for key in keys],
    )  # fmt: skip


async def for_events(reader: Reader, keys: Sequence[tuple[UUID, int, int]]) -> list[Row]:
    """Messages by (conversation, seq, position of an event about it), whoever hears of them.

    An event's audience has been decided already. Where the message was edited or unsent behind that position, the row
    is newer than the event, and whoever lost access in between must not get it: `readers` are then the members who may
    see it as of this statement, and `hidden_from` those of them whom a block keeps from its sender; else both are null.
    """
    sql = f"""
        SELECT {COLUMNS}, c.kind = 'GROUP' AS in_group, wanted.pos, later.readers, later.hidden_from
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS wanted (id, seq, pos)
        JOIN messages m ON m.conversation_id = wanted.id AND m.seq = wanted.seq
        JOIN conversations c ON c.id = m.conversation_id
        LEFT JOIN LATERAL (
            SELECT coalesce(array_agg(r.user_id), '{{}}') AS readers, array_agg(r.user_id) FILTER (WHERE EXISTS (
                SELECT FROM blocks b WHERE (b.blocker_id = r.user_id AND b.blocked_id = m.sender_id)
                    OR (b.blocker_id = m.sender_id AND b.blocked_id = r.user_id))) AS hidden_from
            FROM members r WHERE r.conversation_id = m.conversation_id AND r.active AND r.visible @> m.seq
        ) later ON (m.edited_at IS NOT NULL OR m.unsent_at IS NOT NULL) AND EXISTS (
            SELECT FROM events e WHERE e.topic = m.conversation_id AND e.pos > wanted.pos AND e.seq = m.seq
                AND e.kind IN ('MESSAGE_EDITED', 'MESSAGE_UNSENT'))
    """
    ids, seqs, positions = zip(*keys, strict=True)
    return await reader.rows(sql, ids, seqs, positions)
