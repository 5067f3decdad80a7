"""PostgreSQL, S3 and Valkey for a machine that has none: started, watched over and stopped by the server itself.

Their programs come in Python wheels (the optional group `embedded`); a production installation leaves this package
alone and names its own engines in `DATABASE_URL`, `S3_ENDPOINT_URL` and `REDIS_URL`.

    engines = EmbeddedEngines(Path(".data"))
    endpoints = await engines.start()
    ...
    await engines.stop()
"""

from app.embedded.engines import EmbeddedEngines, Endpoints, remove_data
from app.embedded.errors import AlreadyRunningError, EngineError
from app.embedded.postgres import EmbeddedPostgres, running_database
from app.embedded.s3 import EmbeddedS3, S3Endpoint
from app.embedded.valkey import EmbeddedValkey

__all__ = [
    "AlreadyRunningError",
    "EmbeddedEngines",
    "EmbeddedPostgres",
    "EmbeddedS3",
    "EmbeddedValkey",
    "Endpoints",
    "EngineError",
    "S3Endpoint",
    "remove_data",
    "running_database",
]
