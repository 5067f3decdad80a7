"""Access tokens (JWT, RFC 7519) and refresh tokens (opaque, kept as a hash)."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from app.errors import UnauthenticatedError
from app.ids import new_id

ALGORITHM = "HS256"
ISSUER = "backchannel"

# Tokens whose signature was found good are remembered, so that it is checked once each: 0.8 KB a token.
KEPT_TOKENS = 10_000

EXPIRED = "The access token has expired. Use refreshSession."


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A signed token for the Authorization header, and when it stops working."""

    value: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid access token says: its session, and when it expires."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefreshSecret:
    """A refresh token: the row it names, and the secret whose hash is kept there."""

    token_id: UUID
    secret: bytes

    @classmethod
    def new(cls) -> "RefreshSecret":
        """Make one, with 256 random bits."""
        return cls(new_id(), secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str) -> "RefreshSecret | None":
        """Read one; None where the text is none."""
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            return None
        return cls(UUID(bytes=raw[:16]), raw[16:]) if len(raw) == 48 else None  # noqa: PLR2004 - 16 + 32 bytes

    def __str__(self) -> str:
        return (self.token_id.bytes + self.secret).hex()

    @property
    def digest(self) -> bytes:
        """What is kept. The secret is random, so a plain hash does."""
        return hashlib.sha256(self.secret).digest()

    def matches(self, digest: bytes) -> bool:
        """Whether the kept digest is this secret's."""
        return hmac.compare_digest(self.digest, digest)


class AccessTokens:
    """Signs and reads access tokens."""

    def __init__(self, secret: str, lifetime: timedelta) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._read: OrderedDict[str, Claims] = OrderedDict()

    def issue(self, user_id: UUID, session_id: UUID, now: datetime) -> AccessToken:
        """Sign a token for a session."""
        expires_at = (now + self._lifetime).replace(microsecond=0)
        claims = {"iss": ISSUER, "sub": user_id.hex, "sid": session_id.hex, "iat": now, "exp": expires_at}
        return AccessToken(jwt.encode(claims, self._secret, ALGORITHM), expires_at)

    def read(self, token: str) -> Claims:
        """Check signature and expiry. When it was issued is no condition: the issuer's clock may be ahead of ours.

        Raises:
            UnauthenticatedError: not one of ours, or expired.
        """
        claims = self._read.get(token)
        if claims is None:
            claims = self._read[token] = self._verified(token)
            if len(self._read) > KEPT_TOKENS:
                self._read.popitem(last=False)
        if claims.expires_at <= datetime.now(UTC):
            raise UnauthenticatedError(EXPIRED)
        return claims

    def _verified(self, token: str) -> Claims:
        try:
            claims = jwt.decode(
                token,
                self._secret,
                [ALGORITHM],
                issuer=ISSUER,
                options={"require": ["exp", "sub", "sid"], "verify_iat": False},
            )
            expires_at = datetime.fromtimestamp(claims["exp"], UTC)
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]), expires_at)
        except jwt.ExpiredSignatureError:
            raise UnauthenticatedError(EXPIRED) from None
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise UnauthenticatedError("The access token is not valid. Use signIn.") from None
