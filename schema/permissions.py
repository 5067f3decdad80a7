"""Who may message whom, as clients read it: the answers come from the functions that enforce."""

import strawberry

from app.errors import KindNotAllowedError
from resolvers.policy import REFUSALS
from schema.enums import ErrorCode, MessageKind


@strawberry.type(description="Whether the viewer may send, and if not, why. A block is never told from other reasons.")
class MessagePermission:
    allowed: bool = strawberry.field(description="Whether a message would be taken now.")
    code: ErrorCode | None = strawberry.field(description="Why not, for programs; null when allowed.")
    reason: str | None = strawberry.field(description="Why not, for people; null when allowed.")

    @classmethod
    def of(cls, refusal: ErrorCode | None) -> "MessagePermission":
        """A rule's answer: None allows."""
        return cls(allowed=refusal is None, code=refusal, reason=REFUSALS[refusal] if refusal else None)

    @classmethod
    def kind_not_allowed(cls, kind: MessageKind) -> "MessagePermission":
        """This installation does not allow this kind."""
        return cls(allowed=False, code=ErrorCode.KIND_NOT_ALLOWED, reason=KindNotAllowedError(kind, ()).reason)
