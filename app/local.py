"""Serving on this machine's own engines: settings from what was started, migrations, bucket, demo, announcement."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.config import Settings, load_settings
from app.demo.loading import Demo, load_demo, load_demo_into
from app.embedded import Endpoints
from app.installation import Installation, kept_installation
from app.playground import DemoProvider
from app.server import no_demo
from app.services import Services
from app.serving.process import serve
from app.serving.worker_process import DEMO_PASSWORD
from app.serving.workers import serve_by_workers
from app.storage_setup import set_up_storage
from app.store.migrate import migrate


async def serve_locally(given: dict[str, Any], data_dir: Path, endpoints: Endpoints, *, with_demo: bool) -> None:
    """Prepare the engines, fill in the demo where it is wanted and missing, and serve until told to stop.

    Raises:
        ConfigurationError: one line that says what is in the way.
    """
    installation = kept_installation(data_dir)
    settings = _settings(given, endpoints, installation)
    await asyncio.gather(migrate(settings.database_url), _set_up_storage_once(settings, data_dir))
    demo = Demo(installation.demo_password) if with_demo else None

    async def prepare(services: Services) -> DemoProvider:
        if demo is None:
            return no_demo
        await load_demo(services, demo.password)
        return demo

    def announce() -> None:
        _announce(settings, endpoints, demo)

    if settings.workers == 1:
        await serve(settings, announce=announce, prepare=prepare)
        return
    if demo:
        await load_demo_into(settings, demo.password)
    await serve_by_workers(settings, announce=announce, more={DEMO_PASSWORD: demo.password} if demo else {})


async def _set_up_storage_once(settings: Settings, data_dir: Path) -> None:
    """Set the bucket up, unless that was done for the same one and the same origins."""
    wanted = "\n".join([settings.s3_endpoint_url, settings.s3_bucket, *settings.allowed_origins])
    done = data_dir / "storage-set-up"
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        await set_up_storage(settings)
        done.write_text(wanted, encoding="utf-8")


def _settings(given: dict[str, Any], endpoints: Endpoints, installation: Installation) -> Settings:
    overrides = dict(given)
    if endpoints.database_url:
        overrides["database_url"] = endpoints.database_url
    if endpoints.s3:
        s3 = endpoints.s3
        overrides |= {
            "s3_endpoint_url": s3.url,
            "s3_bucket": s3.bucket,
            "s3_region": s3.region,
            "s3_access_key_id": s3.access_key,
            "s3_secret_access_key": s3.secret_key,
        }
    if endpoints.redis_url:
        overrides["redis_url"] = endpoints.redis_url
    if not os.environ.get("JWT_SECRET"):
        overrides["jwt_secret"] = installation.jwt_secret
    settings = load_settings(**overrides)
    own = [f"http://{host}:{settings.port}" for host in ("localhost", "127.0.0.1")]
    return replace(settings, allowed_origins=(*settings.allowed_origins, *own))


def _announce(settings: Settings, endpoints: Endpoints, demo: Demo | None) -> None:
    host = "localhost" if settings.host in {"127.0.0.1", "0.0.0.0", "::"} else settings.host  # noqa: S104
    address = f"http://{host}:{settings.port}"
    lines = [
        f"Playground   {address}/",
        f"GraphQL      {address}/graphql   (HTTP and WebSocket)",
        f"Health       {address}/healthz and /readyz",
    ]
    if endpoints.s3:
        ports = ", ".join(f"{port} ({name})" for name, port in endpoints.s3.ports.items())
        lines.append(f"Media store  {endpoints.s3.url}; its ports on 127.0.0.1: {ports}")
    if demo:
        lines.append(f"Sign in as   {demo.somebody}, or any other demo person, with the password {demo.password}")
    print("\n".join(["", *(f"  {line}" for line in lines), "", "  Ctrl-C stops everything.", ""]), flush=True)  # noqa: T201
