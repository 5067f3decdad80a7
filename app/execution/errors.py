"""What a client may learn of a failure.

Errors of the client's own making (syntax, validation, input, limits) are shown with a `code` in their `extensions`,
and so is every exception that was raised on purpose, which is to say that it has `extensions` with a `code`
(`PublicError`, or any class alike). Anything else is a bug: it is logged once with its traceback under a random id, and
the client gets that id and nothing else.
"""

import logging
import secrets
from collections.abc import Sequence
from enum import StrEnum

from graphql import FieldNode, GraphQLError, GraphQLFormattedError

logger = logging.getLogger(__name__)

MESSAGE_LENGTH = 500
"""Characters of a message that are shown: messages quote the document, whose names may be as long as it is."""


class Code(StrEnum):
    """`extensions.code` of the errors made here. Those of `PublicError` come on top."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    TRY_AGAIN = "TRY_AGAIN"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_IN_LIST = "PERSISTED_QUERY_NOT_IN_LIST"


class PublicError(Exception):
    """Raised on purpose: the client sees the reason as message, and `extensions` as they are."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    @property
    def extensions(self) -> dict[str, object]:
        """The machine-readable part; has at least `code`."""
        return {"code": str(self.code)}


class UnauthenticatedError(PublicError):
    """No valid credentials, or credentials of a session that has ended."""

    def __init__(self, reason: str = "Sign in first.") -> None:
        super().__init__(Code.UNAUTHENTICATED, reason)


class RequestError(Exception):
    """The request never reached execution; `errors` are formatted and ready to be sent."""

    def __init__(self, errors: Sequence[GraphQLFormattedError]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = list(errors)

    @classmethod
    def of(cls, code: str, message: str) -> "RequestError":
        """A single error."""
        return cls([formatted(code, message)])

    @property
    def code(self) -> str:
        """The code of the first error."""
        return code_of(self.errors[0])


def formatted(code: str, message: str) -> GraphQLFormattedError:
    """An error without a place in a document."""
    return {"message": _shortened(message), "extensions": {"code": str(code)}}


def request_error(code: Code, errors: Sequence[GraphQLError]) -> RequestError:
    """Errors that graphql-core found before execution; those that carry a code of their own keep it."""
    return RequestError([_coded(error, code) for error in errors])


def code_of(error: GraphQLFormattedError) -> str:
    """The `extensions.code` of a formatted error."""
    return str(error.get("extensions", {}).get("code", ""))


def masked(errors: Sequence[GraphQLError]) -> list[GraphQLFormattedError]:
    """Errors met in execution, as the client may see them; one exception met at many paths is logged once."""
    ids: dict[int, str] = {}
    return [_masked(error, ids) for error in errors]


def masked_exception(error: Exception) -> GraphQLFormattedError:
    """The same for an exception that was raised outside of any field."""
    if isinstance(error, RequestError):
        return error.errors[0]
    located = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
    return _masked(located, {})


def is_unauthenticated(error: Exception) -> bool:
    """Whether an exception says that credentials are missing or no longer valid."""
    extensions = getattr(error, "extensions", None)
    return isinstance(extensions, dict) and extensions.get("code") == Code.UNAUTHENTICATED


def _masked(error: GraphQLError, ids: dict[int, str]) -> GraphQLFormattedError:
    if (error.extensions or {}).get("code"):
        return _coded(error, Code.INTERNAL_ERROR)
    original = _root_cause(error)
    if isinstance(original, GraphQLError) and _blames_the_client(original):
        return _coded(error, Code.BAD_USER_INPUT)
    if id(original) not in ids:
        ids[id(original)] = _logged(original, error)
    extensions: dict[str, object] = {"code": Code.INTERNAL_ERROR.value, "id": ids[id(original)]}
    return {**error.formatted, "message": "Internal error", "extensions": extensions}


def _root_cause(error: GraphQLError) -> Exception:
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _blames_the_client(error: GraphQLError) -> bool:
    """Whether a GraphQLError met in execution is about an argument.

    graphql-core blames the nodes of argument values for bad input (which gets this far by way of variables), and
    fields, or nothing, for results that do not fit the schema. Strawberry's errors of input conversion are
    subclasses; graphql-core raises none.
    """
    if type(error) is not GraphQLError:
        return True
    return any(not isinstance(node, FieldNode) for node in error.nodes or ())


def _logged(original: Exception, error: GraphQLError) -> str:
    error_id = secrets.token_hex(8)
    path = ".".join(str(key) for key in error.path or ())
    logger.error("internal error %s at %s", error_id, path or "the request", exc_info=original)
    return error_id


def _coded(error: GraphQLError, code: Code) -> GraphQLFormattedError:
    extensions = {"code": code.value, **(error.extensions or {})}
    return {**error.formatted, "message": _shortened(error.message), "extensions": extensions}


def _shortened(message: str) -> str:
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"
