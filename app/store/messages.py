"""Messages and reactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from uuid import UUID

from app.store.blocks import OF_EACH, OF_ONE, Blocks, asked, blocked
from app.store.columns import NOTHING, STATEMENTS, Spared, columns, unless_spared
from app.store.database import Reader, Row, Transaction
from app.store.memberships import mine
from app.store.moments import written

_STORED = (
    "conversation_id", "seq", "kind", "notice", "text", "attachment_ids", "reply_to_seq", "client_key", "edited_at",
    "unsent_at",
)  # fmt: skip
NAMES = ("sent_text", *_STORED)
_SENT = f"{written('m.sent_at')} AS sent_text"
COLUMNS = f"m.sender_id, {_SENT}, {columns('m', _STORED)}"

# The same as viewer $1 sees message `m` in conversation `c`. It begins with its sender, as `users.COLUMNS`, all null
# but the id where a block stands between the two. In a group a block hides what was said as well; one to one, what was
# said before it stays readable.
PROFILE_NAMES = ("handle", "display_name", "bio", "avatar_id")
SEEN_NAMES = ("sender_id", *PROFILE_NAMES, *NAMES, "is_hidden")

# The places of `SEEN_NAMES` in a row that begins with them.
(
    SENDER_ID, HANDLE, DISPLAY_NAME, BIO, AVATAR_ID,
    SENT_TEXT, CONVERSATION_ID, SEQ, KIND, NOTICE, TEXT, ATTACHMENT_IDS, REPLY_TO_SEQ, CLIENT_KEY, EDITED_AT, UNSENT_AT,
    IS_HIDDEN,
) = range(17)  # fmt: skip
_SEQ = itemgetter(SEQ)


def senders(blocks: Blocks = OF_ONE) -> str:
    """SQL: sender `s` of message `m`, to join."""
    return f"""LEFT JOIN LATERAL (
        SELECT u.handle, u.display_name, u.bio, u.avatar_id, {blocks.user} AS blocked
        FROM users u WHERE u.id = m.sender_id OFFSET 0
    ) s ON true"""


def seen_columns(spared: Spared = NOTHING) -> str:
    """SQL: `SEEN_NAMES`."""
    profile = (
        unless_spared(f"s.{name}", f"CASE WHEN NOT s.blocked THEN s.{name} END", name, spared) for name in PROFILE_NAMES
    )
    content = f"{_SENT}, {columns('m', _STORED, spared)}"
    return f"m.sender_id, {', '.join(profile)}, {content}, s.blocked AND c.kind = 'GROUP' AS is_hidden"


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


async def insert(
    tx: Transaction, conversation_id: UUID, seq: int, sender_id: UUID, draft: Draft, now: datetime
) -> None:
    """Write a message at `seq` under the conversation's lock: the conversation and its members' inboxes move to it.

    Its sender has read it, unless it is a notice. People's own sends go by `sends.py`.
    """
    added = (
        conversation_id, seq, sender_id, draft.kind, draft.notice, draft.text, draft.attachment_ids,
        draft.reply_to_seq, draft.client_key, draft.content_hash, now,
    )  # fmt: skip
    await tx.rows("SELECT add_messages($1)", [added])


KEYED = f"""FROM unnest($2::uuid[], $3::bigint[]) AS wanted (id, seq)
    JOIN messages m ON m.conversation_id = wanted.id AND m.seq = wanted.seq
    JOIN conversations c ON c.id = m.conversation_id
    CROSS JOIN {mine("wanted.id")} {senders()} WHERE me.visible @> m.seq"""


async def by_keys(reader: Reader, viewer_id: UUID, keys: Sequence[tuple[UUID, int]]) -> list[Row]:
    """The messages among (conversation, seq) that the viewer may see; `age` is by the database's clock."""
    sql = f"SELECT {seen_columns()}, now() - m.sent_at AS age {KEYED}"
    return await reader.rows(sql, viewer_id, [key[0] for key in keys], [key[1] for key in keys])


async def at(reader: Reader, conversation_id: UUID, seq: int) -> Row | None:
    """One message, whoever asks: for rules that hold the conversation's lock."""
    sql = f"SELECT {COLUMNS} FROM messages m WHERE m.conversation_id = $1 AND m.seq = $2"
    return await reader.row(sql, conversation_id, seq)


@dataclass(frozen=True, slots=True)
class Span:
    """So many messages between two seqs (exclusive; None is the conversation's end): its last ones, or its first."""

    limit: int
    after: int | None = None
    before: int | None = None
    backwards: bool = False

    @property
    def arguments(self) -> tuple[int, int, int]:
        """What $3, $4 and $5 of the statement are. Bounds are always bound; see `users.EARLIEST`."""
        return self.after or 0, 1 << 62 if self.before is None else self.before, self.limit


async def pages(
    reader: Reader, viewer_id: UUID, ids: Sequence[UUID], span: Span, spared: Spared = NOTHING
) -> list[list[Row]]:
    """For each conversation a page of what the viewer may see, ascending."""
    sql = _pages("DESC" if span.backwards else "ASC", spared)
    lists = await reader.of_each(sql, [(viewer_id, each) for each in ids], span.arguments, span.limit)
    for rows in lists:
        rows.sort(key=_SEQ)  # here, because PostgreSQL takes as long to sort rows so wide as to read them
    return lists


@lru_cache(maxsize=STATEMENTS)
def _pages(order: str, spared: Spared) -> str:
    # Stay by stay: tested message by message, `visible` would hide from the planner how few it has to read. The stays
    # come in order, and of each its messages, so that what is said is not sorted.
    return f"""
        SELECT {seen_columns(spared)}, asked.place FROM {asked("viewer_id", "conversation_id")}
        CROSS JOIN {mine("asked.conversation_id", "asked.viewer_id")}
        JOIN conversations c ON c.id = asked.conversation_id
        CROSS JOIN LATERAL (
            SELECT said.* FROM (SELECT * FROM unnest(me.visible) AS stay ORDER BY stay {order}) stays
            CROSS JOIN LATERAL (
                SELECT * FROM messages m
                WHERE m.conversation_id = asked.conversation_id AND m.seq > greatest($3, lower(stay) - 1)
                    AND m.seq < least($4, upper(stay))
                ORDER BY m.seq {order} LIMIT $5
            ) said LIMIT $5
        ) m {senders(OF_EACH)}
    """


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
        CROSS JOIN {mine("m.conversation_id")}
        JOIN reactions r ON r.conversation_id = m.conversation_id AND r.seq = m.seq
        WHERE me.visible @> m.seq AND NOT {blocked("r.user_id")}
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
        SELECT {COLUMNS}, c.kind = 'GROUP' AS in_group,
            EXISTS (
                SELECT FROM reactions r WHERE r.conversation_id = m.conversation_id AND r.seq = m.seq
            ) AS has_reactions,
            wanted.pos, later.readers, later.hidden_from
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS wanted (id, seq, pos)
        JOIN messages m ON m.conversation_id = wanted.id AND m.seq = wanted.seq
        JOIN conversations c ON c.id = m.conversation_id
        LEFT JOIN LATERAL (
            SELECT coalesce(array_agg(r.user_id), '{{}}') AS readers, array_agg(r.user_id) FILTER (
                WHERE {blocked("m.sender_id", "r.user_id")}) AS hidden_from
            FROM members r WHERE r.conversation_id = m.conversation_id AND r.active AND r.visible @> m.seq
        ) later ON (m.edited_at IS NOT NULL OR m.unsent_at IS NOT NULL) AND EXISTS (
            SELECT FROM events e WHERE e.topic = m.conversation_id AND e.pos > wanted.pos AND e.seq = m.seq
                AND e.kind IN ('MESSAGE_EDITED', 'MESSAGE_UNSENT'))
    """
    ids, seqs, positions = zip(*keys, strict=True)
    return await reader.rows(sql, ids, seqs, positions)
