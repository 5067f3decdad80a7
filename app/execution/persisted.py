"""Documents that clients name by their SHA-256 instead of sending them.

Two kinds: trusted documents, which the operator listed when the server was started, and documents that a client once
sent together with their hash (Apollo's automatic persisted queries). The hash is always checked, so that nobody can
put another document in a hash's place.
"""

from collections.abc import Mapping
from hashlib import sha256

from app.execution.documents import Documents, Prepared
from app.execution.errors import Code, RequestError
from app.execution.segmented_cache import Capacity, SegmentedCache


def digest_of(text: str) -> str:
    """The SHA-256 of a document in hexadecimal, by which it is named."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


class TrustedDocumentError(Exception):
    """A trusted document that can't be executed; the text is one line that says which and why."""


class PersistedDocuments:
    """Finds the document of a request by its text, its hash, or both.

    `trusted` are documents by their SHA-256. With `trusted_only` there are no others, whoever sends them.

    Raises:
        TrustedDocumentError: one of them is bad.
    """

    def __init__(
        self,
        documents: Documents,
        trusted: Mapping[str, str] | None = None,
        *,
        trusted_only: bool = False,
        capacity: Capacity | None = None,
    ) -> None:
        self._documents = documents
        self._trusted_only = trusted_only
        self._trusted = {digest: _trusted(documents, digest, text) for digest, text in (trusted or {}).items()}
        self._texts: SegmentedCache[str] = SegmentedCache(capacity or Capacity())

    def prepare(self, text: str | None, digest: str | None = None) -> Prepared:
        """The document that a request means, of which it gives at least one; a bad one is returned with its errors.

        Raises:
            RequestError: PERSISTED_QUERY_NOT_FOUND, when the client is to send the text along with the hash;
                PERSISTED_QUERY_NOT_IN_LIST, when the document is not trusted and has to be; BAD_USER_INPUT, when the
                hash is not that of the text.
        """
        if text is None:
            return self._named(digest or "")
        if digest is None and not self._trusted_only:
            return self._documents.prepare(text)
        actual = digest_of(text)
        if digest is not None and digest != actual:
            raise RequestError.of(Code.BAD_USER_INPUT, "`sha256Hash` is not the SHA-256 of `query`.")
        return self._named(actual) if self._trusted_only else self._remembered(text, actual)

    def _named(self, digest: str) -> Prepared:
        trusted = self._trusted.get(digest)
        if trusted is not None:
            return trusted
        if self._trusted_only:
            raise RequestError.of(Code.PERSISTED_QUERY_NOT_IN_LIST, "Only trusted documents are accepted here.")
        text = self._texts.get(digest)
        if text is None:
            raise RequestError.of(Code.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return self._documents.prepare(text)

    def _remembered(self, text: str, digest: str) -> Prepared:
        prepared = self._documents.prepare(text)
        if not prepared.errors and self._texts.get(digest) is None:
            self._texts.add(digest, text, len(text))
        return prepared


def _trusted(documents: Documents, digest: str, text: str) -> Prepared:
    if digest != digest_of(text):
        raise TrustedDocumentError(f"{digest} is not the SHA-256 of its document.")
    prepared = documents.prepare(text)
    if prepared.errors:
        raise TrustedDocumentError(f"The document {digest} is not valid: {prepared.errors[0]['message']}")
    return prepared
