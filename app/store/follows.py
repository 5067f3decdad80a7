"""Follow edges and blocks between two people, under the pair's lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.store.blocks import NOT_BLOCKED, blocked
from app.store.database import Reader, Row, Transaction
from app.store.users import COLUMNS, LATEST, following


def ordered(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """A pair in the order in which it is kept and locked."""
    return (one, other) if one < other else (other, one)


async def lock_pairs(tx: Transaction, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Take the pairs' locks in ascending order: what changes a pair waits for what else changes it.

    The lock exists before any row of the pair does. A pair that has a direct conversation has that row locked too,
    because sends to it take nothing else.
    """
    both = sorted({ordered(*pair) for pair in pairs})
    lows, highs = [low for low, _ in both], [high for _, high in both]
    await tx.rows(
        """SELECT pg_advisory_xact_lock(pair.key) FROM (
            SELECT DISTINCT hashtextextended(low::text || high::text, 0) AS key
            FROM unnest($1::uuid[], $2::uuid[]) AS p (low, high) ORDER BY key
        ) pair""",
        lows, highs,
    )  # fmt: skip
    await tx.rows(
        """SELECT id FROM conversations
        WHERE (direct_low, direct_high) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) ORDER BY id FOR UPDATE""",
        lows, highs,
    )  # fmt: skip


async def relations(reader: Reader, viewer_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """Whether the viewer follows each of some people, and they the viewer."""
    return await reader.rows(
        f"""SELECT p.id AS user_id,
            {following("$1", "p.id")} AS viewer_follows, {following("p.id", "$1")} AS follows_viewer
        FROM unnest($2::uuid[]) AS p (id)""",
        viewer_id, ids,
    )  # fmt: skip


async def follow(tx: Transaction, follower_id: UUID, followee_id: UUID, now: datetime) -> None:
    """Add the edge; an edge that is there stays as it is. Who is followed back is a friend from here on."""
    await tx.rows(
        """WITH back AS (
            UPDATE follows SET friends_since = greatest(followed_at, $3)
            WHERE follower_id = $2 AND followee_id = $1 AND friends_since IS NULL RETURNING friends_since
        )
        INSERT INTO follows (follower_id, followee_id, followed_at, friends_since)
        VALUES ($1, $2, $3, (SELECT friends_since FROM back)) ON CONFLICT DO NOTHING""",
        follower_id, followee_id, now,
    )  # fmt: skip


async def unfollow(tx: Transaction, follower_id: UUID, followee_id: UUID) -> None:
    """Remove the edge, if it is there."""
    await tx.rows(
        """WITH back AS (UPDATE follows SET friends_since = NULL WHERE follower_id = $2 AND followee_id = $1)
        DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2""",
        follower_id, followee_id,
    )  # fmt: skip


async def is_blocked(reader: Reader, one: UUID, other: UUID) -> bool:
    """Whether either has blocked the other."""
    row = await reader.row(
        "SELECT FROM blocks WHERE (blocker_id, blocked_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid)) LIMIT 1",
        one, other,
    )  # fmt: skip
    return row is not None


async def block(tx: Transaction, blocker_id: UUID, blocked_id: UUID, now: datetime) -> bool:
    """Add the block and end follows both ways; False where it was there."""
    added = await tx.row(
        """INSERT INTO blocks (blocker_id, blocked_id, blocked_at) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING blocker_id""",
        blocker_id, blocked_id, now,
    )  # fmt: skip
    await tx.rows(
        """DELETE FROM follows
        WHERE (follower_id, followee_id) IN (($1::uuid, $2::uuid), ($2::uuid, $1::uuid))""",
        blocker_id, blocked_id,
    )  # fmt: skip
    return added is not None


async def unblock(tx: Transaction, blocker_id: UUID, blocked_id: UUID) -> bool:
    """Remove the block; False where there was none."""
    removed = await tx.row(
        "DELETE FROM blocks WHERE blocker_id = $1 AND blocked_id = $2 RETURNING blocker_id",
        blocker_id,
        blocked_id,
    )
    return removed is not None


async def hidden_people(reader: Reader, viewer_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """For each of some people everyone with a block either way between the two; people without one are left out."""
    rows = await reader.rows(
        """SELECT blocker_id AS viewer_id, blocked_id AS id FROM blocks WHERE blocker_id = ANY($1)
        UNION SELECT blocked_id, blocker_id FROM blocks WHERE blocked_id = ANY($1)""",
        viewer_ids,
    )
    hidden: dict[UUID, list[UUID]] = {}
    for row in rows:
        hidden.setdefault(row["viewer_id"], []).append(row["id"])
    return hidden


@dataclass(frozen=True, slots=True)
class Friends:
    """Whom a person follows and is followed by, and whether these see when the person is online."""

    sees_presence: bool
    ids: list[UUID] = field(default_factory=list)


async def friends_of(reader: Reader, ids: Sequence[UUID], limit: int) -> dict[UUID, Friends]:
    """The friends of each of some people, up to `limit` for each."""
    rows = await reader.rows(
        """SELECT p.id AS user_id, p.shows_presence, f.friend_id FROM users p LEFT JOIN LATERAL (
            SELECT mine.followee_id AS friend_id FROM follows mine
            JOIN follows theirs ON theirs.follower_id = mine.followee_id AND theirs.followee_id = p.id
            WHERE mine.follower_id = p.id LIMIT $2
        ) f ON true WHERE p.id = ANY($1)""",
        ids, limit,
    )  # fmt: skip
    friends: dict[UUID, Friends] = {}
    for row in rows:
        known = friends.setdefault(row["user_id"], Friends(row["shows_presence"]))
        if row["friend_id"]:
            known.ids.append(row["friend_id"])
    return friends


async def edge_pages(
    reader: Reader,
    viewer_id: UUID | None,
    ids: Sequence[UUID],
    direction: str,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    """For each person (`subject_id`) a page of their `followers` or `following`, the latest first.

    Nothing of people whom a block keeps from the viewer.
    """
    mine, theirs = ("followee_id", "follower_id") if direction == "followers" else ("follower_id", "followee_id")
    sql = f"""
        SELECT p.*, s.id AS subject_id FROM unnest($2::uuid[]) AS s (id) CROSS JOIN LATERAL (
            SELECT {COLUMNS}, f.followed_at AS at FROM follows f JOIN users u ON u.id = f.{theirs}
            WHERE f.{mine} = s.id AND {NOT_BLOCKED} AND (f.followed_at, f.{theirs}) < ($3::timestamptz, $4::uuid)
            ORDER BY f.followed_at DESC, f.{theirs} DESC LIMIT $5
        ) p WHERE NOT {blocked("s.id")} ORDER BY p.at DESC, p.id DESC
    """
    return await reader.rows(sql, viewer_id, ids, *(after or LATEST), limit)


async def friend_pages(
    reader: Reader, viewer_id: UUID | None, ids: Sequence[UUID], after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """For each person (`subject_id`) a page of their friends; friends since the later of the two follows.

    Nothing of people whom a block keeps from the viewer.
    """
    sql = f"""
        SELECT p.*, s.id AS subject_id FROM unnest($2::uuid[]) AS s (id) CROSS JOIN LATERAL (
            SELECT {COLUMNS}, f.friends_since AS at FROM follows f JOIN users u ON u.id = f.followee_id
            WHERE f.follower_id = s.id AND f.friends_since IS NOT NULL AND {NOT_BLOCKED}
                AND (f.friends_since, f.followee_id) < ($3::timestamptz, $4::uuid)
            ORDER BY f.friends_since DESC, f.followee_id DESC LIMIT $5
        ) p WHERE NOT {blocked("s.id")} ORDER BY p.at DESC, p.id DESC
    """
    return await reader.rows(sql, viewer_id, ids, *(after or LATEST), limit)


async def blocked_people(reader: Reader, viewer_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[Row]:
    """A page of the people whom the viewer has blocked, the latest first.

    Of those who have blocked the viewer too it tells only what the list needs to be read: no bio, no avatar.
    """
    sql = """
        SELECT u.id, u.handle, u.display_name, CASE WHEN back.blocker_id IS NULL THEN u.bio ELSE '' END AS bio,
            CASE WHEN back.blocker_id IS NULL THEN u.avatar_id END AS avatar_id, b.blocked_at AS at
        FROM blocks b JOIN users u ON u.id = b.blocked_id
        LEFT JOIN blocks back ON back.blocker_id = b.blocked_id AND back.blocked_id = b.blocker_id
        WHERE b.blocker_id = $1 AND (b.blocked_at, b.blocked_id) < ($2::timestamptz, $3::uuid)
        ORDER BY b.blocked_at DESC, b.blocked_id DESC LIMIT $4
    """
    return await reader.rows(sql, viewer_id, *(after or LATEST), limit)
