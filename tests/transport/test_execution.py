"""Documents are prepared once and executed with strawberry's conventions; errors say what a client may know."""

import asyncio
import gc
import logging
from contextlib import aclosing
from typing import Any

import pytest

from app.execution.compiled.strawberry_reader import CompiledForOrjson
from app.execution.documents import Documents
from app.execution.engine import Engine, Subscription
from app.execution.errors import RequestError
from app.execution.result import Result
from tests.transport.toy import Context, HubSource, Tick, World, schema


@pytest.fixture
def engine() -> Engine:
    return Engine(schema, Documents(schema), CompiledForOrjson)


async def run(engine: Engine, query: str, variables: dict[str, Any] | None = None, name: str | None = None) -> Result:
    operation = engine.documents.prepare(query).operation(name)
    return await engine.execute(operation, variables=variables, context=Context(World(), "ann"))


async def test_resolvers_see_the_context_inputs_enums_and_unions(engine: Engine) -> None:
    query = """
      query Q($box: Box!, $choice: Choice!) {
        whoami  hello(name: "bob")  box(box: $box)  choose(choice: $choice)  colour  named { __typename name }
        animals {
          __typename
          ... on Cat { name lives }
          ... on Dog { name tricks friends(first: 1) { ... on Cat { name } } }
        }
      }"""
    variables = {"box": {"corner": {"x": 3}, "colour": "GREEN"}, "choice": {"number": 1}}
    result = await run(engine, query, variables)
    assert result.payload() == {
        "data": {
            "whoami": "ann",
            "hello": "hello bob",
            "box": "GREEN 3,0",
            "choose": "number",
            "colour": "GREEN",
            "named": {"__typename": "Dog", "name": "Rex"},
            "animals": [
                {"__typename": "Cat", "name": "Tom", "lives": 9},
                {"__typename": "Dog", "name": "Rex", "tricks": ["sit"], "friends": [{"name": "c0"}]},
            ],
        }
    }


async def test_a_document_is_prepared_once(engine: Engine) -> None:
    first = engine.documents.prepare("{ hello }")
    assert engine.documents.prepare("{ hello }") is first
    assert engine.documents.prepare("{ nothing }") is engine.documents.prepare("{ nothing }")


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("{ hello", None, "GRAPHQL_PARSE_FAILED"),
        ("", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("fragment F on Query { hello }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("type Query { a: Int }", None, "GRAPHQL_VALIDATION_FAILED"),
        ('{ choose(choice: {text: "a", number: 1}) }', None, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", None, "OPERATION_RESOLUTION_FAILURE"),
        ("query A { hello } query B { hello }", "C", "OPERATION_RESOLUTION_FAILURE"),
        ("{ hello }", "C", "OPERATION_RESOLUTION_FAILURE"),
    ],
)
async def test_a_bad_document_says_what_is_wrong(engine: Engine, query: str, name: str | None, code: str) -> None:
    with pytest.raises(RequestError) as raised:
        engine.documents.prepare(query).operation(name)
    assert raised.value.code == code


async def test_the_operation_is_chosen_by_name(engine: Engine) -> None:
    query = 'query A { hello } query B { hello(name: "B") }'
    assert (await run(engine, query, name="B")).data == {"hello": "hello B"}


async def test_bad_variables_are_a_request_error(engine: Engine) -> None:
    result = await run(engine, "query Q($box: Box!) { box(box: $box) }", {"box": {"corner": {}}})
    assert result.codes == ["BAD_USER_INPUT"]
    assert "data" not in result.payload()


async def test_bad_input_found_while_executing_is_the_clients(engine: Engine) -> None:
    query = "query Q($first: Int = 2) { animals { ... on Dog { friends(first: $first) { __typename } } } }"
    result = await run(engine, query, {"first": None})
    assert result.codes == ["BAD_USER_INPUT"]


async def test_what_was_raised_on_purpose_is_shown(engine: Engine) -> None:
    result = await run(engine, "{ refused hello }")
    assert result.data == {"refused": None, "hello": "hello you"}
    assert [dict(error) for error in result.errors] == [
        {
            "message": "It is too late for that.",
            "locations": [{"line": 1, "column": 3}],
            "path": ["refused"],
            "extensions": {"code": "TOO_LATE"},
        }
    ]


async def test_a_bug_is_logged_with_the_id_that_the_client_gets(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    result = await run(engine, "{ a: bug b: bug }")
    assert b"hunter2" not in result.encoded()
    assert result.codes == ["INTERNAL_ERROR"] * 2
    for error, record in zip(result.errors, caplog.records, strict=True):
        assert error["message"] == "Internal error"
        assert str(error["extensions"]["id"]) in record.getMessage()
        assert "hunter2" in str(record.exc_info)


async def test_a_null_where_none_may_be_is_a_bug(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    result = await run(engine, "{ broken }")
    assert result.payload()["data"] is None
    assert result.codes == ["INTERNAL_ERROR"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_each_event_has_a_context_of_its_own(engine: Engine) -> None:
    """A DataLoader that outlived an event would answer the next one from its cache."""
    world = World(names={1: "before"})
    operation = engine.documents.prepare("subscription { ticks { number name } }").operation()
    subscription = await engine.subscribe(
        operation, variables=None, context=Context(world, None), event_context=lambda: Context(world, None)
    )
    assert isinstance(subscription, Subscription)
    assert isinstance(subscription.source, HubSource)
    async with aclosing(subscription.results()) as results:
        for name in ("before", "after"):
            world.names[1] = name
            reading = asyncio.create_task(anext(results))
            await world.hub.until(listeners=1)
            world.hub.publish(1)
            assert (await reading).data == {"ticks": {"number": 1, "name": name}}
    assert world.hub.stopped == 1


async def test_a_subscription_does_not_grow_with_its_events(engine: Engine) -> None:
    """graphql-core's own executors per event do, by a memo that they share."""
    operation = engine.documents.prepare("subscription { ticks { number } }").operation()
    subscription = await engine.subscribe(
        operation, variables=None, context=Context(World(), None), event_context=lambda: None
    )
    assert isinstance(subscription, Subscription)

    def objects_after(events: int) -> int:
        for number in range(events):
            result = subscription.respond(Tick(number=number))
            assert isinstance(result, Result)
            assert result.data == {"ticks": {"number": number}}
        gc.collect()
        return len(gc.get_objects())

    before = objects_after(10)
    assert objects_after(500) - before < 100


async def test_a_pushed_source_can_be_read_as_well(engine: Engine) -> None:
    world = World()
    operation = engine.documents.prepare("subscription { ticks(replay: 2) { number } }").operation()
    subscription = await engine.subscribe(
        operation, variables=None, context=Context(world, None), event_context=lambda: Context(world, None)
    )
    assert isinstance(subscription, Subscription)
    async with aclosing(subscription.results()) as results:
        heard = [(await anext(results)).data for _ in range(2)]
        world.hub.finish()
        heard += [result.data async for result in results]
    assert heard == [{"ticks": {"number": 0}}, {"ticks": {"number": 1}}]
    assert not world.hub.sources


async def test_a_subscription_that_cannot_start_says_why(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def opened(query: str) -> Result:
        operation = engine.documents.prepare(query).operation()
        context = Context(World(), None)
        result = await engine.subscribe(operation, variables=None, context=context, event_context=lambda: None)
        assert isinstance(result, Result)
        assert not result.executed
        return result

    assert (await opened("subscription { signedIn }")).codes == ["UNAUTHENTICATED"]
    assert not caplog.records
    assert (await opened("subscription { bug }")).codes == ["INTERNAL_ERROR"]
    assert len(caplog.records) == 1
