"""Signing up, in and out, and refreshing."""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.auth.handles import handle_key, parse_display_name, parse_handle, search_terms, written_handle
from app.auth.tokens import AccessToken, RefreshSecret
from app.auth.viewer import Client, Viewer
from app.errors import DomainError, ErrorCode, HandleTakenError, UnauthenticatedError, invalid
from app.ids import new_id
from app.services import Services
from app.store import sessions, users
from app.store.database import Row, Transaction
from app.store.events import Event, EventKind

logger = logging.getLogger(__name__)

PASSWORD_MIN = 8
PASSWORD_MAX = 1024
DEVICE_MAX = 200

# A client that lost the answer to a refresh may ask again this long; later the second use means theft.
REUSE_GRACE = timedelta(seconds=10)


class WrongCredentialsError(DomainError):
    """No such handle, or not its password: both answer alike."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.WRONG_CREDENTIALS, "Handle and password don't match.")


class SessionEndedError(DomainError):
    """The refresh token is unknown, expired, used before, or its session has ended."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.SESSION_ENDED, "The session has ended. Sign in again.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session's tokens, just made; `viewer` may act at once."""

    viewer: Viewer
    access: AccessToken
    refresh: RefreshSecret
    refresh_expires_at: datetime


async def sign_up(
    services: Services, *, handle: str, password: str, display_name: str, birth_date: date | None, device: str
) -> SignedIn:
    """Add a person and begin their first session.

    Raises:
        InvalidInputError: a field breaks its rule.
        HandleTakenError: somebody has this handle or one that looks the same.
    """
    handle = parse_handle(handle)
    name = parse_display_name(display_name)
    _check_password(password)
    _check_birth_date(birth_date)
    password_hash = await services.passwords.hash(password)

    async def work(tx: Transaction) -> SignedIn:
        now = datetime.now(UTC)
        row = await users.insert(
            tx, user_id=new_id(), handle=handle, handle_key=handle_key(handle), display_name=name,
            password_hash=password_hash, birth_date=birth_date, now=now,
        )  # fmt: skip
        if row is None:
            raise HandleTakenError(handle)
        await users.replace_search_terms(tx, row["id"], search_terms(handle, name))
        return await _begin_session(services, tx, row["id"], device, now)

    return await services.database.unit(work)


async def sign_in(services: Services, *, handle: str, password: str, client: Client) -> SignedIn:
    """Begin a session.

    Raises:
        WrongCredentialsError: no such handle, not its password, or a suspended account.
    """
    written = written_handle(handle)
    row = await users.credentials(services.database, handle_key(written)) if written else None
    known = row if row and row["handle"] == written else None
    matches = await services.passwords.matches(password[:PASSWORD_MAX], known["password_hash"] if known else None)
    if known is None or not matches or known["suspended_at"]:
        logger.warning("sign-in refused to %s", client.address)
        raise WrongCredentialsError
    user_id: UUID = known["id"]
    return await services.database.unit(
        lambda tx: _begin_session(services, tx, user_id, client.device, datetime.now(UTC)),
    )


async def refresh(services: Services, token: str) -> SignedIn:
    """Exchange a refresh token for new tokens of the same session.

    A token works once. Within `REUSE_GRACE` of its first use it may be exchanged again, by a client that lost the
    answer; any later use ends the session, because then two parties hold it (RFC 9700, section 4.14.2).

    Raises:
        SessionEndedError: unknown, expired, used before, or the session has ended.
    """
    secret = RefreshSecret.parse(token)
    if secret is None:
        raise SessionEndedError

    async def work(tx: Transaction) -> SignedIn | None:
        now = datetime.now(UTC)
        row = await sessions.lock_token(tx, secret.token_id)
        if row is None or not secret.matches(row["digest"]) or not _may_refresh(row, now):
            return None
        if row["since_use"] and row["since_use"] > REUSE_GRACE:
            await _end_session(tx, row["user_id"], row["session_id"], now)
            return None
        await sessions.mark_refreshed(tx, secret.token_id, row["session_id"], now)
        return await _issue(services, tx, row["user_id"], row["session_id"], now)

    signed_in = await services.database.unit(work)
    if signed_in is None:
        raise SessionEndedError
    return signed_in


def _may_refresh(row: Row, now: datetime) -> bool:
    return row["ended_at"] is None and row["suspended_at"] is None and bool(row["expires_at"] > now)


async def sign_out(services: Services, viewer: Viewer, session_id: UUID | None) -> UUID:
    """End one of the viewer's own sessions: this one, or another by its id. One that has ended stays so.

    Raises:
        UnauthenticatedError: another is to be ended by a session that has ended itself.
    """
    target = session_id or viewer.session_id

    async def work(tx: Transaction) -> UUID:
        live = await sessions.lock_live(tx, [viewer.session_id, target])
        if target != viewer.session_id and viewer.session_id not in live:
            raise UnauthenticatedError("The session has ended. Sign in again.")
        await _end_session(tx, viewer.user_id, target, datetime.now(UTC))
        return target

    return await services.database.unit(work)


async def _end_session(tx: Transaction, user_id: UUID, session_id: UUID, now: datetime) -> None:
    if await sessions.end(tx, user_id, session_id, now):
        tx.emit(Event(EventKind.SESSION_ENDED, None, user_id=user_id, other_id=session_id))


async def _begin_session(services: Services, tx: Transaction, user_id: UUID, device: str, now: datetime) -> SignedIn:
    session_id = new_id()
    await sessions.insert(tx, session_id, user_id, _printable(device), now)
    return await _issue(services, tx, user_id, session_id, now)


def _printable(device: str) -> str:
    """A header as PostgreSQL can keep it: its bytes may be anything."""
    return device.encode("utf-8", "replace").decode().replace("\0", "")[:DEVICE_MAX]


async def _issue(services: Services, tx: Transaction, user_id: UUID, session_id: UUID, now: datetime) -> SignedIn:
    secret = RefreshSecret.new()
    expires_at = now + timedelta(days=services.settings.refresh_token_days)
    await sessions.insert_token(tx, secret.token_id, session_id, secret.digest, expires_at)
    access = services.access_tokens.issue(user_id, session_id, now)
    return SignedIn(Viewer(user_id, session_id, access.expires_at), access, secret, expires_at)


def _check_password(password: str) -> None:
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise invalid("password", f"Use {PASSWORD_MIN} to {PASSWORD_MAX} characters.")


def _check_birth_date(birth_date: date | None) -> None:
    today = datetime.now(UTC).date()
    if birth_date is not None and not today.replace(year=today.year - 130, day=1) < birth_date <= today:
        raise invalid("birthDate", "Use a date in the last 130 years.")
