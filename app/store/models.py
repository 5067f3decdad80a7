"""The structure of tables with a key of one column.

Models serve structure and migrations; queries are SQL over rows, in the modules beside this one. Tables whose key has
several columns (members, messages, reactions, follows, blocks, events: Tortoise has no composite keys) are created by
`migrations/0002_conversations.py` in SQL. Foreign keys stay off everything that a message touches, so that those
tables can be distributed by conversation.
"""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class User(Model):
    """A person, with the settings that sends read (so that one row lock guards them)."""

    id = fields.UUIDField(primary_key=True)
    handle = fields.CharField(max_length=30)
    handle_key = fields.CharField(max_length=30, unique=True)
    display_name = fields.TextField()
    bio = fields.TextField(db_default="")
    avatar_id = fields.UUIDField(null=True)
    password_hash = fields.TextField(null=True)
    birth_date = fields.DateField(null=True)
    message_policy = fields.CharField(max_length=10, db_default="EVERYONE")
    notifications_silenced = fields.BooleanField(db_default=False)
    shows_presence = fields.BooleanField(db_default=True)
    suspended_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "users"


class Session(Model):
    """One signed-in device; ends once and for all."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("store.User", related_name=False)
    device = fields.TextField(db_default="")
    created_at = fields.DatetimeField()
    refreshed_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sessions"
        indexes = (Index(fields=("user_id",)),)


class RefreshToken(Model):
    """One refresh token by the SHA-256 of its secret; used once, then kept to notice a second use."""

    id = fields.UUIDField(primary_key=True)
    digest = fields.BinaryField()
    session: fields.ForeignKeyRelation[Session] = fields.ForeignKeyField("store.Session", related_name=False)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_tokens"


class Conversation(Model):
    """A direct conversation (one per ordered pair) or a group."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=10)
    title = fields.TextField(null=True)
    avatar_id = fields.UUIDField(null=True)
    direct_low = fields.UUIDField(null=True)
    direct_high = fields.UUIDField(null=True)
    last_seq = fields.BigIntField(db_default=0)
    last_activity_at = fields.DatetimeField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "conversations"
        unique_together = (("direct_low", "direct_high"),)


class Photo(Model):
    """A photo that we encoded: object keys of its variants, never what was uploaded."""

    id = fields.UUIDField(primary_key=True)
    width = fields.IntField()
    height = fields.IntField()
    placeholder = fields.TextField()
    alt_text = fields.TextField(null=True)
    thumbnail_key = fields.TextField()
    chat_key = fields.TextField()
    full_key = fields.TextField()

    class Meta:
        table = "photos"


class Upload(Model):
    """What a person sent or is about to send to S3; READY ones have become a photo or a clip."""

    id = fields.UUIDField(primary_key=True)
    owner: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("store.User", related_name=False)
    purpose = fields.CharField(max_length=10)
    content_type = fields.TextField()
    byte_size = fields.BigIntField()
    checksum_sha256 = fields.TextField()
    alt_text = fields.TextField(null=True)
    state = fields.CharField(max_length=10)
    rejection = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    photo_id = fields.UUIDField(null=True)
    duration_seconds = fields.FloatField(null=True)
    media_key = fields.TextField(null=True)
    media_type = fields.TextField(null=True)

    class Meta:
        table = "uploads"
        indexes = (Index(fields=("owner_id", "created_at")),)


class Video(Model):
    """A published clip; its poster's photo has its size."""

    id = fields.UUIDField(primary_key=True)
    author: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("store.User", related_name=False)
    upload_id = fields.UUIDField(unique=True)
    title = fields.TextField()
    visibility = fields.CharField(max_length=12)
    duration_seconds = fields.FloatField()
    poster_id = fields.UUIDField()
    media_key = fields.TextField()
    media_type = fields.TextField()
    published_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "videos"
        indexes = (Index(fields=("author_id", "published_at", "id")),)


class StickerPack(Model):
    """A titled set of stickers, shown by position."""

    id = fields.UUIDField(primary_key=True)
    title = fields.TextField()
    author = fields.TextField()
    position = fields.IntField(unique=True)

    class Meta:
        table = "sticker_packs"


class Sticker(Model):
    """One sticker; its image is a photo."""

    id = fields.UUIDField(primary_key=True)
    pack: fields.ForeignKeyRelation[StickerPack] = fields.ForeignKeyField("store.StickerPack", related_name=False)
    name = fields.TextField()
    photo_id = fields.UUIDField()
    position = fields.IntField()

    class Meta:
        table = "stickers"
        unique_together = (("pack", "position"),)


class Report(Model):
    """What somebody reported, with the evidence as it was then: it survives unsend and erasure."""

    id = fields.UUIDField(primary_key=True)
    reporter_id = fields.UUIDField()
    subject_user_id = fields.UUIDField(null=True)
    subject_conversation_id = fields.UUIDField(null=True)
    subject_seq = fields.BigIntField(null=True)
    subject_video_id = fields.UUIDField(null=True)
    category = fields.CharField(max_length=20)
    note = fields.TextField(db_default="")
    evidence: fields.Field[dict[str, object]] = fields.JSONField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "reports"
        indexes = (Index(fields=("created_at",)),)
