/** Subscriptions over one WebSocket (graphql-transport-ws), which always speaks for the person who is signed in. */

import type { ExecutionResult } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import type { ActivityLog } from './activity';
import type { GraphQLRequest } from './graphql';
import type { Sessions } from './sessions';

interface Sink {
  next(result: ExecutionResult): void;
  error(error: unknown): void;
  complete(): void;
}

interface Subscribable {
  subscribe(sink: Sink): { unsubscribe(): void };
}

/** Someone looks at the page, so it tries often (ms apart, after a few quicker tries) and for ten minutes. */
const LONGEST_WAIT = 2_000;
const RETRIES = 300;
/** The server does not accept the token, or no more: it wants another one. */
const FORBIDDEN = 4403;
/** The session has ended: the client gives up, and the rest of the page should know. */
const UNAUTHORIZED = 4401;

export class Live {
  private readonly client: Client;
  private sentToken: string | null = null;
  private tokenWasRefused = false;

  constructor(
    path: string,
    private readonly sessions: Sessions,
    private readonly log: ActivityLog,
  ) {
    this.client = createClient({
      url: new URL(path, location.href.replace(/^http/, 'ws')).href,
      connectionParams: () => this.introduce(),
      retryAttempts: RETRIES,
      retryWait: (tries) => pause(tries === 0 ? 0 : Math.min(250 * 2 ** tries, LONGEST_WAIT)),
      shouldRetry: () => true, // also after a failed connection, which is no close event: the server may be restarting
    });
    this.client.on('closed', (event) => this.onClosed((event as CloseEvent).code));
    this.reconnectOnChange();
  }

  /** GraphiQL subscribes when it gets this, and unsubscribes when it is stopped. */
  subscription(request: GraphQLRequest): Subscribable {
    return { subscribe: (sink) => this.subscribe(request, sink) };
  }

  private subscribe(request: GraphQLRequest, sink: Sink): { unsubscribe(): void } {
    const { change, event } = this.log.subscription();
    const who = () => this.sessions.store.get().current;
    const stopListening = [
      this.client.on('connecting', (again) => change({ state: again ? 'reconnecting' : 'connecting' })),
      this.client.on('connected', () => change({ state: 'live', as: who() })),
    ];
    const end = (): void => {
      stopListening.forEach((stop) => stop());
      change({ state: 'ended' });
    };
    change({ as: who() });
    const stop = this.client.subscribe(toPayload(request), {
      next: (result) => (event(result), sink.next(result as ExecutionResult)),
      error: (error) => (end(), sink.error(readable(error))),
      complete: () => (end(), sink.complete()),
    });
    return { unsubscribe: () => (end(), stop()) };
  }

  private onClosed(code: number): void {
    this.tokenWasRefused = code === FORBIDDEN;
    if (code === UNAUTHORIZED && this.sentToken !== null) void this.sessions.replace(this.sentToken).catch(() => {});
  }

  private async introduce(): Promise<Record<string, string>> {
    const refused = this.tokenWasRefused ? this.sentToken : null;
    this.tokenWasRefused = false;
    const token = refused === null ? await this.sessions.accessToken() : await this.sessions.replace(refused);
    this.sentToken = token;
    return token === null ? {} : { authorization: `Bearer ${token}` };
  }

  /** A socket keeps the person it was opened for, so another person needs another socket. */
  private reconnectOnChange(): void {
    let current = this.sessions.store.get().current;
    this.sessions.store.subscribe(() => {
      const next = this.sessions.store.get().current;
      if (next === current) return;
      current = next;
      this.client.terminate();
    });
  }
}

function toPayload({ query, variables, operationName }: GraphQLRequest) {
  return { query, ...(variables && { variables }), ...(operationName && { operationName }) };
}

/** A close or a failed connection, in words; errors that the server sent stay as they are. */
function readable(error: unknown): unknown {
  if (error instanceof CloseEvent) {
    return new Error(`The server closed the connection (${error.code}${error.reason && `: ${error.reason}`}).`);
  }
  return error instanceof Event ? new Error('The live connection cannot be opened.') : error;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
