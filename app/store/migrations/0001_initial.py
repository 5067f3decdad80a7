"""Tables with a key of one column; written by Tortoise from app/store/models.py."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Conversation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=10)),
                ("title", fields.TextField(null=True, unique=False)),
                ("avatar_id", fields.UUIDField(null=True)),
                ("direct_low", fields.UUIDField(null=True)),
                ("direct_high", fields.UUIDField(null=True)),
                ("last_seq", fields.BigIntField(db_default=0)),
                ("last_activity_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "conversations",
                "app": "store",
                "unique_together": (("direct_low", "direct_high"),),
                "pk_attr": "id",
                "table_description": "A direct conversation (one per ordered pair) or a group.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Photo",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("width", fields.IntField()),
                ("height", fields.IntField()),
                ("placeholder", fields.TextField(unique=False)),
                ("alt_text", fields.TextField(null=True, unique=False)),
                ("thumbnail_key", fields.TextField(unique=False)),
                ("chat_key", fields.TextField(unique=False)),
                ("full_key", fields.TextField(unique=False)),
            ],
            options={
                "table": "photos",
                "app": "store",
                "pk_attr": "id",
                "table_description": "A photo that we encoded: object keys of its variants, never what was uploaded.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Report",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("reporter_id", fields.UUIDField()),
                ("subject_user_id", fields.UUIDField(null=True)),
                ("subject_conversation_id", fields.UUIDField(null=True)),
                ("subject_seq", fields.BigIntField(null=True)),
                ("subject_video_id", fields.UUIDField(null=True)),
                ("category", fields.CharField(max_length=20)),
                ("note", fields.TextField(db_default="", unique=False)),
                ("evidence", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "reports",
                "app": "store",
                "indexes": [Index(fields=["created_at"])],
                "pk_attr": "id",
                "table_description": "What somebody reported, with the evidence as it was then: it survives unsend and erasure.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StickerPack",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("title", fields.TextField(unique=False)),
                ("author", fields.TextField(unique=False)),
                ("position", fields.IntField(unique=True)),
            ],
            options={
                "table": "sticker_packs",
                "app": "store",
                "pk_attr": "id",
                "table_description": "A titled set of stickers, shown by position.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Sticker",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "pack",
                    fields.ForeignKeyField(
                        "store.StickerPack",
                        source_field="pack_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("name", fields.TextField(unique=False)),
                ("photo_id", fields.UUIDField()),
                ("position", fields.IntField()),
            ],
            options={
                "table": "stickers",
                "app": "store",
                "unique_together": (("pack", "position"),),
                "pk_attr": "id",
                "table_description": "One sticker; its image is a photo.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="User",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("handle", fields.CharField(max_length=30)),
                ("handle_key", fields.CharField(unique=True, max_length=30)),
                ("display_name", fields.TextField(unique=False)),
                ("bio", fields.TextField(db_default="", unique=False)),
                ("avatar_id", fields.UUIDField(null=True)),
                ("password_hash", fields.TextField(null=True, unique=False)),
                ("birth_date", fields.DateField(null=True)),
                ("message_policy", fields.CharField(db_default="EVERYONE", max_length=10)),
                ("notifications_silenced", fields.BooleanField(db_default=False)),
                ("suspended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "users",
                "app": "store",
                "pk_attr": "id",
                "table_description": "A person, with the settings that sends read (so that one row lock guards them).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "store.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("device", fields.TextField(db_default="", unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("refreshed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sessions",
                "app": "store",
                "indexes": [Index(fields=["user_id"])],
                "pk_attr": "id",
                "table_description": "One signed-in device; ends once and for all.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefreshToken",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("digest", fields.BinaryField()),
                (
                    "session",
                    fields.ForeignKeyField(
                        "store.Session",
                        source_field="session_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "refresh_tokens",
                "app": "store",
                "pk_attr": "id",
                "table_description": "One refresh token by the SHA-256 of its secret; used once, then kept to notice a second use.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Upload",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "owner",
                    fields.ForeignKeyField(
                        "store.User",
                        source_field="owner_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("purpose", fields.CharField(max_length=10)),
                ("content_type", fields.TextField(unique=False)),
                ("byte_size", fields.BigIntField()),
                ("checksum_sha256", fields.TextField(unique=False)),
                ("alt_text", fields.TextField(null=True, unique=False)),
                ("state", fields.CharField(max_length=10)),
                ("rejection", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("photo_id", fields.UUIDField(null=True)),
                ("duration_seconds", fields.FloatField(null=True)),
                ("media_key", fields.TextField(null=True, unique=False)),
                ("media_type", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "uploads",
                "app": "store",
                "indexes": [Index(fields=["owner_id", "created_at"])],
                "pk_attr": "id",
                "table_description": "What a person sent or is about to send to S3; READY ones have become a photo or a clip.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Video",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                (
                    "author",
                    fields.ForeignKeyField(
                        "store.User",
                        source_field="author_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("upload_id", fields.UUIDField(unique=True)),
                ("title", fields.TextField(unique=False)),
                ("visibility", fields.CharField(max_length=12)),
                ("duration_seconds", fields.FloatField()),
                ("poster_id", fields.UUIDField()),
                ("media_key", fields.TextField(unique=False)),
                ("media_type", fields.TextField(unique=False)),
                ("published_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "videos",
                "app": "store",
                "indexes": [Index(fields=["author_id", "published_at", "id"])],
                "pk_attr": "id",
                "table_description": "A published clip; its poster's photo has its size.",
            },
            bases=["Model"],
        ),
    ]
