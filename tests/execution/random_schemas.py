"""Random schemas: their text, and a way for each field to come by its value."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_nullable_type,
    is_composite_type,
)
from hypothesis import strategies as st

from app.execution.plain_fields import PLAIN_FIELD, ItselfField, RowsField
from tests.execution.random_batches import batch_by
from tests.execution.world import THINGS, InjectedError, Thing

LEAF_NAMES = ("Int", "Float", "String", "Boolean", "ID", "Colour", "Stamp")
WRAPPERS = ("{}", "{}", "{}!", "{}!", "[{}]", "[{}!]", "[{}!]!", "[{}]!", "[[{}!]!]")
ARGUMENTS = ("", "", "", "(n: Int)", "(n: Int! = 3, c: Colour = GREEN)", "(f: Filter, s: String)", "(l: [Int!])")
STYLES = (
    *["plain"] * 3, "sync", "async", "either", "informed", "batched", "batched", "itself", "itself", "rows", "rows",
)  # fmt: skip
TYPE_RESOLUTIONS = ("typename", "typename", "resolver", "async resolver", "predicate", "failing")
ROOTS = ("Query", "Mutation", "Subscription")
COMMON = """
scalar Stamp
enum Colour { RED GREEN BLUE }
input Filter { s: String! = "all", n: Int, nested: Filter, colours: [Colour!] = [RED] }
"""


@dataclass(frozen=True)
class SchemaPlan:
    """The text of a schema, in which style each field is resolved (by `Type.field`) and each abstract type."""

    text: str
    styles: Mapping[str, str]
    resolutions: Mapping[str, str]

    def build(self) -> GraphQLSchema:
        """The schema, new: nothing that was remembered about another one applies."""
        schema = build_schema(self.text)
        for named in schema.type_map.values():
            if isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
                for name, field in named.fields.items():
                    resolve_by(field, self.styles.get(f"{named.name}.{name}", "root"), f"{named.name}.{name}")
            elif isinstance(named, GraphQLInterfaceType | GraphQLUnionType):
                decide_by(schema, named, self.resolutions[named.name])
        _give_values(schema)
        return schema


@st.composite
def schema_plans(draw: st.DrawFn) -> SchemaPlan:
    """Schemas of one to four object types with interfaces and unions over them."""
    objects = [f"T{number}" for number in range(draw(st.integers(1, 4)))]
    interfaces = [f"I{number}" for number in range(draw(st.integers(0, 2)))]
    unions = [f"U{number}" for number in range(draw(st.integers(0, 2)))]
    composite = (*objects, *interfaces, *unions)
    fields, root_fields = _fields((*LEAF_NAMES, *composite * 2)), _fields((*composite * 4, "Int"))
    own = {
        name: {f"{name.lower()}{number}": draw(fields) for number in range(draw(st.integers(2, 5)))}
        for name in (*objects, *interfaces)
    } | {
        name: {f"{name.lower()}{number}": draw(root_fields) for number in range(draw(st.integers(1, 3)))}
        for name in ROOTS
    }
    parts = [COMMON, *(_definition("interface", name, own[name]) for name in interfaces)]
    styles: dict[str, str] = {}
    for name in (*objects, *ROOTS):
        subset = draw(st.sets(st.sampled_from(interfaces))) if interfaces and name in objects else set()
        implemented = sorted(subset)
        members = own[name] | {field: text for other in implemented for field, text in own[other].items()}
        parts.append(_definition("type", name, members, implemented))
        if name in objects:
            styles |= {f"{name}.{field}": draw(st.sampled_from(STYLES)) for field in members}
    members_of = {name: sorted(draw(st.sets(st.sampled_from(objects), min_size=1))) for name in unions}
    parts += [f"union {name} = {' | '.join(members)}" for name, members in members_of.items()]
    resolutions = {name: draw(st.sampled_from(TYPE_RESOLUTIONS)) for name in (*interfaces, *unions)}
    return SchemaPlan("\n".join(parts), styles, resolutions)


def _fields(type_names: Sequence[str]) -> st.SearchStrategy[str]:
    """Arguments and type of a field."""
    return st.builds(
        lambda arguments, name, wrapper: f"{arguments}: {wrapper.format(name)}",
        st.sampled_from(ARGUMENTS),
        st.sampled_from(type_names),
        st.sampled_from(WRAPPERS),
    )


def _definition(kind: str, name: str, members: dict[str, str], implemented: Sequence[str] = ()) -> str:
    head = f"{kind} {name}" + (f" implements {' & '.join(implemented)}" if implemented else "")
    return f"{head} {{ {' '.join(field + text for field, text in members.items())} }}"


def _give_values(schema: GraphQLSchema) -> None:
    colour, stamp = schema.type_map["Colour"], schema.type_map["Stamp"]
    assert isinstance(colour, GraphQLEnumType)
    assert isinstance(stamp, GraphQLScalarType)
    for number, value in enumerate(colour.values.values()):
        value.value = number
    stamp.coerce_output_value = stamp.serialize = _stamped  # type: ignore[method-assign]


def _stamped(value: Any) -> Any:
    if not isinstance(value, int):
        raise InjectedError(f"no stamp: {type(value).__name__}")
    return {"at": int(value)} if value % 7 else None


def resolve_by(field: GraphQLField, style: str, coordinate: str) -> None:
    """Give a field the resolver of a style; `plain` fields have none. Only lists of objects can be `rows`.

    Leaves and lists can't be `itself`.
    """
    if style == "batched":
        batch_by(field, coordinate)
    elif style == "itself" and is_composite_type(get_nullable_type(field.type)):
        field.extensions = {PLAIN_FIELD: ItselfField()}
        field.resolve = lambda source, _info, **_: source
    elif style == "rows" and _is_list_of_objects(get_nullable_type(field.type)):
        rows = RowsField(THINGS, f"rows_{coordinate.partition('.')[2]}")
        field.extensions = {PLAIN_FIELD: rows}
        field.resolve = lambda source, _info, **_: rows.value(source)
    else:
        field.resolve = RESOLVERS[style]


def _is_list_of_objects(field_type: Any) -> bool:
    return isinstance(field_type, GraphQLList) and is_composite_type(get_nullable_type(field_type.of_type))


def _thing_of(source: Any) -> Thing:
    thing = source["__thing"] if isinstance(source, dict) else source
    if not isinstance(thing, Thing):
        raise InjectedError(f"no thing: {type(thing).__name__}")
    return thing


def _sync(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    return info.context.plain_value(_thing_of(source), info.field_name, arguments)


async def _async(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    thing = _thing_of(source)
    for _ in range(thing.number % 3):
        await asyncio.sleep(0)
    value = info.context.plain_value(thing, info.field_name, arguments)
    return await value if asyncio.iscoroutine(value) else value


def _either(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    return (_sync if _thing_of(source).number % 2 else _async)(source, info, **arguments)


def _informed(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Tells all that it knows where its type lets it."""
    value = _sync(source, info, **arguments)
    if type(value) is not str:
        return value
    nodes = [f"{node.name.value}@{node.loc and node.loc.start}" for node in info.field_nodes]
    path = info.path.as_list() if info.context.tells_paths else None
    return f"{path} {info.parent_type} {info.return_type} {nodes} {sorted(info.variable_values.coerced)}"


def _root(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    info.context.calls.append(f"{info.path.key}: {info.field_name} {arguments}")
    thing = Thing.of(info.context, info.parent_type.name, source or 0, 0)
    return info.context.plain_value(thing, info.field_name, arguments)


RESOLVERS: dict[str, Any] = {
    "plain": None, "itself": None, "rows": None, "sync": _sync, "async": _async, "either": _either,
    "informed": _informed, "root": _root,
}  # fmt: skip


def decide_by(schema: GraphQLSchema, abstract: GraphQLInterfaceType | GraphQLUnionType, resolution: str) -> None:
    """Let an abstract type find the object type of its values in one of several ways."""
    if resolution == "predicate":
        for possible in schema.get_possible_types(abstract):
            possible.is_type_of = _predicate(possible.name)
    elif resolution != "typename":
        abstract.resolve_type = {"resolver": _type_of, "async resolver": _async_type_of, "failing": _failing_type_of}[
            resolution
        ]


def _predicate(name: str) -> Callable[[Any, GraphQLResolveInfo[Any]], bool]:
    return lambda value, _info: _thing_of(value).type_name == name


def _type_of(value: Any, _info: GraphQLResolveInfo[Any], _abstract: Any) -> str:
    return _thing_of(value).type_name


async def _async_type_of(value: Any, _info: GraphQLResolveInfo[Any], _abstract: Any) -> str:
    await asyncio.sleep(0)
    return _thing_of(value).type_name


def _failing_type_of(value: Any, _info: GraphQLResolveInfo[Any], _abstract: Any) -> Any:
    thing = _thing_of(value)
    if thing.number % 4 == 0:
        raise InjectedError("which type is it?")
    return None if thing.number % 4 == 1 else thing.type_name
