"""How far the log's retention has got in each lane."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# `floor` is the last position that was deleted: what stands behind a lower one is no longer all there.
FLOORS = "CREATE TABLE log_floors (lane smallint PRIMARY KEY, floor bigint NOT NULL)"


class Migration(migrations.Migration):
    """Adds the floors; a lane without one has lost nothing."""

    dependencies = [("store", "0003_sends_and_inboxes")]

    operations = [ops.RunSQL([FLOORS], reverse_sql=["DROP TABLE log_floors"])]
