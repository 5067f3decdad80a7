"""What the server answers with, seen over HTTP."""

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from graphql import build_schema, parse, validate
from yarl import URL

from app.errors import ConfigurationError
from app.playground import FOLDER, Demo, load_operations, playground_routes
from tests.playground.conftest import Serve, nobody
from tests.playground.toy_backend import PASSWORD

ASSETS = FOLDER / "dist" / "assets"
NAMED_ASSET = re.compile(r"[\w.-]+-[\w-]{8}\.(?:js|css|svg|ttf|woff2)\b")


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def test_the_page_keeps_to_itself(client: ClientSession, url: str) -> None:
    async with client.get(url) as answer:
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert answer.status == 200
        assert answer.content_type == "text/html"
    host = URL(url).authority
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == f"'self' ws://{host} wss://{host}"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_a_strange_host_header_does_not_get_into_the_policy(client: ClientSession, url: str) -> None:
    async with client.get(url, headers={"Host": "a; script-src *"}) as answer:
        assert "connect-src 'self';" in answer.headers["Content-Security-Policy"]


async def test_the_page_may_reach_the_media(client: ClientSession, serve: Serve) -> None:
    async with client.get((await serve(nobody, media_origins=["https://media.example"])).make_url("/")) as answer:
        policy = answer.headers["Content-Security-Policy"]
    for directive in ("connect-src", "img-src", "media-src"):
        assert re.search(rf"{directive} [^;]*https://media\.example", policy)


async def test_the_page_names_only_files_of_our_own(client: ClientSession, url: str) -> None:
    async with client.get(url) as answer:
        html = await answer.text()
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(links) >= 3
    assert "//" not in html
    for link in links:
        assert link.startswith("/playground/assets/")
        async with client.get(URL(url).join(URL(link))) as answer:
            assert answer.status == 200


async def test_every_file_is_served_for_good_and_as_what_it_is(client: ClientSession, url: str) -> None:
    for path in ASSETS.iterdir():
        async with client.get(f"{url}playground/assets/{path.name}") as answer:
            assert await answer.read() == path.read_bytes()
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"]
            assert answer.content_type.split("/")[0] in {"text", "font", "image"}


async def test_scripts_are_compressed_only_for_those_who_take_it(client: ClientSession, url: str) -> None:
    script = next(ASSETS.glob("vendor-*.js"))
    sizes = {}
    for coding in ("gzip", "identity"):
        address = f"{url}playground/assets/{script.name}"
        async with client.get(address, headers={"Accept-Encoding": coding}) as answer:
            assert answer.headers["Vary"] == "Accept-Encoding"
            sizes[coding] = int(answer.headers["Content-Length"])
    assert sizes["identity"] == script.stat().st_size
    assert sizes["gzip"] < sizes["identity"] / 2


def test_every_file_that_another_one_loads_is_there() -> None:
    there = {path.name for path in ASSETS.iterdir()}
    for path in ASSETS.iterdir():
        if path.suffix in {".js", ".css"}:
            named = set(re.findall(r"assets/(" + NAMED_ASSET.pattern + ")", path.read_text(encoding="utf-8")))
            assert named <= there


@pytest.mark.parametrize(
    "path",
    [
        "playground/assets/../index.html",
        "playground/assets/..%2findex.html",
        "playground/assets/%2e%2e%2f%2e%2e%2fpackage.json",
        "playground/assets/..%2f..%2f..%2fpyproject.toml",
        "playground/assets/%2fetc%2fpasswd",
        "playground/assets/",
        "playground/assets/missing.js",
        "playground/index.html",
    ],
)
async def test_no_other_file_can_be_asked_for(client: ClientSession, url: str, path: str) -> None:
    async with client.get(URL(url + path, encoded=True)) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["", "playground/config.json"])
async def test_what_has_not_changed_is_not_sent_again(client: ClientSession, url: str, path: str) -> None:
    async with client.get(url + path) as answer:
        tag = answer.headers["ETag"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
    async with client.get(url + path, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
        assert await answer.read() == b""
        assert answer.headers["ETag"] == tag
    async with client.get(url + path, headers={"If-None-Match": '"other"'}) as answer:
        assert answer.status == 200


async def test_the_configuration_names_people_and_examples(client: ClientSession, url: str) -> None:
    async with client.get(f"{url}playground/config.json") as answer:
        config = await answer.json()
    assert config["graphqlPath"] == "/graphql"
    assert config["demo"]["password"] == PASSWORD
    assert config["demo"]["people"][0] == {"handle": "mira", "displayName": "Mira Okafor", "avatar": None}
    assert [(operation["folder"], operation["name"]) for operation in config["operations"]] == [
        ("live", "message-added"),
        ("messages", "send-message"),
        ("messages", "send-to-group"),
        ("people", "viewer"),
    ]
    send = config["operations"][1]
    assert send["title"] == "Send a message"
    assert send["description"].startswith("A text to one of your conversations.")
    assert "mutation SendMessage" in send["query"]
    assert "{{conversationId}}" in send["variables"]


async def test_without_demo_data_no_password_is_told(client: ClientSession, serve: Serve) -> None:
    async with client.get((await serve(nobody)).make_url("/playground/config.json")) as answer:
        assert (await answer.json())["demo"] is None


async def test_new_demo_people_are_told_without_a_restart(client: ClientSession, serve: Serve) -> None:
    demos = [None, Demo(PASSWORD, [])]

    async def provide() -> Demo | None:
        return demos.pop(0)

    server = await serve(provide)
    for expected in (None, {"password": PASSWORD, "people": []}):
        async with client.get(server.make_url("/playground/config.json")) as answer:
            assert (await answer.json())["demo"] == expected


def test_the_page_is_found_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert playground_routes(nobody)


def test_a_page_that_was_not_built_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"npm run build") as caught:
        playground_routes(nobody, folder=tmp_path)
    assert "\n" not in str(caught.value)


def test_variables_that_are_not_json_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "broken.graphql").write_text("{ viewer { id } }")
    (tmp_path / "broken.variables.json").write_text("{")
    with pytest.raises(ConfigurationError, match=r"broken\.variables\.json"):
        load_operations(tmp_path)


def test_an_example_without_a_comment_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "mark-read.graphql").write_text("mutation { a }\n# not a title\n")
    assert [(found.title, found.description) for found in load_operations(tmp_path)] == [("Mark read", "")]


def test_the_built_page_is_that_of_the_sources() -> None:
    names = ("index.html", "package-lock.json", "package.json", "tsconfig.json", "vite.config.js")
    sources = [FOLDER / name for name in names] + [path for path in (FOLDER / "src").rglob("*") if path.is_file()]
    digest = hashlib.sha256()
    for relative in sorted(path.relative_to(FOLDER).as_posix() for path in sources):
        digest.update(f"{relative}\n".encode() + (FOLDER / relative).read_bytes())
    built_from = (FOLDER / "dist" / "sources.sha256").read_text().strip()
    assert digest.hexdigest() == built_from, "run `npm ci && npm run build` in graphql-playground/"


def test_what_the_page_asks_by_itself_fits_the_schema() -> None:
    schema = build_schema((FOLDER.parent / "schema" / "schema.graphql").read_text(encoding="utf-8"))
    scripts = (path.read_text(encoding="utf-8") for path in (FOLDER / "src").glob("*.ts"))
    documents = [found for script in scripts for found in re.findall(r"/\* GraphQL \*/ `([^`]+)`", script)]
    assert len(documents) == 7
    welcome = (FOLDER / "src" / "welcome.graphql").read_text(encoding="utf-8")
    for document in [*documents, welcome]:
        assert validate(schema, parse(document)) == []
