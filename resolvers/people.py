"""Profiles, settings, follow edges and blocks."""

from datetime import UTC, datetime
from uuid import UUID

from app.auth.handles import BIO_MAX, fold, handle_key, parse_display_name, search_terms, written_handle
from app.auth.viewer import Viewer
from app.errors import ErrorCode, NotAllowedError, invalid
from app.services import Services
from app.store import follows, users
from app.store.database import Reader, Row, Transaction
from app.store.events import Event, EventKind
from resolvers import access
from resolvers.policy import MessagePolicy
from resolvers.text import parse_text

SEARCH_MAX = 100


async def by_handle(reader: Reader, viewer_id: UUID | None, handle: str) -> Row | None:
    """The person with this handle, in any case, if the viewer may see them."""
    written = written_handle(handle)
    row = await users.by_handle_key(reader, viewer_id, handle_key(written)) if written else None
    return row if row and row["handle"] == written else None


async def update_profile(
    services: Services, viewer: Viewer, *, display_name: str | None, bio: str | None, avatar_upload_id: UUID | None
) -> Row:
    """Change what is given of the viewer's profile.

    Raises:
        InvalidInputError: a field breaks its rule.
        NotFoundError, UploadNotReadyError: the avatar is not a READY photo upload of the viewer's.
    """
    name = parse_display_name(display_name) if display_name is not None else None
    about = parse_text(bio, "bio", at_most=BIO_MAX, at_least=0) if bio is not None else None

    async def work(tx: Transaction) -> Row:
        avatar_id = None
        if avatar_upload_id:
            [avatar_id] = await access.ready_photos(tx, viewer, [avatar_upload_id])
        row = await users.update_profile(tx, viewer.user_id, name, about, avatar_id)
        assert row is not None
        if name is not None:
            await users.replace_search_terms(tx, viewer.user_id, search_terms(row["handle"], name))
        return row

    return await access.write(services, viewer, work)


async def update_settings(
    services: Services,
    viewer: Viewer,
    *,
    message_policy: MessagePolicy | None,
    notifications_silenced: bool | None,
    shows_presence: bool | None,
) -> Row:
    """Change what is given of the viewer's settings; it governs everything that commits afterwards.

    Raises:
        InvalidInputError: nothing is given.
    """
    if message_policy is None and notifications_silenced is None and shows_presence is None:
        raise invalid("input", "Name a setting to change.")

    async def work(tx: Transaction) -> Row:
        row = await users.update_settings(
            tx, viewer.user_id, message_policy=message_policy, notifications_silenced=notifications_silenced,
            shows_presence=shows_presence,
        )  # fmt: skip
        assert row is not None
        tx.emit(Event(EventKind.SETTINGS_CHANGED, None, user_id=viewer.user_id))
        return row

    return await access.write(services, viewer, work)


async def follow(services: Services, viewer: Viewer, user_id: UUID, *, on: bool) -> Row:
    """Follow a person, or stop it; doing so again changes nothing.

    Raises:
        NotFoundError: there is no such person, or none for the viewer.
        NotAllowedError: it is the viewer.
    """
    _refuse_self(viewer, user_id, "You can't follow yourself.")

    async def work(tx: Transaction) -> Row:
        await follows.lock_pairs(tx, [(viewer.user_id, user_id)])
        row = await access.person(tx, viewer.user_id, user_id)
        if on:
            await follows.follow(tx, viewer.user_id, user_id, datetime.now(UTC))
        else:
            await follows.unfollow(tx, viewer.user_id, user_id)
        return row

    return await access.write(services, viewer, work)


async def block(services: Services, viewer: Viewer, user_id: UUID) -> Row:
    """Block a person, who is not told; follows end both ways. Blocking again changes nothing.

    Raises:
        NotFoundError: there is no such person.
        NotAllowedError: it is the viewer.
    """
    _refuse_self(viewer, user_id, "You can't block yourself.")

    async def work(tx: Transaction) -> Row:
        await follows.lock_pairs(tx, [(viewer.user_id, user_id)])
        # Seen as by a stranger: somebody who blocked the viewer can be blocked back.
        row = await access.person(tx, None, user_id)
        if await follows.block(tx, viewer.user_id, user_id, datetime.now(UTC)):
            tx.emit(Event(EventKind.BLOCKED, None, user_id=viewer.user_id, other_id=user_id))
        return row

    return await access.write(services, viewer, work)


async def unblock(services: Services, viewer: Viewer, user_id: UUID) -> UUID:
    """End a block; where there is none nothing changes. Follows do not come back."""

    async def work(tx: Transaction) -> UUID:
        await follows.lock_pairs(tx, [(viewer.user_id, user_id)])
        if await follows.unblock(tx, viewer.user_id, user_id):
            still_blocked = await follows.is_blocked(tx, viewer.user_id, user_id)
            if not still_blocked:
                tx.emit(Event(EventKind.UNBLOCKED, None, user_id=viewer.user_id, other_id=user_id))
        return user_id

    return await access.write(services, viewer, work)


def _refuse_self(viewer: Viewer, user_id: UUID, reason: str) -> None:
    if user_id == viewer.user_id:
        raise NotAllowedError(ErrorCode.SELF, reason)


def searchable(text: str) -> str:
    """What a search compares: folded text, refused when empty or absurdly long.

    Raises:
        InvalidInputError: as said.
    """
    folded = fold(text).removeprefix("@")
    if not folded or len(folded) > SEARCH_MAX or "\0" in folded:
        raise invalid("text", f"Use 1 to {SEARCH_MAX} characters.")
    return folded
