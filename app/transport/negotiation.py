"""Media types of requests and responses, and the status codes that go with them."""

from enum import StrEnum
from functools import lru_cache
from http import HTTPStatus

from aiohttp import web

from app.execution.errors import Code
from app.execution.result import Result


class MediaType(StrEnum):
    """What a response can be sent as; of what a client likes equally well, the first here is chosen."""

    GRAPHQL = "application/graphql-response+json"
    """Uses the whole range of status codes."""
    JSON = "application/json"
    """For older clients, which take any status but 200 for a failure of the network: 200 for all that is GraphQL's."""


# Looked up once: attributes of an enum take their time, which every request would pay.
OK, UNAUTHORIZED = int(HTTPStatus.OK), int(HTTPStatus.UNAUTHORIZED)
JSON = MediaType.JSON
JSON_NAME = JSON.value

PARTIAL_SUCCESS = 294
"""Data together with errors; clients that do not know it take it for 200, as RFC 9110 demands."""

ALWAYS: dict[str | None, int] = {Code.UNAUTHENTICATED: 401, Code.INTERNAL_ERROR: 500, Code.TRY_AGAIN: 503}
"""Codes of requests that were not executed for reasons that are not GraphQL's."""


@lru_cache(maxsize=256)
def acceptable(accept: str) -> MediaType | None:
    """The media type that an `Accept` header prefers (empty: anything), or None if it names neither."""
    if not accept.strip():
        return MediaType.GRAPHQL
    ranges = [_range(text) for text in accept.split(",")]
    weights = {media_type: _weight(media_type, ranges) for media_type in MediaType}
    best = max(MediaType, key=lambda media_type: weights[media_type])
    return best if weights[best] > 0 else None


def _range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "q":
            weight = _number(value)
        elif key == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            weight = 0.0
    return name, weight


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _weight(media_type: MediaType, ranges: list[tuple[str, float]]) -> float:
    """The weight of the most specific range that matches."""
    for pattern in (media_type.value, "application/*", "*/*"):
        weights = [weight for name, weight in ranges if name == pattern]
        if weights:
            return max(weights)
    return 0.0


def is_json(request: web.BaseRequest) -> bool:
    """Whether the body is declared as JSON in UTF-8.

    Nothing else is taken: forms and plain text are what a foreign page can send without asking (a CSRF), JSON is not.
    """
    if request.headers.get("Content-Type") == JSON_NAME:  # what nearly all send
        return True
    charset = request.charset
    return request.content_type == JSON_NAME and (charset or "utf-8").lower() in ("utf-8", "utf8")


def status_of(result: Result, media_type: MediaType) -> int:
    """The status code, after the September 2026 edition of GraphQL over HTTP.

    400 for what could not be parsed, 422 for what was understood and refused, 294 (partial success) for data with
    errors. As `application/json` all of GraphQL's own outcomes are 200.
    """
    code = result.codes[0] if result.errors else None
    if not result.executed and code in ALWAYS:
        return ALWAYS[code]
    if media_type is JSON:
        return OK
    if result.executed:
        return PARTIAL_SUCCESS if result.errors else OK
    return HTTPStatus.BAD_REQUEST if code == Code.GRAPHQL_PARSE_FAILED else HTTPStatus.UNPROCESSABLE_ENTITY
