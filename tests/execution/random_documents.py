"""Random documents that are valid for a schema, and values for their variables."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_composite_type,
    is_required_argument,
)
from hypothesis import strategies as st

T = TypeVar("T")

DEPTH = 4
LITERALS = {
    "Int": ("1", "-5", "null"),
    "Int!": ("2", "7"),
    "String": ('"a"', '"ü\\n"', "null"),
    "Colour": ("RED", "BLUE"),
    "Filter": ("{}", '{s: "x", n: 4}', "{nested: {n: null}}", "null"),
    "[Int!]": ("[1, 2]", "[]", "3", "null"),
    "Boolean!": ("true", "false"),
}
VALUES: dict[str, tuple[Any, ...]] = {
    "Int": (1, -5, None),
    "Int!": (2, 7),
    "String": ("a", "ü\n", None),
    "Colour": ("RED", "BLUE"),
    "Filter": ({}, {"s": "x", "n": 4}, {"nested": {"n": None}}, None),
    "[Int!]": ([1, 2], [], 3, None),
    "Boolean!": (True, False),
}


@dataclass(frozen=True)
class RandomDocument:
    """The text of a document with one operation, and sets of variables to execute it with, one after another."""

    text: str
    variables: tuple[dict[str, Any], ...]


@dataclass
class Writer:
    """Writes one document."""

    draw: st.DrawFn
    schema: GraphQLSchema
    variables: dict[str, tuple[str, str]] = field(default_factory=dict)
    fragments: list[tuple[str, GraphQLNamedType, str]] = field(default_factory=list)

    def chance(self, of: int) -> bool:
        """True one time in so many; what is simplest is False."""
        return self.draw(st.integers(0, of - 1)) == of - 1

    def choice(self, options: Any) -> Any:
        """One of several, the first of which is the simplest."""
        return self.draw(st.sampled_from(options))

    def selections(self, parent: GraphQLNamedType, depth: int) -> str:
        """A selection set, in its braces."""
        selections = [self.selection(parent, depth) for _ in range(self.draw(st.integers(1, 4)))]
        if self.chance(4):
            selections.append(self.choice(selections))
        return "{ " + " ".join(selections) + " }"

    def selection(self, parent: GraphQLNamedType, depth: int) -> str:
        """A field, a fragment or the type's name."""
        kinds: list[Callable[[GraphQLNamedType, int], str]] = [self.spread, self.inline]
        if not isinstance(parent, GraphQLUnionType):
            kinds = [self.field, self.field, self.field, self.field, *kinds]
        if depth <= 0:
            kinds = kinds[:-2]
        if not kinds or self.chance(12):
            return self.aliased("__typename")
        return self.choice(kinds)(parent, depth)  # type: ignore[no-any-return]

    def field(self, parent: GraphQLNamedType, depth: int) -> str:
        """A field with what it needs."""
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        usable = {
            name: found
            for name, found in parent.fields.items()
            if depth > 0 or not is_composite_type(get_named_type(found.type))
        }
        if not usable:
            return "__typename"
        name = self.choice(list(usable))
        return self.aliased(name, self.arguments(usable[name])) + self.below(usable[name], depth)

    def below(self, found: GraphQLField, depth: int) -> str:
        """Directives, and the selections of a field that has any."""
        named = get_named_type(found.type)
        return self.directives() + (" " + self.selections(named, depth - 1) if is_composite_type(named) else "")

    def aliased(self, name: str, arguments: str = "") -> str:
        """Fields with arguments get a name that tells which, so that they do not conflict with others."""
        if arguments:
            alias = f"{name}_{abs(hash_of(arguments)) % 1000}: "
        else:
            alias = "x: " if self.chance(25) else self.choice(["", "", "", f"again_{name}: "])
        return alias + name + arguments

    def arguments(self, found: GraphQLField) -> str:
        """Arguments, in their parentheses; those that are not required may be left out."""
        given = [
            f"{name}: {self.value(argument)}"
            for name, argument in found.args.items()
            if is_required_argument(argument) or self.chance(2)
        ]
        return f"({', '.join(given)})" if given else ""

    def value(self, argument: GraphQLArgument) -> str:
        """A literal, or a variable of the argument's type."""
        text = str(argument.type)
        return self.variable(text) if self.chance(2) else self.choice(LITERALS[text])

    def variable(self, wanted: str) -> str:
        """A variable, new or used before."""
        known = [name for name, (text, _default) in self.variables.items() if text == wanted]
        if known and self.chance(2):
            return f"${self.choice(known)}"
        name = f"v{len(self.variables)}"
        self.variables[name] = wanted, self.choice(["", "", *(f" = {text}" for text in LITERALS[wanted])])
        return f"${name}"

    def directives(self) -> str:
        """Perhaps @skip or @include."""
        if not self.chance(6):
            return ""
        condition = self.variable("Boolean!") if self.chance(2) else self.choice(LITERALS["Boolean!"])
        return f" @{self.choice(['include', 'skip'])}(if: {condition})"

    def conditions(self, parent: GraphQLNamedType) -> list[GraphQLNamedType]:
        """The types that a fragment may have within one."""
        composite = [found for found in self.schema.type_map.values() if is_composite_type(found)]
        possible = self.objects(parent)
        return [found for found in composite if not found.name.startswith("__") and self.objects(found) & possible]

    def objects(self, found: GraphQLNamedType) -> set[str]:
        """The names of the object types that a type stands for."""
        if isinstance(found, GraphQLInterfaceType | GraphQLUnionType):
            return {possible.name for possible in self.schema.get_possible_types(found)}
        return {found.name}

    def inline(self, parent: GraphQLNamedType, depth: int) -> str:
        """An inline fragment, with a type condition or without."""
        condition = self.choice([None, *self.conditions(parent)])
        head = f"... on {condition.name}" if condition else "..."
        return f"{head}{self.directives()} {self.selections(condition or parent, depth - 1)}"

    def spread(self, parent: GraphQLNamedType, depth: int) -> str:
        """A named fragment, new or used before."""
        conditions = self.conditions(parent)
        known = [name for name, condition, _text in self.fragments if condition in conditions]
        if not conditions or (known and self.chance(2)):
            return f"...{self.choice(known)}" if known else "__typename"
        condition = self.choice(conditions)
        text = self.selections(condition, depth - 1)
        name = f"F{len(self.fragments)}"
        self.fragments.append((name, condition, text))
        return f"...{name}{self.directives()}"

    def root(self, kind: OperationType) -> str:
        """The root selections; a subscription has one field and no more."""
        parent = self.schema.get_root_type(kind)
        assert parent is not None
        if kind is OperationType.SUBSCRIPTION:
            name, found = self.choice(list(parent.fields.items()))
            text = name + self.arguments(found)
            named = get_named_type(found.type)
            below = self.selections(named, DEPTH - 1) if is_composite_type(named) else ""
            return f"{{ {text} {below} }}"
        return self.selections(parent, DEPTH)

    def values(self) -> dict[str, Any]:
        """Values for the variables; those that have a default may be left out."""
        return {
            name: self.choice(VALUES[text])
            for name, (text, default) in self.variables.items()
            if (text.endswith("!") and not default) or self.chance(2)
        }


def hash_of(text: str) -> int:
    """A number for a text, the same in every run."""
    return sum(ord(character) * (position + 1) for position, character in enumerate(text))


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, kind: OperationType) -> RandomDocument:
    """Documents with one operation of a kind. Now and then one is not valid after all: names may conflict."""
    writer = Writer(draw, schema)
    selections = writer.root(kind)
    variables = [f"${name}: {text}{default}" for name, (text, default) in writer.variables.items()]
    head = kind.value + (f" ({', '.join(variables)})" if variables else "")
    fragments = [f"fragment {name} on {condition.name} {text}" for name, condition, text in writer.fragments]
    return RandomDocument("\n".join([f"{head} {selections}", *fragments]), (writer.values(), writer.values()))
