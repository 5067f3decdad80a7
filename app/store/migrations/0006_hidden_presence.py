"""People may hide when they are online."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Adds the setting; everyone is shown as before."""

    dependencies = [("store", "0005_grouped_sends")]

    operations = [ops.AddField("User", "shows_presence", fields.BooleanField(db_default=True))]
