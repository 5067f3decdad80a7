"""What processes tell each other: JSON with a MAC, so that nobody else's word is taken for a process's own."""

import hashlib
import hmac
from typing import Any
from uuid import UUID

import orjson

_MAC_BYTES = 16


class Envelope:
    """Seals what is said about one life of the log, and opens what others sealed."""

    def __init__(self, secret: bytes, epoch: UUID) -> None:
        self._secret = secret
        self._context = b"hint" + epoch.bytes

    def seal(self, body: Any) -> bytes:
        """UUIDs and times become text; `app/live/sealed.py` and `signals.py` know which to turn back."""
        text = orjson.dumps(body, default=str)
        return self._mac(text) + text

    def open(self, payload: bytes) -> Any:
        """What was sealed; None for anything else, such as what was said about another life."""
        mac, text = payload[:_MAC_BYTES], payload[_MAC_BYTES:]
        return orjson.loads(text) if hmac.compare_digest(mac, self._mac(text)) else None

    def _mac(self, text: bytes) -> bytes:
        return hmac.digest(self._secret, self._context + text, hashlib.sha256)[:_MAC_BYTES]
