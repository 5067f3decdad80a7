"""What can go wrong with the store, told in one line that says what to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from aiohttp import ClientError as TransportError
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from app.media.bucket import Bucket


class StorageErrorCode(StrEnum):
    """The kinds of trouble, as far as an operator would act on them differently."""

    UNREACHABLE = "UNREACHABLE"
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    ACCESS_DENIED = "ACCESS_DENIED"
    MISSING_BUCKET = "MISSING_BUCKET"
    MISSING_OBJECT = "MISSING_OBJECT"
    TOO_LARGE = "TOO_LARGE"
    WRONG_CORS = "WRONG_CORS"
    FAILED = "FAILED"


class StorageError(Exception):
    """The store did not do what was asked; the text is one line for an operator."""

    def __init__(self, code: StorageErrorCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


_Codes = StorageErrorCode

# Error codes of the S3 API, and 401/403 where an answer to HEAD has no body to hold one.
_CODES = {
    "InvalidAccessKeyId": (_Codes.WRONG_CREDENTIALS, "the store at {url} does not know this access key"),
    "SignatureDoesNotMatch": (_Codes.WRONG_CREDENTIALS, "the store at {url} refuses the secret key"),
    "AccessDenied": (_Codes.ACCESS_DENIED, "the access key may not use the bucket {name} at {url}"),
    "403": (_Codes.ACCESS_DENIED, "the store at {url} refuses the keys for the bucket {name}"),
    "NoSuchBucket": (_Codes.MISSING_BUCKET, "there is no bucket {name} at {url}"),
    "NoSuchKey": (_Codes.MISSING_OBJECT, "there is no such object in the bucket {name}"),
}


@contextmanager
def translated(bucket: Bucket) -> Iterator[None]:
    """Turn whatever the client libraries raise into a `StorageError`."""
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, bucket) from error
    except (NoConnectionError, HTTPClientError, TransportError, TimeoutError) as error:
        reason = f"no answer from the store at {bucket.endpoint_url}: {_one_line(error)}"
        raise StorageError(_Codes.UNREACHABLE, reason) from error
    except BotoCoreError as error:
        raise StorageError(_Codes.FAILED, _one_line(error)) from error


def _from_answer(error: ClientError, bucket: Bucket) -> StorageError:
    code = error.response["Error"]["Code"]
    if code in _CODES:
        kind, text = _CODES[code]
        return StorageError(kind, text.format(url=bucket.endpoint_url, name=bucket.name))
    return StorageError(_Codes.FAILED, f"the store at {bucket.endpoint_url} answered: {_one_line(error)}")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
