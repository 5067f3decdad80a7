"""What became of an operation, masked and formatted: ready to be encoded."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLFormattedError

from app.execution.errors import Code, code_of, formatted

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Result:
    """The response to one operation or event.

    `executed` is False for request errors: the operation never began, so that there is no `data` entry, which is
    something else than `data: null`.
    """

    data: dict[str, Any] | None
    errors: Sequence[GraphQLFormattedError] = ()
    executed: bool = True
    _encoded: bytes | None = field(default=None, init=False, repr=False, compare=False)
    _enveloped: tuple[bytes, bytes] = field(default=(b"", b""), init=False, repr=False, compare=False)

    @classmethod
    def refused(cls, errors: Sequence[GraphQLFormattedError]) -> "Result":
        """The answer to a request that never reached execution."""
        return cls(None, errors, executed=False)

    @property
    def codes(self) -> list[str]:
        """The codes of all errors."""
        return [code_of(error) for error in self.errors]

    @property
    def has_data(self) -> bool:
        """Whether any root field has a value."""
        return self.data is not None and any(value is not None for value in self.data.values())

    def payload(self) -> dict[str, Any]:
        """The response as the GraphQL specification lays it out."""
        payload: dict[str, Any] = {}
        if self.errors:
            payload["errors"] = self.errors
        if self.executed:
            payload["data"] = self.data
        return payload

    def encoded(self) -> bytes:
        """The response in JSON; a value that JSON cannot hold (a bug of a custom scalar) makes it an internal error."""
        if self._encoded is None:
            self._encoded = self._encode()
        return self._encoded

    def enveloped(self, prefix: bytes, envelope: Callable[[bytes, bytes], bytes]) -> bytes:
        """What a transport makes of a prefix (not empty) and the response: once for those with the same in turn."""
        made_for, made = self._enveloped
        if made_for != prefix:
            made = envelope(prefix, self.encoded())
            self._enveloped = prefix, made
        return made

    def _encode(self) -> bytes:
        try:
            return orjson.dumps(self.payload())
        except TypeError:
            logger.exception("a result could not be encoded")
            return orjson.dumps({"errors": [formatted(Code.INTERNAL_ERROR, "Internal error")], "data": None})
