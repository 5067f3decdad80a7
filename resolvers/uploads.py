"""Uploads: reserved, sent by the client straight to S3, then checked and made ready.

What others fetch is never what was uploaded but what was made of it, under a key named after its own content, so that
doing it again after a crash writes the same objects again.
"""

import asyncio
import base64
import binascii
import hashlib
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import InvalidInputError, NotFoundError, TryAgainError, invalid
from app.ids import new_id
from app.media.processed import PHOTO_CONTENT_TYPE, PhotoVariant, ProcessedPhoto
from app.media.rejections import MediaRejectedError, RejectionCode
from app.media.signing import SignedForm, UploadContent
from app.media.storage_errors import StorageError, StorageErrorCode
from app.media.workers import MediaBusyError, MediaWorkerError
from app.services import Services
from app.store import media
from app.store.database import Row, Transaction
from app.store.events import Event, EventKind
from resolvers import access
from resolvers.text import parse_optional

FORM_SECONDS = 900
ALT_TEXT_MAX = 500
CACHE_FOREVER = "private, max-age=31536000, immutable"


class UploadPurpose(StrEnum):
    """What an upload is to become."""

    PHOTO = "PHOTO"
    VIDEO = "VIDEO"


class UploadState(StrEnum):
    """How far an upload has got."""

    RESERVED = "RESERVED"
    READY = "READY"
    REJECTED = "REJECTED"


CONTENT_TYPES = {
    UploadPurpose.PHOTO: ("image/jpeg", "image/png", "image/webp", "image/gif"),
    UploadPurpose.VIDEO: ("video/mp4", "video/quicktime", "video/webm"),
}


@dataclass(frozen=True, slots=True)
class Reservation:
    """An upload that waits for its file, and the form that takes the file."""

    row: Row
    form: SignedForm


async def create(
    services: Services,
    viewer: Viewer,
    *,
    purpose: UploadPurpose,
    content_type: str,
    byte_size: int,
    checksum_sha256: str,
    alt_text: str | None,
) -> Reservation:
    """Reserve an upload; its form takes exactly this file, for `FORM_SECONDS`.

    Raises:
        InvalidInputError: a type or size that is not taken, or a checksum that is none.
    """
    _check_file(services, purpose, content_type, byte_size)
    _check_checksum(checksum_sha256)
    description = parse_optional(alt_text, "altText", at_most=ALT_TEXT_MAX)
    now = datetime.now(UTC)

    async def work(tx: Transaction) -> Row:
        return await media.insert_upload(
            tx, new_id(), viewer.user_id, purpose=purpose, content_type=content_type, byte_size=byte_size,
            checksum_sha256=checksum_sha256, alt_text=description, now=now,
        )  # fmt: skip

    row = await access.write(services, viewer, work)
    content = UploadContent(content_type, byte_size, checksum_sha256)
    return Reservation(row, services.signer.post_form(_upload_key(row), content, expires=FORM_SECONDS, now=now))


def _check_file(services: Services, purpose: UploadPurpose, content_type: str, byte_size: int) -> None:
    if content_type not in CONTENT_TYPES[purpose]:
        raise invalid("contentType", f"Use one of {', '.join(CONTENT_TYPES[purpose])}.")
    most = services.settings.photo_max_bytes if purpose is UploadPurpose.PHOTO else services.settings.video_max_bytes
    if not 1 <= byte_size <= most:
        raise invalid("byteSize", f"Use 1 to {most} bytes.")


def _check_checksum(checksum: str) -> None:
    try:
        raw = base64.b64decode(checksum, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != hashlib.sha256().digest_size:
        raise invalid("checksumSha256", "Send the SHA-256 of the file's bytes in base64.")


def _upload_key(row: Row) -> str:
    return f"uploads/{row['owner_id'].hex}/{row['id'].hex}"


async def complete(services: Services, viewer: Viewer, upload_id: UUID) -> Row:
    """Check the file that was sent, make it ready, and return the upload; again returns it as it is.

    Raises:
        NotFoundError: it is no upload of the viewer's.
        InvalidInputError: no file has arrived.
        TryAgainError: S3 or the workers can't be had now.
    """
    found = await media.uploads(services.database, viewer.user_id, [upload_id])
    if not found:
        raise NotFoundError("upload")
    if found[0]["state"] != UploadState.RESERVED:
        return found[0]
    try:
        finish = await _processed(services, found[0])
    except InvalidInputError:
        # Another call may have completed it meanwhile, and deleted the file.
        [row] = await media.uploads(services.database, viewer.user_id, [upload_id])
        if row["state"] == UploadState.RESERVED:
            raise
        return row

    async def work(tx: Transaction) -> Row:
        row = await media.lock_upload(tx, upload_id)
        if row is None:
            raise NotFoundError("upload")
        return row if row["state"] != UploadState.RESERVED else await finish(tx)

    row = await access.write(services, viewer, work)
    await _discard(services, row)
    return row


async def _discard(services: Services, row: Row) -> None:
    """Delete what was uploaded; where S3 does not answer it stays, which harms nobody."""
    try:
        await services.storage.delete(_upload_key(row))
    except StorageError:
        return


Finish = Callable[[Transaction], Awaitable[Row]]


async def _processed(services: Services, row: Row) -> Finish:
    """Do the slow part outside of any transaction; what is returned writes the outcome down."""
    try:
        if row["purpose"] == UploadPurpose.PHOTO:
            return await _photo(services, row)
        return await _clip(services, row)
    except MediaRejectedError as rejected:
        code = rejected.code
        return lambda tx: _rejected(tx, row, code)
    except StorageError as error:
        if error.code is StorageErrorCode.TOO_LARGE:  # more bytes than were announced
            return lambda tx: _rejected(tx, row, RejectionCode.DAMAGED)
        if error.code is StorageErrorCode.MISSING_OBJECT:
            raise invalid("uploadId", "No file has arrived yet. Send it with the form of createUpload first.") from None
        raise TryAgainError("The media store is out of reach. Try again in a moment.") from error
    except (MediaBusyError, MediaWorkerError) as error:
        raise TryAgainError("Too many files are being processed. Try again in a moment.") from error


async def _rejected(tx: Transaction, row: Row, code: RejectionCode) -> Row:
    rejected = await media.reject_upload(tx, row["id"], code)
    assert rejected is not None
    tx.emit(_changed(row))
    return rejected


def _changed(row: Row) -> Event:
    owner_id = row["owner_id"]
    return Event(EventKind.UPLOAD_CHANGED, owner_id, audience=[owner_id], user_id=owner_id, other_id=row["id"])


async def _photo(services: Services, row: Row) -> Finish:
    data = await services.storage.get(_upload_key(row), row["byte_size"])
    _check_bytes(row, hashlib.sha256(data).digest())
    photo = await store_photo(services, await services.workers.photo(data), row["alt_text"])
    return lambda tx: _accepted(tx, row, photo, None)


async def _clip(services: Services, row: Row) -> Finish:
    with tempfile.TemporaryDirectory(prefix="backchannel-clip-") as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        await services.storage.download(_upload_key(row), source, row["byte_size"])
        _check_bytes(row, await asyncio.to_thread(_digest, source))
        video = await services.workers.video(source, target)
        key = f"videos/{video.sha256}"
        await services.storage.put_file(
            key, target, sha256_hex=video.sha256, content_type=video.content_type, cache_control=CACHE_FOREVER
        )
    poster = await store_photo(services, video.poster, row["alt_text"])
    clip = {"duration_seconds": video.duration_seconds, "media_key": key, "media_type": video.content_type}
    return lambda tx: _accepted(tx, row, poster, clip)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _check_bytes(row: Row, digest: bytes) -> None:
    if base64.b64encode(digest).decode() != row["checksum_sha256"]:
        raise MediaRejectedError(RejectionCode.DAMAGED, "The file is not the one that was announced.")


async def _accepted(tx: Transaction, row: Row, photo: dict[str, Any], clip: dict[str, Any] | None) -> Row:
    await media.insert_photo(tx, photo)
    accepted = await media.accept_upload(tx, row["id"], photo["id"], clip)
    assert accepted is not None
    tx.emit(_changed(row))
    return accepted


async def store_photo(services: Services, photo: ProcessedPhoto, alt_text: str | None) -> dict[str, Any]:
    """Put a photo's variants into S3 and return the row that describes it, yet to be written."""
    keys = {variant: f"photos/{file.sha256}" for variant, file in photo.files.items()}
    files = {keys[variant]: file.data for variant, file in photo.files.items()}
    await asyncio.gather(
        *(
            services.storage.put(key, data, content_type=PHOTO_CONTENT_TYPE, cache_control=CACHE_FOREVER)
            for key, data in files.items()
        )
    )
    return {
        "id": new_id(),
        "width": photo.width,
        "height": photo.height,
        "placeholder": photo.placeholder,
        "alt_text": alt_text,
        "thumbnail_key": keys[PhotoVariant.THUMBNAIL],
        "chat_key": keys[PhotoVariant.CHAT],
        "full_key": keys[PhotoVariant.FULL],
    }
