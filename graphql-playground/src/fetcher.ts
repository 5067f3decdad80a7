/** How GraphiQL sends: queries and mutations by HTTP, subscriptions by WebSocket, as the person who is signed in. */

import type { Fetcher, FetcherOpts, FetcherParams, SyncExecutionResult } from '@graphiql/toolkit';
import { Kind, parse, type OperationDefinitionNode } from 'graphql';
import type { ActivityLog } from './activity';
import { post, type Answer, type GraphQLRequest } from './graphql';
import type { Live } from './live';
import { withNewKeys } from './placeholders';
import type { Sessions } from './sessions';

interface Parts {
  path: string;
  sessions: Sessions;
  live: Live;
  log: ActivityLog;
}

export function createFetcher({ path, sessions, live, log }: Parts): Fetcher {
  return async (params, options = {}): Promise<SyncExecutionResult> => {
    const { request, isSubscription } = toRequest(params);
    if (isSubscription) return live.subscription(request) as SyncExecutionResult;
    const started = performance.now();
    const answer = await postAsCurrent(path, sessions, request, options);
    if (params.operationName !== 'IntrospectionQuery') {
      const milliseconds = performance.now() - started;
      log.request({ as: sessions.store.get().current, status: answer.status, milliseconds });
    }
    return answer.result as SyncExecutionResult;
  };
}

/**
 * What GraphiQL knows of the operation (its name, its parsed form) lags a moment behind the editor, and names an
 * operation of the tab before to someone who is quick: so the text is what counts.
 */
function toRequest({ query, variables, operationName }: FetcherParams) {
  const operations = operationsIn(query);
  const named = operations.find(({ name }) => name?.value === operationName);
  const chosen = named ?? (operations.length === 1 ? operations[0] : undefined);
  const request: GraphQLRequest = {
    query,
    operationName: chosen?.name?.value,
    variables: variables && withNewKeys(variables),
  };
  return { request, isSubscription: chosen?.operation === 'subscription' };
}

function operationsIn(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return []; // the server tells what is wrong with it
  }
}

async function postAsCurrent(path: string, sessions: Sessions, request: GraphQLRequest, options: FetcherOpts) {
  const token = await sessions.accessToken();
  const send = (token: string | null): Promise<Answer> =>
    post(path, request, { ...(token !== null && { authorization: `Bearer ${token}` }), ...options.headers });
  const answer = await send(token);
  if (token === null || !isUnauthenticated(answer)) return answer;
  const renewed = await sessions.replace(token);
  return renewed === null ? answer : send(renewed); // nothing was executed, so sending it again changes nothing twice
}

function isUnauthenticated({ status, result }: Answer): boolean {
  return status === 401 || (!result.data && result.errors?.[0]?.extensions?.code === 'UNAUTHENTICATED');
}
