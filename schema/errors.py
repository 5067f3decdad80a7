"""Expected failures as data: members of the result unions, all with `code` and `reason`."""

from collections.abc import Callable
from typing import Any

import strawberry

from app import errors
from resolvers.identity import SessionEndedError as SessionEnded
from resolvers.identity import WrongCredentialsError as WrongCredentials
from schema.enums import ErrorCode, MessageKind


@strawberry.interface(description="An expected failure. Select `... on UserError` to be ready for new ones.")
class UserError:
    code: ErrorCode = strawberry.field(description="What went wrong, for programs.")
    reason: str = strawberry.field(description="What went wrong, and what to do, for people.")


@strawberry.type(description="There is no such thing, or none for the viewer.")
class NotFoundError(UserError):
    pass


@strawberry.type(description="A rule forbids it; `code` says which.")
class NotAllowedError(UserError):
    pass


@strawberry.type(description="Somebody has this handle, or one that looks the same.")
class HandleTakenError(UserError):
    pass


@strawberry.type(description="Handle and password don't match.")
class WrongCredentialsError(UserError):
    pass


@strawberry.type(description="The session has ended, or its refresh token was used before: sign in again.")
class SessionEndedError(UserError):
    pass


@strawberry.type(description="The clientKey was used before, for other content. Use a new key for a new message.")
class IdempotencyConflictError(UserError):
    pass


@strawberry.type(description="An upload is not READY: send the file and call completeUpload first.")
class UploadNotReadyError(UserError):
    pass


@strawberry.type(description="Something is out of reach or too busy for the moment: send the same request again.")
class TryAgainError(UserError):
    pass


@strawberry.type(description="This installation does not allow this kind of message here.")
class KindNotAllowedError(UserError):
    kind: MessageKind = strawberry.field(description="The kind that was refused.")
    alternatives: list[MessageKind] = strawberry.field(description="The kinds that are allowed.")


@strawberry.type(description="One thing wrong with an input.")
class InputProblem:
    path: str = strawberry.field(description="The field, as a dotted path from `input`.")
    reason: str = strawberry.field(description="What to do about it.")


@strawberry.type(description="The input breaks a rule, whoever sends it.")
class InvalidInputError(UserError):
    problems: list[InputProblem] = strawberry.field(description="What is wrong, field by field.")


def _plain(member: type[UserError]) -> Callable[[Any], UserError]:
    return lambda error: member(code=error.code, reason=error.reason)


def _kind_not_allowed(error: errors.KindNotAllowedError) -> UserError:
    kinds = [MessageKind(kind) for kind in error.alternatives]
    return KindNotAllowedError(code=error.code, reason=error.reason, kind=MessageKind(error.kind), alternatives=kinds)


def _invalid_input(error: errors.InvalidInputError) -> UserError:
    problems = [InputProblem(path=problem.path, reason=problem.reason) for problem in error.problems]
    return InvalidInputError(code=error.code, reason=error.reason, problems=problems)


# The domain error behind each member, and how it is shown.
MEMBERS: dict[type[UserError], tuple[type[errors.DomainError], Callable[[Any], UserError]]] = {
    NotFoundError: (errors.NotFoundError, _plain(NotFoundError)),
    NotAllowedError: (errors.NotAllowedError, _plain(NotAllowedError)),
    HandleTakenError: (errors.HandleTakenError, _plain(HandleTakenError)),
    WrongCredentialsError: (WrongCredentials, _plain(WrongCredentialsError)),
    SessionEndedError: (SessionEnded, _plain(SessionEndedError)),
    IdempotencyConflictError: (errors.IdempotencyConflictError, _plain(IdempotencyConflictError)),
    UploadNotReadyError: (errors.UploadNotReadyError, _plain(UploadNotReadyError)),
    TryAgainError: (errors.TryAgainError, _plain(TryAgainError)),
    KindNotAllowedError: (errors.KindNotAllowedError, _kind_not_allowed),
    InvalidInputError: (errors.InvalidInputError, _invalid_input),
}
