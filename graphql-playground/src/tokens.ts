/** The three requests that hand out and end tokens. */

import { post } from './graphql';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** When to get new ones, some time before the access token ends: by this browser's clock, in ms since 1970. */
  renewAt: number;
}

export interface SignedIn {
  handle: string;
  displayName: string;
  tokens: Tokens;
}

/** Tokens are renewed after this part of their life, or when `LAST_MINUTE` is left, whichever is later. */
const RENEW_AFTER = 0.75;
const LAST_MINUTE = 60_000;

/** The server said no, and `message` says why. A network failure is a plain `Error`. */
export class Refused extends Error {}

interface TokensData {
  accessToken: string;
  refreshToken: string;
  accessTokenExpiresAt: string;
}

interface ErrorData {
  code?: string;
  reason?: string;
}

const SIGN_IN = /* GraphQL */ `
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignInSuccess {
        tokens {
          accessToken
          accessTokenExpiresAt
          refreshToken
        }
        viewer {
          user {
            handle
            displayName
          }
        }
      }
      ... on UserError {
        code
        reason
      }
    }
  }
`;

const REFRESH = /* GraphQL */ `
  mutation RefreshSession($input: RefreshSessionInput!) {
    refreshSession(input: $input) {
      __typename
      ... on RefreshSessionSuccess {
        tokens {
          accessToken
          accessTokenExpiresAt
          refreshToken
        }
      }
      ... on UserError {
        code
        reason
      }
    }
  }
`;

const SIGN_OUT = /* GraphQL */ `
  mutation SignOut {
    signOut {
      __typename
    }
  }
`;

export async function signIn(path: string, handle: string, password: string): Promise<SignedIn> {
  const { payload, serverTime } = await mutate(path, SIGN_IN, 'signIn', { handle, password });
  const user = payload.viewer?.user ?? { handle, displayName: handle };
  return { ...user, tokens: toTokens(payload, serverTime) };
}

export async function refresh(path: string, refreshToken: string): Promise<Tokens> {
  const { payload, serverTime } = await mutate(path, REFRESH, 'refreshSession', { refreshToken });
  return toTokens(payload, serverTime);
}

/** Ends the session on the server. */
export async function signOut(path: string, accessToken: string): Promise<void> {
  await post(path, { query: SIGN_OUT }, { authorization: `Bearer ${accessToken}` });
}

interface Payload extends ErrorData {
  tokens?: TokensData;
  viewer?: { user: { handle: string; displayName: string } };
}

async function mutate(path: string, query: string, field: string, input: Record<string, string>) {
  const { result, serverTime } = await post<Record<string, Payload | null>>(path, { query, variables: { input } });
  const payload = result.data?.[field];
  if (!payload) throw new Error(result.errors?.[0]?.message ?? 'The server gave no answer.');
  return { payload, serverTime };
}

function toTokens(payload: Payload, serverTime: number): Tokens {
  if (!payload.tokens) throw new Refused(payload.reason ?? payload.code ?? 'The server refused.');
  const { accessToken, refreshToken, accessTokenExpiresAt } = payload.tokens;
  const lifetime = Date.parse(accessTokenExpiresAt) - serverTime; // clocks may differ, durations do not
  return { accessToken, refreshToken, renewAt: Date.now() + Math.max(lifetime * RENEW_AFTER, lifetime - LAST_MINUTE) };
}
