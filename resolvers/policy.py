"""Who may message whom, and with what: answered here for reading and for enforcing alike."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum

from app.config import PhotoPolicy, Settings
from app.errors import ErrorCode, KindNotAllowedError, NotAllowedError
from app.store.database import Row


class MessageKind(StrEnum):
    """What a person can send."""

    TEXT = "TEXT"
    PHOTOS = "PHOTOS"
    VIDEO = "VIDEO"
    PROFILE = "PROFILE"
    STICKER = "STICKER"


class MessagePolicy(StrEnum):
    """Whom a person lets message them directly."""

    EVERYONE = "EVERYONE"
    FRIENDS = "FRIENDS"
    OFF = "OFF"


REFUSALS: Mapping[ErrorCode, str] = {
    ErrorCode.MESSAGES_OFF: "You have turned direct messages off. Turn them on in your settings to send.",
    ErrorCode.UNDER_AGE: "You are not old enough for direct messages.",
    ErrorCode.RECIPIENT_UNAVAILABLE: "This person can't receive direct messages from you.",
    ErrorCode.SELF: "You can't message yourself.",
}


def refusal(code: ErrorCode) -> NotAllowedError:
    """The error of a rule that says no."""
    return NotAllowedError(code, REFUSALS[code])


def sender_refusal(settings: Settings, facts: Row) -> ErrorCode | None:
    """Why the viewer may not send at all, or None."""
    if _is_under_age(settings, facts["my_birth_date"]):
        return ErrorCode.UNDER_AGE
    return None


def direct_refusal(settings: Settings, facts: Row) -> ErrorCode | None:
    """Why the viewer may not message the other person directly, or None.

    Whatever lies with the other person (a block, their setting, suspension, their age) gives one code: none of
    these can be told from another.
    """
    if facts["my_policy"] == MessagePolicy.OFF:
        return ErrorCode.MESSAGES_OFF
    if code := sender_refusal(settings, facts):
        return code
    friends = facts["viewer_follows"] and facts["follows_viewer"]
    unavailable = (
        facts["blocked"]
        or facts["other_suspended"]
        or facts["other_policy"] == MessagePolicy.OFF
        or (facts["other_policy"] == MessagePolicy.FRIENDS and not friends)
        or _is_under_age(settings, facts["other_birth_date"])
    )
    return ErrorCode.RECIPIENT_UNAVAILABLE if unavailable else None


def add_refusal(settings: Settings, facts: Row) -> ErrorCode | None:
    """Why the viewer may not add the other person to a group, or None: only friends, who take messages, can be."""
    code = direct_refusal(settings, facts)
    if code is None and not (facts["viewer_follows"] and facts["follows_viewer"]):
        return ErrorCode.NOT_A_FRIEND
    return code


def allowed_kinds(settings: Settings) -> list[MessageKind]:
    """The kinds that this installation lets people send."""
    return [kind for kind in MessageKind if kind is not MessageKind.PHOTOS or settings.photo_policy is PhotoPolicy.OPEN]


def check_kind(settings: Settings, kind: MessageKind) -> None:
    """Refuse a kind that this installation does not allow.

    Raises:
        KindNotAllowedError: with the kinds that are allowed instead.
    """
    allowed = allowed_kinds(settings)
    if kind not in allowed:
        raise KindNotAllowedError(kind, allowed)


def _is_under_age(settings: Settings, birth_date: date | None) -> bool:
    return birth_date is not None and age_on(birth_date, datetime.now(UTC).date()) < settings.minimum_age


def age_on(birth_date: date, day: date) -> int:
    """Completed years of life on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
