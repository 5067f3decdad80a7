"""The playground at `/`: a page built beforehand (`graphql-playground/dist`), served from our own files alone.

Nothing here is needed by the API, and no file outside the built page can be asked for: what is served is listed once,
at start.
"""

import asyncio
import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from app.errors import ConfigurationError

FOLDER = Path(__file__).resolve().parent.parent / "graphql-playground"

FOREVER = "public, max-age=31536000, immutable"  # for names that carry a hash of their content
REVALIDATE = "private, no-cache"

CONTENT_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}
COMPRESSED_ALREADY = {".woff2"}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone to sign in as at a click; `avatar` is a small picture as a `data:` URL."""

    handle: str
    displayName: str  # noqa: N815 - the page reads these fields as JSON, under their names
    avatar: str | None


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo people, who share one password."""

    password: str
    people: Sequence[DemoPerson]


@dataclass(frozen=True, slots=True)
class Operation:
    """An example: `<folder>/<name>.graphql`, and `variables` from its sibling `<name>.variables.json` (JSON text)."""

    name: str
    folder: str
    title: str
    description: str
    query: str
    variables: str | None


DemoProvider = Callable[[], Awaitable[Demo | None]]
"""Answers with the demo people, or with None where there is no demo data. Asked at each opening of the page."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the built page."""

    path: Path
    content_type: str

    @property
    def worth_compressing(self) -> bool:
        """Whether gzip makes it smaller."""
        return self.path.suffix not in COMPRESSED_ALREADY


def playground_routes(
    demo: DemoProvider,
    *,
    graphql_path: str = "/graphql",
    media_origins: Sequence[str] = (),
    folder: Path = FOLDER,
) -> list[web.RouteDef]:
    """Return the routes of the page, its files and its configuration.

    `media_origins` are where clients fetch and upload media (scheme, host and port): the page may connect to no other
    server than this one and those. Raises ConfigurationError when the built page is missing or an example is broken.
    """
    page = Page(folder, demo, graphql_path)
    secured = _SecurityHeaders(media_origins)
    return [
        web.get("/", secured(page.index)),
        web.get("/playground/config.json", secured(page.config)),
        web.get("/playground/assets/{name}", secured(page.asset)),
    ]


class Page:
    """The built page in `folder`, read once."""

    def __init__(self, folder: Path, demo: DemoProvider, graphql_path: str) -> None:
        self._index = _read_index(folder / "dist" / "index.html")
        self._assets = _list_assets(folder / "dist" / "assets")
        self._operations = [asdict(operation) for operation in load_operations(folder / "operations")]
        self._compressed: dict[str, bytes] = {}
        self._demo = demo
        self._graphql_path = graphql_path

    async def index(self, request: web.Request) -> web.StreamResponse:
        """Answer with the page itself."""
        return _revalidated(request, self._index, "text/html")

    async def config(self, request: web.Request) -> web.StreamResponse:
        """Answer with what the page has to know of this server."""
        demo = await self._demo()
        config = {"graphqlPath": self._graphql_path, "demo": demo, "operations": self._operations}
        return _revalidated(request, orjson.dumps(config), "application/json")

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """Answer with a file of the page, compressed for clients that take it so (once per file and process)."""
        name = request.match_info["name"]
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound
        headers = {hdrs.CACHE_CONTROL: FOREVER, hdrs.VARY: hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE: asset.content_type}
        if not asset.worth_compressing or "gzip" not in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            return web.FileResponse(asset.path, headers=headers)
        if name not in self._compressed:
            self._compressed[name] = await asyncio.to_thread(_compress, asset.path)
        return web.Response(body=self._compressed[name], headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})


class _SecurityHeaders:
    """Adds the headers that keep the page to itself. Workers have a policy of their own, so files carry it too."""

    HOST = re.compile(r"[\w.:\[\]-]+")

    def __init__(self, media_origins: Sequence[str]) -> None:
        self._media = " ".join(media_origins)

    def __call__(self, handler: Handler) -> Handler:
        async def secured(request: web.Request) -> web.StreamResponse:
            response = await handler(request)
            response.headers.update(self._headers(request.host))
            return response

        return secured

    def _headers(self, host: str) -> Mapping[str, str]:
        return {
            "Content-Security-Policy": self._policy(host),
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    def _policy(self, host: str) -> str:
        # Not every browser lets 'self' stand for WebSockets of the same host.
        sockets = f"ws://{host} wss://{host}" if self.HOST.fullmatch(host) else ""
        directives = {
            "default-src": "'self'",
            "connect-src": f"'self' {sockets} {self._media}",
            "img-src": f"'self' data: blob: {self._media}",
            "media-src": f"'self' {self._media}",
            "style-src": "'self' 'unsafe-inline'",  # the editor places its lines by inline styles
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        }
        return "; ".join(" ".join([name, *sources.split()]) for name, sources in directives.items())


def load_operations(folder: Path) -> list[Operation]:
    """Read the examples in `folder`, ordered by folder and title; none where there is no such folder.

    The first comment line of a file is the title, the comment lines after it are the description. Raises
    ConfigurationError for variables that are not JSON.
    """
    operations = [_read_operation(path, folder) for path in folder.rglob("*.graphql")]
    return sorted(operations, key=lambda operation: (operation.folder, operation.title))


def _read_operation(path: Path, folder: Path) -> Operation:
    query = path.read_text(encoding="utf-8")
    title, *description = _leading_comments(query) or [path.stem.replace("-", " ").capitalize()]
    return Operation(
        name=path.stem,
        folder=path.parent.relative_to(folder).as_posix().removeprefix("."),
        title=title,
        description=" ".join(line for line in description if line),
        query=query,
        variables=_read_variables(path.with_name(f"{path.stem}.variables.json")),
    )


def _leading_comments(query: str) -> list[str]:
    comments = []
    for line in query.splitlines():
        if not line.startswith("#"):
            break
        comments.append(line.lstrip("#").strip())
    return comments


def _read_variables(path: Path) -> str | None:
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from error
    return text.strip()


def _read_index(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"The built playground is missing ({path}): run `npm ci && npm run build` in {path.parent.parent}."
        ) from error


def _list_assets(folder: Path) -> dict[str, Asset]:
    return {path.name: Asset(path, CONTENT_TYPES[path.suffix]) for path in folder.iterdir()}


def _compress(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _revalidated(request: web.Request, body: bytes, content_type: str) -> web.Response:
    """Answer with `body`, or tell a client that has it already that it has not changed."""
    tag = hashlib.sha256(body).hexdigest()[:32]
    known = any(etag.value in (tag, "*") for etag in request.if_none_match or ())
    response = (
        web.Response(status=304) if known else web.Response(body=body, content_type=content_type, charset="utf-8")
    )
    response.etag = tag
    response.headers[hdrs.CACHE_CONTROL] = REVALIDATE
    return response
