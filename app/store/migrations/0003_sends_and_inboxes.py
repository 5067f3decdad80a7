"""A send as one statement, and lists that are read in their own order.

`send_message` compares and sends: it knows no rule. Whoever calls it has judged the facts that the rules depend on and
passes them in; where they are other ones by now, it writes nothing and returns them to be judged.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

# `inbox_at` is the member's place in their inbox, `last_activity_at` of its conversation: null where it is in none
# (who has left, and one to one as long as nothing was said). `unread_seq` is the last that others said behind the read
# mark, null where they said nothing: what has nothing unread is known without looking at messages.
INBOX = [
    "ALTER TABLE members ADD COLUMN inbox_at timestamptz, ADD COLUMN unread_seq bigint",
    """UPDATE members m SET inbox_at = c.last_activity_at,
            unread_seq = CASE WHEN c.last_seq > m.last_read_seq THEN c.last_seq END
        FROM conversations c
        WHERE c.id = m.conversation_id AND m.active AND (c.kind = 'GROUP' OR c.last_seq > 0)""",
    """ALTER TABLE members ADD CONSTRAINT members_with_an_inbox
        CHECK (active OR (inbox_at IS NULL AND unread_seq IS NULL))""",
    "DROP INDEX members_of_user",
    "CREATE INDEX members_of_user ON members (user_id, inbox_at, conversation_id)",
    "CREATE INDEX members_with_unread ON members (user_id) WHERE unread_seq IS NOT NULL",
]

# `friends_since` stands on both edges of two people who follow each other.
FRIENDS = [
    "ALTER TABLE follows ADD COLUMN friends_since timestamptz",
    """UPDATE follows f SET friends_since = greatest(f.followed_at, back.followed_at) FROM follows back
        WHERE back.follower_id = f.followee_id AND back.followee_id = f.follower_id""",
    """CREATE INDEX friends_of_follower ON follows (follower_id, friends_since DESC, followee_id DESC)
        WHERE friends_since IS NOT NULL""",
]

SESSIONS = ["CREATE INDEX live_sessions_of_user ON sessions (user_id, refreshed_at, id) WHERE ended_at IS NULL"]

# Writes a message at its place: the conversation moves to it, and every member's inbox; its sender has read it (but of
# a notice). The caller holds the conversation's row.
ADD_MESSAGE = """CREATE FUNCTION add_message(
        conversation uuid, place bigint, sender uuid, message_kind text, notice_kind text, body text,
        attachments uuid[], reply_to bigint, key text, hash bytea, said_at timestamptz
    ) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE conversations c SET last_seq = place, last_activity_at = said_at WHERE c.id = conversation;
        UPDATE members m SET
            inbox_at = said_at,
            last_read_seq = CASE WHEN m.user_id = sender AND message_kind <> 'NOTICE' THEN place
                ELSE m.last_read_seq END,
            unread_seq = CASE WHEN message_kind = 'NOTICE' THEN m.unread_seq
                WHEN m.user_id <> sender THEN place END
        WHERE m.conversation_id = conversation AND m.active;
        INSERT INTO messages (conversation_id, seq, sender_id, kind, notice, text, attachment_ids, reply_to_seq,
            client_key, content_hash, sent_at)
        VALUES (conversation, place, sender, message_kind, notice_kind, body, attachments, reply_to, key, hash,
            said_at);
        IF message_kind = 'VIDEO' THEN
            INSERT INTO video_shares (video_id, conversation_id, seq) VALUES (attachments[1], conversation, place);
        END IF;
    END $$"""

# What the rules of a send depend on; of a group only the first four.
SEND_FACTS = """CREATE TYPE send_facts AS (
        is_member boolean, is_direct boolean, my_policy text, my_birth_date date,
        other_policy text, other_birth_date date, other_suspended boolean,
        viewer_follows boolean, follows_viewer boolean, blocked boolean
    )"""

# Each statement sees what committed before it began (the function is volatile, the level READ COMMITTED). So what is
# read once the conversation is locked holds until the end: removals, blocks and follows take that row too, and the rows
# of session and settings are locked against change. The lane comes last, as in `seal_events`: take no lock behind it.
SEND_MESSAGE = """CREATE FUNCTION send_message(
        sender uuid, session uuid, conversation uuid, key text, hash bytea, expected send_facts,
        message_kind text, body text, attachments uuid[], reply_to bigint,
        OUT session_lives boolean, OUT facts send_facts, OUT replay_seq bigint, OUT replay_hash bytea,
        OUT message_seq bigint, OUT said_at timestamptz, OUT hearers uuid[],
        OUT event_lane int, OUT event_pos bigint, OUT event_at timestamptz
    ) LANGUAGE plpgsql AS $$
    DECLARE
        held record;
        found record;
    BEGIN
        SELECT c.last_seq, c.kind = 'DIRECT' AS is_direct,
            CASE WHEN c.direct_low = sender THEN c.direct_high ELSE c.direct_low END AS other_id
        INTO held FROM conversations c WHERE c.id = conversation FOR UPDATE;

        WITH mine AS (
            SELECT u.message_policy, u.birth_date FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.id = session AND s.user_id = sender AND s.ended_at IS NULL AND u.suspended_at IS NULL FOR SHARE
        ), other AS (
            SELECT u.id, u.message_policy, u.birth_date, u.suspended_at FROM users u WHERE u.id = held.other_id FOR SHARE
        ), active AS (SELECT ARRAY(
            SELECT m.user_id FROM members m WHERE m.conversation_id = conversation AND m.active
        ) AS ids)
        SELECT
            mine.message_policy IS NOT NULL AS session_lives,
            ROW(
                sender = ANY (active.ids), held.is_direct, mine.message_policy, mine.birth_date,
                other.message_policy, other.birth_date, other.suspended_at IS NOT NULL,
                EXISTS (SELECT FROM follows f WHERE f.follower_id = sender AND f.followee_id = other.id),
                EXISTS (SELECT FROM follows f WHERE f.follower_id = other.id AND f.followee_id = sender),
                EXISTS (SELECT FROM blocks b WHERE (b.blocker_id = sender AND b.blocked_id = other.id)
                    OR (b.blocker_id = other.id AND b.blocked_id = sender))
            )::send_facts AS facts,
            active.ids AS hearers, replay.seq AS replay_seq, replay.content_hash AS replay_hash
        INTO found FROM active LEFT JOIN mine ON true LEFT JOIN other ON true
        LEFT JOIN messages replay ON replay.conversation_id = conversation AND replay.sender_id = sender
            AND replay.client_key = key;

        session_lives := found.session_lives;
        facts := found.facts;
        hearers := found.hearers;
        replay_seq := found.replay_seq;
        replay_hash := found.replay_hash;
        IF NOT session_lives OR replay_seq IS NOT NULL OR facts IS DISTINCT FROM expected THEN
            RETURN;
        END IF;

        message_seq := held.last_seq + 1;
        said_at := clock_timestamp();
        PERFORM add_message(conversation, message_seq, sender, message_kind, NULL, body, attachments, reply_to, key,
            hash, said_at);

        event_lane := lane_of(conversation, (SELECT log.lane_count FROM log));
        PERFORM pg_advisory_xact_lock(8266, event_lane);
        INSERT INTO events AS e (lane, pos, kind, topic, audience, seq, user_id, occurred_at)
        SELECT event_lane, coalesce((SELECT max(o.pos) FROM events o WHERE o.lane = event_lane), 0) + 1,
            'MESSAGE_ADDED', conversation, hearers, message_seq, sender, clock_timestamp()
        RETURNING e.pos, e.occurred_at INTO event_pos, event_at;
    END $$"""

DROP = [
    "DROP FUNCTION send_message, add_message",
    "DROP TYPE send_facts",
    "DROP INDEX members_with_unread, members_of_user",
    "CREATE INDEX members_of_user ON members (user_id, conversation_id)",
    "ALTER TABLE members DROP COLUMN inbox_at, DROP COLUMN unread_seq",
    "ALTER TABLE follows DROP COLUMN friends_since",
    "DROP INDEX live_sessions_of_user",
]


class Migration(migrations.Migration):
    """Adds what makes a send one round trip, and a page of each list one walk along an index."""

    dependencies = [("store", "0002_conversations")]

    operations = [ops.RunSQL([*INBOX, *FRIENDS, *SESSIONS, ADD_MESSAGE, SEND_FACTS, SEND_MESSAGE], reverse_sql=DROP)]
