"""Sending: judge, then compare and send, so that a message takes one statement and no lock waits for this process."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from app.auth.viewer import Viewer
from app.errors import (
    DomainError,
    IdempotencyConflictError,
    NotFoundError,
    UnauthenticatedError,
    invalid,
)
from app.services import Services
from app.store import conversations, follows, messages, sends
from app.store.database import Reader, Row, Transaction
from app.store.sends import Attempt, Request
from resolvers import access
from resolvers.content import Content, draft, parse_content
from resolvers.conversations import open_direct
from resolvers.policy import MessageKind, allowed_kinds, check_kind, direct_refusal, refusal, sender_refusal

CLIENT_KEY_MAX = 64

# Attempts before a send locks the conversation to judge: the facts have to change between any two to use up another.
ATTEMPTS = 3

MessageKey = tuple[UUID, int]
Attempts = Callable[[Request], Awaitable[Attempt]]
"""Makes an attempt: with those of others who send now, or within a transaction."""


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
    _check_key(outgoing.client_key)
    checked = replace(outgoing, content=parse_content(services.settings, outgoing.content))
    conversation_id = outgoing.conversation_id or await _conversation_with(services, viewer, outgoing.recipient_id)
    if conversation_id is None:
        return await _open_and_send(services, viewer, checked)
    sending = _Send(services, viewer, checked, conversation_id)
    try:
        return await sending.run(services.database, services.sends.attempt)
    except _UnsettledError:
        return await services.database.unit(sending.lock_and_run)


def _check_key(key: str) -> None:
    """A client's key stays as it is: it is compared, never shown."""
    if not 1 <= len(key) <= CLIENT_KEY_MAX or not key.isprintable() or key != key.strip():
        raise invalid("clientKey", f"Use 1 to {CLIENT_KEY_MAX} printable characters without spaces around them.")


def _check_addressing(outgoing: Outgoing) -> None:
    if (outgoing.conversation_id is None) == (outgoing.recipient_id is None):
        raise invalid("conversationId", "Name either conversationId or recipientId.")
    if outgoing.reply_to and outgoing.reply_to[0] != outgoing.conversation_id:
        raise invalid("replyToId", "Reply to a message of the same conversation, and name that as conversationId.")


async def _conversation_with(services: Services, viewer: Viewer, recipient_id: UUID | None) -> UUID | None:
    assert recipient_id is not None
    row = await conversations.direct(services.database, *follows.ordered(viewer.user_id, recipient_id))
    return row["id"] if row else None


async def _open_and_send(services: Services, viewer: Viewer, outgoing: Outgoing) -> Sent:
    """Make the conversation and send to it, or neither."""
    recipient_id = outgoing.recipient_id
    assert recipient_id is not None

    async def work(tx: Transaction) -> Sent:
        await access.hold_session(tx, viewer)
        row = await open_direct(tx, viewer, recipient_id)
        return await _Send(services, viewer, outgoing, row["id"]).run_within(tx)

    return await services.database.unit(work)


class _UnsettledError(Exception):
    """What the rules depend on changes too fast to be judged while it is free to change."""


@dataclass(frozen=True, slots=True)
class _Send:
    """One message on its way."""

    services: Services
    viewer: Viewer
    outgoing: Outgoing
    conversation_id: UUID

    async def lock_and_run(self, tx: Transaction) -> Sent:
        """Send it, while nothing that the rules depend on can change."""
        await conversations.lock(tx, self.conversation_id)
        return await self.run_within(tx)

    async def run_within(self, tx: Transaction) -> Sent:
        """Send it as the last thing of a unit of work."""
        return await self.run(tx, partial(sends.attempt_within, tx, judgements=self.services.judgements))

    async def run(self, reader: Reader, attempts: Attempts) -> Sent:
        """Send it, or say what it is a replay of."""
        try:
            drafted = await self._draft(reader)
        except DomainError:
            # What the message names can't be sent; but a retry is answered first, and then a rule refuses.
            look = self._request(self._keyed(messages.Draft(self.outgoing.content.kind)), may_write=False)
            attempt = await self._attempt(attempts, look)
            if attempt.replay_seq:
                return await self._replay(reader, attempt)
            self._check_rules(attempt)
            raise
        is_allowed = drafted.kind in allowed_kinds(self.services.settings)
        return await self._compare_and_send(reader, attempts, self._request(drafted, may_write=is_allowed))

    async def _compare_and_send(self, reader: Reader, attempts: Attempts, request: Request) -> Sent:
        for _ in range(ATTEMPTS):
            attempt = await self._attempt(attempts, request)
            if attempt.sealed:
                assert attempt.sealed.message
                return Sent(attempt.sealed.message, was_replay=False)
            if attempt.replay_seq:
                return await self._replay(reader, attempt)
            self.services.judgements.keep(self._check_rules(attempt))
        raise _UnsettledError

    def _request(self, drafted: messages.Draft, *, may_write: bool) -> Request:
        viewer = self.viewer
        return Request(viewer.user_id, viewer.session_id, self.conversation_id, drafted, may_write)

    async def _draft(self, reader: Reader) -> messages.Draft:
        """Look up what the message names.

        Nothing of it can be taken away in a way that the readers of the message do not check for themselves, so that it
        may be read before the conversation is locked.
        """
        await self._check_reply(reader)
        return self._keyed(await draft(reader, self.viewer, self.outgoing.content))

    def _keyed(self, drafted: messages.Draft) -> messages.Draft:
        reply_to_seq = self.outgoing.reply_to[1] if self.outgoing.reply_to else None
        return replace(
            drafted,
            reply_to_seq=reply_to_seq,
            client_key=self.outgoing.client_key,
            content_hash=self.outgoing.content.digest(reply_to_seq),
        )

    async def _check_reply(self, reader: Reader) -> None:
        reply_to = self.outgoing.reply_to
        if reply_to is None:
            return
        replied = await access.message(reader, self.viewer.user_id, reply_to)
        if replied["is_hidden"]:
            raise NotFoundError("message")
        if replied["kind"] == "NOTICE":
            raise invalid("replyToId", "A notice can't be replied to.")

    async def _attempt(self, attempts: Attempts, request: Request) -> Attempt:
        attempt = await attempts(request)
        if not attempt.session_lives:
            raise UnauthenticatedError("The session has ended. Sign in again.")
        return attempt

    async def _replay(self, reader: Reader, attempt: Attempt) -> Sent:
        reply_to_seq = self.outgoing.reply_to[1] if self.outgoing.reply_to else None
        if attempt.replay_hash != self.outgoing.content.digest(reply_to_seq):
            raise IdempotencyConflictError
        assert attempt.replay_seq
        row = await messages.at(reader, self.conversation_id, attempt.replay_seq)
        assert row is not None
        assert row["sender_id"] == self.viewer.user_id
        return Sent(row, was_replay=True)

    def _check_rules(self, attempt: Attempt) -> Row:
        """The facts, on which the rules allow the message."""
        settings, facts = self.services.settings, attempt.facts
        assert facts
        if not facts["is_member"]:
            raise NotFoundError("conversation")
        code = direct_refusal(settings, facts) if facts["is_direct"] else sender_refusal(settings, facts)
        if code:
            raise refusal(code)
        check_kind(settings, MessageKind(self.outgoing.content.kind))
        return facts
