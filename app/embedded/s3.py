"""S3, as a child of ours: SeaweedFS's `weed mini`, which checks signatures, their expiry and POST policies.

What it does not do as Amazon's does: a POST may carry an `acl` field that its policy does not name (to no effect: no
object is ever public), `Content-MD5` cannot be a condition of a policy (`x-amz-checksum-sha256` can, and is
enforced), and as long as a bucket has no CORS rules it allows every origin.
"""

import asyncio
import json
import os
import secrets
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from app.embedded.child import POLL_SECONDS, START_SECONDS, Child, Steps, end_leftovers
from app.embedded.closing import write_configuration, write_private
from app.embedded.errors import EngineError
from app.embedded.installation import weed_program
from app.embedded.ports import PortBook, rendezvous_sockets
from app.embedded.sockets import SocketFolder

if TYPE_CHECKING:
    import aiohttp

HOST = "127.0.0.1"

# The object whose readability tells that the server is ready.
PROBE = ".ready"

# While it starts, it may take a request and never answer.
ANSWER_SECONDS = 10.0

# Asked to stop, it sometimes waits half a minute for an idle connection of its own. All it has acknowledged is in
# files by then, so that it loses nothing by being killed.
STOP: Steps = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 30.0))

# Somebody can take a port between our look and SeaweedFS's; thrice in a row nobody does.
ATTEMPTS = 3

# No service that we have no use for, no reports to its makers, no pause before it stops. A master that resumes its
# state is for an instant nobody's leader; a volume server that calls in that instant calls again after 5 seconds.
FLAGS = (
    "-admin.ui=false",
    "-disableHttp",
    "-master.resumeState=false",
    "-master.telemetry=false",
    "-s3.iam=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-volume.preStopSeconds=0",
    "-webdav=false",
    f"-ip={HOST}",
    f"-ip.bind={HOST}",
)


@dataclass(frozen=True, slots=True)
class S3Endpoint:
    """Where S3 is, and how to sign for it. `ports` are all TCP ports it listens on; only `s3` speaks S3."""

    url: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str
    region: str
    ports: dict[str, int]


class EmbeddedS3:
    """An S3 server on the loopback address that keeps its objects in a folder.

    Whoever starts it must have the folder to himself (`FolderLock`): a server found running there is one that was
    left behind, and is stopped. Keys and ports stay the same from one start to the next, so that presigned URLs do
    too, unless another program has taken the port; `port` asks for a certain one.
    """

    def __init__(
        self, folder: Path, *, port: int | None = None, bucket: str = "backchannel", region: str = "us-east-1"
    ) -> None:
        self._folder = folder
        self._port = port
        self._bucket = bucket
        self._region = region
        self._server: Child | None = None
        self._sockets: SocketFolder | None = None
        self._ports: dict[str, int] = {}

    async def start(self) -> S3Endpoint:
        """Start the server, with its bucket.

        Raises:
            EngineError: in one line, why it does not start.
        """
        program = weed_program()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        data = self._folder.resolve() / "data"
        data.mkdir(mode=0o700, exist_ok=True)
        await end_leftovers(program.name, data, STOP)
        keys = _keys(self._folder / "credentials.json")
        for _ in range(ATTEMPTS):
            self._ports = PortBook(self._folder / "ports.json").assign(self._port)
            self._server = self._spawn(program, data, keys)
            endpoint = S3Endpoint(
                f"http://{HOST}:{self._ports['s3']}", *keys, self._bucket, self._region, dict(self._ports)
            )
            if await self._answers(endpoint) and self._keeps_to_its_ports():
                return endpoint
            problem = f"SeaweedFS does not start: {self._server.complaint()} (its log is {self._server.log})"
            await self.stop()
        raise EngineError(problem)

    async def stop(self) -> None:
        """End the server; what it has acknowledged is kept."""
        if self._server is not None:
            await self._server.stop(STOP)
            self._server = None
        if self._sockets is not None:
            self._sockets.close()
            self._sockets = None
        for path in (path for port in self._ports.values() for path in rendezvous_sockets(port)):
            path.unlink(missing_ok=True)

    def _spawn(self, program: Path, data: Path, keys: tuple[str, str]) -> Child:
        write_configuration(data)
        (data / "mini.options").unlink(missing_ok=True)  # flags of an earlier start, which it would add to ours
        self._sockets = SocketFolder(self._folder.resolve(), "filer.sock")
        sockets = self._sockets.open()
        ports = [f"-{_flag(name)}={port}" for name, port in self._ports.items()]
        arguments = [
            *(str(program), "-logtostderr", "mini", *FLAGS, *ports),
            *(f"-dir={data}", f"-bucket={self._bucket}"),
            *(f"-s3.localSocket={sockets / 's3.sock'}", f"-filer.localSocket={sockets / 'filer.sock'}"),
        ]
        # Nothing of our environment: variables such as WEED_… or S3_BUCKET would change what it does.
        env = {
            "PATH": os.defpath,
            "HOME": os.fspath(data),
            "AWS_ACCESS_KEY_ID": keys[0],
            "AWS_SECRET_ACCESS_KEY": keys[1],
        }
        return Child(arguments, folder=data, log=self._folder.with_name("seaweedfs.log"), env=env, account=None)

    async def _answers(self, endpoint: S3Endpoint) -> bool:
        """Wait until objects can be read; false if the server gives up, or takes too long."""
        assert self._server is not None
        import aiohttp  # noqa: PLC0415 - the engine starts before what takes long to import

        deadline = time.monotonic() + START_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ANSWER_SECONDS)) as session:
            while self._server.exit_code is None and time.monotonic() < deadline:
                with suppress(aiohttp.ClientError, TimeoutError):
                    if await _reads(session, endpoint):
                        return True
                await asyncio.sleep(POLL_SECONDS)
        return False

    def _keeps_to_its_ports(self) -> bool:
        """Whether it has not quietly moved to another port, as it does when one for gRPC is taken."""
        assert self._server is not None
        listeners = psutil.Process(self._server.pid).net_connections("tcp")
        return {each.laddr.port for each in listeners if each.status == psutil.CONN_LISTEN} <= set(self._ports.values())


def _keys(file: Path) -> tuple[str, str]:
    """The access key and secret key in a file; made once, random, and readable by nobody else."""
    if not file.exists():
        made = {"access_key": secrets.token_hex(10), "secret_key": secrets.token_hex(20)}
        write_private(file, json.dumps(made).encode())
    stored = json.loads(file.read_text())
    return stored["access_key"], stored["secret_key"]


async def _reads(session: "aiohttp.ClientSession", endpoint: S3Endpoint) -> bool:
    """Whether the bucket is there and its objects can be read, which may begin later than S3 does.

    The object that tells is written if it is missing: on the first start, or when somebody has tidied up.
    """
    bucket = f"{endpoint.url}/{endpoint.bucket}"
    if await _status(session, endpoint, "HEAD", bucket) != HTTPStatus.OK:
        return False
    status = await _status(session, endpoint, "GET", f"{bucket}/{PROBE}")
    if status == HTTPStatus.NOT_FOUND:
        await _status(session, endpoint, "PUT", f"{bucket}/{PROBE}", b"ready")
    return status == HTTPStatus.OK


async def _status(
    session: "aiohttp.ClientSession", endpoint: S3Endpoint, method: str, url: str, body: bytes = b""
) -> int:
    """The answer to a signed request."""
    from botocore.auth import S3SigV4Auth  # noqa: PLC0415 - as above
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415
    from botocore.credentials import Credentials  # noqa: PLC0415

    request = AWSRequest(method, url, data=body)
    credentials = Credentials(endpoint.access_key, endpoint.secret_key)
    S3SigV4Auth(credentials, "s3", endpoint.region).add_auth(request)
    async with session.request(method, url, data=body, headers=dict(request.headers)) as response:
        return response.status


def _flag(listener: str) -> str:
    """The flag that sets a port: `master.port`, `master.port.grpc`."""
    service, _, protocol = listener.partition(".")
    return ".".join(filter(None, (service, "port", protocol)))
