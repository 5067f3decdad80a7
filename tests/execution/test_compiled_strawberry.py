"""Compiled execution of a strawberry schema: the same results as strawberry's own executor, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from types import SimpleNamespace
from typing import Annotated, Any, Union
from uuid import UUID

import orjson
import pytest
import strawberry
from graphql import parse
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.execution.batching import BATCHED, NOT_LOADED, BatchedField
from app.execution.compiled import Compiled
from app.execution.compiled.executor import VERSIONS, is_supported
from app.execution.compiled.sites import CHOICES_MAX, LENGTH_MAX, BatchedSite
from app.execution.compiled.strawberry_reader import CompiledStrawberryExecutor, OrjsonReader, StrawberryReader
from app.execution.documents import Documents
from app.execution.engine import Engine
from app.execution.plain_fields import PLAIN_FIELD, ColumnField, ComputedField

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = UUID(int=7)


@dataclass
class Context:
    """What was loaded."""

    asked: list[tuple[Sequence[int], tuple[Any, ...]]] = field(default_factory=list)


async def load_authors(context: Context, keys: Sequence[int], *following: Any) -> "list[Author | None]":
    context.asked.append((keys, following))
    return [Author(name=f"author {key}", key=key) if key else None for key in keys]


@strawberry.enum
class Kind(Enum):
    SHORT = "short"
    LONG = strawberry.enum_value("long", description="A long one.")


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Author:
    name: str
    key: strawberry.Private[int]

    @strawberry.field
    def initials(self) -> str:
        return self.name[0]

    @strawberry.field
    def greeting(self, info: strawberry.Info, word: str = "hello") -> str:
        return f"{word} {self.name} at {info.path.key}"


def one_by_one(key: str) -> Any:
    async def author(root: Any, info: strawberry.Info[Context, None], times: int = 1) -> Author | None:
        return (await load_authors(info.context, [getattr(root, key)], times))[0]

    return author


@strawberry.type
class Note(Node):
    row: strawberry.Private[dict[str, Any]]
    author_id: strawberry.Private[int | None]
    known: strawberry.Private[Any] = NOT_LOADED
    kind: Kind
    at: datetime
    key: UUID

    text: str = strawberry.field(
        resolver=lambda root: root.row["text"], metadata={PLAIN_FIELD: ColumnField("row", "text")}
    )
    length: int = strawberry.field(
        resolver=lambda root: len(root.row["text"]),
        metadata={PLAIN_FIELD: ComputedField(lambda root: len(root.row["text"]))},
    )
    author: Author | None = strawberry.field(
        resolver=one_by_one("author_id"),
        metadata={BATCHED: BatchedField(load_authors, "author_id", lambda times=1: (times,), preloaded="known")},
    )


async def load_tags(_context: Context, keys: Sequence[int]) -> list[list[str]]:
    return [[str(key)] for key in keys]


@strawberry.type
class Picture(Node):
    width: int
    tags: list[str] = strawberry.field(
        resolver=lambda root: root.fresh_tags,
        metadata={BATCHED: BatchedField(load_tags, "width", preloaded="fresh_tags")},
    )

    @property
    def fresh_tags(self) -> list[str]:
        return [f"tag {self.width}"]


Item = Annotated[Union[Note, Picture], strawberry.union("Item")]  # noqa: UP007


def note(number: int, author_id: int | None = 1, **more: Any) -> Note:
    row = {"text": "x" * number}
    return Note(id=strawberry.ID(f"n{number}"), row=row, author_id=author_id, kind=Kind.LONG, at=AT, key=KEY, **more)


ITEMS: list[Any] = [note(1), Picture(id=strawberry.ID("p"), width=3), note(2, 2), note(3, 1), note(4, 0)]


@strawberry.type
class Query:
    @strawberry.field
    def items(self) -> list[Item]:
        return ITEMS

    @strawberry.field
    def pictures(self) -> list[Picture]:
        return [Picture(id=strawberry.ID("p"), width=width) for width in range(100)]

    @strawberry.field
    def nodes(self) -> list[Node]:
        return ITEMS

    @strawberry.field
    def cast(self) -> Item:
        return strawberry.cast(Picture, note(1))

    @strawberry.field
    def with_author(self) -> Item:
        return note(1, known=Author(name="known", key=9))


class Fallback(StrawberryGraphQLCoreExecutionContext):
    left = 0

    def complete_value(self, *args: Any) -> Any:
        type(self).left += 1
        return super().complete_value(*args)


class Watched(Compiled, Fallback):
    reader_class = StrawberryReader
    libraries = CompiledStrawberryExecutor.libraries
    predicates = CompiledStrawberryExecutor.predicates


class ForOrjson(Watched):
    reader_class = OrjsonReader


SCHEMA = strawberry.Schema(query=Query, types=[Note, Picture])


async def both(query: str, executor: type[Watched] = Watched, variables: Any = None) -> tuple[Any, Context]:
    """The result and what was loaded; strawberry's own executor gives the same."""
    documents = Documents(SCHEMA)
    operation = documents.prepare(query).operation()
    expected = await Engine(SCHEMA, documents).execute(operation, variables=variables, context=Context())
    executor.left = 0
    context = Context()
    found = await Engine(SCHEMA, documents, executor).execute(operation, variables=variables, context=context)
    assert found.encoded() == expected.encoded()
    return orjson.loads(found.encoded())["data"], context


@pytest.mark.parametrize("executor", [Watched, ForOrjson])
@pytest.mark.parametrize(
    "query",
    [
        "{ items { __typename ... on Note { id text length kind at key } ... on Picture { width } } }",
        "{ nodes { id ... on Note { at } } }",
        "{ items { ... on Note { author { name initials } } } }",
        '{ items { ... on Note { author { greeting again: greeting(word: "hi") } } } }',
    ],
)
async def test_results_are_those_of_strawberry(query: str, executor: type[Watched]) -> None:
    await both(query, executor)
    assert executor.left == 0


async def test_a_declared_field_is_loaded_once_for_a_level() -> None:
    data, context = await both("{ items { ... on Note { author { name } } } }")
    assert context.asked == [([1, 2, 0], (1,))]
    assert [item.get("author", "none") for item in data["items"]] == [
        {"name": "author 1"}, "none", {"name": "author 2"}, {"name": "author 1"}, None,
    ]  # fmt: skip


async def test_arguments_tell_batches_apart() -> None:
    query = "query($t: Int!) { items { ... on Note { a: author(times: 2) { name } b: author(times: $t) { name } } } }"
    _, context = await both(query, variables={"t": 3})
    assert sorted(following for _, following in context.asked) == [(2,), (3,)]
    _, context = await both(query, variables={"t": 2})
    assert [following for _, following in context.asked] == [(2,)]


async def test_one_operation_is_told_apart_by_its_variables() -> None:
    documents = Documents(SCHEMA)
    operation = documents.prepare("query($t: Int) { items { ... on Note { author(times: $t) { name } } } }").operation()
    choices: list[dict[str, Any]] = [{}, *({"t": times} for times in range(CHOICES_MAX + 2)), {}, {"t": 0}]
    asked = []
    for variables in choices:
        context = Context()
        await Engine(SCHEMA, documents, Watched).execute(operation, variables=variables, context=context)
        asked += [following for _, following in context.asked]
    assert asked == [(variables.get("t", 1),) for variables in choices]


def test_what_is_asked_for_is_kept_for_short_variables_only() -> None:
    def arguments(run: Any, _site: Any) -> dict[str, Any]:
        return {"word": run.executor.variable_values.coerced["w"]}

    [operation] = parse("query ($w: String) { field(word: $w) }").definitions
    details: Any = [FieldDetails(operation.selection_set.selections[0], None)]  # type: ignore[attr-defined]
    declaration: Any = BatchedField(load_authors, "key", lambda word: (word,))
    nothing: Any = None
    site = BatchedSite("field", nothing, details, nothing, declaration, arguments, nothing, None, frozenset())
    for word, is_kept in (("x" * LENGTH_MAX, True), ("x" * (LENGTH_MAX + 1), False), (None, True), (1.0, False)):
        run: Any = SimpleNamespace(executor=SimpleNamespace(variable_values=VariableValues({}, {"w": word})))
        asked = site.asked(run)
        assert asked == (load_authors, (word,))
        assert (site.asked(run) is asked) is is_kept


async def test_what_came_along_is_not_loaded() -> None:
    class Plain(Watched):
        pass

    documents = Documents(SCHEMA)
    operation = documents.prepare("{ withAuthor { ... on Note { author { name } } } }").operation()
    context = Context()
    result = await Engine(SCHEMA, documents, Plain).execute(operation, variables=None, context=context)
    assert result.data == {"withAuthor": {"author": {"name": "known"}}}
    assert context.asked == []


async def test_values_that_are_made_for_the_moment_are_not_mixed_up() -> None:
    data, _ = await both("{ pictures { tags } }")
    assert data["pictures"] == [{"tags": [f"tag {width}"]} for width in range(100)]
    assert Watched.left == 0


async def test_a_cast_value_is_what_it_was_cast_to() -> None:
    for _ in range(2):
        await both("{ items { ... on Note { id } } cast { __typename ... on Note { id } } }")


async def test_other_versions_are_left_alone(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setitem(VERSIONS, "strawberry-graphql", "0.0.1")
    is_supported.cache_clear()
    try:
        await both("{ nodes { id } }")
        assert Watched.left > 0
        assert "compiled execution is off" in caplog.text
    finally:
        is_supported.cache_clear()


async def test_a_root_field_takes_an_argument_of_any_name() -> None:
    @strawberry.type
    class Named:
        @strawberry.field
        def by_source(self, source: str) -> Author:
            return Author(name=source, key=1)

    schema = strawberry.Schema(query=Named)
    documents = Documents(schema)
    operation = documents.prepare('{ bySource(source: "s") { name } }').operation()
    expected = await Engine(schema, documents).execute(operation, variables=None, context=Context())
    found = await Engine(schema, documents, CompiledStrawberryExecutor).execute(
        operation, variables=None, context=Context()
    )
    assert expected.data == {"bySource": {"name": "s"}}
    assert found.data == expected.data
