"""For each mutation and each member of its result union an input that leads there: `{{name}}` stands for an id.

`ann` acts. Inputs of successes change the world, so each names what no other one needs.
"""

from tests.rules.cast import checksum
from tests.support.graphql_client import Json
from tests.support.people import PASSWORD

SIGN_UP: Json = {"password": PASSWORD, "displayName": "New"}
FILE: Json = {"purpose": "PHOTO", "contentType": "image/jpeg", "byteSize": 1, "checksumSha256": checksum(b"x")}
TEXT: Json = {"clientKey": "1", "content": {"text": {"text": "x"}}}
PHOTO: Json = {"photos": {"uploadIds": ["{{photo}}"]}}
RESERVED: Json = {"photos": {"uploadIds": ["{{reserved}}"]}}
TALK: Json = {"conversationId": "{{talk}}"}
GROUP: Json = {"conversationId": "{{group}}"}
NO_TALK: Json = {"conversationId": "{{noConversation}}"}
NO_MESSAGE: Json = {"messageId": "{{noMessage}}"}
NO_UPLOAD: Json = {"uploadId": "{{noUpload}}"}

PERSON: dict[str, Json] = {
    "NotFoundError": {"userId": "{{nobody}}"},
    "NotAllowedError": {"userId": "{{ann}}"},
    "InvalidInputError": {"userId": "x"},
}

IDENTITY: dict[str, dict[str, Json]] = {
    "signUp": {
        "SignUpSuccess": {"handle": "{{newHandle}}", **SIGN_UP},
        "HandleTakenError": {"handle": "{{annHandle}}", **SIGN_UP},
        "InvalidInputError": {"handle": "", **SIGN_UP},
    },
    "signIn": {
        "SignInSuccess": {"handle": "{{annHandle}}", "password": PASSWORD},
        "WrongCredentialsError": {"handle": "{{annHandle}}", "password": "wrong"},
    },
    "refreshSession": {
        "RefreshSessionSuccess": {"refreshToken": "{{refreshToken}}"},
        "SessionEndedError": {"refreshToken": "x"},
    },
    "signOut": {
        "SignOutSuccess": {"sessionId": "{{noSession}}"},
        "InvalidInputError": {"sessionId": "x"},
    },
}

PEOPLE: dict[str, dict[str, Json]] = {
    "updateProfile": {
        "UpdateProfileSuccess": {"bio": "Hello"},
        "InvalidInputError": {"displayName": ""},
        "NotFoundError": {"avatarUploadId": "{{noUpload}}"},
        "UploadNotReadyError": {"avatarUploadId": "{{reserved}}"},
    },
    "updateSettings": {"UpdateSettingsSuccess": {"messagePolicy": "EVERYONE"}, "InvalidInputError": {}},
    "followUser": {"FollowUserSuccess": {"userId": "{{cat}}"}, **PERSON},
    "unfollowUser": {"UnfollowUserSuccess": {"userId": "{{cat}}"}, **PERSON},
    "blockUser": {"BlockUserSuccess": {"userId": "{{dan}}"}, **PERSON},
    "unblockUser": {"UnblockUserSuccess": {"userId": "{{dan}}"}, "InvalidInputError": {"userId": "x"}},
    "report": {
        "ReportSuccess": {"subject": {"userId": "{{cat}}"}, "category": "SPAM"},
        "NotFoundError": {"subject": {"userId": "{{nobody}}"}, "category": "SPAM"},
        "InvalidInputError": {"subject": {"userId": "x"}, "category": "SPAM"},
    },
}

CONVERSATIONS: dict[str, dict[str, Json]] = {
    "startConversation": {"StartConversationSuccess": {"userId": "{{cat}}"}, **PERSON},
    "createGroup": {
        "CreateGroupSuccess": {"title": "x", "memberIds": ["{{bob}}"]},
        "NotFoundError": {"title": "x", "memberIds": ["{{nobody}}"]},
        "NotAllowedError": {"title": "x", "memberIds": ["{{eve}}"]},
        "InvalidInputError": {"title": "", "memberIds": ["{{bob}}"]},
    },
    "addMembers": {
        "AddMembersSuccess": {**GROUP, "userIds": ["{{bob}}"]},
        "NotFoundError": {**GROUP, "userIds": ["{{nobody}}"]},
        "NotAllowedError": {**GROUP, "userIds": ["{{eve}}"]},
        "InvalidInputError": {**GROUP, "userIds": []},
    },
    "removeMember": {
        "RemoveMemberSuccess": {"conversationId": "{{spareGroup}}", "userId": "{{bob}}"},
        "NotFoundError": {**GROUP, "userId": "{{nobody}}"},
        "NotAllowedError": {**GROUP, "userId": "{{ann}}"},
        "InvalidInputError": {**GROUP, "userId": "x"},
    },
    "leaveGroup": {
        "LeaveGroupSuccess": {"conversationId": "{{otherSpareGroup}}"},
        "NotFoundError": NO_TALK,
        "NotAllowedError": TALK,
        "InvalidInputError": {"conversationId": "x"},
    },
    "setMemberRole": {
        "SetMemberRoleSuccess": {**GROUP, "userId": "{{bob}}", "role": "ADMIN"},
        "NotFoundError": {**GROUP, "userId": "{{nobody}}", "role": "ADMIN"},
        "NotAllowedError": {**GROUP, "userId": "{{ann}}", "role": "ADMIN"},
        "InvalidInputError": {**GROUP, "userId": "x", "role": "ADMIN"},
    },
    "updateGroup": {
        "UpdateGroupSuccess": {**GROUP, "title": "New"},
        "NotFoundError": {**NO_TALK, "title": "x"},
        "NotAllowedError": {**TALK, "title": "x"},
        "InvalidInputError": {**GROUP, "title": ""},
        "UploadNotReadyError": {**GROUP, "avatarUploadId": "{{reserved}}"},
    },
    "setTyping": {
        "SetTypingSuccess": TALK,
        "NotFoundError": NO_TALK,
        "NotAllowedError": {"conversationId": "{{shutTalk}}"},
        "InvalidInputError": {"conversationId": "no id"},
    },
    "markRead": {
        "MarkReadSuccess": TALK,
        "NotFoundError": NO_TALK,
        "InvalidInputError": {**TALK, "upToSeq": -1},
    },
    "muteConversation": {
        "MuteConversationSuccess": TALK,
        "NotFoundError": NO_TALK,
        "InvalidInputError": {**TALK, "until": "2001-01-01T00:00:00Z"},
    },
}

MESSAGES: dict[str, dict[str, Json]] = {
    "sendMessage": {
        "SendMessageSuccess": {**TALK, **TEXT},
        "NotFoundError": {**NO_TALK, **TEXT},
        "NotAllowedError": {"recipientId": "{{ann}}", **TEXT},
        "KindNotAllowedError": {**TALK, "clientKey": "2", "content": PHOTO},
        "UploadNotReadyError": {**TALK, "clientKey": "2", "content": RESERVED},
        "InvalidInputError": TEXT,
        "IdempotencyConflictError": {**TALK, **TEXT, "clientKey": "{{usedKey}}"},
    },
    "editMessage": {
        "EditMessageSuccess": {"messageId": "{{own}}", "text": "x"},
        "NotFoundError": {**NO_MESSAGE, "text": "x"},
        "NotAllowedError": {"messageId": "{{heard}}", "text": "x"},
        "InvalidInputError": {"messageId": "{{own}}", "text": ""},
    },
    "unsendMessage": {
        "UnsendMessageSuccess": {"messageId": "{{spareMessage}}"},
        "NotFoundError": NO_MESSAGE,
        "NotAllowedError": {"messageId": "{{heard}}"},
        "InvalidInputError": {"messageId": "x"},
    },
    "react": {
        "ReactSuccess": {"messageId": "{{heard}}", "emoji": "👍"},
        "NotFoundError": {**NO_MESSAGE, "emoji": "👍"},
        "NotAllowedError": {"messageId": "{{notice}}", "emoji": "👍"},
        "InvalidInputError": {"messageId": "{{heard}}", "emoji": "x"},
    },
    "unreact": {
        "UnreactSuccess": {"messageId": "{{heard}}"},
        "NotFoundError": NO_MESSAGE,
        "NotAllowedError": {"messageId": "{{notice}}"},
        "InvalidInputError": {"messageId": "x"},
    },
}

MEDIA: dict[str, dict[str, Json]] = {
    "createUpload": {"CreateUploadSuccess": FILE, "InvalidInputError": {**FILE, "byteSize": 0}},
    "completeUpload": {
        "CompleteUploadSuccess": {"uploadId": "{{photo}}"},
        "NotFoundError": NO_UPLOAD,
        "InvalidInputError": {"uploadId": "{{reserved}}"},
        "TryAgainError": {"uploadId": "{{reserved}}"},
    },
    "publishVideo": {
        "PublishVideoSuccess": {"uploadId": "{{clip}}"},
        "NotFoundError": NO_UPLOAD,
        "InvalidInputError": {"uploadId": "{{clip}}", "title": "x" * 201},
        "UploadNotReadyError": {"uploadId": "{{reservedClip}}"},
    },
    "deleteVideo": {
        "DeleteVideoSuccess": {"videoId": "{{spareVideo}}"},
        "NotFoundError": {"videoId": "{{noVideo}}"},
        "InvalidInputError": {"videoId": "x"},
    },
}

RESULTS: dict[str, dict[str, Json]] = {**IDENTITY, **PEOPLE, **CONVERSATIONS, **MESSAGES, **MEDIA}

# What the installation has to be like for a member to be reached; the others are reached anywhere.
SETTINGS: dict[str, Json] = {
    "KindNotAllowedError": {"photo_policy": "NO_PHOTOS"},
    "TryAgainError": {"s3_endpoint_url": "http://127.0.0.1:1"},
}
