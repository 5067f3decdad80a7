// The part of our contract that is measured.
export const schema = `
  scalar DateTime
  union MessageContent = TextContent | PhotoContent | SharedProfileContent
  union SendMessageResult = SendMessageSuccess | NotFoundError
  interface Node { id: ID! }
  interface UserError { code: String! reason: String! }
  type NotFoundError implements UserError { code: String! reason: String! }
  type Query { node(id: ID!): Node viewer: Viewer }
  type Mutation { sendMessage(input: SendMessageInput!): SendMessageResult }
  type Subscription { messageAdded(conversationId: ID!, afterSeq: Int): Message! }
  type Viewer { conversations(first: Int = 20): ConversationConnection! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type ConversationConnection { edges: [ConversationEdge!]! pageInfo: PageInfo! }
  type ConversationEdge { cursor: String! node: Conversation! }
  type MessageConnection { edges: [MessageEdge!]! pageInfo: PageInfo! }
  type MessageEdge { cursor: String! node: Message! }
  type MemberConnection { edges: [MemberEdge!]! }
  type MemberEdge { node: User! }
  type ViewerState { unread: Unread! }
  type Unread { count: Int! }
  type Conversation implements Node {
    id: ID! kind: String! title: String lastMessage: Message
    members(first: Int = 20): MemberConnection!
    messages(last: Int, before: String): MessageConnection!
    viewerState: ViewerState!
  }
  type User implements Node { id: ID! handle: String! displayName: String! }
  type Photo { width: Int! height: Int! placeholder: String! }
  type Message implements Node {
    id: ID! seq: Int! sentAt: DateTime! sender: User content: MessageContent! fallbackText: String!
  }
  type TextContent { text: String! }
  type PhotoContent { caption: String photos: [Photo!]! }
  type SharedProfileContent { caption: String user: User }
  type SendMessageSuccess { wasReplay: Boolean! message: Message! }
  input TextInput { text: String! }
  input MessageContentInput { text: TextInput }
  input SendMessageInput { conversationId: ID! clientKey: String! content: MessageContentInput! }
`
