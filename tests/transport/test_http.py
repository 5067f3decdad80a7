"""GraphQL over HTTP, after the September 2026 edition of the specification."""

import asyncio
import gzip
import logging
from typing import Any

import orjson
import pytest

from app.transport.http import HTTPSettings
from app.transport.reports import Report, log_report
from tests.support.graphql_client import GraphQLRequestError, Reply
from tests.support.patience import PATIENCE
from tests.transport.conftest import StartToy, Toy

MODERN = "application/graphql-response+json"
LEGACY = "application/json"
HELLO = orjson.dumps({"query": "{ hello }"})


def body(query: str, **entries: Any) -> bytes:
    return orjson.dumps({"query": query, **entries})


async def test_a_query_is_answered(toy: Toy) -> None:
    reply = await toy.client.raw("query ($name: String!) { hello(name: $name) }", {"name": "bob"})
    assert reply.status == 200
    assert reply.body == {"data": {"hello": "hello bob"}}
    assert reply.headers["Content-Type"] == f"{MODERN}; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"
    assert toy.reports == []


async def test_the_client_raises_what_it_did_not_expect(toy: Toy) -> None:
    assert await toy.client.execute("{ hello }") == {"hello": "hello you"}
    with pytest.raises(GraphQLRequestError) as raised:
        await toy.client.execute("{ refused }")
    assert raised.value.codes == ["TOO_LATE"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (MODERN, MODERN),
        (LEGACY, LEGACY),
        ("*/*", MODERN),
        ("application/*", MODERN),
        ("", MODERN),
        (f"{MODERN}, {LEGACY};q=0.9", MODERN),
        (f"{MODERN};q=0.5, {LEGACY}", LEGACY),
        (f"{LEGACY};charset=utf-8, */*;q=0.1", LEGACY),
        ("text/html, */*;q=0.8", MODERN),
        (f"{MODERN};q=0, */*", LEGACY),
    ],
)
async def test_the_response_comes_in_the_preferred_media_type(toy: Toy, accept: str, media_type: str) -> None:
    reply = await toy.client.post(HELLO, Accept=accept)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == f"{media_type}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", f"{LEGACY};charset=latin-1", f"{MODERN};q=0"])
async def test_no_media_type_in_common_is_406(toy: Toy, accept: str) -> None:
    reply = await toy.client.post(HELLO, Accept=accept)
    assert (reply.status, reply.codes) == (406, ["NOT_ACCEPTABLE"])


@pytest.mark.parametrize(
    ("query", "entries", "status", "code"),
    [
        ("{ hello", {}, 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", {}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ("{ hello }", {"operationName": "Q"}, 422, "OPERATION_RESOLUTION_FAILURE"),
        ("query A { hello } query B { hello }", {}, 422, "OPERATION_RESOLUTION_FAILURE"),
        ("query ($n: Int!) { dogs(first: $n) { total } }", {"variables": {}}, 422, "BAD_USER_INPUT"),
        ("{ dogs(first: 1000000) { edges { cursor } } }", {}, 422, "LIMIT_EXCEEDED"),
        ("subscription { count }", {}, 422, "BAD_USER_INPUT"),
    ],
)
async def test_a_request_that_is_not_executed_has_no_data(
    toy: Toy, query: str, entries: dict[str, Any], status: int, code: str
) -> None:
    modern = await toy.client.post(body(query, **entries))
    legacy = await toy.client.post(body(query, **entries), Accept=LEGACY)
    assert (modern.status, legacy.status) == (status, 200)
    assert modern.codes == legacy.codes == [code]
    assert "data" not in modern.body
    assert [report.codes for report in toy.reports] == [[code]] * 2


@pytest.mark.parametrize("query", ["{ refused hello }", "{ broken }"])
async def test_data_with_errors_is_a_partial_success(toy: Toy, query: str) -> None:
    modern = await toy.client.post(body(query))
    legacy = await toy.client.post(body(query), Accept=LEGACY)
    assert (modern.status, legacy.status) == (294, 200)
    assert "data" in modern.body
    assert modern.codes == legacy.codes


@pytest.mark.parametrize("media_type", [MODERN, LEGACY])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 400),
        (b"NONSENSE", 400),
        (b'{"query":', 400),
        (b'{"query": "\xff"}', 400),
        (b"[]", 422),
        (b"[" + HELLO + b"]", 422),
        (b'"{ hello }"', 422),
        (b"{}", 422),
        (b'{"query": null}', 422),
        (b'{"query": 1}', 422),
        (body("{ hello }", operationName=1), 422),
        (body("{ hello }", variables=[1]), 422),
        (body("{ hello }", variables="{}"), 422),
        (body("{ hello }", extensions=[]), 422),
    ],
)
async def test_a_malformed_request_is_refused_clearly(toy: Toy, media_type: str, sent: bytes, status: int) -> None:
    reply = await toy.client.post(sent, Accept=media_type)
    assert (reply.status, reply.codes) == (status, ["BAD_REQUEST"])
    assert reply.headers["Content-Type"] == f"{media_type}; charset=utf-8"


async def test_batches_are_refused_by_name(toy: Toy) -> None:
    reply = await toy.client.post(b"[" + HELLO + b"]")
    assert "batches are not supported" in reply.body["errors"][0]["message"]


async def test_nulls_and_unknown_entries_are_as_if_absent(toy: Toy) -> None:
    sent = body("{ hello }", operationName=None, variables=None, extensions=None, anything=[1])
    assert (await toy.client.post(sent)).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonp",
    ],
)
async def test_other_content_types_are_415(toy: Toy, content_type: str) -> None:
    """What a page can send to another origin without asking must not be executed."""
    reply = await toy.client.post(HELLO, Content_Type=content_type)
    assert (reply.status, reply.codes) == (415, ["UNSUPPORTED_MEDIA_TYPE"])


async def test_a_missing_content_type_is_415(toy: Toy) -> None:
    async with toy.client.session.post(toy.client.url, data=HELLO, skip_auto_headers=["Content-Type"]) as response:
        assert response.status == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", 'Application/JSON; charset="utf-8"'])
async def test_json_in_utf_8_is_taken_however_it_is_written(toy: Toy, content_type: str) -> None:
    sent = body("query ($name: String!) { hello(name: $name) }", variables={"name": "Zoë 🐈"})
    reply = await toy.client.post(sent, Content_Type=content_type)
    assert reply.body == {"data": {"hello": "hello Zoë 🐈"}}


async def test_a_body_that_is_too_large_is_413(start_toy: StartToy) -> None:
    toy = await start_toy(http=HTTPSettings(max_body_bytes=100))
    assert (await toy.client.post(HELLO.ljust(100))).status == 200
    reply = await toy.client.post(HELLO.ljust(101))
    assert (reply.status, reply.codes) == (413, ["PAYLOAD_TOO_LARGE"])


async def test_a_body_without_a_length_is_not_read_to_its_end(start_toy: StartToy) -> None:
    toy = await start_toy(http=HTTPSettings(max_body_bytes=100))
    reader, writer = await asyncio.open_connection(toy.server.host, toy.server.port)
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"80\r\n" + b"x" * 0x80 + b"\r\n"  # and no end
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 413")
    writer.close()


async def test_a_body_is_measured_unpacked(start_toy: StartToy) -> None:
    toy = await start_toy(http=HTTPSettings(max_body_bytes=10_000))
    bomb = gzip.compress(HELLO + b" " * 1_000_000)
    assert len(bomb) < 10_000
    assert (await toy.client.post(bomb, Content_Encoding="gzip")).status == 413
    assert (await toy.client.post(gzip.compress(HELLO), Content_Encoding="gzip")).status == 200
    assert (await toy.client.post(HELLO, Content_Encoding="gzip")).status == 400


async def test_a_body_that_does_not_come_is_408(start_toy: StartToy) -> None:
    toy = await start_toy(http=HTTPSettings(body_seconds=0.05))
    reader, writer = await asyncio.open_connection(toy.server.host, toy.server.port)
    writer.write(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
    assert (await reader.readline()).startswith(b"HTTP/1.1 408")
    writer.close()


async def test_get_takes_queries(toy: Toy) -> None:
    parameters = {
        "query": "query A { whoami } query B($name: String) { hello(name: $name) }",
        "operationName": "B",
        "variables": '{"name": "bob"}',
        "extensions": "{}",
    }
    reply = await toy.client.get(parameters)
    assert (reply.status, reply.body) == (200, {"data": {"hello": "hello bob"}})
    assert (await toy.client.get({"query": "{ hello }", "operationName": "", "variables": ""})).status == 200


async def test_get_takes_no_mutation(toy: Toy) -> None:
    query = 'mutation M { rename(id: 1, name: "x") } query Q { hello }'
    reply = await toy.client.get({"query": query, "operationName": "M"})
    assert (reply.status, reply.headers["Allow"]) == (405, "POST")
    assert toy.world.names == {}
    assert (await toy.client.get({"query": query, "operationName": "Q"})).status == 200


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 422),
        ({"query": ""}, 422),
        ({"query": "{ hello }", "variables": "{"}, 400),
        ({"query": "{ hello }", "variables": "[]"}, 422),
        ({"query": "{ hello }", "extensions": "1"}, 422),
    ],
)
async def test_a_malformed_get_is_refused(toy: Toy, parameters: dict[str, str], status: int) -> None:
    assert (await toy.client.get(parameters)).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "GraphQL-Require-Preflight": "1"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://app.example.com"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.com"}, 403),
        ({"Origin": "https://evil.example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
    ],
)
async def test_a_foreign_page_cannot_get_without_asking(toy: Toy, headers: dict[str, str], status: int) -> None:
    assert (await toy.client.get({"query": "{ hello }"}, headers)).status == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_405(toy: Toy, method: str) -> None:
    reply = await toy.client.request(method, headers={})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, POST, OPTIONS")


async def test_the_bearer_token_makes_the_context(toy: Toy) -> None:
    assert await toy.client.with_token("ann").execute("{ whoami }") == {"whoami": "ann"}
    assert await toy.client.execute("{ whoami }") == {"whoami": None}
    for authorization in ("bearer ann", "Bearer   ann "):
        assert (await toy.client.post(body("{ whoami }"), Authorization=authorization)).body["data"]["whoami"] == "ann"
    for authorization in ("Basic ann", "Bearer", "ann"):
        assert (await toy.client.post(body("{ whoami }"), Authorization=authorization)).body["data"]["whoami"] is None


@pytest.mark.parametrize("media_type", [MODERN, LEGACY])
async def test_refused_credentials_are_401(toy: Toy, media_type: str) -> None:
    reply = await toy.client.with_token("bad").post(HELLO, Accept=media_type)
    assert (reply.status, reply.codes) == (401, ["UNAUTHENTICATED"])
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert "data" not in reply.body


@pytest.mark.parametrize("media_type", [MODERN, LEGACY])
async def test_a_failing_context_is_500_without_internals(
    toy: Toy, media_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply = await toy.client.with_token("crash").post(HELLO, Accept=media_type)
    assert (reply.status, reply.codes) == (500, ["INTERNAL_ERROR"])
    assert "hunter2" not in str(reply.body)
    assert len(caplog.records) == 1


async def test_a_page_of_an_allowed_origin_may_read(toy: Toy) -> None:
    allowed = await toy.client.post(HELLO, Origin="https://app.example.com")
    other = await toy.client.post(HELLO, Origin="https://evil.example.com")
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert "Access-Control-Allow-Origin" not in other.headers
    assert allowed.headers["Vary"] == other.headers["Vary"] == "Origin"


async def test_errors_can_be_read_by_allowed_pages_too(toy: Toy) -> None:
    reply = await toy.client.post(b"", Origin="https://app.example.com")
    assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example.com"


def preflight(origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }


async def test_a_preflight_from_an_allowed_origin_is_granted(toy: Toy) -> None:
    reply = await toy.client.request("OPTIONS", headers=preflight("https://app.example.com"))
    assert reply.status == 204
    assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert reply.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert reply.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    assert int(reply.headers["Access-Control-Max-Age"]) > 0
    assert "Origin" in reply.headers["Vary"]


async def test_a_preflight_from_elsewhere_is_not(toy: Toy) -> None:
    reply = await toy.client.request("OPTIONS", headers=preflight("https://evil.example.com"))
    assert reply.status == 403
    assert not [name for name in reply.headers if name.startswith("Access-Control")]


async def test_a_star_allows_every_origin(start_toy: StartToy) -> None:
    toy = await start_toy(origins=("*",))
    reply = await toy.client.post(HELLO, Origin="https://anything.example.com")
    assert reply.headers["Access-Control-Allow-Origin"] == "https://anything.example.com"


async def test_a_client_that_goes_away_does_not_hurt(toy: Toy, caplog: pytest.LogCaptureFixture) -> None:
    _, writer = await asyncio.open_connection(toy.server.host, toy.server.port)
    sent = body("mutation { wait }")
    writer.write(
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + f"Content-Length: {len(sent)}\r\n\r\n".encode()
        + sent
    )
    await asyncio.wait_for(toy.world.started.wait(), PATIENCE)
    writer.close()
    await writer.wait_closed()
    toy.world.gate.set()
    await asyncio.wait_for(toy.world.finished.wait(), PATIENCE)
    assert await toy.client.execute("{ hello }") == {"hello": "hello you"}
    assert not caplog.records


async def test_slow_and_failed_operations_are_reported(toy: Toy) -> None:
    await toy.client.raw("query Fine { hello }")
    assert toy.reports == []
    await toy.client.raw("query Bad { refused }")
    (report,) = toy.reports
    assert (report.transport, report.kind, report.name, report.codes) == ("http", "query", "Bad", ["TOO_LATE"])
    assert 0 < report.seconds < 5


def test_a_report_is_one_line_of_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        log_report(Report("http", "query", "Bad", 0.25, ["TOO_LATE"]))
        log_report(Report("socket", "", "", 2.0, []))
    assert [record.getMessage() for record in caplog.records] == [
        "http query Bad took 0.250 s and failed: TOO_LATE",
        "socket request (anonymous) took 2.000 s",
    ]
    assert caplog.records[0].__dict__["codes"] == ["TOO_LATE"]


async def test_many_at_once_are_all_answered(toy: Toy) -> None:
    replies: list[Reply] = await asyncio.gather(
        *(toy.client.raw("query ($n: String!) { hello(name: $n) }", {"n": str(n)}) for n in range(50))
    )
    assert [reply.body["data"]["hello"] for reply in replies] == [f"hello {n}" for n in range(50)]
