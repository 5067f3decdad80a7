"""How a mutation answers: its success, or one of the expected failures that it declares."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Union, get_type_hints

import strawberry

from app.errors import DomainError
from app.execution.admission import CHECKS_VIEWER
from schema.context import Info
from schema.errors import MEMBERS, UserError

Resolver = Callable[..., Awaitable[Any]]


def mutation(*failures: type[UserError], description: str, checks_viewer: bool = False) -> Callable[[Resolver], Any]:
    """Make a root mutation field of an `async def` that returns a success and raises domain errors.

    Its type is the nullable union `<FieldName>Result` of the success and `failures`. A domain error that the union
    declares becomes its member; any other becomes a top-level error.

    With `checks_viewer` the resolver finds out, in the statement that writes, whether the viewer's session lives: where
    nothing else is asked nobody does so before, and where it fails, the session is looked up before that is told.
    """
    shown = {MEMBERS[member][0]: MEMBERS[member][1] for member in failures}

    def decorate(resolver: Resolver) -> Any:
        async def answer(self: Any, info: Info, **inputs: Any) -> Any:
            info.context.forget()
            try:
                return await resolver(self, info, **inputs)
            except DomainError as error:
                show = shown.get(type(error))
                await info.context.check()
                if show is None:
                    raise
                return show(error)

        success = get_type_hints(resolver)["return"]
        returns = _result_union(resolver, success, failures)
        _present(answer, resolver, returns)
        metadata = {CHECKS_VIEWER: checks_viewer}
        return strawberry.mutation(resolver=answer, description=description, metadata=metadata)

    return decorate


def _present(answer: Resolver, resolver: Resolver, returns: Any) -> None:
    """Give the wrapper the name and signature of what it wraps, with the union as result and the input described."""
    signature = inspect.signature(resolver)
    given = signature.parameters["input"]
    about = strawberry.argument(description="What to do it with.")
    described: Any = Annotated[given.annotation, about]
    parameters = {**signature.parameters, "input": given.replace(annotation=described)}
    answer.__name__ = resolver.__name__
    answer.__annotations__ = {**resolver.__annotations__, "input": described, "return": returns}
    answer.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=list(parameters.values()), return_annotation=returns
    )


def _result_union(resolver: Resolver, success: type, failures: tuple[type[UserError], ...]) -> Any:
    name = "".join(word.capitalize() for word in resolver.__name__.split("_"))
    described = strawberry.union(f"{name}Result", description=f"What {name[0].lower()}{name[1:]} answers.")
    return Annotated[Union[(success, *failures)], described] | None
