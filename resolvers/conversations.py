"""Opening a direct conversation, and a member's own state in any: read mark and mute."""

from datetime import UTC, datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import ErrorCode, NotAllowedError, NotFoundError, invalid
from app.ids import new_id
from app.services import Services
from app.store import conversations, follows, permissions
from app.store.database import Row, Transaction
from app.store.events import Event, EventKind
from resolvers import access
from resolvers.policy import direct_refusal, refusal, sender_refusal


async def start(services: Services, viewer: Viewer, user_id: UUID) -> Row:
    """The viewer's direct conversation with a person, made where there is none; lists show it once something is said.

    Raises:
        NotFoundError: there is no such person, or none for the viewer.
        NotAllowedError: it is the viewer.
    """

    async def work(tx: Transaction) -> Row:
        return await open_direct(tx, viewer, user_id)

    return await access.write(services, viewer, work)


async def open_direct(tx: Transaction, viewer: Viewer, user_id: UUID) -> Row:
    """Find or make the pair's direct conversation, under the pair's lock: two at the same moment get the same one."""
    if user_id == viewer.user_id:
        raise NotAllowedError(ErrorCode.SELF, "You can't message yourself.")
    low, high = follows.ordered(viewer.user_id, user_id)
    await follows.lock_pairs(tx, [(low, high)])
    existing = await conversations.direct(tx, low, high)
    if existing:
        return existing
    await access.person(tx, viewer.user_id, user_id)
    return await conversations.insert_direct(tx, new_id(), low, high, datetime.now(UTC))


async def mark_read(services: Services, viewer: Viewer, conversation_id: UUID, seq: int | None) -> Row:
    """Move the viewer's read mark forward to `seq` (None: to the end); it never moves back.

    Raises:
        NotFoundError: it is not a conversation of the viewer's.
        InvalidInputError: nothing was said at `seq` yet.
    """

    async def work(tx: Transaction) -> Row:
        row, roles = await access.locked_conversation(tx, viewer, conversation_id)
        target = row["last_seq"] if seq is None else seq
        if not 0 <= target <= row["last_seq"]:
            raise invalid("upToSeq", f"The last message has seq {row['last_seq']}.")
        if await conversations.move_read_mark(tx, conversation_id, viewer.user_id, target):
            audience = list(roles)
            tx.emit(Event(EventKind.READ_MOVED, conversation_id, audience=audience, seq=target, user_id=viewer.user_id))
        return row

    return await services.database.unit(work)


async def mute(services: Services, viewer: Viewer, conversation_id: UUID, until: datetime | None) -> Row:
    """Mute a conversation for the viewer until a time to come, or (None) unmute it.

    Raises:
        NotFoundError: it is not a conversation of the viewer's.
        InvalidInputError: the time has passed, or has no time zone.
    """
    if until is not None:
        _check_until(until)

    async def work(tx: Transaction) -> Row:
        row, _ = await access.locked_conversation(tx, viewer, conversation_id)
        await conversations.mute(tx, conversation_id, viewer.user_id, until)
        tx.emit(Event(EventKind.CONVERSATION_CHANGED, conversation_id, audience=[viewer.user_id]))
        return row

    return await services.database.unit(work)


# The last time that PostgreSQL and Python can both tell in UTC.
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


def _check_until(until: datetime) -> None:
    if until.tzinfo is None:
        raise invalid("until", "Name the time zone, as in 2030-01-01T08:00:00Z.")
    if not datetime.now(UTC) < until <= _END_OF_TIME:
        raise invalid("until", "Use a time to come.")


async def set_typing(services: Services, viewer: Viewer, conversation_id: UUID, *, is_typing: bool) -> None:
    """Tell the others in a conversation that the viewer types, or no longer; said too often it is passed over.

    Nothing of it is kept, so nothing is locked: who is removed at this moment may hear this one.

    Raises:
        NotFoundError: it is not a conversation of the viewer's.
        NotAllowedError: the viewer may not send there.
        TryAgainError: too often, changing all the time.
    """
    hub = services.hub
    if hub.typists.is_known(conversation_id, viewer.user_id, is_typing=is_typing):
        return
    checked_at = hub.position_of(conversation_id)
    facts = await permissions.for_typing(services.database, viewer.user_id, conversation_id)
    if facts is None:
        raise NotFoundError("conversation")
    refuse = direct_refusal if facts["kind"] == "DIRECT" else sender_refusal
    if code := refuse(services.settings, facts):
        raise refusal(code)
    hub.typists.tell(conversation_id, viewer.user_id, facts["hearers"], checked_at, is_typing=is_typing)
