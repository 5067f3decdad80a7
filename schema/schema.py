"""The schema, put together."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from app.execution.documents import core_schema
from schema.descriptions import undescribed
from schema.events import EVENT_TYPES
from schema.inputs import plan_inputs, plan_mutations
from schema.mutations.conversations import ConversationMutations
from schema.mutations.identity import IdentityMutations
from schema.mutations.media import MediaMutations
from schema.mutations.messages import MessageMutations
from schema.mutations.people import PeopleMutations
from schema.queries import Query
from schema.scalars import SCALARS
from schema.stickers import Sticker
from schema.subscriptions import Subscription

Mutation = merge_types(
    "Mutation", (IdentityMutations, PeopleMutations, ConversationMutations, MessageMutations, MediaMutations)
)

schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[*EVENT_TYPES, Sticker],
    config=StrawberryConfig(scalar_map=SCALARS),
)
plan_inputs(core_schema(schema))
plan_mutations(core_schema(schema))


def sdl() -> str:
    """The contract as text, as `schema/schema.graphql` keeps it."""
    return schema.as_str() + "\n"


def missing_descriptions() -> list[str]:
    """The elements of the contract that do not say what they are for."""
    return undescribed(core_schema(schema))
