"""Fields that are declared as data: compiled execution gives what strawberry's own gives, with and without them."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Union

import pytest
import strawberry
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.execution.compiled.strawberry_reader import CompiledStrawberryExecutor
from app.execution.documents import Documents
from app.execution.engine import Engine
from app.execution.plain_fields import Expression, Standing
from app.execution.rows import RowClass
from schema.loading import column, computed, either, itself, listed, loaded

TEXT, HIDDEN, NUMBER = range(3)


async def load_tags(_context: Any, keys: Sequence[int]) -> list[list[str]]:
    return [[f"tag {key}"] for key in keys]


@strawberry.type
class Words:
    row: strawberry.Private[Any]
    text: str = column(TEXT, serialised=True, description="")
    length: int = column(TEXT, compute=len, description="")
    number: int = column(NUMBER, description="")
    tags: list[str] = loaded(load_tags, key="key", description="")

    @property
    def key(self) -> Any:
        return self.row[NUMBER]


@strawberry.type
class Silence:
    reason: str


WORDS = RowClass(Words)
Body = Annotated[Union[Words, Silence], strawberry.union("Body")]  # noqa: UP007


def body_of(row: Any) -> Body:
    return Silence(reason=f"hidden {row[NUMBER]}") if row[HIDDEN] else WORDS.make(row)


@strawberry.type
class Stamp:
    row: strawberry.Private[Any]
    price: int | None = column(NUMBER, serialised=True, description="")
    marks: list[str] = loaded(load_tags, key="key", description="")
    words: list[Words | None] | None = computed(lambda stamp: [Words(row=stamp.row), None], description="")
    sheet: list[Words] = listed(WORDS, "copies", description="")

    @property
    def key(self) -> Any:
        return self.row[NUMBER]

    @property
    def copies(self) -> list[Any]:
        return [self.row, self.row]


STAMPS = RowClass(Stamp)


async def load_stamps(_context: Any, keys: Sequence[int]) -> list[Stamp]:
    return [Stamp(row=("loaded", None, key * 10)) for key in keys]


@strawberry.type
class Letter:
    """Objects have slots and nothing else; those of even pages came with their stamp."""

    __slots__ = ("page", "row")

    row: strawberry.Private[Any]
    page: strawberry.Private[int]
    headed: str = computed(lambda row, page: f"{page}: {row[TEXT]}", of=("row", "page"), description="")
    marked: str = column(TEXT, compute=str.upper, serialised=Expression("{v}.upper()"), description="")
    length: int = computed(lambda letter: len(letter.title_of_it), description="")
    title: str | None = column(TEXT, serialised=True, description="")
    number: str = column(NUMBER, compute=str, serialised=lambda number: f"{number}", description="")
    body: Body = either(body_of, WORDS, {HIDDEN: None}, description="")
    again: "Letter" = itself(description="")
    tags: list[str] = loaded(load_tags, key="key", description="")
    stamp: Stamp = loaded(load_stamps, key="key", standing=Standing(STAMPS, where="has_stamp"), description="")
    seal: Stamp | None = loaded(
        load_stamps, key="key", standing=Standing(STAMPS, where="has_stamp", present=HIDDEN), description=""
    )
    mark: Stamp = loaded(
        load_stamps, key="key", standing=Standing(STAMPS, where="has_stamp", present=HIDDEN), description=""
    )

    @property
    def key(self) -> Any:
        return self.row[NUMBER]

    @property
    def has_stamp(self) -> bool:
        return self.page % 2 == 0

    @property
    def title_of_it(self) -> str:
        return str(self.row[TEXT])


LETTERS = RowClass(Letter, "page")


ROWS = [("one", None, 1), ("two", True, 2), ("three", False, 3), ("four", None, None)]


@strawberry.type
class Sheet:
    """Letters of one page, by their rows."""

    rows: strawberry.Private[Any]
    page: strawberry.Private[int]

    letters: list[Letter] = listed(LETTERS, "rows", description="")
    some: list[Letter | None] | None = listed(LETTERS, "rows", description="")
    bodies: list[Body] = listed(WORDS, "rows", description="")


@strawberry.type
class Query:
    @strawberry.field
    def letters(self) -> list[Letter]:
        return [LETTERS.make(row, place) for place, row in enumerate(ROWS[:3])]

    @strawberry.field
    def sheet(self, page: int) -> Sheet:
        return Sheet(rows=ROWS[:3], page=page)

    @strawberry.field
    def broken(self) -> list[Letter]:
        return [LETTERS.make(row, 2) for row in ROWS]

    @strawberry.field
    def broken_sheet(self) -> Sheet:
        return Sheet(rows=ROWS, page=2)

    @strawberry.field
    def bodies(self) -> list[Body]:
        return [body_of(row) for row in ROWS[:3]]


REFERENCE = re.compile(rb"[0-9a-f]{16}")
"""By which an error is found in the log."""

SCHEMA = strawberry.Schema(query=Query)


class Watched(CompiledStrawberryExecutor):
    left = 0

    def complete_value(self, *args: Any) -> Any:
        type(self).left += 1
        return super().complete_value(*args)


class Context:
    """Serves batches one by one, as strawberry asks."""

    async def load(self, batch: Any, key: Any, *following: Any) -> Any:
        return (await batch(self, [key], *following))[0]


async def encoded(query: str, executor: Any) -> bytes:
    documents = Documents(SCHEMA)
    operation = documents.prepare(query).operation()
    result = await Engine(SCHEMA, documents, executor).execute(operation, variables=None, context=Context())
    return result.encoded()


@pytest.mark.parametrize(
    "selection",
    [
        "title number",
        "body { __typename ... on Words { text length number } ... on Silence { reason } }",
        "body { ... on Words { tags text } }",
        "body { ... on Silence { reason } }",
        "again { title again { number body { ... on Words { a: text b: text } } } }",
        "title tags again { tags again { tags title } } body { ... on Words { tags } }",
        "stamp { price marks } tags",
        "a: stamp { price words { text tags } } again { stamp { words { number } marks } } b: stamp { marks }",
        "headed marked length again { headed length }",
        "seal { price marks sheet { text tags } } again { seal { sheet { number } } length }",
    ],
)
@pytest.mark.parametrize(
    "field", ["letters { %s }", "sheet(page: 1) { letters { %s } }", "sheet(page: 2) { some { %s } }"]
)
async def test_rows_are_read_as_strawberry_reads_them(field: str, selection: str) -> None:
    query = f"{{ {field % selection} }}"
    Watched.left = 0
    found = await encoded(query, Watched)
    assert found == await encoded(query, StrawberryGraphQLCoreExecutionContext)
    assert b'"errors"' not in found
    assert Watched.left == 0


async def test_members_of_unions_are_told_apart_also_by_themselves() -> None:
    query = """{ bodies { ...A } sheet(page: 1) { bodies { ...A } } }
        fragment A on Body { __typename ... on Words { text tags } }"""
    assert await encoded(query, Watched) == await encoded(query, StrawberryGraphQLCoreExecutionContext)


@pytest.mark.parametrize("field", ["broken { %s }", "brokenSheet { letters { %s } }", "brokenSheet { some { %s } }"])
@pytest.mark.parametrize("selection", ["body { ... on Words { number } }", "again { tags }", "tags", "mark { price }"])
async def test_what_is_wrong_is_told_as_strawberry_tells_it(field: str, selection: str) -> None:
    query = f"{{ {field % selection} }}"
    found = REFERENCE.sub(b"", await encoded(query, Watched))
    expected = REFERENCE.sub(b"", await encoded(query, StrawberryGraphQLCoreExecutionContext))
    assert found == expected
    assert b'"errors"' in found
