"""The event log's reading side: positions per lane, and what came behind them."""

from collections.abc import Sequence
from uuid import UUID

from app.store.database import Reader, Row

COLUMNS = "e.lane, e.pos, e.kind, e.topic, e.audience, e.seq, e.user_id, e.other_id, e.occurred_at"


async def identity(reader: Reader) -> Row:
    """The log's epoch and number of lanes."""
    row = await reader.row("SELECT epoch, lane_count FROM log")
    assert row is not None
    return row


async def heads(reader: Reader, lane_count: int) -> list[int]:
    """The last position of each lane."""
    rows = await reader.rows(
        """SELECT coalesce((SELECT max(pos) FROM events WHERE events.lane = lanes.lane), 0) AS head
        FROM generate_series(0, $1::int - 1) AS lanes (lane) ORDER BY lanes.lane""",
        lane_count,
    )
    return [row["head"] for row in rows]


async def read(reader: Reader, positions: Sequence[int], limit: int) -> list[Row]:
    """Up to `limit` entries behind the position of each lane, in order within each lane."""
    sql = f"""
        SELECT e.* FROM unnest($1::bigint[]) WITH ORDINALITY AS behind (pos, number) CROSS JOIN LATERAL (
            SELECT {COLUMNS} FROM events e
            WHERE e.lane = behind.number - 1 AND e.pos > behind.pos ORDER BY e.pos LIMIT $2
        ) e ORDER BY e.lane, e.pos
    """
    return await reader.rows(sql, positions, limit)


async def read_for(
    reader: Reader, viewer_id: UUID, after: Sequence[int], until: Sequence[int], limit: int
) -> list[Row]:
    """What a person would have heard between two positions of each lane, judged by their memberships of now."""
    sql = f"""
        SELECT {COLUMNS} FROM members me JOIN events e ON e.topic = me.conversation_id
            AND e.pos > ($2::bigint[])[lane_of(me.conversation_id, cardinality($2::bigint[])) + 1]
            AND e.pos <= ($3::bigint[])[lane_of(me.conversation_id, cardinality($2::bigint[])) + 1]
        WHERE me.user_id = $1 AND $1 = ANY (e.audience)
            AND CASE WHEN e.kind = 'MEMBER_LEFT' AND e.user_id = $1 THEN NOT me.active
                ELSE me.active AND (e.seq IS NULL OR e.kind = 'READ_MOVED' OR me.visible @> e.seq) END
        ORDER BY e.lane, e.pos LIMIT $4
    """
    return await reader.rows(sql, viewer_id, after, until, limit)
