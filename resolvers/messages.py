"""Sending, editing, unsending and reacting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import (
    ErrorCode,
    IdempotencyConflictError,
    NotAllowedError,
    NotFoundError,
    UnauthenticatedError,
    invalid,
)
from app.services import Services
from app.store import conversations, messages, permissions
from app.store.database import Row, Transaction
from app.store.events import Event, EventKind
from resolvers import access
from resolvers.content import Content, draft, parse_content
from resolvers.conversations import open_direct
from resolvers.policy import MessageKind, check_kind, direct_refusal, refusal, sender_refusal
from resolvers.text import parse_emoji, parse_text

CLIENT_KEY_MAX = 64

MessageKey = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send, to a conversation or (the first one) to a person."""

    client_key: str
    content: Content
    conversation_id: UUID | None = None
    recipient_id: UUID | None = None
    reply_to: MessageKey | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is kept; `was_replay` when an earlier call with the same key had sent it."""

    row: Row
    was_replay: bool


async def send(services: Services, viewer: Viewer, outgoing: Outgoing) -> Sent:
    """Send a message, once: the same key and content again returns the first message.

    Raises:
        InvalidInputError: the input breaks a rule whoever sends it.
        IdempotencyConflictError: the key was used for other content.
        KindNotAllowedError, NotAllowedError: a rule forbids it.
        NotFoundError, UploadNotReadyError: what it names is not there for the viewer.
    """
    _check_addressing(outgoing)
    key = _checked_key(outgoing.client_key)
    content = parse_content(services.settings, outgoing.content)
    reply_to_seq = outgoing.reply_to[1] if outgoing.reply_to else None

    async def work(tx: Transaction) -> Sent:
        row = await _addressed(tx, viewer, outgoing)
        facts = await permissions.for_send(tx, viewer.user_id, viewer.session_id, row["id"], _other(row, viewer), key)
        if not facts["session_lives"]:
            raise UnauthenticatedError("The session has ended. Sign in again.")
        if facts["replay_seq"]:
            return await _replay(tx, viewer, (row["id"], facts["replay_seq"]), facts, content.digest(reply_to_seq))
        _check_rules(services, viewer, row, facts, content.kind)
        await _check_reply(tx, viewer, row, outgoing.reply_to)
        drafted = await draft(tx, viewer, content)
        complete = replace(
            drafted, reply_to_seq=reply_to_seq, client_key=key, content_hash=content.digest(reply_to_seq)
        )
        return Sent(await _write(tx, viewer, row, facts, complete), was_replay=False)

    return await services.database.unit(work)


def _checked_key(key: str) -> str:
    """A client's key as it is: it is compared, never shown."""
    if not 1 <= len(key) <= CLIENT_KEY_MAX or not key.isprintable() or key != key.strip():
        raise invalid("clientKey", f"Use 1 to {CLIENT_KEY_MAX} printable characters without spaces around them.")
    return key


def _check_addressing(outgoing: Outgoing) -> None:
    if (outgoing.conversation_id is None) == (outgoing.recipient_id is None):
        raise invalid("conversationId", "Name either conversationId or recipientId.")
    if outgoing.reply_to and outgoing.reply_to[0] != outgoing.conversation_id:
        raise invalid("replyToId", "Reply to a message of the same conversation, and name that as conversationId.")


async def _addressed(tx: Transaction, viewer: Viewer, outgoing: Outgoing) -> Row:
    """The conversation, locked from here on."""
    conversation_id = outgoing.conversation_id
    if outgoing.recipient_id:
        await access.hold_session(tx, viewer)
        conversation_id = (await open_direct(tx, viewer, outgoing.recipient_id))["id"]
    assert conversation_id is not None
    row = await conversations.lock(tx, conversation_id)
    if row is None:
        raise NotFoundError("conversation")
    return row


def _other(row: Row, viewer: Viewer) -> UUID | None:
    """The other person of a direct conversation."""
    other: UUID | None = row["direct_high"] if row["direct_low"] == viewer.user_id else row["direct_low"]
    return other


async def _replay(tx: Transaction, viewer: Viewer, key: MessageKey, facts: Row, digest: bytes) -> Sent:
    if facts["replay_hash"] != digest:
        raise IdempotencyConflictError
    row = await messages.at(tx, *key)
    assert row is not None
    assert row["sender_id"] == viewer.user_id
    return Sent(row, was_replay=True)


def _check_rules(services: Services, viewer: Viewer, row: Row, facts: Row, kind: MessageKind) -> None:
    if viewer.user_id not in facts["audience"]:
        raise NotFoundError("conversation")
    direct = row["kind"] == "DIRECT"
    code = direct_refusal(services.settings, facts) if direct else sender_refusal(services.settings, facts)
    if code:
        raise refusal(code)
    check_kind(services.settings, kind)


async def _check_reply(tx: Transaction, viewer: Viewer, row: Row, reply_to: MessageKey | None) -> None:
    if reply_to is None:
        return
    replied = await access.message(tx, viewer.user_id, (row["id"], reply_to[1]))
    if replied["hidden"]:
        raise NotFoundError("message")
    if replied["kind"] == "NOTICE":
        raise invalid("replyToId", "A notice can't be replied to.")


async def _write(tx: Transaction, viewer: Viewer, row: Row, facts: Row, complete: messages.Draft) -> Row:
    seq = row["last_seq"] + 1
    written = await messages.insert(tx, row["id"], seq, viewer.user_id, complete, datetime.now(UTC))
    if complete.kind == MessageKind.VIDEO:
        await messages.share_video(tx, complete.attachment_ids[0], row["id"], seq)
    tx.emit(_told(EventKind.MESSAGE_ADDED, viewer, (row["id"], seq), facts["audience"]))
    return written


async def edit(services: Services, viewer: Viewer, key: MessageKey, text: str) -> Row:
    """Replace the text of one's own text message, or the caption of another kind, within the window.

    Raises:
        InvalidInputError: the text breaks its rule.
        NotFoundError, NotAllowedError: not there; not the viewer's; too late; nothing to edit.
    """
    cleaned = parse_text(text, "text", at_most=services.settings.text_max_characters)

    async def work(tx: Transaction) -> Row:
        now = datetime.now(UTC)
        conversation, row = await _own(tx, viewer, key)
        if row["kind"] in {MessageKind.PROFILE, MessageKind.STICKER} or row["unsent_at"]:
            raise NotAllowedError(ErrorCode.WRONG_MESSAGE_KIND, "This message has no text to edit.")
        if row["text"] == cleaned:
            return row
        _check_window(row, now, services.settings.edit_window, "edited")
        await _check_reachable(services, tx, viewer, conversation, row)
        edited = await messages.edit(tx, *key, cleaned, now)
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
        now = datetime.now(UTC)
        _, row = await _own(tx, viewer, key)
        if row["unsent_at"]:
            return row
        _check_window(row, now, services.settings.unsend_window, "unsent")
        unsent = await messages.unsend(tx, *key, now)
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
    other: UUID | None = _other(conversation, viewer) if direct else row["sender_id"]
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


def _check_window(row: Row, now: datetime, window: timedelta, verb: str) -> None:
    if now - row["sent_at"] > window:
        minutes = int(window.total_seconds() // 60)
        raise NotAllowedError(ErrorCode.TOO_LATE, f"A message can be {verb} for {minutes} minutes only.")


def _told(kind: EventKind, viewer: Viewer, key: MessageKey, audience: Sequence[UUID]) -> Event:
    return Event(kind, key[0], audience=audience, seq=key[1], user_id=viewer.user_id)
