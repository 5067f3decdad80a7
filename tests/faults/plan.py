"""What is to go wrong inside one server process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from signal import SIGKILL, Signals


class Point(StrEnum):
    """A place that every send passes, in this order."""

    BEFORE = "with nothing written yet"
    ASKED = "with the statement that writes the message under way"
    ANSWERED = "with that statement done, and COMMIT (where it comes by itself) not yet asked for"
    COMMITTED = "after COMMIT, before the hint"
    HINTED = "after the hint"
    REPLYING = "with the reply made and not yet written"


@dataclass(frozen=True, slots=True)
class Plan:
    """Send `signal` to the process itself at the passage of a point with this number, and other ways to upset it.

    `constants` replaces module constants by their full names; `server_settings` go to PostgreSQL with each connection;
    the process believes its clock to be `clock_shift` seconds ahead, and after a SIGUSR1 `clock_jump` more.
    """

    point: Point | None = None
    passage: int = 1
    signal: Signals = SIGKILL
    constants: Mapping[str, object] = field(default_factory=dict)
    server_settings: Mapping[str, str] = field(default_factory=dict)
    clock_shift: float = 0.0
    clock_jump: float = 0.0


CALM = Plan()
