"""Sessions and their refresh tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.store.arrays import array_of
from app.store.database import Reader, Row, Transaction


async def people_of(reader: Reader, session_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Whose the live sessions among these are; without those of suspended people."""
    rows = await reader.rows(
        """SELECT s.id, s.user_id FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = ANY($1::text::uuid[]) AND s.ended_at IS NULL AND u.suspended_at IS NULL""",
        array_of(session_ids),
    )
    return {row["id"]: row["user_id"] for row in rows}


async def hold(tx: Transaction, session_id: UUID) -> bool:
    """Whether the session lives, and keep it so until this transaction ends."""
    row = await tx.row(
        """SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = $1 AND s.ended_at IS NULL AND u.suspended_at IS NULL FOR SHARE OF s""",
        session_id,
    )
    return row is not None


async def lock_live(tx: Transaction, session_ids: Sequence[UUID]) -> set[UUID]:
    """The live sessions among these, locked in the order of their ids."""
    rows = await tx.rows(
        "SELECT id FROM sessions WHERE id = ANY($1) AND ended_at IS NULL ORDER BY id FOR UPDATE", session_ids
    )
    return {row["id"] for row in rows}


async def of_user(reader: Reader, user_id: UUID, since: datetime) -> list[Row]:
    """A person's live sessions that were refreshed after `since`, the latest used first; 100 at most."""
    return await reader.rows(
        """SELECT id, device, created_at, refreshed_at FROM sessions
        WHERE user_id = $1 AND ended_at IS NULL AND refreshed_at > $2
        ORDER BY refreshed_at DESC, id DESC LIMIT 100""",
        user_id, since,
    )  # fmt: skip


async def insert(tx: Transaction, session_id: UUID, user_id: UUID, device: str, now: datetime) -> None:
    """Begin a session."""
    await tx.rows(
        "INSERT INTO sessions (id, user_id, device, created_at, refreshed_at) VALUES ($1, $2, $3, $4, $4)",
        session_id, user_id, device, now,
    )  # fmt: skip


async def end(tx: Transaction, user_id: UUID, session_id: UUID, now: datetime) -> bool:
    """End a person's session; False where it had ended already, or is none of theirs."""
    row = await tx.row(
        "UPDATE sessions SET ended_at = $3 WHERE id = $2 AND user_id = $1 AND ended_at IS NULL RETURNING id",
        user_id, session_id, now,
    )  # fmt: skip
    return row is not None


async def end_all(tx: Transaction, user_id: UUID, now: datetime) -> list[UUID]:
    """End a person's sessions; those that lived."""
    rows = await tx.rows(
        "UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL RETURNING id", user_id, now
    )
    return [row["id"] for row in rows]


async def insert_token(tx: Transaction, token_id: UUID, session_id: UUID, digest: bytes, expires_at: datetime) -> None:
    """Add a refresh token to a session."""
    await tx.rows(
        "INSERT INTO refresh_tokens (id, session_id, digest, expires_at) VALUES ($1, $2, $3, $4)",
        token_id, session_id, digest, expires_at,
    )  # fmt: skip


async def lock_token(tx: Transaction, token_id: UUID) -> Row | None:
    """A refresh token with its session's state, locked so that two uses come one after the other.

    `since_use` is the time since its first use, by the database's clock; None where it was not used.
    """
    return await tx.row(
        """SELECT t.digest, t.expires_at, now() - t.used_at AS since_use, t.session_id, s.user_id, s.ended_at,
            u.suspended_at
        FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
        WHERE t.id = $1 FOR UPDATE OF t, s""",
        token_id,
    )


async def mark_refreshed(tx: Transaction, token_id: UUID, session_id: UUID, now: datetime) -> None:
    """Note the first use of a token, and the session's latest refresh."""
    await tx.rows("UPDATE refresh_tokens SET used_at = coalesce(used_at, now()) WHERE id = $1", token_id)
    await tx.rows("UPDATE sessions SET refreshed_at = $2 WHERE id = $1", session_id, now)
