"""Tables whose key has several columns, in SQL because Tortoise has no composite keys; and the event log.

Every table that grows with messages has `conversation_id` first in its key and no foreign key to another conversation, so that it can
be distributed by conversation.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

PEOPLE = [
    """CREATE TABLE follows (
        follower_id uuid NOT NULL,
        followee_id uuid NOT NULL,
        followed_at timestamptz NOT NULL,
        PRIMARY KEY (follower_id, followee_id)
    )""",
    "CREATE INDEX follows_of_follower ON follows (follower_id, followed_at DESC, followee_id DESC)",
    "CREATE INDEX follows_of_followee ON follows (followee_id, followed_at DESC, follower_id DESC)",
    """CREATE TABLE blocks (
        blocker_id uuid NOT NULL,
        blocked_id uuid NOT NULL,
        blocked_at timestamptz NOT NULL,
        PRIMARY KEY (blocker_id, blocked_id)
    )""",
    "CREATE INDEX blocks_of_blocked ON blocks (blocked_id, blocker_id)",
    "CREATE INDEX blocks_of_blocker ON blocks (blocker_id, blocked_at DESC, blocked_id DESC)",
    # What a search by prefix compares with: the handle, the name, and the name from each of its words on.
    """CREATE TABLE user_search_terms (
        term text COLLATE "C" NOT NULL,
        user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        PRIMARY KEY (term, user_id)
    )""",
    "CREATE INDEX user_search_terms_of_user ON user_search_terms (user_id)",
]

CONVERSATIONS = [
    # `visible` are the seqs said while they were a member: one range a stay, the last one open while `active`.
    """CREATE TABLE members (
        conversation_id uuid NOT NULL,
        user_id uuid NOT NULL,
        role text NOT NULL,
        active boolean NOT NULL DEFAULT true,
        visible int8multirange NOT NULL,
        last_read_seq bigint NOT NULL DEFAULT 0,
        muted_until timestamptz,
        joined_at timestamptz NOT NULL,
        PRIMARY KEY (conversation_id, user_id)
    )""",
    "CREATE INDEX members_of_user ON members (user_id, conversation_id)",
    # `attachment_ids`: photos, or the one video, profile or sticker; of a notice, the people it names.
    """CREATE TABLE messages (
        conversation_id uuid NOT NULL,
        seq bigint NOT NULL,
        sender_id uuid NOT NULL,
        kind text NOT NULL,
        notice text,
        text text,
        attachment_ids uuid[] NOT NULL DEFAULT '{}',
        reply_to_seq bigint,
        client_key text,
        content_hash bytea,
        sent_at timestamptz NOT NULL,
        edited_at timestamptz,
        unsent_at timestamptz,
        PRIMARY KEY (conversation_id, seq)
    )""",
    """CREATE UNIQUE INDEX messages_client_key ON messages (conversation_id, sender_id, client_key)
        WHERE client_key IS NOT NULL""",
    """CREATE TABLE reactions (
        conversation_id uuid NOT NULL,
        seq bigint NOT NULL,
        user_id uuid NOT NULL,
        emoji text NOT NULL,
        reacted_at timestamptz NOT NULL,
        PRIMARY KEY (conversation_id, seq, user_id)
    )""",
    # Who may see a clip that is ONLY_SHARED: the members of the conversations it was shared in.
    """CREATE TABLE video_shares (
        video_id uuid NOT NULL,
        conversation_id uuid NOT NULL,
        seq bigint NOT NULL,
        PRIMARY KEY (conversation_id, seq, video_id)
    )""",
    "CREATE INDEX video_shares_of_video ON video_shares (video_id, conversation_id, seq)",
]

LOG = [
    # `epoch` names this log's life; a restore renews it. `lane_count` may grow with a new epoch.
    "CREATE TABLE log (epoch uuid NOT NULL, lane_count int NOT NULL)",
    "INSERT INTO log (epoch, lane_count) VALUES (gen_random_uuid(), 8)",
    """CREATE TABLE events (
        lane smallint NOT NULL,
        pos bigint NOT NULL,
        kind text NOT NULL,
        topic uuid,
        audience uuid[] NOT NULL,
        seq bigint,
        user_id uuid,
        other_id uuid,
        occurred_at timestamptz NOT NULL,
        PRIMARY KEY (lane, pos)
    )""",
    "CREATE INDEX events_of_topic ON events (topic, pos) WHERE topic IS NOT NULL",
    # Rows live here for the length of their transaction, so a crash can lose none that matters.
    """CREATE UNLOGGED TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        events jsonb NOT NULL
    )""",
    """CREATE FUNCTION lane_of(topic uuid, lane_count int) RETURNS int
        LANGUAGE sql IMMUTABLE RETURN get_byte(uuid_send(topic), 15) % lane_count""",
    # Runs at COMMIT. 8266 is the advisory lock class of lanes. Each statement sees what committed before it, so the
    # head that is read under a lane's lock is the true one.
    """CREATE FUNCTION seal_events() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            lane_count int;
        BEGIN
            SELECT log.lane_count INTO lane_count FROM log;
            PERFORM pg_advisory_xact_lock(8266, lanes.lane) FROM (
                SELECT DISTINCT lane FROM entries_of(NEW.events, lane_count) ORDER BY lane
            ) lanes;
            INSERT INTO events (lane, pos, kind, topic, audience, seq, user_id, other_id, occurred_at)
            SELECT
                e.lane,
                coalesce((SELECT max(pos) FROM events WHERE events.lane = e.lane), 0)
                    + row_number() OVER (PARTITION BY e.lane ORDER BY e.ordinal),
                e.kind, e.topic, e.audience, e.seq, e.user_id, e.other_id, clock_timestamp()
            FROM entries_of(NEW.events, lane_count) e;
            DELETE FROM outbox WHERE id = NEW.id;
            RETURN NULL;
        END $$""",
    """CREATE CONSTRAINT TRIGGER seal_at_commit AFTER INSERT ON outbox
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_events()""",
]

# One entry an event, or one in every lane for a barrier (which has no topic).
ENTRIES = """CREATE FUNCTION entries_of(events jsonb, lane_count int)
    RETURNS TABLE (
        ordinal bigint, lane int, kind text, topic uuid, audience uuid[], seq bigint, user_id uuid, other_id uuid
    )
    LANGUAGE sql STABLE AS $$
        SELECT
            e.ordinal, lanes.lane, e.event ->> 'kind', (e.event ->> 'topic')::uuid,
            ARRAY(SELECT jsonb_array_elements_text(e.event -> 'audience')::uuid),
            (e.event ->> 'seq')::bigint, (e.event ->> 'user_id')::uuid, (e.event ->> 'other_id')::uuid
        FROM jsonb_array_elements(events) WITH ORDINALITY AS e (event, ordinal)
        JOIN generate_series(0, lane_count - 1) AS lanes (lane)
            ON e.event ->> 'topic' IS NULL OR lanes.lane = lane_of((e.event ->> 'topic')::uuid, lane_count)
    $$"""

DROP = [
    "DROP TABLE outbox, events, log, video_shares, reactions, messages, members",
    "DROP TABLE user_search_terms, blocks, follows",
    "DROP FUNCTION seal_events(), entries_of(jsonb, int), lane_of(uuid, int)",
]


class Migration(migrations.Migration):
    """Creates what tortoise's models can't describe."""

    dependencies = [("store", "0001_initial")]

    operations = [ops.RunSQL([*PEOPLE, *CONVERSATIONS, *LOG[:-2], ENTRIES, *LOG[-2:]], reverse_sql=DROP)]
