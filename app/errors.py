"""Every expected failure: raised by the rules in `resolvers/`, answered as data by `schema/`.

A domain error carries a `code` for programs and a `reason` for people. A mutation answers the ones that its result
union declares as members of that union; anywhere else they become a top-level GraphQL error with
`extensions.code`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ErrorCode(StrEnum):
    """What went wrong, for programs: clients branch on this and never on prose."""

    NOT_FOUND = "NOT_FOUND"
    INVALID_INPUT = "INVALID_INPUT"
    HANDLE_TAKEN = "HANDLE_TAKEN"
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    SESSION_ENDED = "SESSION_ENDED"
    RECIPIENT_UNAVAILABLE = "RECIPIENT_UNAVAILABLE"
    MESSAGES_OFF = "MESSAGES_OFF"
    UNDER_AGE = "UNDER_AGE"
    NOT_A_FRIEND = "NOT_A_FRIEND"
    ROLE_REQUIRED = "ROLE_REQUIRED"
    NOT_THE_SENDER = "NOT_THE_SENDER"
    NOT_THE_AUTHOR = "NOT_THE_AUTHOR"
    WRONG_MESSAGE_KIND = "WRONG_MESSAGE_KIND"
    TOO_LATE = "TOO_LATE"
    GROUP_FULL = "GROUP_FULL"
    SELF = "SELF"
    WRONG_CONVERSATION_KIND = "WRONG_CONVERSATION_KIND"
    KIND_NOT_ALLOWED = "KIND_NOT_ALLOWED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    UPLOAD_NOT_READY = "UPLOAD_NOT_READY"
    TRY_AGAIN = "TRY_AGAIN"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    SNAPSHOT_REQUIRED = "SNAPSHOT_REQUIRED"


class DomainError(Exception):
    """Base of all expected failures; `extensions` is what a top-level GraphQL error shows of it."""

    def __init__(self, code: ErrorCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    @property
    def extensions(self) -> dict[str, object]:
        """The machine-readable part of a top-level GraphQL error."""
        return {"code": self.code.value}


class UnauthenticatedError(DomainError):
    """No session, or one that has ended: sign in, or refresh the access token."""

    def __init__(self, reason: str = "Sign in first.") -> None:
        super().__init__(ErrorCode.UNAUTHENTICATED, reason)


class NotFoundError(DomainError):
    """There is no such thing, or none for this viewer: both answer alike."""

    def __init__(self, noun: str) -> None:
        super().__init__(ErrorCode.NOT_FOUND, f"There is no such {noun}.")


class NotAllowedError(DomainError):
    """A rule forbids it; `code` says which."""


class SnapshotRequiredError(DomainError):
    """The position asked for can no longer be continued from: load a fresh state, then subscribe."""

    def __init__(self, reason: str) -> None:
        super().__init__(ErrorCode.SNAPSHOT_REQUIRED, reason)


class KindNotAllowedError(DomainError):
    """This kind of message is not allowed here; `alternatives` are the kinds that are."""

    def __init__(self, kind: str, alternatives: Sequence[str]) -> None:
        super().__init__(ErrorCode.KIND_NOT_ALLOWED, f"{kind} messages are not allowed here.")
        self.kind = kind
        self.alternatives = list(alternatives)


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with an input: the dotted path of the field, and what to do about it."""

    path: str
    reason: str


class InvalidInputError(DomainError):
    """The input itself is wrong, whoever sends it; `problems` names each field."""

    def __init__(self, *problems: InputProblem) -> None:
        super().__init__(ErrorCode.INVALID_INPUT, " ".join(f"{p.path}: {p.reason}" for p in problems))
        self.problems = list(problems)


def invalid(path: str, reason: str) -> InvalidInputError:
    """The common case of one problem."""
    return InvalidInputError(InputProblem(path, reason))


class HandleTakenError(DomainError):
    """Somebody has this handle, or one that looks the same."""

    def __init__(self, handle: str) -> None:
        super().__init__(ErrorCode.HANDLE_TAKEN, f"The handle {handle} is taken.")


class IdempotencyConflictError(DomainError):
    """This `clientKey` was used before for other content."""

    def __init__(self) -> None:
        super().__init__(
            ErrorCode.IDEMPOTENCY_CONFLICT,
            "You used this clientKey before, for other content. Use a new key for a new message.",
        )


class UploadNotReadyError(DomainError):
    """A message or video names an upload that is not READY."""

    def __init__(self, state: str) -> None:
        super().__init__(ErrorCode.UPLOAD_NOT_READY, f"The upload is {state}, not READY. Call completeUpload first.")
        self.state = state


class ConfigurationError(Exception):
    """The installation is set up wrongly; its text is one line that says what to do."""


class TryAgainError(DomainError):
    """Something that the server depends on is out of reach or too busy: the same request may work in a moment."""

    def __init__(self, reason: str) -> None:
        super().__init__(ErrorCode.TRY_AGAIN, reason)
