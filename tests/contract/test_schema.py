"""The contract itself: described, committed, and true to its own rules."""

import re
from dataclasses import fields
from pathlib import Path

from graphql import (
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
)
from strawberry.types.base import get_object_definition

from app.config import Settings
from app.execution.batching import BATCHED, BatchedField
from app.execution.documents import core_schema
from app.execution.plain_fields import ColumnField
from app.playground import FOLDER, load_operations
from schema.descriptions import undescribed
from schema.schema import schema, sdl

ROOT = Path(__file__).resolve().parent.parent.parent
CORE = core_schema(schema)
OWN_TYPES = [t for t in CORE.type_map.values() if not is_introspection_type(t) and not is_specified_scalar_type(t)]


def test_the_committed_sdl_is_the_contract() -> None:
    assert (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8") == sdl()


def test_every_element_is_described() -> None:
    assert undescribed(CORE) == []


def test_what_is_not_described_is_found() -> None:
    sdl = '''"""T""" type Query { "F" f("A" a: Int, b: Int): E  g: Int } "E" enum E { "V" V W }'''
    assert sorted(undescribed(build_schema(sdl))) == ["E.W", "Query.f(b)", "Query.g"]


def test_every_mutation_takes_one_input_and_answers_a_nullable_union_with_a_success_and_errors() -> None:
    assert CORE.mutation_type
    interface = CORE.type_map["UserError"]
    for name, field in CORE.mutation_type.fields.items():
        assert list(field.args) == ["input"], name
        assert isinstance(field.type, GraphQLUnionType), name
        success, *errors = field.type.types
        assert success.name == f"{name[0].upper()}{name[1:]}Success"
        assert errors, f"{name}: `... on UserError` is invalid in a union without one"
        assert all(interface in error.interfaces for error in errors), name


def test_no_field_named_message_holds_the_text_of_an_error() -> None:
    for named in OWN_TYPES:
        if isinstance(named, GraphQLObjectType | GraphQLInterfaceType) and "message" in named.fields:
            field_type = named.fields["message"].type
            assert isinstance(field_type, GraphQLNonNull), named.name
            assert field_type.of_type is CORE.type_map["Message"], named.name


def test_batched_fields_name_an_attribute_that_their_type_has() -> None:
    found = 0
    for named in OWN_TYPES:
        origin = (named.extensions or {}).get("strawberry-definition")
        definition = get_object_definition(getattr(origin, "origin", None))
        if definition is None:
            continue
        for field in definition.fields:
            batched = field.metadata.get(BATCHED)
            if isinstance(batched, BatchedField):
                found += 1
                fields_and_properties = {*definition.origin.__dataclass_fields__, *vars(definition.origin)}
                key = batched.key.row if isinstance(batched.key, ColumnField) else batched.key
                assert key in fields_and_properties, f"{named.name}.{field.name}"
    assert found > 20


def test_each_mutation_subscription_and_root_query_has_an_example() -> None:
    queries = " ".join(operation.query for operation in load_operations(FOLDER / "operations"))
    for root in (CORE.mutation_type, CORE.subscription_type, CORE.query_type):
        assert root
        for name in root.fields:
            assert re.search(rf"\b{name}\b", queries), f"no example of {name}"


def test_the_readme_documents_every_setting() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)`", readme, re.MULTILINE))
    assert documented == {field.name.upper() for field in fields(Settings)}
