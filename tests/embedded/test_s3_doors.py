"""Nothing gets at a stored object without a signature, by whichever port."""

import json
import re
import socket
import ssl
import subprocess
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import aioboto3
import aiohttp
import pytest
from aiobotocore.config import AioConfig

from app.embedded import EmbeddedEngines, S3Endpoint, remove_data
from app.embedded.installation import weed_program
from tests.support.patience import PATIENCE

from .processes import listeners

SMALL, LARGE = b"small" * 20, bytes(range(256)) * 24_000  # the large one spans two chunks of 4 MiB

# A client's opening of HTTP/2 in plain text: a server without TLS answers with a frame of settings, type 4.
HTTP2_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])


@dataclass(frozen=True)
class Store:
    """A running S3 with one small and one large object in it."""

    folder: Path
    endpoint: S3Endpoint
    client: Any

    async def read(self, key: str) -> bytes:
        answer = await self.client.get_object(Bucket=self.endpoint.bucket, Key=key)
        return bytes(await answer["Body"].read())

    def chunks(self) -> list[str]:
        """The numbers of the objects' pieces, as the volume server knows them: what an intruder would have to find."""
        command = [
            str(weed_program()),
            "shell",
            f"-master=127.0.0.1:{self.endpoint.ports['master']}.{self.endpoint.ports['master.grpc']}",
        ]
        questions = "".join(f"fs.meta.cat /buckets/{self.endpoint.bucket}/{key}\n" for key in ("small", "large"))
        shell = subprocess.run(
            command,
            input=questions,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            cwd=self.folder / "s3" / "data",
            check=True,
        )
        return re.findall(r'"fileId":\s*"([^"]+)"', shell.stdout)


@pytest.fixture(scope="module")
async def store() -> AsyncIterator[Store]:
    with tempfile.TemporaryDirectory(prefix="embedded-") as folder:
        engines = EmbeddedEngines(Path(folder, "data"), postgres=False)
        endpoint = (await engines.start()).s3
        assert endpoint is not None
        session = aioboto3.Session(endpoint.access_key, endpoint.secret_key, region_name=endpoint.region)
        v4 = AioConfig(signature_version="s3v4")
        try:
            async with session.client("s3", endpoint_url=endpoint.url, config=v4) as client:
                await client.put_object(Bucket=endpoint.bucket, Key="small", Body=SMALL)
                await client.put_object(Bucket=endpoint.bucket, Key="large", Body=LARGE)
                yield Store(Path(folder, "data"), endpoint, client)
        finally:
            await engines.stop()
            remove_data(Path(folder, "data"))


def http_status(port: int, method: str, path: str) -> int | None:
    """The answer to an unsigned request; None where no HTTP is spoken."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body=b"intruder" if method == "PUT" else None)
        return connection.getresponse().status
    except TimeoutError:
        raise
    except (HTTPException, OSError):
        return None
    finally:
        connection.close()


def test_it_listens_on_no_port_that_it_does_not_name_and_on_the_loopback_address_only(store: Store) -> None:
    named = {("127.0.0.1", port) for port in store.endpoint.ports.values()}
    assert ("127.0.0.1", store.endpoint.ports["s3"]) in listeners(store.folder) <= named


async def test_every_port_refuses_unsigned_requests(store: Store) -> None:
    chunks = store.chunks()
    assert len(chunks) >= 3
    bucket = store.endpoint.bucket
    paths = [f"/{chunk}" for chunk in chunks]
    paths += [f"{prefix}/{bucket}/{key}" for prefix in ("", "/buckets") for key in ("small", "large", "new")]
    paths += [f"/{bucket}", f"/buckets/{bucket}/", f"/{bucket}?list-type=2"]
    passed = {
        (port, method, path)
        for _, port in listeners(store.folder)
        for path in paths
        for method in ("GET", "PUT", "DELETE", "POST")
        if (status := http_status(port, method, path)) is not None and status < 400
    }
    assert passed == set()
    assert await store.read("small") == SMALL
    assert await store.read("large") == LARGE


def test_grpc_asks_for_a_certificate(store: Store) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    grpc = {name: port for name, port in store.endpoint.ports.items() if name.endswith(".grpc")}
    assert len(grpc) == 5
    for port in grpc.values():
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
            plain.sendall(HTTP2_HELLO)
            assert plain.recv(9)[3:4] != b"\x04"
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as raw:
            stranger = trusting.wrap_socket(raw)
            stranger.sendall(HTTP2_HELLO)
            with stranger, pytest.raises(ssl.SSLError, match="CERT"):
                stranger.recv(9)


async def test_a_presigned_url_opens_one_object_for_reading_only(store: Store) -> None:
    async with aiohttp.ClientSession() as http:
        url = await store.client.generate_presigned_url(
            "get_object", Params={"Bucket": store.endpoint.bucket, "Key": "large"}
        )
        async with http.get(url) as answer:
            assert await answer.read() == LARGE
        for method, other in (("GET", url.replace("large", "small")), ("PUT", url), ("DELETE", url)):
            async with http.request(method, other) as answer:
                assert answer.status == 403


POLICY = [{"Content-Type": "image/png"}, ["content-length-range", 10, 100]]


@pytest.mark.parametrize(
    ("changed", "size", "seconds", "status"),
    [
        ({}, 50, 60, 204),
        ({}, 101, 60, 400),
        ({}, 9, 60, 400),
        ({}, 50, -60, 403),
        ({"key": "up/two"}, 50, 60, 403),
        ({"Content-Type": "text/html"}, 50, 60, 403),
        ({"x-amz-meta-more": "1"}, 50, 60, 403),
        ({"x-amz-signature": "0" * 64}, 50, 60, 403),
        ({"policy": "e30="}, 50, 60, 403),
    ],
)
async def test_a_post_is_bound_to_its_policy(
    store: Store, changed: dict[str, str], size: int, seconds: int, status: int
) -> None:
    async with aiohttp.ClientSession() as http:
        post = await store.client.generate_presigned_post(
            store.endpoint.bucket, "up/one", Fields={"Content-Type": "image/png"}, Conditions=POLICY, ExpiresIn=seconds
        )
        form = aiohttp.FormData({**post["fields"], **changed})
        form.add_field("file", b"x" * size, filename="one.png", content_type="image/png")
        async with http.post(post["url"], data=form) as answer:
            assert answer.status == status


async def test_no_object_becomes_public(store: Store) -> None:
    async with aiohttp.ClientSession() as http:
        await store.client.put_object(Bucket=store.endpoint.bucket, Key="shy", Body=SMALL, ACL="public-read")
        async with http.get(f"{store.endpoint.url}/{store.endpoint.bucket}/shy") as answer:
            assert answer.status == 403


def test_secrets_are_private(store: Store) -> None:
    credentials = store.folder / "s3" / "credentials.json"
    assert json.loads(credentials.read_text())["secret_key"] == store.endpoint.secret_key
    assert store.endpoint.secret_key not in repr(store.endpoint)
    for path in (
        credentials,
        store.folder / "s3" / "data" / "security.toml",
        store.folder / "s3" / "data" / "node.key",
    ):
        assert path.stat().st_mode & 0o077 == 0
