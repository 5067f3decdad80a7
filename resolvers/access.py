"""The one way to a row on behalf of a viewer: what is missing and what is forbidden answer alike."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import ErrorCode, NotAllowedError, NotFoundError, UnauthenticatedError, UploadNotReadyError
from app.services import Services
from app.store import conversations, media, messages, sessions, users
from app.store.database import Reader, Row, Transaction
from app.store.session_checks import SessionChecks

T = TypeVar("T")


def named_viewer(services: Services, token: str) -> Viewer:
    """Whom an access token names, whose session may have ended since it was signed.

    Raises:
        UnauthenticatedError: the token is not valid.
    """
    claims = services.access_tokens.read(token)
    return Viewer(claims.user_id, claims.session_id, claims.expires_at)


async def check_session(services: Services, viewer: Viewer, checks: SessionChecks | None = None) -> None:
    """See that a viewer's session still lives, by these checks if by no others.

    Raises:
        UnauthenticatedError: it has ended.
    """
    if await (checks or services.session_checks).person_of(viewer.session_id) != viewer.user_id:
        raise UnauthenticatedError("The session has ended. Sign in again.")


async def write(services: Services, viewer: Viewer, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run a unit of work while the viewer's session is held: it can't end before the work is committed.

    Raises:
        UnauthenticatedError: it has ended.
    """

    async def guarded(tx: Transaction) -> T:
        await hold_session(tx, viewer)
        return await work(tx)

    return await services.database.unit(guarded)


async def hold_session(tx: Transaction, viewer: Viewer) -> None:
    """Keep the viewer's session as it is; see `write`, which most writes use."""
    if not await sessions.hold(tx, viewer.session_id):
        raise UnauthenticatedError("The session has ended. Sign in again.")


async def person(reader: Reader, viewer_id: UUID | None, user_id: UUID) -> Row:
    """A person whom the viewer may see."""
    key = (viewer_id, user_id)
    row = (await users.seen(reader, [key])).get(key)
    if row is None:
        raise NotFoundError("person")
    return row


async def conversation(reader: Reader, viewer_id: UUID, conversation_id: UUID) -> Row:
    """A conversation that the viewer is a member of."""
    key = (viewer_id, conversation_id)
    row = (await conversations.seen(reader, [key])).get(key)
    if row is None:
        raise NotFoundError("conversation")
    return row


async def locked_conversation(tx: Transaction, viewer: Viewer, conversation_id: UUID) -> tuple[Row, dict[UUID, str]]:
    """A conversation of the viewer's, locked, with its members and their roles as they are under the lock."""
    row = await conversations.lock(tx, conversation_id)
    await hold_session(tx, viewer)
    roles = await conversations.roles(tx, conversation_id) if row else {}
    if row is None or viewer.user_id not in roles:
        raise NotFoundError("conversation")
    return row, roles


async def message(reader: Reader, viewer_id: UUID, key: tuple[UUID, int]) -> Row:
    """A message that the viewer may see."""
    found = await messages.by_keys(reader, viewer_id, [key])
    if not found:
        raise NotFoundError("message")
    return found[0]


async def video(reader: Reader, viewer_id: UUID | None, video_id: UUID) -> Row:
    """A video that the viewer may see."""
    found = await media.videos(reader, viewer_id, [video_id])
    if not found:
        raise NotFoundError("video")
    return found[0]


async def ready_photos(reader: Reader, viewer: Viewer, upload_ids: Sequence[UUID]) -> list[UUID]:
    """The photos that the viewer's own uploads became, in the order asked for.

    Raises:
        NotFoundError: one of them is not a photo upload of the viewer's.
        UploadNotReadyError: one of them is not READY.
    """
    found = {row["id"]: row for row in await media.uploads(reader, viewer.user_id, upload_ids)}
    for upload_id in upload_ids:
        row = found.get(upload_id)
        if row is None or row["purpose"] != "PHOTO":
            raise NotFoundError("photo upload")
        if row["state"] != "READY":
            raise UploadNotReadyError(row["state"])
    return [found[upload_id]["photo_id"] for upload_id in upload_ids]


def require_kind(conversation_row: Row, kind: str) -> None:
    """Refuse what only the other kind of conversation has."""
    if conversation_row["kind"] != kind:
        reason = "This is possible in groups only." if kind == "GROUP" else "This is possible one to one only."
        raise NotAllowedError(ErrorCode.WRONG_CONVERSATION_KIND, reason)
