"""The event log's reading side: its life, positions per lane, what came behind them, and for how long it is kept."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from app.store.database import Reader, Row

COLUMNS = "e.lane, e.pos, e.kind, e.topic, e.audience, e.seq, e.user_id, e.other_id, e.occurred_at"

# What tells one life of a database from another, as far as PostgreSQL knows: its cluster, and the timeline that a
# failover or a recovery from backups begins. Not every managed PostgreSQL lets everybody ask.
CLUSTER = """(SELECT system_identifier FROM pg_control_system()) AS system,
    CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline"""
NO_CLUSTER = "NULL::bigint AS system, NULL::text AS timeline"

MAY_NOT_ASK = (
    asyncpg.InsufficientPrivilegeError,
    asyncpg.UndefinedFunctionError,
    asyncpg.FeatureNotSupportedError,
    asyncpg.ObjectNotInPrerequisiteStateError,
)


async def state(reader: Reader, positions: Sequence[int], *, cluster: bool) -> Row:
    """Which life of the log this is, and of each lane the head, the floor, and when the entry at a position was made.

    `cluster` asks for the database's own marks too.

    Raises:
        asyncpg.PostgresError: one of MAY_NOT_ASK, where these marks are not for us.
    """
    row = await reader.row(
        f"""SELECT log.epoch, log.lane_count, {CLUSTER if cluster else NO_CLUSTER},
            array_agg(coalesce((SELECT max(pos) FROM events WHERE events.lane = lanes.lane), 0) ORDER BY lanes.lane)
                AS heads,
            array_agg(coalesce((SELECT floor FROM log_floors f WHERE f.lane = lanes.lane), 0) ORDER BY lanes.lane)
                AS floors,
            array_agg((SELECT occurred_at FROM events e WHERE e.lane = lanes.lane
                AND e.pos = ($1::bigint[])[lanes.lane + 1]) ORDER BY lanes.lane) AS marks
        FROM log CROSS JOIN LATERAL generate_series(0, log.lane_count - 1) AS lanes (lane)
        GROUP BY log.epoch, log.lane_count""",
        positions,
    )
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


async def floors(reader: Reader) -> Mapping[int, int]:
    """The last position that retention has deleted, of the lanes where it has."""
    return {row["lane"]: row["floor"] for row in await reader.rows("SELECT lane, floor FROM log_floors")}


async def read(reader: Reader, epoch: UUID, positions: Sequence[int], limit: int) -> list[Row]:
    """Up to `limit` entries behind the position of each lane, in order within each lane; none of another epoch."""
    sql = f"""
        SELECT e.* FROM unnest($1::bigint[]) WITH ORDINALITY AS behind (pos, number) CROSS JOIN LATERAL (
            SELECT {COLUMNS} FROM events e
            WHERE e.lane = behind.number - 1 AND e.pos > behind.pos ORDER BY e.pos LIMIT $2
        ) e WHERE (SELECT log.epoch FROM log) = $3 ORDER BY e.lane, e.pos
    """
    return await reader.rows(sql, positions, limit, epoch)


async def latest(reader: Reader, positions: Sequence[int], limit: int) -> list[Row]:
    """The last `limit` entries of each lane up to a position, in order within each lane."""
    sql = f"""
        SELECT e.* FROM unnest($1::bigint[]) WITH ORDINALITY AS head (pos, number) CROSS JOIN LATERAL (
            SELECT {COLUMNS} FROM events e
            WHERE e.lane = head.number - 1 AND e.pos <= head.pos ORDER BY e.pos DESC LIMIT $2
        ) e ORDER BY e.lane, e.pos
    """
    return await reader.rows(sql, positions, limit)


async def read_for(
    reader: Reader, viewer_id: UUID, after: Sequence[int], until: Sequence[int], limit: int
) -> list[Row]:
    """What a person would have heard between two positions of each lane, judged by their memberships of now.

    All of it where that is less than `limit` entries, in order within each lane; else any `limit` of them, so that the
    work is bounded however long the person was away.
    """
    sql = f"""
        SELECT found.* FROM (
            SELECT e.* FROM (
                SELECT me.conversation_id AS topic, me.active, me.visible FROM members me WHERE me.user_id = $1
                UNION ALL SELECT $1, true, '{{[1,)}}'
            ) me CROSS JOIN LATERAL (
                SELECT {COLUMNS} FROM events e WHERE e.topic = me.topic
                    AND e.pos > ($2::bigint[])[lane_of(me.topic, cardinality($2::bigint[])) + 1]
                    AND e.pos <= ($3::bigint[])[lane_of(me.topic, cardinality($2::bigint[])) + 1]
                    AND $1 = ANY (e.audience)
                    AND CASE WHEN e.kind = 'MEMBER_LEFT' AND e.user_id = $1 THEN NOT me.active
                        ELSE me.active AND (e.seq IS NULL OR e.kind = 'READ_MOVED' OR me.visible @> e.seq) END
                ORDER BY e.pos LIMIT $4
            ) e LIMIT $4
        ) found ORDER BY found.lane, found.pos
    """
    return await reader.rows(sql, viewer_id, after, until, limit)


async def trim(reader: Reader, keep: timedelta, most: int) -> int:
    """Delete up to `most` of the oldest entries of each lane that are older than `keep`; how many went.

    Their age is by the database's clock, as their times are: a machine whose own is wrong deletes nothing for that.
    Never the last entry of a lane: the next position is counted from it. The floor is noted in the same transaction.
    One process at a time: where another is at it, nothing is done. 8267 is the advisory lock class of retention.
    """
    row = await reader.row(
        """WITH guard AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(8267, 0) AS mine), oldest AS MATERIALIZED (
            SELECT lanes.lane, e.pos, e.occurred_at
            FROM guard CROSS JOIN LATERAL generate_series(0, (SELECT lane_count - 1 FROM log)) AS lanes (lane)
            CROSS JOIN LATERAL (
                SELECT pos, occurred_at FROM events WHERE events.lane = lanes.lane ORDER BY pos LIMIT $2
            ) e WHERE guard.mine
        ), bounds AS MATERIALIZED (
            SELECT lane, least(
                coalesce(min(pos) FILTER (WHERE occurred_at >= now() - $1::interval) - 1, max(pos)),
                (SELECT max(pos) - 1 FROM events WHERE events.lane = oldest.lane)) AS floor
            FROM oldest GROUP BY lane
        ), gone AS (
            DELETE FROM events USING bounds WHERE events.lane = bounds.lane AND events.pos <= bounds.floor
            RETURNING events.lane
        ), noted AS (
            INSERT INTO log_floors (lane, floor)
            SELECT lane, floor FROM bounds WHERE lane IN (SELECT lane FROM gone)
            ON CONFLICT (lane) DO UPDATE SET floor = greatest(log_floors.floor, excluded.floor)
        ) SELECT count(*) AS gone FROM gone""",
        keep, most,
    )  # fmt: skip
    assert row is not None
    return int(row["gone"])


async def begin_life(reader: Reader) -> None:
    """Renew the log's epoch: every cursor of before is refused from now on, on servers that are running too.

    Whatever is committing finishes first, and what commits later belongs to the new life.
    """
    await reader.rows("LOCK TABLE log IN ACCESS EXCLUSIVE MODE")
    await reader.rows("UPDATE log SET epoch = gen_random_uuid()")


async def has_cut_off(
    reader: Reader, lane: int, pos: int, conversation_id: UUID | None, people: Sequence[UUID]
) -> bool:
    """Whether, behind a position of a lane, some of these people were blocked or block, or left the conversation."""
    row = await reader.row(
        """SELECT FROM events e WHERE e.lane = $1 AND e.pos > $2 AND (
            (e.kind = 'BLOCKED' AND (e.user_id = ANY ($4) OR e.other_id = ANY ($4)))
            OR (e.kind = 'MEMBER_LEFT' AND e.topic = $3)
        ) LIMIT 1""",
        lane, pos, conversation_id, people,
    )  # fmt: skip
    return row is not None
