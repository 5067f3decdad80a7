"""The demo's script keeps the rules that the API would have enforced."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from app.auth.handles import BIO_MAX, handle_key, parse_display_name, parse_handle
from app.config import Settings
from app.demo.cast import CLIPS, EVERYONE, FRIENDS, OFF, PEOPLE, PHOTOS
from app.demo.files import sticker_key
from app.demo.packs import PACKS
from app.demo.transcripts import Conversation, Entry, ScriptError, parse, read_conversations
from app.demo.writing import follow_edges
from resolvers.policy import MessageKind, age_on
from resolvers.text import parse_emoji, parse_text
from resolvers.uploads import ALT_TEXT_MAX

SCRIPT = read_conversations()
ENTRIES = [(conversation, entry) for conversation in SCRIPT for entry in conversation.entries]
HANDLES = {person.handle for person in PEOPLE}
EDGES = set(follow_edges())
POLICIES = {person.handle: person.message_policy for person in PEOPLE}


def are_friends(one: str, other: str) -> bool:
    return (one, other) in EDGES and (other, one) in EDGES


def present(conversation: Conversation, entry: Entry) -> set[str]:
    """Who was a member when something was said."""
    joined = {
        person
        for earlier in conversation.entries
        if earlier.notice == "JOINED" and earlier.ago >= entry.ago
        for person in earlier.subjects
    }
    return {*conversation.members, *joined}


async def test_the_cast_keeps_the_rules_of_signing_up(settings: Settings) -> None:
    for person in PEOPLE:
        assert parse_handle(person.handle) == person.handle
        assert parse_display_name(person.name) == person.name
        assert parse_text(person.bio, "bio", at_most=BIO_MAX) == person.bio
        assert age_on(person.birth_date, datetime.now(UTC).date()) >= settings.minimum_age
    assert len({handle_key(handle) for handle in HANDLES}) == len(PEOPLE) >= 12
    assert len({person.avatar for person in PEOPLE}) == len(PEOPLE)
    assert Counter(POLICIES.values()) == {EVERYONE: len(PEOPLE) - 2, FRIENDS: 1, OFF: 1}


def test_people_follow_others_of_the_cast_both_ways_and_one_way() -> None:
    assert {person for edge in EDGES for person in edge} <= HANDLES
    assert all(follower != followee for follower, followee in EDGES)
    assert {are_friends(*edge) for edge in EDGES} == {True, False}


def test_there_are_direct_conversations_and_groups_with_roles_joining_and_a_new_title() -> None:
    direct = [conversation for conversation in SCRIPT if conversation.title is None]
    groups = [conversation for conversation in SCRIPT if conversation.title]
    assert len(direct) >= 6
    assert len(groups) >= 2
    assert len({frozenset(conversation.members) for conversation in direct}) == len(direct)
    assert all(len(conversation.members) == 2 for conversation in direct)
    assert all(sorted(group.members.values()).count("OWNER") == 1 for group in groups)
    assert {role for group in groups for role in group.members.values()} == {"OWNER", "ADMIN", "MEMBER"}
    notices = Counter(entry.notice for group in groups for entry in group.entries if entry.notice)
    assert notices["CREATED"] == len(groups)
    assert notices["JOINED"]
    assert notices["RENAMED"]


def test_whoever_was_added_to_a_group_is_a_friend_who_takes_messages() -> None:
    for conversation, entry in ENTRIES:
        if entry.notice in {"CREATED", "JOINED"}:
            assert all(are_friends(entry.sender, person) for person in entry.subjects), entry
            assert all(POLICIES[person] != OFF for person in entry.subjects)
        if entry.notice in {"JOINED", "RENAMED"}:
            assert conversation.members[entry.sender] in {"OWNER", "ADMIN"}


def test_some_hundred_messages_are_of_all_kinds_and_some_were_edited_unsent_replied_and_reacted_to() -> None:
    kinds = Counter(entry.kind for _, entry in ENTRIES)
    assert set(kinds) == {*MessageKind, "NOTICE"}
    assert 250 <= len(ENTRIES) <= 500
    for what in ("edited", "unsent", "reply_to_seq", "reactions"):
        assert any(getattr(entry, what) for _, entry in ENTRIES), what
    assert any(len(entry.subjects) > 1 for _, entry in ENTRIES if entry.kind == "PHOTOS")
    assert {script for script in ("ARABIC", "HIRAGANA") if any(_has(script, entry) for _, entry in ENTRIES)} == {
        "ARABIC",
        "HIRAGANA",
    }


def _has(script: str, entry: Entry) -> bool:
    ranges = {"ARABIC": "\u0621-\u064a", "HIRAGANA": "\u3041-\u3096"}
    return re.search(f"[{ranges[script]}]", entry.text or "") is not None


def test_everything_is_said_by_a_member_in_order_within_three_weeks_up_to_minutes_ago() -> None:
    for conversation in SCRIPT:
        times = [entry.ago for entry in conversation.entries]
        assert all(later < earlier for earlier, later in pairwise(times)), conversation
        assert timedelta(minutes=2) < times[-1] < times[0] <= timedelta(days=21)
    assert min(entry.ago for _, entry in ENTRIES) < timedelta(minutes=10)
    for conversation, entry in ENTRIES:
        assert entry.sender in present(conversation, entry), entry
        assert {person for _, person in entry.reactions} <= present(conversation, entry), entry


def test_what_a_message_names_is_there_and_its_sender_may_share_it() -> None:
    stickers = [sticker_key(art) for pack in PACKS for art in pack.stickers]
    assert len(set(stickers)) == len(stickers)
    clips = {clip.file: clip for clip in CLIPS}
    known = {"PHOTOS": set(PHOTOS), "VIDEO": set(clips), "PROFILE": HANDLES, "STICKER": set(stickers)}
    for _, entry in ENTRIES:
        assert set(entry.subjects) <= known.get(entry.kind, HANDLES), entry
        if entry.kind == "VIDEO":
            clip = clips[entry.subjects[0]]
            assert entry.ago < clip.ago, "it was published before"
            assert clip.visibility == "PUBLIC" or clip.author == entry.sender
    assert {clip.visibility for clip in CLIPS} == {"PUBLIC", "FRIENDS", "ONLY_SHARED"}
    assert {name for _, entry in ENTRIES if entry.kind == "PHOTOS" for name in entry.subjects} == set(PHOTOS)


def test_texts_and_reactions_keep_the_rules_of_sending() -> None:
    for conversation, entry in ENTRIES:
        if entry.text is not None:
            assert parse_text(entry.text, "text", at_most=6000) == entry.text
        assert entry.text or entry.kind != "TEXT", entry
        assert all(parse_emoji(emoji) == emoji for emoji, _ in entry.reactions), entry
        assert len({person for _, person in entry.reactions}) == len(entry.reactions), "one reaction a person"
        assert entry.kind == "TEXT" or not entry.edited, entry
        if entry.reply_to_seq:
            assert conversation.entries[entry.reply_to_seq - 1].ago > entry.ago
    assert all(len(words) <= ALT_TEXT_MAX for words in PHOTOS.values())


def test_nobody_has_unread_what_they_have_said_or_more_than_there_is() -> None:
    for conversation in SCRIPT:
        for person, count in conversation.unread.items():
            assert person in conversation.everyone
            latest = conversation.entries[-count:]
            assert 0 < count < len(conversation.entries)
            assert all(entry.sender != person for entry in latest), (conversation.title, person)
    assert len({count for conversation in SCRIPT for count in conversation.unread.values()}) > 3


def test_a_line_that_makes_no_sense_is_named() -> None:
    with pytest.raises(ScriptError, match="odd: 'mira waves'"):
        parse("direct mira theo\n\n@ 1h\nmira waves\n", "odd")
    with pytest.raises(ScriptError, match="nowhere"):
        parse("direct mira theo\n\n@ 1h\nmira >nowhere: Yes\n", "odd")
