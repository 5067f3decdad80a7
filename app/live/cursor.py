"""Cursors: a position in the log that a client can hold, and can't forge."""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from uuid import UUID

from app.errors import SnapshotRequiredError

Positions = tuple[int, ...]

_MAC_BYTES = 16
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads the cursors of one log; `epoch` and the number of lanes name its life."""

    secret: bytes
    epoch: UUID
    lane_count: int

    def encode(self, positions: Positions) -> str:
        """Version, epoch and the position of each lane, with a MAC; the same for every viewer."""
        body = struct.pack(f">B16s{len(positions)}Q", _VERSION, self.epoch.bytes, *positions)
        return base64.urlsafe_b64encode(body + self._mac(body)).rstrip(b"=").decode()

    def decode(self, cursor: str) -> Positions:
        """The position of each lane.

        Raises:
            SnapshotRequiredError: the cursor is none of this log's, forged, or from before a restore.
        """
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (ValueError, UnicodeError):
            raw = b""
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        if len(body) != 17 + 8 * self.lane_count or not hmac.compare_digest(mac, self._mac(body)):
            raise SnapshotRequiredError("This cursor is not one of this log.")
        _, epoch, *positions = struct.unpack(f">B16s{self.lane_count}Q", body)
        if epoch != self.epoch.bytes:
            raise SnapshotRequiredError("This cursor is from before the database was restored.")
        return tuple(positions)

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self.secret, b"cursor" + body, hashlib.sha256)[:_MAC_BYTES]
