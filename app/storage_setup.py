"""Setting up the bucket, as an operator's step."""

from app.config import Settings
from app.errors import ConfigurationError
from app.media.bucket_setup import CorsState
from app.media.storage import open_storage
from app.media.storage_errors import StorageError
from app.opening import bucket_of

_CORS = {
    CorsState.KEPT: "its CORS rules were right already",
    CorsState.CHANGED: "its CORS rules are set",
    CorsState.UNSUPPORTED: "the store takes no CORS rules: allow the origins in its own settings",
}


async def set_up_storage(settings: Settings) -> str:
    """Create the bucket if it is missing, set CORS from ALLOWED_ORIGINS, and say in a line what was done.

    Raises:
        ConfigurationError: the store can't be used.
    """
    try:
        async with open_storage(bucket_of(settings)) as storage:
            report = await storage.set_up(settings.allowed_origins)
    except StorageError as error:
        raise ConfigurationError(f"Setting up S3 failed: {error}") from error
    made = "created" if report.created else "was there"
    return f"The bucket {settings.s3_bucket} {made}; {_CORS[report.cors]}."


async def check_storage(settings: Settings) -> str:
    """See that the bucket is ready.

    Raises:
        ConfigurationError: it is not.
    """
    try:
        async with open_storage(bucket_of(settings)) as storage:
            await storage.check(settings.allowed_origins)
    except StorageError as error:
        raise ConfigurationError(f"S3 is not ready: {error}. `python -m app storage` sets it up.") from error
    return f"The bucket {settings.s3_bucket} is ready."
