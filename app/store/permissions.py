"""The facts on which it depends who may message whom; the rules over them stand in `resolvers/policy.py`."""

from collections.abc import Sequence
from uuid import UUID

from app.store.blocks import blocked
from app.store.database import Reader, Row, Transaction
from app.store.users import following

# Of other person `u` and viewer $1 with own row `me`.
FACTS = f"""u.id AS other_id, u.message_policy AS other_policy, u.birth_date AS other_birth_date,
    u.suspended_at IS NOT NULL AS other_suspended,
    {following("$1", "u.id")} AS viewer_follows, {following("u.id", "$1")} AS follows_viewer,
    {blocked("u.id")} AS blocked"""
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


async def for_typing(reader: Reader, viewer_id: UUID, conversation_id: UUID) -> Row | None:
    """What it depends on whether others are told that a member types: the facts of a send, and who may hear it.

    None where the viewer is no member. `hearers` are the other members without a block either way.
    """
    sql = f"""
        SELECT c.kind, {MINE}, {FACTS}, ARRAY(
            SELECT m.user_id FROM members m
            WHERE m.conversation_id = c.id AND m.active AND m.user_id <> $1 AND NOT {blocked("m.user_id")}
        ) AS hearers
        FROM members mine JOIN conversations c ON c.id = mine.conversation_id JOIN users me ON me.id = mine.user_id
        LEFT JOIN users u ON u.id = CASE WHEN c.direct_low = $1 THEN c.direct_high ELSE c.direct_low END
        WHERE mine.user_id = $1 AND mine.conversation_id = $2 AND mine.active
    """
    return await reader.row(sql, viewer_id, conversation_id)
