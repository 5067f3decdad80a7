"""Reads the list of trusted documents that a front-end's build has written.

Two forms are understood: a JSON object of documents by their SHA-256, and Apollo's persisted query manifest
(`generate-persisted-query-manifest`), version 1.
"""

from pathlib import Path
from typing import Any

import orjson

APOLLO_FORMAT = "apollo-persisted-query-manifest"


class ManifestError(Exception):
    """The file is no manifest; the text is one line."""


def read_manifest(path: Path) -> dict[str, str]:
    """The documents by their SHA-256, not verified yet; raises `ManifestError`."""
    try:
        value = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ManifestError(f"{path} can't be read ({error.strerror}).") from None
    except orjson.JSONDecodeError as error:
        raise ManifestError(f"{path} is not JSON: {error}") from None
    documents = _of_apollo(value) if isinstance(value, dict) and "format" in value else value
    if not isinstance(documents, dict) or not all(isinstance(text, str) for text in documents.values()):
        raise ManifestError(f"{path} is neither an object of documents by SHA-256 nor a manifest of Apollo's.")
    return {digest.lower(): text for digest, text in documents.items()}


def _of_apollo(value: dict[str, Any]) -> dict[str, Any] | None:
    operations = value.get("operations")
    if (value["format"], value.get("version")) != (APOLLO_FORMAT, 1) or not isinstance(operations, list):
        return None
    if not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in operations):
        return None
    return {each["id"]: each.get("body") for each in operations}
