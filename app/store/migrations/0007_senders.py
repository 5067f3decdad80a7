"""Sends tell who the sender is, so that to tell others of the message takes no look-up."""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

before = import_module("app.store.migrations.0005_grouped_sends")

COLUMNS = {"handle": "text", "display_name": "text", "bio": "text", "avatar_id": "uuid"}
DROP_SENDS = "DROP FUNCTION send_free_messages, send_messages"


class Migration(migrations.Migration):
    """Adds columns of the sender's to what a send returns."""

    dependencies = [("store", "0006_hidden_presence")]

    operations = [
        ops.RunSQL(
            [
                DROP_SENDS,
                *(f"ALTER TYPE send_outcome ADD ATTRIBUTE {name} {kind}" for name, kind in COLUMNS.items()),
                *before.sends(*COLUMNS),
            ],
            reverse_sql=[
                DROP_SENDS,
                *(f"ALTER TYPE send_outcome DROP ATTRIBUTE {name}" for name in COLUMNS),
                *before.sends(),
            ],
        )
    ]
