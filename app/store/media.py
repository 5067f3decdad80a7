"""Photos, uploads, videos and stickers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.store.arrays import array_of
from app.store.blocks import NOT_BLOCKED
from app.store.database import Reader, Row, Transaction
from app.store.users import LATEST, following

PHOTO_COLUMNS = "id, width, height, placeholder, alt_text, thumbnail_key, chat_key, full_key"
UPLOAD_COLUMNS = """id, owner_id, purpose, content_type, byte_size, checksum_sha256, alt_text, state, rejection,
    created_at, photo_id, duration_seconds, media_key, media_type"""
VIDEO_COLUMNS = """v.id, v.author_id, v.title, v.visibility, v.duration_seconds, v.poster_id, v.media_key, v.media_type,
    v.published_at"""

# Whether viewer $1 may see video `v` of author `u`.
VIDEO_VISIBLE = f"""v.deleted_at IS NULL AND {NOT_BLOCKED} AND (
    v.author_id = $1 OR v.visibility = 'PUBLIC'
    OR (v.visibility = 'FRIENDS' AND {following("$1", "v.author_id")} AND {following("v.author_id", "$1")})
    OR (v.visibility = 'ONLY_SHARED' AND EXISTS (
        SELECT FROM video_shares s JOIN members me ON me.conversation_id = s.conversation_id
        WHERE s.video_id = v.id AND me.user_id = $1 AND me.active AND me.visible @> s.seq OFFSET 0)))"""


async def photos(reader: Reader, ids: Sequence[UUID]) -> list[Row]:
    """Photos by id; whoever holds the id got it from something they may see."""
    return await reader.rows(f"SELECT {PHOTO_COLUMNS} FROM photos WHERE id = ANY($1::text::uuid[])", array_of(ids))


async def insert_photo(tx: Transaction, photo: Row) -> None:
    """Add a photo."""
    await tx.rows(
        f"INSERT INTO photos ({PHOTO_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(photo[column] for column in PHOTO_COLUMNS.split(", ")),
    )


async def insert_upload(
    tx: Transaction,
    upload_id: UUID,
    owner_id: UUID,
    *,
    purpose: str,
    content_type: str,
    byte_size: int,
    checksum_sha256: str,
    alt_text: str | None,
    now: datetime,
) -> Row:
    """Reserve an upload."""
    sql = f"""
        INSERT INTO uploads (id, owner_id, purpose, content_type, byte_size, checksum_sha256, alt_text, state,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'RESERVED', $8) RETURNING {UPLOAD_COLUMNS}
    """
    row = await tx.row(sql, upload_id, owner_id, purpose, content_type, byte_size, checksum_sha256, alt_text, now)
    assert row is not None
    return row


async def uploads(reader: Reader, owner_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """The uploads among `ids` that are this person's own."""
    sql = f"SELECT {UPLOAD_COLUMNS} FROM uploads WHERE owner_id = $1 AND id = ANY($2)"
    return await reader.rows(sql, owner_id, ids)


async def lock_upload(tx: Transaction, upload_id: UUID) -> Row | None:
    """An upload, locked."""
    sql = f"SELECT {UPLOAD_COLUMNS} FROM uploads WHERE id = $1 FOR UPDATE"
    return await tx.row(sql, upload_id)


async def reject_upload(tx: Transaction, upload_id: UUID, rejection: str) -> Row | None:
    """Refuse an upload for good."""
    sql = f"UPDATE uploads SET state = 'REJECTED', rejection = $2 WHERE id = $1 RETURNING {UPLOAD_COLUMNS}"
    return await tx.row(sql, upload_id, rejection)


async def accept_upload(tx: Transaction, upload_id: UUID, photo_id: UUID, clip: dict[str, Any] | None) -> Row | None:
    """Note what an upload became: a photo, or a clip with its poster."""
    clip = clip or {}
    sql = f"""
        UPDATE uploads SET state = 'READY', photo_id = $2, duration_seconds = $3, media_key = $4, media_type = $5
        WHERE id = $1 RETURNING {UPLOAD_COLUMNS}
    """
    return await tx.row(
        sql, upload_id, photo_id, clip.get("duration_seconds"), clip.get("media_key"), clip.get("media_type")
    )


async def insert_video(
    tx: Transaction, video_id: UUID, upload: Row, title: str, visibility: str, now: datetime
) -> Row | None:
    """Publish a clip; None where that upload was published before."""
    sql = f"""
        INSERT INTO videos AS v (id, author_id, upload_id, title, visibility, duration_seconds, poster_id, media_key,
            media_type, published_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (upload_id) DO NOTHING RETURNING {VIDEO_COLUMNS}
    """
    return await tx.row(
        sql, video_id, upload["owner_id"], upload["id"], title, visibility, upload["duration_seconds"],
        upload["photo_id"], upload["media_key"], upload["media_type"], now,
    )  # fmt: skip


async def video_of_upload(reader: Reader, upload_id: UUID) -> Row | None:
    """The video that was published from an upload, unless it was deleted."""
    sql = f"SELECT {VIDEO_COLUMNS} FROM videos v WHERE v.upload_id = $1 AND v.deleted_at IS NULL"
    return await reader.row(sql, upload_id)


async def delete_video(tx: Transaction, author_id: UUID, video_id: UUID, now: datetime) -> bool:
    """Take a video of one's own back, for good; False where there is none."""
    row = await tx.row(
        "UPDATE videos SET deleted_at = coalesce(deleted_at, $3) WHERE id = $2 AND author_id = $1 RETURNING id",
        author_id, video_id, now,
    )  # fmt: skip
    return row is not None


async def videos(reader: Reader, viewer_id: UUID | None, ids: Sequence[UUID]) -> list[Row]:
    """The videos among `ids` that the viewer may see."""
    sql = f"""
        SELECT {VIDEO_COLUMNS} FROM videos v JOIN users u ON u.id = v.author_id
        WHERE v.id = ANY($2) AND {VIDEO_VISIBLE}
    """
    return await reader.rows(sql, viewer_id, ids)


async def videos_of(
    reader: Reader, viewer_id: UUID | None, author_ids: Sequence[UUID], after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """For each author a page of their videos that the viewer may see, the latest first."""
    sql = f"""
        SELECT p.* FROM unnest($2::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
            SELECT {VIDEO_COLUMNS} FROM videos v JOIN users u ON u.id = v.author_id
            WHERE v.author_id = wanted.id AND {VIDEO_VISIBLE} AND (v.published_at, v.id) < ($3::timestamptz, $4::uuid)
            ORDER BY v.published_at DESC, v.id DESC LIMIT $5
        ) p
    """
    return await reader.rows(sql, viewer_id, author_ids, *(after or LATEST), limit)


async def sticker_packs(reader: Reader, after: int, limit: int) -> list[Row]:
    """A page of sticker packs by position."""
    return await reader.rows(
        "SELECT id, title, author, position FROM sticker_packs WHERE position > $1::bigint ORDER BY position LIMIT $2",
        after,
        limit,
    )


async def sticker_packs_by_ids(reader: Reader, ids: Sequence[UUID]) -> list[Row]:
    """Sticker packs by id."""
    return await reader.rows("SELECT id, title, author, position FROM sticker_packs WHERE id = ANY($1)", ids)


async def stickers_of_packs(reader: Reader, pack_ids: Sequence[UUID]) -> list[Row]:
    """All stickers of the packs, by position."""
    return await reader.rows(
        "SELECT id, pack_id, name, photo_id FROM stickers WHERE pack_id = ANY($1) ORDER BY pack_id, position",
        pack_ids,
    )


async def stickers(reader: Reader, ids: Sequence[UUID]) -> list[Row]:
    """Stickers by id."""
    return await reader.rows("SELECT id, pack_id, name, photo_id FROM stickers WHERE id = ANY($1)", ids)


async def insert_sticker_pack(
    tx: Transaction, pack_id: UUID, title: str, author: str, stickers: Sequence[tuple[UUID, str, UUID]]
) -> None:
    """Add a pack behind the others, with its stickers: (id, name, photo id) in order."""
    await tx.rows("LOCK TABLE sticker_packs IN SHARE ROW EXCLUSIVE MODE")
    await tx.rows(
        """INSERT INTO sticker_packs (id, title, author, position)
        SELECT $1, $2, $3, coalesce(max(position), 0) + 1 FROM sticker_packs""",
        pack_id, title, author,
    )  # fmt: skip
    await tx.many(
        "INSERT INTO stickers (id, pack_id, name, photo_id, position) VALUES ($1, $2, $3, $4, $5)",
        [(sticker_id, pack_id, name, photo_id, n) for n, (sticker_id, name, photo_id) in enumerate(stickers, 1)],
    )
