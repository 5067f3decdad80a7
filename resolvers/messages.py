"""Editing, unsending and reacting."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import ErrorCode, NotAllowedError, NotFoundError
from app.services import Services
from app.store import messages, permissions
from app.store.database import Row, Transaction
from app.store.events import Event, EventKind
from resolvers import access
from resolvers.policy import MessageKind, direct_refusal, refusal
from resolvers.text import parse_emoji, parse_text

MessageKey = tuple[UUID, int]


async def edit(services: Services, viewer: Viewer, key: MessageKey, text: str) -> Row:
    """Replace the text of one's own text message, or the caption of another kind, within the window.

    Raises:
        InvalidInputError: the text breaks its rule.
        NotFoundError, NotAllowedError: not there; not the viewer's; too late; nothing to edit.
    """
    cleaned = parse_text(text, "text", at_most=services.settings.text_max_characters)

    async def work(tx: Transaction) -> Row:
        conversation, row = await _own(tx, viewer, key)
        if row["kind"] in {MessageKind.PROFILE, MessageKind.STICKER} or row["unsent_at"]:
            raise NotAllowedError(ErrorCode.WRONG_MESSAGE_KIND, "This message has no text to edit.")
        if row["text"] == cleaned:
            return row
        _check_window(row, services.settings.edit_window, "edited")
        await _check_reachable(services, tx, viewer, conversation, row)
        edited = await messages.edit(tx, *key, cleaned, datetime.now(UTC))
        assert edited is not None
        tx.emit(_told(EventKind.MESSAGE_EDITED, viewer, key, await messages.audience(tx, *key)))
        return edited

    return await services.database.unit(work)


async def unsend(services: Services, viewer: Viewer, key: MessageKey) -> Row:
    """Take one's own message back for everyone, within the window; again changes nothing.

    Raises:
        NotFoundError, NotAllowedError: not there; not the viewer's; too late.
    """

    async def work(tx: Transaction) -> Row:
        _, row = await _own(tx, viewer, key)
        if row["unsent_at"]:
            return row
        _check_window(row, services.settings.unsend_window, "unsent")
        unsent = await messages.unsend(tx, *key, datetime.now(UTC))
        assert unsent is not None
        tx.emit(_told(EventKind.MESSAGE_UNSENT, viewer, key, await messages.audience(tx, *key)))
        return unsent

    return await services.database.unit(work)


async def react(services: Services, viewer: Viewer, key: MessageKey, emoji: str | None) -> Row:
    """Set the viewer's one reaction to a message, or (None) take it back; again changes nothing.

    Raises:
        InvalidInputError: not one emoji.
        NotFoundError, NotAllowedError: not there, or nothing that can be reacted to; the other person is not available.
    """
    cleaned = parse_emoji(emoji) if emoji is not None else None

    async def work(tx: Transaction) -> Row:
        conversation, _ = await access.locked_conversation(tx, viewer, key[0])
        row = await access.message(tx, viewer.user_id, key)
        if row["kind"] == "NOTICE" or row["unsent_at"]:
            raise NotAllowedError(ErrorCode.WRONG_MESSAGE_KIND, "This message can't be reacted to.")
        await _check_reachable(services, tx, viewer, conversation, row)
        if await messages.react(tx, *key, viewer.user_id, cleaned, datetime.now(UTC)):
            tx.emit(_told(EventKind.REACTIONS_CHANGED, viewer, key, await messages.audience(tx, *key)))
        return row

    return await services.database.unit(work)


async def _check_reachable(services: Services, tx: Transaction, viewer: Viewer, conversation: Row, row: Row) -> None:
    """Nothing passes where the viewer could not send either, nor to a sender whom a block hides."""
    direct = conversation["kind"] == "DIRECT"
    other: UUID | None = row["sender_id"]
    if direct:
        low, high = conversation["direct_low"], conversation["direct_high"]
        other = high if low == viewer.user_id else low
    if other is None or other == viewer.user_id:
        return
    [facts] = await permissions.hold_between(tx, viewer.user_id, [other])
    if direct and (code := direct_refusal(services.settings, facts)):
        raise refusal(code)
    if facts["blocked"]:
        raise NotFoundError("message")


async def _own(tx: Transaction, viewer: Viewer, key: MessageKey) -> tuple[Row, Row]:
    conversation, _ = await access.locked_conversation(tx, viewer, key[0])
    row = await access.message(tx, viewer.user_id, key)
    if row["sender_id"] != viewer.user_id or row["kind"] == "NOTICE":
        raise NotAllowedError(ErrorCode.NOT_THE_SENDER, "Only its sender can change a message.")
    return conversation, row


def _check_window(row: Row, window: timedelta, verb: str) -> None:
    if row["age"] > window:
        minutes = int(window.total_seconds() // 60)
        raise NotAllowedError(ErrorCode.TOO_LATE, f"A message can be {verb} for {minutes} minutes only.")


def _told(kind: EventKind, viewer: Viewer, key: MessageKey, audience: Sequence[UUID]) -> Event:
    return Event(kind, key[0], audience=audience, seq=key[1], user_id=viewer.user_id)
