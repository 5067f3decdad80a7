/**
 * Placeholders in an example's variables: `{{conversationId}}` becomes the id of a conversation of the person who is
 * signed in, and so on, so that an example works at once. `{{newKey}}` is new at every send. One that has no value
 * (signed out, nothing there) stays as it is.
 */

import { post } from './graphql';
import { recentPeople } from './recent';
import type { Sessions } from './sessions';

export type Values = Record<string, string>;

interface Source {
  provides: string[];
  query: string;
  read(data: any): Record<string, string | undefined>;
}

const PLACEHOLDER = /\{\{(\w+)\}\}/g;
const NEW_EVERY_TIME = 'newKey';

const CONVERSATIONS: Source = {
  provides: [
    'handle',
    'conversationId',
    'friendId',
    'friendHandle',
    'messageId',
    'ownMessageId',
    'groupId',
    'groupMemberId',
  ],
  query: /* GraphQL */ `
    query PlaygroundConversations {
      viewer {
        user {
          id
          handle
        }
        conversations(first: 20) {
          edges {
            node {
              id
              kind
              members(first: 2) {
                edges {
                  node {
                    id
                    handle
                  }
                }
              }
              messages(last: 20) {
                edges {
                  node {
                    id
                    sender {
                      id
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  `,
  read({ viewer }) {
    if (!viewer) return {};
    const conversations = nodes(viewer.conversations);
    const group = conversations.find(({ kind }) => kind === 'GROUP');
    const isMine = (user: any): boolean => user?.id === viewer.user.id;
    const otherMember = (conversation: any) => nodes(conversation?.members).find((member) => !isMine(member));
    const all = conversations.filter(({ kind }) => kind === 'DIRECT');
    const recent = recentPeople().flatMap((handle) => all.filter((each) => otherMember(each)?.handle === handle));
    const direct = recent[0] ?? all[0];
    const newestFirst = nodes(direct?.messages).reverse();
    return {
      handle: viewer.user.handle,
      conversationId: direct?.id,
      friendId: otherMember(direct)?.id,
      friendHandle: otherMember(direct)?.handle,
      messageId: newestFirst.find(({ sender }) => sender && !isMine(sender))?.id,
      ownMessageId: newestFirst.find(({ sender }) => isMine(sender))?.id,
      groupId: group?.id,
      groupMemberId: otherMember(group)?.id,
    };
  },
};

const STICKERS: Source = {
  provides: ['stickerId'],
  query: /* GraphQL */ `
    query PlaygroundStickers {
      stickerPacks(first: 1) {
        edges {
          node {
            stickers {
              id
            }
          }
        }
      }
    }
  `,
  read: ({ stickerPacks }) => ({ stickerId: nodes(stickerPacks)[0]?.stickers[0]?.id }),
};

const VIDEOS: Source = {
  provides: ['videoId'],
  query: /* GraphQL */ `
    query PlaygroundVideos {
      viewer {
        user {
          videos(first: 1) {
            edges {
              node {
                id
              }
            }
          }
          following(first: 20) {
            edges {
              node {
                videos(first: 1) {
                  edges {
                    node {
                      id
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  `,
  read({ viewer }) {
    const authors = viewer ? [viewer.user, ...nodes(viewer.user.following)] : [];
    return { videoId: authors.flatMap(({ videos }) => nodes(videos))[0]?.id };
  },
};

const INBOX: Source = {
  provides: ['inboxCursor'],
  query: /* GraphQL */ `
    query PlaygroundInbox {
      viewer {
        inboxCursor
      }
    }
  `,
  read: ({ viewer }) => ({ inboxCursor: viewer?.inboxCursor }),
};

const SOURCES = [CONVERSATIONS, STICKERS, VIDEOS, INBOX];

/** The names of the placeholders in a text. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!))];
}

/** Those that are missing a value: every one but `{{newKey}}`. */
export function unfilledIn(text: string): string[] {
  return placeholdersIn(text).filter((name) => name !== NEW_EVERY_TIME);
}

export function fill(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) => values[name] ?? placeholder);
}

/** Values for as many of these placeholders as the server has something for, as the current person sees it now. */
export async function lookUp(path: string, sessions: Sessions, names: string[]): Promise<Values> {
  const needed = SOURCES.filter(({ provides }) => provides.some((name) => names.includes(name)));
  const found = await Promise.all(needed.map((source) => ask(path, sessions, source)));
  return Object.assign({}, ...found);
}

/** The variables as they are sent: a new key wherever one is asked for. */
export function withNewKeys(variables: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(fill(JSON.stringify(variables), { [NEW_EVERY_TIME]: newKey() }));
}

/** `crypto.randomUUID` is missing on a page that came by plain HTTP from another machine. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `playground-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

async function ask(path: string, sessions: Sessions, { query, read }: Source): Promise<Values> {
  try {
    const token = await sessions.accessToken();
    const { result } = await post<any>(path, { query }, token === null ? {} : { authorization: `Bearer ${token}` });
    const found = Object.entries(read(result.data ?? {})).filter(([, value]) => typeof value === 'string');
    return Object.fromEntries(found) as Values;
  } catch {
    return {}; // a placeholder that cannot be filled says so where it is shown
  }
}

function nodes(connection: { edges: { node: any }[] } | null | undefined): any[] {
  return (connection?.edges ?? []).map(({ node }) => node);
}
