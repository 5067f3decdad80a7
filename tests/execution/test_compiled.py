"""Compiled execution of plain graphql-core schemas: the same results as graphql-core's own, by fewer calls."""

import asyncio
import inspect
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    execute,
    parse,
    subscribe,
    validate,
)
from graphql.execution.incremental import IncrementalExecutor

from app.execution.batching import BATCHED, BatchedField
from app.execution.compiled import Compiled
from tests.support.patience import PATIENCE

SDL = """
enum Size { SMALL LARGE }
interface Named { name: String! }
type Dog implements Named { name: String! age: Int friends(first: Int = 2): [Named] size: Size owner: Person }
type Cat implements Named { name: String! lives: Int! weight: Float }
type Person { id: ID! name: String isTall: Boolean! pets: [Named!]! slow: Int grid: [[Int]] path: String best: Person }
union Pet = Dog | Cat
type Query { person(id: ID): Person people: [Person!] pets: [Pet] named: Named number: Int }
type Mutation { rename(name: String): Person! }
type Subscription { person: Person }
"""


@dataclass
class Watch:
    """How many values were left to graphql-core."""

    left: int = 0


class Fallback(IncrementalExecutor):
    """Graphql-core's executor, which counts the values that it completes."""

    watch: Watch

    def complete_value(self, *args: Any) -> Any:
        self.watch.left += 1
        return super().complete_value(*args)


class Watched(Compiled, Fallback):
    """Compiled execution that is watched."""


@pytest.fixture
def watch() -> Watch:
    Watched.watch = Watch()
    return Watched.watch


@pytest.fixture
def schema() -> GraphQLSchema:
    schema = build_schema(SDL)

    def path_of(_source: Any, info: GraphQLResolveInfo[Any]) -> str:
        return ".".join(map(str, info.path.as_list()))

    async def slow(source: Any, _info: Any) -> Any:
        await asyncio.sleep(0)
        return source["slow"]

    person: Any = schema.type_map["Person"]
    person.fields["path"].resolve = path_of
    person.fields["slow"].resolve = slow
    return schema


async def run(executor: Any, schema: GraphQLSchema, document: DocumentNode, root: Any, variables: Any = None) -> Any:
    """The result of one execution."""
    value = root() if callable(root) else root
    outcome = execute(schema, document, value, variable_values=variables, executor_class=executor)
    return await outcome if inspect.isawaitable(outcome) else outcome


async def both(schema: GraphQLSchema, query: str, root: Any, variables: Any = None) -> Any:
    """The result by compiled execution, which is the same as graphql-core's."""
    document = parse(query)
    assert not validate(schema, document)
    expected = await run(IncrementalExecutor, schema, document, root, variables)
    for _ in range(2):  # the second time with what the first has learnt
        found = await run(Watched, schema, document, root, variables)
        assert found == expected
        assert _ordered(found.data) == _ordered(expected.data)
    return found


def _ordered(data: Any) -> Any:
    """Data whose comparison also compares the order of keys."""
    if isinstance(data, dict):
        return [(key, _ordered(value)) for key, value in data.items()]
    return [_ordered(item) for item in data] if isinstance(data, list) else data


ANN: dict[str, Any] = {"id": 1, "name": "ann", "isTall": True, "slow": 5, "grid": [[1, None], None, []],
       "pets": [{"__typename": "Dog", "name": "rex", "age": 3, "size": "LARGE", "friends": [None]},
                {"__typename": "Cat", "name": "tom", "lives": 9, "weight": 1.5}]}  # fmt: skip

PLAIN = {
    "scalars": "{ person { id name isTall __typename } }",
    "nested lists": "{ person { grid } }",
    "aliases": "{ one: person { a: name b: name } two: person { a: id } }",
    "merged fields": "{ person { pets { name } } person { id pets { __typename } } }",
    "order of merged fields": "{ person { id ...F name } } fragment F on Person { name id isTall }",
    "interfaces": "{ person { pets { __typename name ... on Dog { age size } ... on Cat { lives weight } } } }",
    "abstract fragments": "{ person { pets { ...N ... on Pet { ... on Cat { lives } } } } }"
    " fragment N on Named { name }",
    "paths": "{ person { path } people { path } }",
    "nulls": "{ person { best { id } pets { ... on Dog { owner { id } friends { name } } } } }",
}


@pytest.mark.parametrize("query", PLAIN.values(), ids=PLAIN.keys())
async def test_plain_values_are_completed_by_compiled_functions(
    schema: GraphQLSchema, watch: Watch, query: str
) -> None:
    assert (await both(schema, query, {"person": ANN, "people": [ANN, ANN]})).errors is None
    assert watch.left == 0


async def test_objects_and_mappings_are_read_alike(schema: GraphQLSchema, watch: Watch) -> None:
    people = [SimpleNamespace(id="x", name="bob", isTall=False), {"id": "y", "isTall": True}]
    assert (await both(schema, "{ people { id name isTall } }", {"people": people})).errors is None
    assert watch.left == 0


@pytest.mark.parametrize("shown", [True, False])
async def test_skip_and_include_follow_the_variables(schema: GraphQLSchema, watch: Watch, shown: bool) -> None:
    query = "query($s: Boolean!) { person { id @skip(if: $s) ... @include(if: $s) { name } } }"
    assert (await both(schema, query, {"person": ANN}, {"s": shown})).data == {
        "person": {"name": "ann"} if shown else {"id": "1"}
    }
    assert watch.left == 0


async def test_one_document_serves_every_choice_of_skip(schema: GraphQLSchema, watch: Watch) -> None:
    document = parse("query($s: Boolean!) { person { id @skip(if: $s) name } }")
    for skip in (True, False, True):
        result = await run(Watched, schema, document, {"person": ANN}, {"s": skip})
        assert result.data == {"person": {"name": "ann"} if skip else {"id": "1", "name": "ann"}}
    assert watch.left == 0


def broken(**fields: Any) -> Any:
    return {"person": {**ANN, **fields}}


def fail(_info: Any) -> Any:
    raise ValueError("failed")


async def failing(_info: Any) -> Any:
    raise ValueError("failed later")


def once(*items: Any) -> Iterator[Any]:
    yield from items


REX, TOM = ANN["pets"]

ABANDONED: dict[str, tuple[str, Any]] = {
    "null in a non-null field": ("{ person { id pets { name } } }", lambda: broken(id=None)),
    "null in a non-null list": ("{ person { name pets { name } } }", lambda: broken(pets=[None])),
    "an exception as value": ("{ person { name isTall } }", lambda: broken(name=ValueError("bad"))),
    "an exception as object": ("{ person { id best { id } } }", lambda: broken(best=ValueError("bad"))),
    "a method that fails": ("{ person { id name } }", lambda: broken(name=fail)),
    "an awaitable method that fails": ("{ person { id name } }", lambda: broken(name=failing)),
    "a bad leaf": ("{ person { grid id } }", lambda: broken(grid=[["x"]])),
    "a number too large": ("{ person { grid } }", lambda: broken(grid=[[2**31]])),
    "a number that is no number": ("{ person { pets { ... on Cat { weight } } } }",
                                   lambda: broken(pets=[{**TOM, "weight": float("nan")}])),
    "an unknown enum value": ("{ person { pets { ... on Dog { size } } } }",
                              lambda: broken(pets=[{**REX, "size": "HUGE"}])),
    "no list": ("{ person { grid id } }", lambda: broken(grid=7)),
    "a text for a list": ("{ person { grid id } }", lambda: broken(grid="text")),
    "an unknown type": ("{ person { pets { name } } }", lambda: broken(pets=[{"__typename": "Cow", "name": "x"}])),
    "a type that does not fit": ("{ person { pets { name } } }", lambda: broken(pets=[{"__typename": "Person"}])),
    "no type": ("{ person { pets { name } } }", lambda: broken(pets=[{"name": "x"}])),
    "an iterator": ("{ person { pets { name } } }", lambda: broken(pets=once(REX, TOM))),
    "a root exception": ("{ person { id } number }", lambda: {"person": ValueError("bad"), "number": 1}),
}  # fmt: skip


@pytest.mark.parametrize(("query", "root"), ABANDONED.values(), ids=ABANDONED.keys())
async def test_what_is_no_plain_success_is_left_to_graphql_core(
    schema: GraphQLSchema, watch: Watch, query: str, root: Any
) -> None:
    await both(schema, query, root)
    assert watch.left > 0


async def test_asynchronous_resolvers_of_a_level_run_together(schema: GraphQLSchema, watch: Watch) -> None:
    arrived = asyncio.Barrier(3)

    async def slow(source: Any, _info: Any) -> Any:
        await asyncio.wait_for(arrived.wait(), PATIENCE)
        return source["slow"]

    person: Any = schema.type_map["Person"]
    person.fields["slow"].resolve = slow
    people = [{**ANN, "slow": number} for number in range(3)]
    result = await both(schema, "{ people { slow id } }", {"people": people})
    assert result.data == {"people": [{"slow": number, "id": "1"} for number in range(3)]}
    assert watch.left == 0


async def test_an_error_that_comes_later_is_left_to_graphql_core(schema: GraphQLSchema, watch: Watch) -> None:
    async def slow(source: Any, _info: Any) -> Any:
        await asyncio.sleep(0)
        if source["slow"] == 1:
            raise ValueError("one")
        return source["slow"]

    person: Any = schema.type_map["Person"]
    person.fields["slow"].resolve = slow
    people = [{**ANN, "slow": number} for number in range(3)]
    result = await compiled(schema, "{ people { slow } }", {"people": people})
    assert watch.left > 0
    assert [error.path for error in result.errors] == [["people", 1, "slow"]]
    assert result.data == {"people": [{"slow": 0}, {"slow": None}, {"slow": 2}]}


async def test_a_root_resolver_runs_once_whatever_becomes_of_its_value(schema: GraphQLSchema, watch: Watch) -> None:
    calls: list[str] = []

    async def rename(_source: Any, _info: Any, name: str) -> Any:
        calls.append(name)
        return {"id": None, "name": name}

    assert schema.mutation_type
    schema.mutation_type.fields["rename"].resolve = rename

    result = await compiled(schema, 'mutation { a: rename(name: "a") { id } b: rename(name: "b") { name } }', None)
    assert calls == ["a"]
    assert result.data is None
    assert watch.left > 0


class Loads:
    """A batch that remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sequence[Hashable], tuple[Hashable, ...]]] = []

    async def __call__(self, _context: Any, keys: Sequence[Hashable], *following: Hashable) -> list[Any]:
        self.asked.append((keys, following))
        return [None if key == "nobody" else {**ANN, "id": key, "best": f"friend of {key}"} for key in keys]


@pytest.fixture
def loads(schema: GraphQLSchema) -> Loads:
    loads = Loads()
    dog: Any = schema.type_map["Dog"]
    person: Any = schema.type_map["Person"]
    dog.fields["owner"].extensions = {BATCHED: BatchedField(loads, "owner_id")}
    person.fields["best"].extensions = {BATCHED: BatchedField(loads, "best_id")}
    return loads


def dogs(*owners: str | None) -> Any:
    return {"pets": [{"__typename": "Dog", "name": "rex", "owner_id": owner} for owner in owners]}


async def compiled(schema: GraphQLSchema, query: str, root: Any) -> Any:
    return await run(Watched, schema, parse(query), root)


async def test_a_batch_is_called_once_for_a_level(schema: GraphQLSchema, watch: Watch, loads: Loads) -> None:
    query = "{ pets { ... on Dog { owner { id } again: owner { name } } } }"
    result = await compiled(schema, query, dogs("ann", "bob", None, "ann", "nobody"))
    assert loads.asked == [(["ann", "bob", "nobody"], ())]
    assert [pet["owner"] for pet in result.data["pets"]] == [{"id": "ann"}, {"id": "bob"}, None, {"id": "ann"}, None]
    assert watch.left == 0


async def test_what_was_loaded_is_not_loaded_again_at_another_level(
    schema: GraphQLSchema, watch: Watch, loads: Loads
) -> None:
    pets: Any = dogs("ann", "bob")
    person: Any = schema.type_map["Person"]
    person.fields["pets"].resolve = lambda _source, _info: pets["pets"]
    query = "{ pets { ... on Dog { owner { id pets { ... on Dog { owner { name } } } } } } }"
    result = await compiled(schema, query, pets)
    assert loads.asked == [(["ann", "bob"], ())]
    assert result.errors is None
    assert watch.left == 0


async def test_a_batch_that_fails_leaves_its_error_to_graphql_core(schema: GraphQLSchema, watch: Watch) -> None:
    async def failing_batch(_context: Any, _keys: Any) -> Any:
        raise ValueError("no database")

    def owner(_source: Any, _info: Any) -> Any:
        raise ValueError("asked one by one")

    dog: Any = schema.type_map["Dog"]
    dog.fields["owner"].extensions = {BATCHED: BatchedField(failing_batch, "owner_id")}
    dog.fields["owner"].resolve = owner
    result = await compiled(schema, "{ pets { ... on Dog { name owner { id } } } }", dogs("ann"))
    assert result.data == {"pets": [{"name": "rex", "owner": None}]}
    assert watch.left > 0
    assert [error.message for error in result.errors] == ["asked one by one"]


async def test_events_are_completed_by_compiled_functions(schema: GraphQLSchema, watch: Watch) -> None:
    async def events() -> Any:
        yield {"person": ANN}
        yield {"person": {**ANN, "id": None}}
        yield {"person": ANN}

    stream: Any = subscribe(
        schema, parse("subscription { person { id } }"), SimpleNamespace(person=lambda _info: events()),
        executor_class=Watched,
    )  # fmt: skip
    results = [result async for result in stream]
    assert [result.data for result in results] == [{"person": {"id": "1"}}, {"person": None}, {"person": {"id": "1"}}]
    assert watch.left == 3  # the root value of the second, and its id in two steps
