"""Reading a typed settings class from environment variables.

A library for this took half a second to import, a sixth of what a start may take.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, TypeVar

from app.errors import ConfigurationError

T = TypeVar("T")
Parse = Callable[[str], Any]


def setting(parse: Parse, description: str, default: Any = MISSING, *, shown: bool = True) -> Any:
    """A field of a settings dataclass, required without a default.

    `parse` reads the variable's text and raises ValueError with what to use instead. A secret is not `shown` by repr.
    """
    given: dict[str, Any] = {} if default is MISSING else {"default": default}
    return field(metadata={"parse": parse, "description": description}, repr=shown, **given)


def read(settings: type[T], environment: Mapping[str, str], overrides: Mapping[str, Any]) -> T:
    """Make the settings; `overrides` stand above the environment, where a variable that is empty counts as missing.

    Raises:
        ConfigurationError: one line that names each variable that is missing or wrong.
    """
    values, problems = dict(overrides), []
    for each in fields(settings):  # type: ignore[arg-type]
        if each.name in values:
            continue
        try:
            values |= _value(each, environment.get(each.name.upper()))
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise ConfigurationError(" ".join(problems))
    return settings(**values)


def read_one(settings: type[Any], name: str, environment: Mapping[str, str]) -> Any:
    """One required setting, for what needs no other.

    Raises:
        ConfigurationError: one line that says that it is missing, or what is wrong with it.
    """
    [wanted] = [each for each in fields(settings) if each.name == name]
    try:
        return _value(wanted, environment.get(name.upper()))[name]
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def written(settings: Any) -> dict[str, str]:
    """The variables that `read` makes the same settings from; those that are None or empty have none."""
    values = {each.name.upper(): getattr(settings, each.name) for each in fields(settings)}
    return {name: _written(value) for name, value in values.items() if value is not None and value != ()}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _value(each: "Field[Any]", text: str | None) -> dict[str, Any]:
    name = each.name.upper()
    if text:
        try:
            return {each.name: each.metadata["parse"](text.strip())}
        except ValueError as error:
            raise ValueError(f"{name} is wrong: {error}.") from None
    if each.default is MISSING:
        raise ValueError(f"Set {name}: {each.metadata['description']}")
    return {}


def text(value: str) -> str:
    """Any text."""
    return value


def secret(at_least: int) -> Parse:
    """A text of some length."""

    def parse(value: str) -> str:
        if len(value) < at_least:
            raise ValueError(f"use at least {at_least} characters, for example from: openssl rand -hex 32")
        return value

    return parse


def number(kind: type[int] | type[float], at_least: float, at_most: float) -> Parse:
    """A number within bounds."""

    def parse(value: str) -> float:
        try:
            parsed = kind(value)
        except ValueError:
            parsed = None
        if parsed is None or not at_least <= parsed <= at_most:
            raise ValueError(f"use a number from {at_least:,} to {at_most:,}")
        return parsed

    return parse


def one_of(*choices: str) -> Parse:
    """One of some words."""

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"use one of {', '.join(choices)}")
        return value

    return parse


def switch(value: str) -> bool:
    """On or off."""
    return bool(one_of("on", "off")(value) == "on")


def several(parse: Parse) -> Parse:
    """Values between commas."""
    return lambda value: tuple(parse(part.strip()) for part in value.split(",") if part.strip())
