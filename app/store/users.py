"""People: their profiles, settings and search terms."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from app.store.blocks import NOT_BLOCKED, blocked
from app.store.database import Reader, Row, Transaction

SETTINGS = "message_policy, notifications_silenced, shows_presence"

# Of person `u`, whose row begins with them, and their places.
COLUMNS = "u.id, u.handle, u.display_name, u.bio, u.avatar_id"
ID, HANDLE, DISPLAY_NAME, BIO, AVATAR_ID = range(5)

# Where a page begins without a cursor, in lists by time and id: always bound, because a condition that may be switched
# off by a null is no index condition once the plan is generic. Descending lists begin behind LATEST.
Place = tuple[datetime, UUID]
EARLIEST: Place = (datetime.min.replace(tzinfo=UTC), UUID(int=0))
LATEST: Place = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))


def following(follower: str, followee: str) -> str:
    """SQL: whether the one follows the other, by key as in `blocked`."""
    return f"EXISTS (SELECT FROM follows f WHERE f.follower_id = {follower} AND f.followee_id = {followee} OFFSET 0)"


async def seen(reader: Reader, keys: Sequence[tuple[UUID | None, UUID]]) -> dict[tuple[UUID | None, UUID], Row]:
    """By (viewer, person): the people whom the viewer, who may be nobody, may see."""
    if not keys:
        return {}
    viewer_ids, ids = zip(*keys, strict=True)
    rows = await reader.rows(
        f"""SELECT {COLUMNS}, asked.viewer_id FROM unnest($1::uuid[], $2::uuid[]) AS asked (viewer_id, id)
        JOIN users u ON u.id = asked.id WHERE NOT {blocked("u.id", "asked.viewer_id")}""",
        viewer_ids, ids,
    )  # fmt: skip
    return {(row["viewer_id"], row["id"]): row for row in rows}


async def by_handle_key(reader: Reader, viewer_id: UUID | None, handle_key: str) -> Row | None:
    """The person with this handle, if the viewer may see them."""
    sql = f"SELECT {COLUMNS} FROM users u WHERE u.handle_key = $2 AND {NOT_BLOCKED}"
    return await reader.row(sql, viewer_id, handle_key)


async def credentials(reader: Reader, handle_key: str) -> Row | None:
    """What signing in compares with."""
    sql = "SELECT id, handle, password_hash, suspended_at FROM users WHERE handle_key = $1"
    return await reader.row(sql, handle_key)


async def suspend(tx: Transaction, handle: str, handle_key: str, at: datetime | None) -> Row | None:
    """Suspend a person from a moment on, or (None) no more; the one who has this handle, if somebody does."""
    return await tx.row(
        """UPDATE users SET suspended_at = CASE WHEN $3::timestamptz IS NOT NULL THEN coalesce(suspended_at, $3) END
        WHERE handle_key = $2 AND handle = $1 RETURNING id""",
        handle, handle_key, at,
    )  # fmt: skip


async def search(reader: Reader, viewer_id: UUID | None, prefix: str, after: str, limit: int) -> list[Row]:
    """People with a search term that starts with `prefix`, by handle, from behind the handle `after`."""
    sql = f"""
        SELECT {COLUMNS} FROM users u
        WHERE u.id IN (SELECT user_id FROM user_search_terms WHERE term >= $2 AND term < $3)
            AND u.handle COLLATE "C" > $4 AND {NOT_BLOCKED}
        ORDER BY u.handle COLLATE "C" LIMIT $5
    """
    return await reader.rows(sql, viewer_id, prefix, prefix + "\U0010ffff", after, limit)


async def insert(
    tx: Transaction,
    *,
    user_id: UUID,
    handle: str,
    handle_key: str,
    display_name: str,
    password_hash: str,
    birth_date: date | None,
    now: datetime,
) -> Row | None:
    """Add a person; None where the handle is taken."""
    return await tx.row(
        """INSERT INTO users AS u (id, handle, handle_key, display_name, password_hash, birth_date, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (handle_key) DO NOTHING
        RETURNING u.id, u.handle, u.display_name, u.bio, u.avatar_id""",
        user_id, handle, handle_key, display_name, password_hash, birth_date, now,
    )  # fmt: skip


async def update_profile(
    tx: Transaction, user_id: UUID, display_name: str | None, bio: str | None, avatar_id: UUID | None
) -> Row | None:
    """Change what is given and return the person."""
    sql = f"""
        UPDATE users u SET display_name = coalesce($2, u.display_name), bio = coalesce($3, u.bio),
            avatar_id = coalesce($4, u.avatar_id)
        WHERE u.id = $1 RETURNING {COLUMNS}
    """
    return await tx.row(sql, user_id, display_name, bio, avatar_id)


async def replace_search_terms(tx: Transaction, user_id: UUID, terms: Sequence[str]) -> None:
    """Set what searches by prefix find this person by."""
    await tx.rows("DELETE FROM user_search_terms WHERE user_id = $1 AND term <> ALL($2)", user_id, terms)
    await tx.rows(
        """INSERT INTO user_search_terms (term, user_id) SELECT DISTINCT unnest($2::text[]), $1::uuid
        ON CONFLICT DO NOTHING""",
        user_id, terms,
    )  # fmt: skip


async def settings(reader: Reader, user_id: UUID) -> Row | None:
    """A person's own settings."""
    return await reader.row(f"SELECT {SETTINGS} FROM users WHERE id = $1", user_id)


async def update_settings(
    tx: Transaction,
    user_id: UUID,
    *,
    message_policy: str | None = None,
    notifications_silenced: bool | None = None,
    shows_presence: bool | None = None,
) -> Row | None:
    """Change what is given; the row lock makes sends that read the old settings finish first."""
    return await tx.row(
        f"""UPDATE users SET message_policy = coalesce($2, message_policy),
            notifications_silenced = coalesce($3, notifications_silenced),
            shows_presence = coalesce($4, shows_presence)
        WHERE id = $1 RETURNING {SETTINGS}""",
        user_id, message_policy, notifications_silenced, shows_presence,
    )  # fmt: skip
