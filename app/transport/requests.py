"""The GraphQL request as both transports carry it."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson


class MalformedError(Exception):
    """Not a GraphQL request; the text says what is wrong with it."""


class NotJSONError(MalformedError):
    """Not even JSON."""


TEXT_PARAMETERS = ("query", "documentId", "operationName")
SHA256 = re.compile("[0-9a-fA-F]{64}")


class GraphQLRequest(NamedTuple):
    """A document and what to do with it; nothing is known yet of whether the document is any good.

    It is given by its text, by the SHA-256 of that (`digest`, in lower case), or by both.
    """

    query: str | None
    digest: str | None
    operation_name: str | None
    variables: dict[str, Any] | None

    @classmethod
    def from_json(cls, value: object) -> "GraphQLRequest":
        """From a decoded JSON object; unknown entries are ignored, as the specification demands."""
        if isinstance(value, list):
            raise MalformedError("Send one operation per request: batches are not supported.")
        if not isinstance(value, dict):
            raise MalformedError("A GraphQL request is a JSON object.")
        operation_name = value.get("operationName")
        if operation_name is not None and not isinstance(operation_name, str):
            raise MalformedError("`operationName` has to be a string or null.")
        variables = _object_or_none(value, "variables")
        digest = _digest(value.get("documentId"), _object_or_none(value, "extensions"))
        query = value.get("query")
        if not isinstance(query, str) and (query is not None or digest is None):
            raise MalformedError("`query` has to be a string, the GraphQL document.")
        return cls(query, digest, operation_name, variables)

    @classmethod
    def from_query_string(cls, parameters: Mapping[str, str]) -> "GraphQLRequest":
        """From the parameters of a GET request, where `variables` and `extensions` are JSON and empty means absent."""
        value: dict[str, object] = {name: parameters.get(name) or None for name in TEXT_PARAMETERS}
        for name in ("variables", "extensions"):
            if parameters.get(name):
                value[name] = decoded(parameters[name], f"`{name}`")
        return cls.from_json(value)


def _object_or_none(value: dict[str, Any], name: str) -> dict[str, Any] | None:
    entry = value.get(name)
    if entry is not None and not isinstance(entry, dict):
        raise MalformedError(f"`{name}` has to be an object or null.")
    return entry


def _digest(document_id: object, extensions: dict[str, Any] | None) -> str | None:
    """The document's hash, in `extensions.persistedQuery` (Apollo) or `documentId` (GraphQL over HTTP, appendix A)."""
    extension = extensions.get("persistedQuery") if extensions else None
    if document_id is None and extension is None:
        return None
    if extension is None:
        digest = document_id.removeprefix("sha256:") if isinstance(document_id, str) else None
    else:
        if not isinstance(extension, dict) or extension.get("version") != 1:
            raise MalformedError("`persistedQuery` has to be an object with version 1.")
        digest = extension.get("sha256Hash")
    if not isinstance(digest, str) or not SHA256.fullmatch(digest):
        raise MalformedError("A document's id has to be its SHA-256, 64 hexadecimal digits.")
    return digest.lower()


def decoded(text: bytes | str, what: str) -> Any:
    """The value of a JSON text; raises `NotJSONError`."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotJSONError(f"{what} is not JSON: {error}") from None


def bearer_token(authorization: str | None) -> str | None:
    """The token of `Bearer …`, whatever its case; None where there is none or the scheme is another."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
