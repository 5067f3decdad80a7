"""What is asked: the same documents for every GraphQL server, and the JSON that a bare handler gives."""

HISTORY = """
query History($id: ID!, $before: String) { node(id: $id) { ... on Conversation { id
  messages(last: 50, before: $before) { edges { cursor node { id seq sentAt sender { id handle displayName }
    content { __typename
    ... on TextContent { text }
    ... on PhotoContent { caption photos { width height placeholder } }
    ... on SharedProfileContent { caption user { id handle displayName } } } } }
  pageInfo { hasPreviousPage startCursor } } } } }
"""

INBOX = """
query Inbox { viewer { conversations(first: 20) { edges { cursor node { id kind title
  lastMessage { id seq sentAt fallbackText sender { id handle } }
  members(first: 5) { edges { node { id handle displayName } } }
  viewerState { unread { count } } } } pageInfo { hasNextPage endCursor } } } }
"""

SEND = """
mutation Send($input: SendMessageInput!) { sendMessage(input: $input) {
  ... on SendMessageSuccess { wasReplay message { id seq sentAt content { ... on TextContent { text } } } }
  ... on UserError { code reason } } }
"""

FAN_OUT = """
subscription Added($id: ID!, $after: Int) { messageAdded(conversationId: $id, afterSeq: $after) {
  id seq sentAt sender { id handle displayName } content { __typename ... on TextContent { text } } } }
"""

CURSOR = "query Cursor { viewer { inboxCursor } }"

RESUME = """
subscription Inbox($after: Cursor) { inbox(after: $after) { __typename cursor
  ... on MessageAdded { message { id seq sentAt sender { id handle } content { ... on TextContent { text } } } } } }
"""

POLICY = f"{{ {' '.join(f'p{n}: policy {{ textMaxCharacters albumMaxPhotos groupMaxMembers }}' for n in range(30))} }}"
