"""Whatever reads the viewer is marked: subscribers who differ would else share an execution that tells them apart."""

from collections.abc import Iterator
from typing import Any

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField

from app.execution.batching import BATCHED
from app.execution.documents import core_schema
from app.execution.viewer_aspects import VIEWER_ASPECTS
from app.live.aspects import BLOCKS, MEMBER, NOW
from schema.context import Info, Operation
from schema.loading import column, computed, depends_on, loaded
from schema.schema import schema
from tests.contract.viewer_reads import reads_viewer

CORE = core_schema(schema)


def fields_of(owner: type) -> Iterator[tuple[str, StrawberryField]]:
    definition = get_object_definition(owner, strict=True)
    yield from ((f"{definition.name}.{field.name}", field) for field in definition.fields)


def unmarked(owner: type, package: str) -> list[str]:
    """The fields of a type that read the viewer and do not say so."""
    return [
        name
        for name, field in fields_of(owner)
        if reads_viewer(field, owner, package) and not field.metadata.get(VIEWER_ASPECTS)
    ]


def owners() -> Iterator[type]:
    """All object and interface types but the root of mutations, whose answers are never shared."""
    for named in CORE.type_map.values():
        definition: Any = (named.extensions or {}).get("strawberry-definition")
        is_object = get_object_definition(getattr(definition, "origin", None)) is not None
        if is_object and not definition.is_input and named is not CORE.mutation_type:
            yield definition.origin


def test_every_field_that_reads_the_viewer_is_marked() -> None:
    assert [name for owner in owners() for name in unmarked(owner, "schema")] == []


def test_every_field_that_is_named_by_the_viewer_is_marked() -> None:
    fields = dict(each for owner in owners() for each in fields_of(owner))
    named = {name: field for name, field in fields.items() if field.name.startswith("viewer_")}
    assert "ReactionGroup.viewer_has_reacted" in named
    assert [name for name, field in named.items() if not field.metadata.get(VIEWER_ASPECTS)] == []


def test_every_field_that_is_read_behind_an_event_is_marked() -> None:
    fields = dict(each for owner in owners() for each in fields_of(owner))
    aspects = {name: field.metadata[VIEWER_ASPECTS] for name, field in fields.items() if BATCHED in field.metadata}
    behind = {name for name in aspects if aspects[name] & (BLOCKS | MEMBER)}
    assert "Message.read_by" in behind
    assert {name for name in behind if not aspects[name] & NOW} == set()


async def load_for_viewer(operation: Operation, keys: list[int]) -> list[int]:
    return [len(str(operation.viewer_id)) for _ in keys]


async def load_alike(_operation: Operation, keys: list[int]) -> list[int]:
    return keys


async def load_by_another(operation: Operation, keys: list[int]) -> list[int]:
    return await load_for_viewer(operation, keys)


class Helper:
    @classmethod
    def answer(cls, sample: "Sample") -> int:
        return sum(len(sample.viewer_id) for _ in range(2))


@strawberry.type
class Sample:
    row: strawberry.Private[dict[str, int]]
    viewer_id: strawberry.Private[str]
    stored: int
    column: int = column("number", description="")
    plain: int = computed(lambda sample: sample.row["number"] + sample.number, description="")
    wrapped: int = computed(lambda sample: len(sample.viewer_id), description="")
    by_property: int = computed(lambda sample: sample.own, description="")
    by_class: int = computed(lambda sample: 1 + Helper.answer(sample), description="")
    batched: int = loaded(load_by_another, key="number", description="")
    keyed: int = loaded(load_alike, key="own", description="")
    alike: int = loaded(load_alike, key="number", description="")
    marked: int = loaded(load_for_viewer, key="number", description="", depends_on=1)

    @property
    def own(self) -> int:
        return len(self.viewer_id)

    @property
    def number(self) -> int:
        return self.row["number"]

    @strawberry.field
    def resolved(self, info: Info) -> int:
        def within() -> bool:
            return info.context.viewer is None

        return int(within())

    @strawberry.field(metadata=depends_on(1))  # type: ignore[untyped-decorator]
    def resolved_and_marked(self, info: Info) -> str:
        return str(info.context.me)


def test_what_is_not_marked_is_found_however_it_gets_to_the_viewer() -> None:
    found = {name.removeprefix("Sample.") for name in unmarked(Sample, "tests")}
    assert found == {"wrapped", "by_property", "by_class", "batched", "keyed", "resolved"}
