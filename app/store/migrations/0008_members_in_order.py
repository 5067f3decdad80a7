"""A page of members is one walk along an index, however many there are."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Adds the index that has the members of a conversation in the order in which they joined."""

    dependencies = [("store", "0007_senders")]

    operations = [
        ops.RunSQL(
            "CREATE INDEX members_in_order ON members (conversation_id, joined_at, user_id) WHERE active",
            reverse_sql="DROP INDEX members_in_order",
        )
    ]
