"""Setting up a bucket, and checking that it was: it exists, and browsers may upload to it and fetch from it.

CORS is set from the allowed origins. Some engines answer every origin whether or not it is set, so a missing
rule shows only on another one: check the rule, not the behaviour. A store without this part of the API (several
leave it out) has a setting of its own, which the operator must make.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from app.media.bucket import Bucket
from app.media.storage_errors import StorageError, StorageErrorCode

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import CORSRuleTypeDef

_METHODS = ["GET", "HEAD", "POST"]
_MAX_AGE_SECONDS = 3600
_NOT_IMPLEMENTED = {"NotImplemented", "MethodNotAllowed"}


class CorsState(StrEnum):
    """What `set_up` found or did about CORS."""

    KEPT = "KEPT"
    CHANGED = "CHANGED"
    UNSUPPORTED = "UNSUPPORTED"


@dataclass(frozen=True, slots=True)
class BucketReport:
    """What a set-up did."""

    created: bool
    cors: CorsState


async def set_up_bucket(client: "S3Client", bucket: Bucket, allowed_origins: Sequence[str]) -> BucketReport:
    """Create the bucket if it is missing and replace its CORS rules if they differ from those wanted."""
    created = await _create_if_missing(client, bucket)
    cors = await _set_cors(client, bucket, allowed_origins)
    return BucketReport(created, cors)


async def check_bucket(client: "S3Client", bucket: Bucket, allowed_origins: Sequence[str]) -> None:
    """Raise WRONG_CORS, or what the store answers where it or the bucket cannot be used."""
    await client.list_objects_v2(Bucket=bucket.name, MaxKeys=1)  # unlike HEAD, its refusals name a reason
    rules = await _read_cors(client, bucket)
    if rules is not None and not _is_wanted(rules, allowed_origins):
        origins = ", ".join(allowed_origins)
        reason = f"the CORS rules of the bucket {bucket.name} do not allow exactly {origins or 'no origin'}"
        raise StorageError(StorageErrorCode.WRONG_CORS, reason)


async def _create_if_missing(client: "S3Client", bucket: Bucket) -> bool:
    try:
        await client.list_objects_v2(Bucket=bucket.name, MaxKeys=1)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
        await _create(client, bucket)
        return True
    return False


async def _create(client: "S3Client", bucket: Bucket) -> None:
    if bucket.region == "us-east-1":  # the one region that S3 refuses to see named
        await client.create_bucket(Bucket=bucket.name)
        return
    place = {"LocationConstraint": bucket.region}
    await client.create_bucket(Bucket=bucket.name, CreateBucketConfiguration=place)  # type: ignore[arg-type]


async def _set_cors(client: "S3Client", bucket: Bucket, allowed_origins: Sequence[str]) -> CorsState:
    present = await _read_cors(client, bucket)
    if present is None:
        return CorsState.UNSUPPORTED
    if _is_wanted(present, allowed_origins):
        return CorsState.KEPT
    if allowed_origins:
        await client.put_bucket_cors(
            Bucket=bucket.name, CORSConfiguration={"CORSRules": [_wanted_rule(allowed_origins)]}
        )
    else:
        await client.delete_bucket_cors(Bucket=bucket.name)
    return CorsState.CHANGED


async def _read_cors(client: "S3Client", bucket: Bucket) -> "list[CORSRuleTypeDef] | None":
    """Return the rules of the bucket; None from a store that has no CORS by bucket."""
    try:
        answer = await client.get_bucket_cors(Bucket=bucket.name)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchCORSConfiguration":
            return []
        if code in _NOT_IMPLEMENTED:
            return None
        raise
    return answer["CORSRules"]  # type: ignore[return-value]


def _wanted_rule(allowed_origins: Sequence[str]) -> "CORSRuleTypeDef":
    return {
        "AllowedOrigins": list(allowed_origins),
        "AllowedMethods": _METHODS,
        "AllowedHeaders": ["*"],
        "MaxAgeSeconds": _MAX_AGE_SECONDS,
    }


def _is_wanted(rules: "Sequence[CORSRuleTypeDef]", allowed_origins: Sequence[str]) -> bool:
    if not allowed_origins or len(rules) != 1:
        return not allowed_origins and not rules
    return _comparable(rules[0]) == _comparable(_wanted_rule(allowed_origins))


def _comparable(rule: "CORSRuleTypeDef") -> dict[str, object]:
    """Bring a rule into a form where order does not count."""
    return {name: sorted(value) if isinstance(value, list) else value for name, value in rule.items()}
