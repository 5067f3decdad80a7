"""Sends in groups: those that arrive together take one statement and one commit, whatever their number.

As before the statement compares and sends, and knows no rule. It is given the facts that the rules were found to allow,
whoever they are about; who has others gets them back, to be judged, and nothing written.
"""

from importlib import import_module

from tortoise import migrations
from tortoise.migrations import operations as ops

before = import_module("app.store.migrations.0003_sends_and_inboxes")

NEW_MESSAGE = """CREATE TYPE new_message AS (
        conversation uuid, place bigint, sender uuid, message_kind text, notice_kind text, body text,
        attachments uuid[], reply_to bigint, key text, hash bytea, said_at timestamptz
    )"""

# Writes messages at their places, one of a conversation: it moves to the message, and every member's inbox; its sender
# has read it (but of a notice). The caller holds the conversations' rows.
ADD_MESSAGES = """CREATE FUNCTION add_messages(added new_message[]) RETURNS void LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan AS $$
    BEGIN
        UPDATE conversations c SET last_seq = a.place, last_activity_at = a.said_at
        FROM unnest(added) a WHERE c.id = a.conversation;
        UPDATE members m SET
            inbox_at = a.said_at,
            last_read_seq = CASE WHEN m.user_id = a.sender AND a.message_kind <> 'NOTICE' THEN a.place
                ELSE m.last_read_seq END,
            unread_seq = CASE WHEN a.message_kind = 'NOTICE' THEN m.unread_seq
                WHEN m.user_id <> a.sender THEN a.place END
        FROM unnest(added) a WHERE m.conversation_id = a.conversation AND m.active;
        INSERT INTO messages (conversation_id, seq, sender_id, kind, notice, text, attachment_ids, reply_to_seq,
            client_key, content_hash, sent_at)
        SELECT a.conversation, a.place, a.sender, a.message_kind, a.notice_kind, a.body, a.attachments, a.reply_to,
            a.key, a.hash, a.said_at
        FROM unnest(added) a;
        IF EXISTS (SELECT FROM unnest(added) a WHERE a.message_kind = 'VIDEO') THEN
            INSERT INTO video_shares (video_id, conversation_id, seq)
            SELECT a.attachments[1], a.conversation, a.place FROM unnest(added) a WHERE a.message_kind = 'VIDEO';
        END IF;
    END $$"""

# `may_write` is false for what is not to be sent, but may have been by an earlier call.
SEND_REQUEST = """CREATE TYPE send_request AS (
        sender uuid, session uuid, conversation uuid, key text, hash bytea, may_write boolean,
        message_kind text, body text, attachments uuid[], reply_to bigint
    )"""

# `is_held` is false where a lock was not to be had at once, or what it is for is not there: all else says nothing then.
# `facts` are null where the message was written.
SEND_OUTCOME = """CREATE TYPE send_outcome AS (
        number bigint, is_held boolean, session_lives boolean, facts send_facts,
        replay_seq bigint, replay_hash bytea, conversation uuid, in_group boolean, message_seq bigint,
        said_at timestamptz, hearers uuid[], event_lane int, event_pos bigint, event_at timestamptz
    )"""

# Takes at most one request of a conversation. Birth dates up to `grown_up_by` are no facts: those people are of age.
#
# Each statement sees what committed before it began (the function is volatile, the level READ COMMITTED). So what is
# read once the conversations are locked holds until the end: removals, blocks and follows take that row too, and the
# rows of session and settings are locked against change. Lanes come last, as in `seal_events`: no lock behind them.
SEND = """CREATE FUNCTION {name}(requests send_request[], good send_facts[], grown_up_by date)
    RETURNS SETOF send_outcome LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
    DECLARE
        now_held uuid[];
        outcomes send_outcome[];
        said_at timestamptz;
    BEGIN
        SELECT array_agg(c.id) INTO now_held FROM (
            SELECT c.id FROM conversations c WHERE c.id = ANY (ARRAY(SELECT r.conversation FROM unnest(requests) r))
            ORDER BY c.id FOR UPDATE {if_locked}
        ) c;

        said_at := clock_timestamp();
        WITH asked AS MATERIALIZED (
            SELECT r.*, c.id AS held_id, c.last_seq, c.kind = 'DIRECT' AS is_direct,
                CASE WHEN c.direct_low = r.sender THEN c.direct_high ELSE c.direct_low END AS other_id
            FROM unnest(requests) WITH ORDINALITY
                r (sender, session, conversation, key, hash, may_write, message_kind, body, attachments, reply_to, number)
            LEFT JOIN conversations c ON c.id = r.conversation AND c.id = ANY (now_held)
        ), mine AS MATERIALIZED (
            SELECT s.id, s.user_id, s.ended_at IS NULL AND u.suspended_at IS NULL AS lives, u.message_policy,
                CASE WHEN u.birth_date > grown_up_by THEN u.birth_date END AS birth_date {of_sender}
            FROM sessions s JOIN users u ON u.id = s.user_id
            WHERE s.id = ANY (ARRAY(SELECT a.session FROM asked a)) FOR SHARE {if_locked}
        ), others AS MATERIALIZED (
            SELECT u.id, u.message_policy, u.suspended_at,
                CASE WHEN u.birth_date > grown_up_by THEN u.birth_date END AS birth_date
            FROM users u WHERE u.id = ANY (ARRAY(SELECT a.other_id FROM asked a)) FOR SHARE {if_locked}
        ), found AS (
            SELECT a.*, active.ids AS hearers, replay.seq AS replay_seq, replay.content_hash AS replay_hash,
                a.held_id IS NOT NULL AND mine.id IS NOT NULL AND (a.other_id IS NULL OR o.id IS NOT NULL) AS is_held,
                coalesce(mine.lives, false) AS session_lives,
                ROW(
                    a.sender = ANY (active.ids), a.is_direct, mine.message_policy, mine.birth_date,
                    o.message_policy, o.birth_date, o.suspended_at IS NOT NULL,
                    EXISTS (SELECT FROM follows f WHERE f.follower_id = a.sender AND f.followee_id = o.id),
                    EXISTS (SELECT FROM follows f WHERE f.follower_id = o.id AND f.followee_id = a.sender),
                    EXISTS (SELECT FROM blocks b WHERE b.blocker_id = a.sender AND b.blocked_id = o.id)
                        OR EXISTS (SELECT FROM blocks b WHERE b.blocker_id = o.id AND b.blocked_id = a.sender)
                )::send_facts AS facts {of_mine}
            FROM asked a
            CROSS JOIN LATERAL (SELECT ARRAY(
                SELECT m.user_id FROM members m WHERE m.conversation_id = a.conversation AND m.active
            ) AS ids) active
            LEFT JOIN mine ON mine.id = a.session AND mine.user_id = a.sender
            LEFT JOIN others o ON o.id = a.other_id
            LEFT JOIN messages replay ON replay.conversation_id = a.conversation AND replay.sender_id = a.sender
                AND replay.client_key = a.key
        ), decided AS (
            SELECT f.*, f.is_held AND f.session_lives AND f.may_write AND f.replay_seq IS NULL
                AND coalesce(f.facts = ANY (good), false) AS is_sent
            FROM found f
        )
        SELECT array_agg(ROW(
            d.number, d.is_held, d.session_lives, CASE WHEN NOT d.is_sent THEN d.facts END, d.replay_seq, d.replay_hash,
            d.conversation, NOT d.is_direct, CASE WHEN d.is_sent THEN d.last_seq + 1 END, said_at, d.hearers,
            lane_of(d.conversation, log.lane_count), NULL, NULL {of_decided}
        )::send_outcome) INTO outcomes FROM decided d CROSS JOIN log;

        PERFORM add_messages(array_agg(ROW(
            r.conversation, o.message_seq, r.sender, r.message_kind, NULL, r.body, r.attachments, r.reply_to, r.key,
            r.hash, o.said_at
        )::new_message))
        FROM unnest(requests) r JOIN unnest(outcomes) o USING (conversation) WHERE o.message_seq IS NOT NULL
        HAVING count(*) > 0;

        PERFORM pg_advisory_xact_lock(8266, lanes.lane) FROM (
            SELECT DISTINCT o.event_lane AS lane FROM unnest(outcomes) o WHERE o.message_seq IS NOT NULL ORDER BY lane
        ) lanes;
        RETURN QUERY WITH heads AS MATERIALIZED (
            SELECT lanes.lane, coalesce((SELECT max(e.pos) FROM events e WHERE e.lane = lanes.lane), 0) AS pos
            FROM (SELECT DISTINCT o.event_lane AS lane FROM unnest(outcomes) o WHERE o.message_seq IS NOT NULL) lanes
        ), written AS (
            INSERT INTO events AS e (lane, pos, kind, topic, audience, seq, user_id, occurred_at)
            SELECT h.lane, h.pos + row_number() OVER (PARTITION BY h.lane ORDER BY o.number),
                'MESSAGE_ADDED', o.conversation, o.hearers, o.message_seq, r.sender, clock_timestamp()
            FROM heads h JOIN unnest(outcomes) o ON o.event_lane = h.lane JOIN unnest(requests) r USING (conversation)
            WHERE o.message_seq IS NOT NULL
            RETURNING e.topic, e.pos, e.occurred_at
        )
        SELECT o.number, o.is_held, o.session_lives, o.facts, o.replay_seq, o.replay_hash, o.conversation, o.in_group,
            o.message_seq, o.said_at, o.hearers, o.event_lane, w.pos, w.occurred_at {of_outcome}
        FROM unnest(outcomes) o LEFT JOIN written w ON w.topic = o.conversation;
    END $$"""


def sends(*sender_columns: str) -> list[str]:
    """The functions that send: one waits for locks, one sends what it need not wait for, so that nobody waits for others.

    Outcomes end with these columns of the sender's.
    """
    aliases = {"of_sender": "u", "of_mine": "mine", "of_decided": "d", "of_outcome": "o"}
    columns = {slot: "".join(f", {alias}.{name}" for name in sender_columns) for slot, alias in aliases.items()}
    return [
        SEND.format(name="send_messages", if_locked="", **columns),
        SEND.format(name="send_free_messages", if_locked="SKIP LOCKED", **columns),
    ]


class Migration(migrations.Migration):
    """Makes sends that arrive together share a statement, and the first of a conversation cost no second one."""

    dependencies = [("store", "0004_log_floors")]

    operations = [
        ops.RunSQL(
            [
                "DROP FUNCTION send_message, add_message",
                NEW_MESSAGE, ADD_MESSAGES, SEND_REQUEST, SEND_OUTCOME, *sends(),
            ],
            reverse_sql=[
                "DROP FUNCTION send_free_messages, send_messages, add_messages",
                "DROP TYPE send_outcome, send_request, new_message",
                before.ADD_MESSAGE, before.SEND_MESSAGE,
            ],
        )
    ]  # fmt: skip
