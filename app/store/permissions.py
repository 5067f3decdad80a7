"""The facts on which it depends who may message whom; the rules over them stand in `resolvers/policy.py`."""

from collections.abc import Sequence
from uuid import UUID

from app.store.database import Reader, Row, Transaction
from app.store.users import NOT_BLOCKED, not_blocked

# Of other person `u` and viewer $1 with own row `me`.
FACTS = f"""u.id AS other_id, u.message_policy AS other_policy, u.birth_date AS other_birth_date,
    u.suspended_at IS NOT NULL AS other_suspended,
    EXISTS (SELECT FROM follows WHERE follower_id = $1 AND followee_id = u.id) AS viewer_follows,
    EXISTS (SELECT FROM follows WHERE follower_id = u.id AND followee_id = $1) AS follows_viewer,
    NOT {NOT_BLOCKED} AS blocked"""
MINE = "me.message_policy AS my_policy, me.birth_date AS my_birth_date"


async def between(reader: Reader, viewer_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """The facts between the viewer and each of some people."""
    sql = f"SELECT {MINE}, {FACTS} FROM users me, users u WHERE me.id = $1 AND u.id = ANY($2)"
    return await reader.rows(sql, viewer_id, ids)


async def hold_between(tx: Transaction, viewer_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """The same, with everyone's settings kept as they are until this transaction ends."""
    sql = f"""
        SELECT {MINE}, {FACTS} FROM users me, users u WHERE me.id = $1 AND u.id = ANY($2)
        ORDER BY u.id FOR SHARE OF me, u
    """
    return await tx.rows(sql, viewer_id, ids)


async def of_viewer(reader: Reader, viewer_id: UUID) -> Row | None:
    """The viewer's side alone: for groups, where the others' settings do not count."""
    return await reader.row(f"SELECT {MINE} FROM users me WHERE me.id = $1", viewer_id)


async def for_send(
    tx: Transaction, viewer_id: UUID, session_id: UUID, conversation_id: UUID, other_id: UUID | None, client_key: str
) -> Row:
    """All that a send depends on, in one statement; call it after the conversation's row lock is held.

    A new statement sees what committed while the lock was waited for: an earlier send under the same key, a removal,
    a block. The rows of session and settings are locked against change until this transaction ends.
    """
    sql = f"""
        WITH session AS (
            SELECT s.id, {MINE} FROM sessions s JOIN users me ON me.id = s.user_id
            WHERE s.id = $2 AND s.user_id = $1 AND s.ended_at IS NULL AND me.suspended_at IS NULL FOR SHARE
        ), other AS (SELECT {FACTS} FROM users u WHERE u.id = $4 FOR SHARE)
        SELECT session.id IS NOT NULL AS session_lives, session.my_policy, session.my_birth_date, other.*,
            ARRAY(SELECT user_id FROM members WHERE conversation_id = $3 AND active) AS audience,
            replay.seq AS replay_seq, replay.content_hash AS replay_hash
        FROM (VALUES (true)) AS always LEFT JOIN session ON true LEFT JOIN other ON true
        LEFT JOIN messages replay
            ON replay.conversation_id = $3 AND replay.sender_id = $1 AND replay.client_key = $5
    """
    row = await tx.row(sql, viewer_id, session_id, conversation_id, other_id, client_key)
    assert row is not None
    return row


async def for_typing(reader: Reader, viewer_id: UUID, conversation_id: UUID) -> Row | None:
    """What it depends on whether others are told that a member types: the facts of a send, and who may hear it.

    None where the viewer is no member. `hearers` are the other members without a block either way.
    """
    sql = f"""
        SELECT c.kind, {MINE}, {FACTS}, ARRAY(
            SELECT m.user_id FROM members m
            WHERE m.conversation_id = c.id AND m.active AND m.user_id <> $1 AND {not_blocked("m.user_id")}
        ) AS hearers
        FROM members mine JOIN conversations c ON c.id = mine.conversation_id JOIN users me ON me.id = mine.user_id
        LEFT JOIN users u ON u.id = CASE WHEN c.direct_low = $1 THEN c.direct_high ELSE c.direct_low END
        WHERE mine.user_id = $1 AND mine.conversation_id = $2 AND mine.active
    """
    return await reader.row(sql, viewer_id, conversation_id)
